"""What programs make of a release: `datasets` in an empty home, mlcroissant, the Hub's YAML."""

import logging
from collections.abc import Iterator
from pathlib import Path

import mlcroissant as mlc
import yaml

from curation.publish.checks.fault import Fault, faults
from curation.publish.croissant import NAME
from curation.publish.inventory import Inventory
from curation.publish.loaded import loaded
from manifests.contract.table import BrokenTable


def load_faults(folder: Path, told: Inventory) -> Iterator[Fault]:
    """Configurations that do not load offline, or load as something else."""
    for config, splits in told.channels.items():
        try:
            found = loaded(folder, [config])[config]
        except BrokenTable as fault:
            yield Fault(f"`datasets` does not load {config} offline", [str(fault)])
            continue
        if found.splits != splits:
            yield Fault(
                f"{config} loads with other counts", [f"{found.splits} instead of {splits}"]
            )
        if found.content != told.content.get(config):
            yield Fault(f"{config} loads with other rows than were staged", [found.content])


def croissant_faults(folder: Path, told: Inventory) -> Iterator[Fault]:
    """Errors of Croissant's own validator, and shards that it names otherwise than they are."""
    place = folder / NAME
    # It warns of what is recommended, such as a day of publication that no file can know.
    logging.getLogger("absl").setLevel(logging.ERROR)
    try:
        known = mlc.Dataset(jsonld=place).metadata
    except (mlc.ValidationError, ValueError, OSError) as fault:
        lines = [line.strip("- ") for line in str(fault).splitlines() if line.strip()]
        yield Fault(f"{NAME} is no valid Croissant", lines or [type(fault).__name__])
        return
    named = {
        str(part.content_url): part.sha256
        for part in known.distribution
        if isinstance(part, mlc.FileObject)
    }
    shards = {p: held.sha256 for p, held in told.files.items() if p.endswith(".parquet")}
    yield from faults({
        f"shards that {NAME} does not name as they are": {
            path for path in named.keys() | shards.keys() if named.get(path) != shards.get(path)
        }
    })  # fmt: skip


def card_faults(folder: Path) -> Iterator[Fault]:
    """A block of YAML that the Hub would not take."""
    place = folder / "README.md"
    words = place.read_text(encoding="utf-8") if place.is_file() else ""
    head, _, rest = words.removeprefix("---\n").partition("\n---\n")
    try:
        fields = yaml.safe_load(head) if rest and words.startswith("---\n") else None
    except yaml.YAMLError as fault:
        yield Fault("README.md: its YAML cannot be read", [str(fault).splitlines()[0]])
        return
    known = fields if isinstance(fields, dict) else {}
    named = ("license_name", "license_link") if known.get("license") == "other" else ()
    absent = [name for name in ("license", "pretty_name", *named) if name not in known]
    yield from faults({"README.md: its YAML lacks": absent})
