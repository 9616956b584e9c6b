"""Working copies and masks as prepared stacks, by the functions of stages text and prepare."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from curation.burned import film as burned
from curation.pixels import stacked
from curation.pixels.histogram import Counts
from curation.pixels.recipe import Recipe
from curation.work.each import each
from manifests.contract.lungs import found_by
from manifests.contract.prepared import Film, write_prepared
from manifests.contract.working import WorkingCopies


class Making(NamedTuple):
    """How films are made for a network."""

    recipe: Recipe
    base: Counts | None
    """The grey levels that they are matched to."""
    max_side: int
    """Longest side of a working copy, pixels."""


class Wanted(NamedTuple):
    """The PNGs of a working copy and of its lungs (empty where they are not asked for)."""

    copy: bytes
    lungs: bytes
    making: Making


def write_stacks(
    folder: Path, hashes: Mapping[str, str], copies: Path, masks: Path, making: Making
) -> None:
    """Write prepared shards into `folder`: a row for each of `hashes`, path -> SHA-256, in order.

    `masks` need not be there where the recipe asks for no lungs.
    """
    folder.mkdir()
    films = _films(hashes, WorkingCopies([copies]), WorkingCopies([masks]), making)
    beside = {"max_side": str(making.max_side), **found_by(masks)}
    write_prepared(
        folder, films, stacked.described(making.recipe, "", making.base, "exact", **beside)
    )


def _films(
    hashes: Mapping[str, str], copies: WorkingCopies, masks: WorkingCopies, making: Making
) -> Iterator[Film]:
    wanted = (
        Wanted(copies.data(name), masks.data(name) if name in masks else b"", making)
        for name in hashes
    )
    made = tqdm(each(stack_of, wanted), "stacking", total=len(hashes), unit=" films", disable=None)
    for (name, sha256), one in zip(hashes.items(), made, strict=True):
        row: dict[str, object] = {"record_id": name, "sha256": sha256}
        yield Film(row, one.stack, one.shown.value, one.lungs, one.box)


def stack_of(one: Wanted) -> stacked.Stacked:
    """The stack of one film; its words are looked for where they are to be concealed."""
    recipe, text = one.making.recipe, b""
    if recipe.conceal_text:
        text = burned.unpacked(burned.looked(burned.Asked(one.copy, is_read=False))).mask
    return stacked.read(stacked.stacked(
        stacked.Asked(one.copy, one.lungs, text, recipe, one.making.base)
    ))  # fmt: skip
