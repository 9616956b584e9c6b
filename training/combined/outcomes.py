"""What became of a patient, or how ill they were: words that few rows of a source have.

N films.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.vocabulary import Split
from training.combined.beside import facts_of
from training.films import Whole

SEVERITY, IN_FACTS = "severity", "facts."
NO_LABEL = -1


class Outcome(BaseModel):
    """One entry under `outcomes`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str = Field(pattern=r"^(severity|facts\..+)$")
    """The column severity, or facts.KEY with a source's own key."""
    labels: dict[str, tuple[str, ...]] = Field(min_length=2)
    """Label -> the words that make it; any other word is counted, and left out."""


def words_of(rows: pd.DataFrame, of: str) -> list[str]:
    """N words; empty where the film has none."""
    if of == SEVERITY:
        return ["" if word is None or word is pd.NA else str(word) for word in rows[SEVERITY]]
    return [film.get(of.removeprefix(IN_FACTS), "") for film in facts_of(rows)]


def targets_of(words: Sequence[str], outcome: Outcome) -> Whole:
    """int64[N]: the number of each film's label; -1 where it has none."""
    number = {word: n for n, own in enumerate(outcome.labels.values()) for word in own}
    return np.array([number.get(word, NO_LABEL) for word in words], np.int64)


def filled(words: Mapping[Split, Sequence[str]], outcome: Outcome) -> dict[str, object]:
    """How many of the films have a word, how many a word without label, and which labels where."""
    told = [word for own in words.values() for word in own]
    has_word = [word for word in told if word]
    named = {split: targets_of(own, outcome) for split, own in words.items()}
    return {
        "films": len(told),
        "filled": len(has_word),
        "filled_share": round(len(has_word) / len(told), 6) if told else None,
        "unread": int((targets_of(has_word, outcome) == NO_LABEL).sum()),
        "labels": {
            split.value: {label: int((own == n).sum()) for n, label in enumerate(outcome.labels)}
            for split, own in named.items()
        },
    }
