"""The last look at a network before it may leave: its bytes, its figures, and what it may not tell.

Nothing that the folder says of itself is believed: files are hashed again, the card is made again.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from curation.publish.inventory import INVENTORY, item, items, read_inventory
from curation.publish.networks.card import (
    CARD,
    HEADING,
    LICENSES,
    Origin,
    licenses_page,
    network_card,
)
from curation.publish.networks.exported import (
    NOT_WELL,
    SEGMENTER,
    USUAL,
    as_exported,
    of_checkpoint,
)
from curation.publish.secrets import leaks
from manifests.contract.folder import PART
from manifests.contract.network import ABOUT, WEIGHTS
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import DISCLAIMER

KNOWN = frozenset({*USUAL, *SEGMENTER})
PICKLED = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"\x93NUMPY")
"""How files begin that torch, pickle or numpy wrote, and that may run code when they are read."""


def staged_networks(models: Path) -> list[Path]:
    """Every folder in `models`, with release.json or without; litter of a killed run is none."""
    return sorted(place for place in models.glob("*") if place.is_dir() and place.suffix != PART)


def check_network(folder: Path, origin: Origin) -> list[str]:
    """A sentence for everything that is wrong with the network in `folder`; none where it is well.

    A folder that is no staged network, or of an experiment that `origin` does not know, is wrong.
    """
    try:
        told = read_inventory(folder)
        if told.kind != "model":
            return [f"{folder}: holds a {told.kind}, and a network is looked for"]
        return [*_files(folder), *of_checkpoint(folder), *as_exported(folder), *_weights(folder),
                *_origins(folder, origin), *_card(folder, told.name, origin),
                *_leaks(folder)]  # fmt: skip
    except (Misspelt, BrokenTable) as fault:
        return [str(fault)]


def _files(folder: Path) -> Iterator[str]:
    """Every file, and no other; none that may run code; none that lies elsewhere."""
    told, found = read_inventory(folder).files, items(folder)
    for name in sorted(set(told) | set(found)):
        if name not in found:
            yield f"{folder / name}: is in {INVENTORY} and not there; {NOT_WELL}"
        elif name not in told:
            yield f"{folder / name}: is not in {INVENTORY}; take it away, or {NOT_WELL}"
        elif told[name] != found[name]:
            yield f"{folder / name}: was changed since it was staged; {NOT_WELL}"
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if place.is_symlink():
            yield f"{place}: points elsewhere; {NOT_WELL}"
        elif place.is_file():
            with place.open("rb") as file:
                is_pickled = file.read(8).startswith(PICKLED)
            if name not in KNOWN or is_pickled:
                yield f"{place}: is no file of a network that may leave; {NOT_WELL}"


def _weights(folder: Path) -> Iterator[str]:
    """They are those that checkpoint.json is about, and tensors only."""
    place = folder / WEIGHTS
    if not place.is_file():
        return
    try:
        asked = json.loads((folder / ABOUT).read_bytes())["weights_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{folder / ABOUT}: names no weights; {NOT_WELL}"
        return
    if item(place).sha256 != asked:
        yield f"{place}: is not the file that {ABOUT} names; {NOT_WELL}"
    for weights in sorted(folder.rglob(WEIGHTS)):
        if not _is_safe(weights):
            yield f"{weights}: holds no safe tensors; {NOT_WELL}"


def _is_safe(place: Path) -> bool:
    """Eight bytes say how long the JSON is that follows; after it come numbers alone."""
    with place.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= place.stat().st_size - 8:
            return False
        try:
            return isinstance(json.loads(file.read(length)), dict)
        except ValueError:
            return False


def _origins(folder: Path, origin: Origin) -> Iterator[str]:
    """It is the network that data/train holds now, and learnt from the manifest of the release."""
    told, figures = read_inventory(folder), origin.inputs.figures
    released = figures["manifest_id"]
    if (told.name, told.disclaimer) != (folder.name, DISCLAIMER):
        yield f"{folder / INVENTORY}: names another network, or disclaims less; {NOT_WELL}"
    if told.version != figures["version"]:
        yield (f"{folder / INVENTORY}: is of version {told.version}, and {figures['version']} is "
               f"released; {NOT_WELL}")  # fmt: skip
    if told.manifest_id != released:
        yield (f"{folder}: learnt from manifest {told.manifest_id}, and {released} is released; "
               f"run `dvc repro`, then {NOT_WELL}")  # fmt: skip
    trained = origin.data / "train" / told.name
    places = {name: trained / name for name in (ABOUT, WEIGHTS)}
    places |= {name: origin.data / "segment" / Path(name).name for name in SEGMENTER}
    for name, ours in places.items():
        staged = folder / name
        if ours.is_file() and staged.is_file() and item(ours) != item(staged):
            yield f"{staged}: is not {ours}; {NOT_WELL}"


def _card(folder: Path, key: str, origin: Origin) -> Iterator[str]:
    """Its words and figures are those that data/evaluate and data/repeat give now."""
    place, licences = folder / CARD, folder / LICENSES
    if place.is_file():
        said = place.read_text(encoding="utf-8", errors="replace")
        try:
            repository = _repository(said, origin)
        except BrokenTable as fault:
            yield f"{place}: {fault}"
            return
        expected = network_card(key, origin, repository)
        if said.partition(HEADING)[0] != expected:
            yield f"{place}: {_first_other(said, expected)}"
    own = licenses_page(origin.experiment(key), origin)
    if licences.is_file() and licences.read_text(encoding="utf-8", errors="replace") != own:
        yield f"{licences}: does not say what the manifest says; {NOT_WELL}"


def _repository(said: str, origin: Origin) -> str:
    """The data set that the card names; it may have been published after the card was written."""
    try:
        named = (yaml.safe_load(said.split("---\n")[1]) or {}).get("datasets") or [""]
    except (yaml.YAMLError, IndexError, AttributeError):
        raise BrokenTable(f"begins with no YAML for the Hub; {NOT_WELL}") from None
    known = ["", *origin.repositories()]
    if len(named) != 1 or named[0] not in known:
        raise BrokenTable(f"names a data set that {origin.ledger} does not; {NOT_WELL}")
    return str(named[0])


def _first_other(said: str, expected: str) -> str:
    """Where the card differs first, and what should stand there."""
    lines = zip([*said.splitlines(), ""], expected.splitlines(), strict=False)
    for number, (found, asked) in enumerate(lines, start=1):
        if found != asked:
            return f"line {number} is {found!r}, and the stages give {asked!r}; {NOT_WELL}"
    return f"is longer or shorter than what the stages give; {NOT_WELL}"


def _leaks(folder: Path) -> Iterator[str]:
    for place in sorted(folder.rglob("*")):
        if place.is_file() and not place.is_symlink():
            yield from leaks(place)
