"""Where films ever were: versions of the manifest, staged folders, publications, networks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from curation.publish.inventory import DATASET, MODELS, read_inventory
from curation.publish.ledger import Published, published, squash_after
from curation.versions import history, networks
from curation.versions.sought import COLUMNS, Sighting, Sought
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, metadata, read_arrow, to_pandas

RELEASES, LEDGER = Path("releases"), Path("manifests/releases.csv")
IN_SHARDS = [*COLUMNS, "source_url", "attribution"]
"""Columns of every configuration, with pixels or without, by which a film is found."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What was found; `unseen` is a sentence for each thing that cannot be looked at here."""

    sightings: list[Sighting] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    tables: dict[str, Path] = field(default_factory=dict)
    """Manifest id -> a manifest of that id."""

    def of_manifest(self, manifest_id: str) -> list[Sighting]:
        """The sightings in the manifest of that id, each film once."""
        found = [one for one in self.sightings
                 if (one.kind, one.manifest_id) == ("manifest", manifest_id)]  # fmt: skip
        return list({one.film: one for one in found}.values())


def whereabouts(sought: Sought) -> Whereabouts:
    """All that can be found from the folder of the project, without a network."""
    found = Whereabouts()
    with TemporaryDirectory() as folder:
        for past in history.manifests(Path(folder)):
            _in_manifest(past, sought, found)
        for place in (Path("data/release"), *sorted(RELEASES.glob(f"*/{DATASET}"))):
            _in_staged(place, sought, found)
        for network in networks.networks(Path(), RELEASES):
            _in_network(network, sought, found)
        _in_segmenter(sought, found)
    known = published(LEDGER)
    for line in known:
        _published(line, squash_after(line, known), found)
    return found


def _in_manifest(past: history.Past, sought: Sought, found: Whereabouts) -> None:
    told = _revisions(past.revisions)
    if past.place is None:
        found.unseen.append(
            f"the manifest of {told}: DVC's cache here does not hold it; where a remote does, "
            f"`dvc fetch --all-commits {history.MANIFEST}` brings it"
        )
        return
    try:
        stamp, rows = metadata(past.place), to_pandas(read_arrow(past.place))
    except (BrokenTable, OSError, ValueError) as fault:
        found.unseen.append(f"the manifest of {told or 'today'}: cannot be read ({fault})")
        return
    known, version = stamp.get("manifest_id", ""), stamp.get("version", "")
    found.tables.setdefault(known, past.place)
    where = f"manifest {known or 'without an id'}, version {version or 'unknown'}"
    where += f", {told}" if told else f", {past.place}"
    found.sightings.extend(
        Sighting("manifest", where, film, split, manifest_id=known)
        for film, split in _rows(rows, sought, lambda these: these["split"])
    )


def _in_staged(folder: Path, sought: Sought, found: Whereabouts) -> None:
    shards = sorted((folder / "data").glob("*/*.parquet"))
    known = _id_of(folder) if shards else ""
    for shard in shards:
        try:
            rows = to_pandas(read_arrow(shard, IN_SHARDS))
        except (BrokenTable, ValueError) as fault:
            found.unseen.append(f"{shard}: cannot be read ({fault})")
            continue
        split = shard.name.partition("-")[0]
        for film, _ in _rows(rows, sought, lambda these: these["record_id"]):
            found.sightings.append(
                Sighting("folder", str(folder), film, split, shard.parent.name, shard.name, known)
            )


def _id_of(folder: Path) -> str:
    try:
        return read_inventory(folder).manifest_id
    except (Misspelt, BrokenTable):
        return ""


def _in_network(network: networks.Network | str, sought: Sought, found: Whereabouts) -> None:
    if isinstance(network, str):
        found.unseen.append(network)
        return
    table = found.tables.get(network.manifest_id)
    if table is None:
        found.unseen.append(
            f"{network.place}: learnt from manifest {network.manifest_id}, which is not here"
        )
        return
    rows = to_pandas(read_arrow(table))
    try:
        given = networks.given(rows, network.protocol)
    except (Misspelt, KeyError) as fault:
        found.unseen.append(
            f"{network.place}: its manifest does not tell the sides of {network.protocol} ({fault})"
        )
        return
    where = f"{network.place}, protocol {network.protocol}"
    found.sightings.extend(
        Sighting("network", where, film, side, manifest_id=network.manifest_id)
        for film, side in _rows(rows, sought, lambda _: given)
    )


def _in_segmenter(sought: Sought, found: Whereabouts) -> None:
    """The films that it learnt from stand in its groups, whatever the manifest kept of them."""
    place, masked = networks.SEGMENTER, Path("data/dedup/records.parquet")
    if not place.is_file():
        return
    if not masked.is_file():
        found.unseen.append(f"{place}: {masked} is not here to tell its groups")
        return
    rows = to_pandas(read_arrow(masked))
    given = networks.of_segmenter(place, rows["group"])
    found.sightings.extend(
        Sighting("network", str(place.parent), film, side)
        for film, side in _rows(rows[given.notna()], sought, lambda _: given.dropna())
    )


def _published(line: Published, squash: Published | None, found: Whereabouts) -> None:
    """By the folder that was pushed; where it is gone, by the manifest of that id."""
    where = f"{line.repository} at {line.version}, revision {line.revision}, {line.pushed}"
    if squash:
        where += f", gone since {squash.version} was pushed and the history squashed"
    staged = RELEASES / line.version
    # After the folder of a network stands its protocol.
    folder = str(staged / DATASET) if line.kind == "dataset" else f"{staged / MODELS / line.name},"
    kind = "folder" if line.kind == "dataset" else "network"
    own = [one for one in found.sightings if one.kind == kind and one.where.startswith(folder)
           and one.manifest_id == line.manifest_id]  # fmt: skip
    own = own or _by_manifest(line, found)
    if not own and line.manifest_id not in found.tables:
        found.unseen.append(
            f"{where}: neither the folder that was pushed nor manifest {line.manifest_id} is here; "
            f"{'nothing tells any more what it held' if squash else 'look there yourself'}"
        )
    named = "published" if kind == "folder" else "published network"
    found.sightings.extend(
        one._replace(kind=named, where=where, name=line.name, is_gone=squash is not None)
        for one in own
    )


def _by_manifest(line: Published, found: Whereabouts) -> list[Sighting]:
    """What the manifest of that id says; of a network whose protocol nobody tells, the honest."""
    own = found.of_manifest(line.manifest_id)
    if line.kind == "dataset":
        return own
    return [one._replace(split=networks.LEARNT.get(one.split, networks.ONLY_THERE)) for one in own]


def _rows(
    rows: pd.DataFrame, sought: Sought, told: "Callable[[pd.DataFrame], pd.Series[str]]"
) -> Iterator[tuple[str, str]]:
    """The films among `rows`, and the word of each one."""
    films = sought.among(rows).dropna()
    words = told(rows).astype("string").fillna("").loc[films.index]
    yield from sorted(zip(films, words, strict=True))


def _revisions(names: Sequence[str]) -> str:
    """At most three of them, and how many there are."""
    if len(names) <= 3:  # noqa: PLR2004 - as many as a line takes
        return " ".join(names)
    return f"{names[0]} … {names[-1]} ({len(names)} revisions)"
