"""What the page says of the lung masks: how good they are, where they fail, and how they look."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import cv2
import numpy as np
import pandas as pd
from PIL import Image

from curation.pages.pictures import SIDE, Picture, thumbnail
from curation.pages.scores import Score
from curation.pixels.lungs import Shown, judged
from manifests.contract.images import Pixels
from manifests.contract.working import WorkingCopies

OUTLINE = (255, 140, 0)
HALF = 127
WHY = {
    Shown.NO_MASK: "no mask was made",
    Shown.NO_LUNG: "no lung found",
    Shown.ONE_LUNG: "one lung only",
}
"""Why a recipe that crops to the lungs takes the whole frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How well the masks of one source agree with a person's."""

    name: str
    films: int
    groups: int
    scores: Sequence[Score]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The films of one source by what their mask shows."""

    source: str
    counts: Mapping[Shown, int]

    @property
    def films(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlined:
    """A film with the outline of its lungs."""

    record_id: str
    why: str
    """Empty where two lungs were found."""
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Lungs:
    """The section, ready to be printed."""

    no_network: str
    """Why no network was trained; empty where one was."""
    judged: Sequence[Judged]
    kept: Sequence[Kept]
    fell_back: Mapping[str, int]
    """Why -> films."""
    films: int
    examples: Sequence[Outlined]


def lungs(
    dice: Mapping[str, Any] | None, masks: WorkingCopies | None, records: pd.DataFrame,
    copies: WorkingCopies, count: int,
) -> Lungs | None:  # fmt: skip
    """The section from dice.json and the masks of the manifest's films; None without masks."""
    if masks is None:
        return None
    ids = [str(record_id) for record_id in records["record_id"]]
    seen = {name: judged(pixels) for name, pixels in masks.stream(ids)}
    what = {name: seen.get(name, Shown.NO_MASK) for name in ids}
    whole = Counter(what.values())
    return Lungs(
        no_network=(dice or {}).get("reason", ""), judged=_judged(dice or {}), kept=_kept(what),
        fell_back={words: whole[why] for why, words in WHY.items() if whole[why]},
        films=len(ids), examples=_examples(what, masks, copies, count),
    )  # fmt: skip


def outlined(film: Pixels, mask: Pixels) -> Picture:
    """uint8[H, W] with the outline of a mask of its whole frame, in orange."""
    small = Image.fromarray(film)
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
    grey = np.asarray(small, np.uint8)
    laid = cv2.resize(mask, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    lines, _ = cv2.findContours(
        np.asarray(laid > HALF, np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    coloured = np.repeat(grey[..., None], 3, axis=2)
    return thumbnail(np.asarray(cv2.polylines(coloured, lines, True, OUTLINE, 1), np.uint8))


def _judged(dice: Mapping[str, Any]) -> list[Judged]:
    named = {"all": dice, **dice.get("sources", {})}
    if len(dice.get("sources", {})) == 1:
        # All are those of the one source.
        del named["all"]
    return [
        Judged(
            name=name, films=own["films"], groups=own["groups"],
            scores=[
                Score(name=words, value=own[key], low=own.get(f"{key}_low"),
                      high=own.get(f"{key}_high"))
                for key, words in (("dice", "Dice"), ("iou", "IoU"))
            ],
        )
        for name, own in named.items() if own.get("films")
    ]  # fmt: skip


def _kept(what: Mapping[str, Shown]) -> list[Kept]:
    by_source: dict[str, Counter[Shown]] = {}
    for name, shown in what.items():
        by_source.setdefault(name.partition("/")[0], Counter())[shown] += 1
    return [Kept(source=key, counts=by_source[key]) for key in sorted(by_source)]


def _examples(
    what: Mapping[str, Shown], masks: WorkingCopies, copies: WorkingCopies, count: int
) -> list[Outlined]:
    """Films taken in turn from every kind of mask, so that failures are seen; a hash decides."""
    queues: dict[Shown, list[str]] = {}
    for name in sorted(what, key=lambda one: hashlib.sha256(one.encode()).hexdigest()):
        if name in masks and name in copies:
            queues.setdefault(what[name], []).append(name)
    turns = zip_longest(*(queues[key] for key in sorted(queues)))
    chosen = [name for turn in turns for name in turn if name is not None][:count]
    films = dict(copies.stream(chosen))
    laid = {name: outlined(films[name], mask) for name, mask in masks.stream(chosen)}
    return [
        Outlined(record_id=name, why=WHY.get(what[name], ""), picture=laid[name])
        for name in chosen
    ]  # fmt: skip
