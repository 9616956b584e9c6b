"""`cxr release stage`: what DVC made becomes a folder that no later run changes."""

import errno
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.publish.inventory import DATASET, INVENTORY, Inventory, items, read_inventory
from curation.publish.ledger import check_version
from curation.publish.material import Material
from manifests.contract.folder import whole_folder
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, manifest_id_of


def stage_dataset(
    version: str, material: Material, made: Path, releases: Path, ledger: Path
) -> Path:
    """Copy `made`, the folder of stage release, into `releases/VERSION/dataset`; give that folder.

    Raises `Misspelt` for another version than the one of params.yaml, `BrokenTable` where the
    version is another manifest's, or `made` is not of the manifest here or was changed since.
    """
    if version != material.version:
        raise Misspelt(
            f"params.yaml: release.version is {material.version}; set it to {version}, say in "
            "manifests/CHANGELOG.md what changed, and `dvc repro release`"
        )
    told, now = read_inventory(made), manifest_id_of(material.records)
    if (told.version, told.manifest_id) != (version, now):
        raise BrokenTable(
            f"{made}: is version {told.version} of manifest {told.manifest_id}, and the manifest "
            f"is {now}; run `dvc repro release`"
        )
    check_version(ledger, version, now)
    folder = releases / version / DATASET
    _check_free(folder, told)
    with _told_if_full(folder.parent), whole_folder(folder) as part:
        for path in [*told.files, INVENTORY]:
            (part / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made / path, part / path)
        if items(part) != told.files:
            raise BrokenTable(f"{made}: was changed since it was made; run `dvc repro -f release`")
    return folder


@contextmanager
def _told_if_full(folder: Path) -> Iterator[None]:
    """Name `folder` where its disk is full; Python names the file that is copied."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise OSError(errno.ENOSPC, "no space left", str(folder)) from None


def told(folder: Path, material: Material) -> str:
    """What lies in the folder by channel and split, and what was withheld and why, for a person."""
    return "\n".join([*_channels(read_inventory(folder)), *_withheld(material)])


def _channels(known: Inventory) -> Iterator[str]:
    yield f"{known.name} {known.version}, manifest {known.manifest_id}"
    for config, splits in known.channels.items():
        size = sum(
            held.bytes for path, held in known.files.items() if path.startswith(f"data/{config}/")
        )
        sides = ", ".join(f"{split} {films}" for split, films in splits.items())
        yield f"  {config}: {sum(splits.values())} films ({sides}), {size / 1e6:.1f} MB"


def _withheld(material: Material) -> Iterator[str]:
    ruled = material.ruled()
    kept_back = ruled[ruled["why"].str.len() > 0]["why"]
    if kept_back.empty:
        yield "nothing is withheld"
        return
    yield f"{len(kept_back)} films without pixels, because"
    # The copy that says otherwise is named in the row; here its number is enough.
    reasons = Counter(_general(str(why)) for why in kept_back)
    for why, films in reasons.most_common():
        yield f"  {films}: {why}"


def _general(why: str) -> str:
    if why.startswith("its copy "):
        return f"a copy of it {why.split(' ', 3)[3]}"
    return why


def _check_free(folder: Path, new: Inventory) -> None:
    """Raise `BrokenTable` where the version was staged of another manifest."""
    if not folder.exists():
        return
    old = read_inventory(folder)
    if old.manifest_id != new.manifest_id:
        raise BrokenTable(
            f"{folder}: holds version {old.version} of manifest {old.manifest_id}, and this is "
            f"{new.manifest_id}; set another `release.version`, or remove that folder if it was "
            "never published"
        )
