"""A network asked about any pictures: each becomes the stack that stage prepare would make of it.

Nothing is left behind but the answers: copies, masks and stacks lie in a folder that goes.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from curation.folders import shown
from curation.pixels.lungs import Shown
from curation.pixels.recipe import LungCrop
from curation.predicting import other_side
from curation.predicting.looked import PARTS, Asked, looked
from curation.predicting.making import making_of
from curation.predicting.stacks import write_stacks
from curation.work.each import each
from manifests.contract.answers import Answer, read_answers, write_answers
from manifests.contract.folder import whole_folder
from manifests.contract.lungs import LEAST_LUNG, found_by
from manifests.contract.network import Network, read_network
from manifests.contract.params import Misspelt
from manifests.contract.working import write_packed

log = logging.getLogger(__name__)
SEGMENTER = "segmenter"
"""Below an exported network: who found the lungs for it."""
Cautions = Mapping[str, tuple[str, ...]]
"""Path -> what speaks against the picture."""


@dataclass(slots=True)
class Told:
    """The answers in the order of the pictures, and the sentence of each that has none."""

    answers: list[Answer] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Seen:
    """The pictures that can be read, by path."""

    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the file."""
    cautions: dict[str, tuple[str, ...]] = field(default_factory=dict)


def ask(place: Path, files: Sequence[Path], out: Path, segmenter: Path) -> Told:
    """Ask the network in `place` about `files`; write answers and heat maps into `out`.

    `segmenter` is asked where the recipe crops to lungs. Raises `OtherRecipe` where films cannot be
    made as the network's were, `Ended` where the other side could not go on.
    """
    other_side.require()
    network = read_network(place)
    making, told, seen = making_of(network), Told(), Seen()
    is_cropped = making.recipe.lungs is not LungCrop.NONE
    if is_cropped and not segmenter.is_dir():
        raise Misspelt(
            f"{network.experiment} sees lungs alone, and {segmenter} is no folder of a segmenter; "
            "name one with --segmenter, or export the network again, which takes it along"
        )
    with tempfile.TemporaryDirectory() as scratch:
        copies, masks, stacks, answers = (
            Path(scratch) / name for name in ("copies", "masks", "stacks", "answers")
        )
        copies.mkdir()
        write_packed(copies, _copies(files, making.max_side, seen, told))
        # Answers about earlier pictures are none about these, even if these get none.
        shutil.rmtree(out, ignore_errors=True)
        if not seen.hashes:
            return told
        if is_cropped:
            _find_lungs(copies, segmenter, masks, network)
        write_stacks(stacks, seen.hashes, copies, masks, making)
        other_side.run("predict", stacks, place, answers)
        with whole_folder(out) as part:
            shutil.copytree(answers, part, dirs_exist_ok=True)
            told.answers = _doubted(part, seen.cautions, network.labels)
    return told


def _copies(
    files: Sequence[Path], max_side: int, seen: Seen, told: Told
) -> Iterator[tuple[str, bytes]]:
    """The working copy of each picture that can be read; the others are told."""
    asked = (Asked(file, max_side) for file in files)
    found = tqdm(each(looked, asked), "reading", total=len(files), unit=" films", disable=None)
    for path, one in zip(files, found, strict=True):
        if isinstance(one, str):
            told.refused.append(one)
            continue
        name = shown(path)
        seen.hashes[name], seen.cautions[name] = one.sha256, one.cautions
        yield name, one.copy


def _find_lungs(copies: Path, segmenter: Path, masks: Path, network: Network) -> None:
    least = LEAST_LUNG if network.least_lung is None else network.least_lung
    other_side.run("masks", copies, segmenter, masks, "--least-lung", f"{least:g}")
    by = found_by(masks).get("lungs_by")
    if by != network.lungs_by:
        log.warning(
            "the lungs are found by segmenter %s, and in training by %s: another network, or "
            "another version of its code or libraries; crops, and answers, may differ",
            by, network.lungs_by or "one that it does not name",
        )  # fmt: skip


def _doubted(folder: Path, cautions: Cautions, labels: Sequence[str]) -> list[Answer]:
    """The answers in `folder`, there and here, with what speaks against each picture."""
    answers, about = read_answers(folder)
    doubted = []
    for one in answers:
        part = PARTS.get(Shown(one.shown))
        doubts = (*cautions[one.path], *([part] if part else []))
        doubted.append(one.model_copy(update={"cautions": doubts}))
    write_answers(folder, doubted, about, labels)
    return doubted
