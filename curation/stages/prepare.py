"""Stage prepare: every film as a stack of pixels for a network, packed in shards."""

import json
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from curation.burned.joined import require_searched
from curation.pixels.histogram import Counts
from curation.pixels.lungs import Shown
from curation.pixels.recipe import LungCrop, Recipe
from curation.pixels.stacked import STACK, Asked, described, key, levels_of, read, stacked
from curation.work.bench import ALONE, Bench
from curation.work.spool import Spool
from manifests.contract.box import Box
from manifests.contract.lungs import found_by
from manifests.contract.prepared import PREPARED_COLUMNS, Film, write_prepared
from manifests.contract.record import Record
from manifests.contract.table import BrokenTable, to_arrow
from manifests.contract.working import WorkingCopies

log = logging.getLogger(__name__)
COUNTS = "crops.json"
"""Beside the shards: how many films show what, so that falling back and concealing are seen."""
AT_HAND = 64
"""Shards of masks in memory: they lie in the order of ids, the films in that of their sources."""


class Params(Recipe):
    """One entry of `recipes` in params.yaml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The working copies, the lung masks of the frame, and the text masks, by record id."""

    copies: WorkingCopies
    lungs: WorkingCopies
    texts: WorkingCopies
    beside: dict[str, str]
    """What else decides the pixels, for the shards to tell: max_side, lungs_by, least_lung."""


class Placed(NamedTuple):
    """What is shown of a film, whether its lungs are known, and where in its frame that lies."""

    shown: Shown
    has_lungs: bool
    box: Box


def masks(folder: Path, stage: str, *, is_needed: bool) -> WorkingCopies:
    """The masks in `folder`, if it is there. Raises `BrokenTable` if not and they are needed."""
    if is_needed and not folder.is_dir():
        raise BrokenTable(
            f"{folder}: not there, and the recipe needs its masks; run `dvc repro {stage}`, or "
            "take a recipe without"
        )
    return WorkingCopies([folder], AT_HAND)


def pictures(  # noqa: PLR0913, PLR0917 - what a recipe is made from
    records: pd.DataFrame, copies: WorkingCopies, lungs: Path, texts: Path, recipe: Recipe,
    max_side: int | None = None,
) -> Pictures:  # fmt: skip
    """All that a recipe is made from; `max_side` is that of the copies, where it is known.

    Raises `BrokenTable` where masks that it needs are absent, and where its words are to be
    concealed for a film that was not searched for any: it would pass as one without.
    """
    if recipe.conceal_text and texts.is_dir():
        require_searched(records["record_id"], texts)
    return Pictures(
        copies=copies,
        lungs=masks(lungs, "lungs", is_needed=recipe.lungs is not LungCrop.NONE),
        texts=masks(texts, "text", is_needed=recipe.conceal_text),
        beside={
            **({} if max_side is None else {"max_side": str(max_side)}),
            # Of no other recipe do the pixels depend on who found the lungs.
            **({} if recipe.lungs is LungCrop.NONE else found_by(lungs)),
        },
    )


def main(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    records: pd.DataFrame,
    given: Pictures,
    folder: Path,
    recipe: Params,
    manifest_id: str,
    base: str = "",
    bench: Bench = ALONE,
) -> "Counter[Shown]":
    """Write `data-*.arrow` and crops.json into `folder`, a row per record in the order of ids.

    `base` is the record id of the film that the recipe matches to. Gives the number of films by
    what is shown of them. Raises `BrokenTable` when there is no record, or no picture of one.
    """
    made = to_arrow(records.sort_values("record_id"), Record).select(list(PREPARED_COLUMNS))
    known = made.to_pylist()
    ids = [str(row["record_id"]) for row in known]
    if not ids:
        raise BrokenTable("no film is left to prepare; the tables of rejections say why")
    given.copies.require(ids)
    levels = levels_of(_asked(given, base, recipe, None)) if base else None
    bits = -(-recipe.size * recipe.size // 8)
    # Pictures come in the order of their sources and leave in the order of their ids; between the
    # two they lie in a file of their own, since no memory holds a large set.
    with Spool(folder, len(ids), recipe.size * recipe.size * 3 + bits) as spool:
        found = _fill(spool, ids, _results(given, ids, recipe, levels, bench))
        films = (
            _film(row, spool[place], recipe.size, found[str(row["record_id"])])
            for place, row in enumerate(known)
        )
        write_prepared(
            folder, films, described(recipe, manifest_id, levels, "exact", **given.beside)
        )
    counts = Counter(one.shown for one in found.values())
    told = {shown.value: counts[shown] for shown in Shown if counts[shown]}
    concealed = sum(_is_concealed(given, film, recipe) for film in ids)
    whole = {"films": len(ids), "crop": told, "concealed": concealed}
    (folder / COUNTS).write_text(json.dumps(whole, indent=2) + "\n")
    log.info(
        "prepare: %d films, %s; text concealed on %d",
        len(ids), ", ".join(f"{n} {w}" for w, n in told.items()), concealed,
    )  # fmt: skip
    return counts


def _results(
    given: Pictures, ids: Sequence[str], recipe: Recipe, levels: Counts | None, bench: Bench
) -> Iterator[tuple[str, bytes]]:
    """Each film and its stack, in the order of the sources; one that is remembered is not made."""
    films = given.copies.in_order(ids)
    asked = (
        (key(_hashes(given, film, recipe), recipe, levels), _asked(given, film, recipe, levels))
        for film in films
    )
    made = bench.results(STACK, stacked, asked)
    bar = tqdm(made, desc="preparing films", total=len(ids), disable=None)
    return zip(films, bar, strict=True)


def _hashes(given: Pictures, film: str, recipe: Recipe) -> tuple[str, str, str]:
    lungs = given.lungs.sha256(film) if film in given.lungs else ""
    text = given.texts.sha256(film) if _is_concealed(given, film, recipe) else ""
    return given.copies.sha256(film), lungs, text


def _is_concealed(given: Pictures, film: str, recipe: Recipe) -> bool:
    return recipe.conceal_text and film in given.texts


def _asked(given: Pictures, film: str, recipe: Recipe, levels: Counts | None) -> Asked:
    lungs = given.lungs.data(film) if film in given.lungs else b""
    text = given.texts.data(film) if _is_concealed(given, film, recipe) else b""
    return Asked(given.copies.data(film), lungs, text, recipe, levels)


def _fill(
    spool: Spool, ids: Sequence[str], results: Iterator[tuple[str, bytes]]
) -> dict[str, Placed]:
    """Put each stack and its lungs where they leave; what else is known of it."""
    places = {record_id: number for number, record_id in enumerate(ids)}
    found: dict[str, Placed] = {}
    for film, result in results:
        one = read(result)
        size = one.stack.shape[0]
        spool[places[film]] = one.stack.tobytes() + (one.lungs or bytes(-(-size * size // 8)))
        found[film] = Placed(one.shown, one.lungs is not None, one.box)
    return found


def _film(known: dict[str, object], record: bytes, size: int, placed: Placed) -> Film:
    pixels = np.frombuffer(record, np.uint8, size * size * 3).reshape(size, size, 3)
    lungs = record[pixels.size :] if placed.has_lungs else None
    return Film(known, pixels, placed.shown.value, lungs, placed.box)
