"""What is kept of a withdrawn film, so that it is known again: three hashes, no pixels."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from curation.duplicates.hamming import nearest, words_of
from curation.reviewed_csv import Line
from manifests.contract.params import Misspelt

WIDTH = 64
"""Hexadecimal digits of a perceptual hash: 256 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One withdrawn film: the line that tells of it, and its hashes; an absent one is empty."""

    line: str
    film: str
    sha256: str
    pixel_sha256: str
    phash: str
    told: str
    """When and why it was withdrawn."""


def tombstone(line: Line) -> Tombstone | None:
    """What the line keeps of its film, if it keeps anything. Raises `Misspelt` for a bad hash."""
    place, notice = line
    hashes = {name: notice[name].strip().lower() for name in ("sha256", "pixel_sha256", "phash")}
    for name, value in hashes.items():
        if value and not re.fullmatch(rf"[0-9a-f]{{{WIDTH}}}", value):
            raise Misspelt(f"{place}: {name} '{value}' is not {WIDTH} hexadecimal digits")
    if not any(hashes.values()):
        return None
    told = f"withdrawn on {notice['when']}: {notice['reason']}"
    return Tombstone(line=place, film=notice["value"].strip(), told=told, **hashes)


def recognised(records: pd.DataFrame, stones: Sequence[Tombstone], within: int) -> "pd.Series[str]":
    """The sentence for each film that is a withdrawn one come back, else empty; index of `records`.

    Known by its bytes, by its pixels, or by a perceptual hash at most `within` bits of 256 away.
    """
    why = pd.Series(pd.NA, index=records.index, dtype="string")
    for name, alike in (("sha256", "the bytes"), ("pixel_sha256", "the pixels")):
        known = {getattr(stone, name): stone for stone in stones if getattr(stone, name)}
        told = {value: f"{alike} of {one.film}, {one.told}" for value, one in known.items()}
        why = why.fillna(records[name].map(told).astype("string"))
    return why.fillna(_near(records, [stone for stone in stones if stone.phash], within))


def _near(records: pd.DataFrame, stones: Sequence[Tombstone], within: int) -> "pd.Series[str]":
    told: list[str | None] = [None] * len(records)
    if stones:
        found = nearest(words_of(records["phash"].tolist()), words_of([s.phash for s in stones]))
        for film in np.flatnonzero(found[:, 1] <= within).tolist():
            stone = stones[int(found[film, 0])]
            told[film] = (
                f"{found[film, 1]} bits of 256 from {stone.film}, {stone.told}; "
                f"if it is another film, empty the phash in {stone.line}"
            )
    return pd.Series(told, index=records.index, dtype="string")
