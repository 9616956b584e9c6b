"""What is known of a film beside its pixels: columns of the record, and numbers in `facts`.

Nothing is guessed: a word that is no plain number ("38+", "low 90s", "inf") counts as missing. N
films, K things that may be known.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from manifests.contract.vocabulary import Sex, View
from training.metrics import Floats

FACTS = "facts"


class Column(StrEnum):
    """A column of the record that may be known of a film."""

    AGE = "age_years"
    OFFSET = "offset_days"
    SEX = "sex"
    VIEW = "view"


WORDS: Mapping[Column, tuple[str, ...]] = {
    Column.SEX: tuple(Sex),
    # A view that is called unknown is not known.
    Column.VIEW: tuple(view for view in View if view is not View.UNKNOWN),
}
"""The columns that hold words, and which: the others hold numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known of N films."""

    numbers: dict[str, Floats]
    """float64[N] each; NaN where nothing is known."""
    words: dict[str, npt.NDArray[np.object_]]
    """N words each; empty where nothing is known."""

    @property
    def masks(self) -> dict[str, npt.NDArray[np.bool_]]:
        """bool[N] each: is it known?"""
        known = {name: ~np.isnan(values) for name, values in self.numbers.items()}
        return known | {name: values != "" for name, values in self.words.items()}


def beside(
    rows: pd.DataFrame, columns: Sequence[Column], facts: Mapping[str, Sequence[str]]
) -> Beside:
    """What `rows` of the prepared table know.

    `facts` says for each further number under which keys the sources have it; the first that a
    film has counts.
    """
    told = facts_of(rows)
    numbers = {
        str(column): np.array([_number(value) for value in rows[column]], np.float64)
        for column in columns
        if column not in WORDS
    }
    numbers |= {
        name: np.array([_first(film, keys) for film in told], np.float64)
        for name, keys in facts.items()
    }
    words = {
        str(column): np.array([_word(value, WORDS[column]) for value in rows[column]], object)
        for column in columns
        if column in WORDS
    }
    return Beside(numbers=numbers, words=words)


def facts_of(rows: pd.DataFrame) -> list[dict[str, str]]:
    """What else each film's source says, by the source's own keys."""
    return [
        {} if value is None or value is pd.NA else dict(json.loads(str(value)))
        for value in rows[FACTS]
    ]


def missing(known: Beside) -> dict[str, float | None]:
    """The share of films of which each thing is not known; None without films."""
    return {
        name: round(float(1 - mask.mean()), 6) if len(mask) else None
        for name, mask in known.masks.items()
    }


def _first(film: Mapping[str, str], keys: Sequence[str]) -> float:
    found = (_number(film[key]) for key in keys if key in film)
    return next((number for number in found if not math.isnan(number)), math.nan)


def _number(value: object) -> float:
    if value is None or value is pd.NA:
        return math.nan
    try:
        number = float(str(value))
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _word(value: object, known: Sequence[str]) -> str:
    return str(value) if str(value) in known else ""
