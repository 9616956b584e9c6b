"""What an item asks, what the evidence answers, and how a count becomes a verdict."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from curation.pages.inputs import ReportInputs
from curation.pages.page import share

MOST = 0.5
"""Of what is asked for, a smaller share than this is no answer."""


class Verdict(StrEnum):
    """What the evidence makes of an item; `open` is for a person to write."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    OPEN = "open"


class Answer(NamedTuple):
    """A verdict, the sentence that it rests on, and the section of the report that shows it."""

    verdict: Verdict
    sentence: str
    anchor: str = ""


Evidence = Callable[[ReportInputs], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a list; without `evidence` it is open, and `to_write` says what is missing."""

    number: str
    section: str
    asks: str
    evidence: Evidence | None = None
    to_write: str = ""

    def answer(self, inputs: ReportInputs) -> Answer:
        if self.evidence is None:
            return Answer(Verdict.OPEN, self.to_write)
        return self.evidence(inputs)


class Row(NamedTuple):
    """An item and its answer."""

    item: Item
    answer: Answer


class Risk(NamedTuple):
    """The risk of bias of one domain: `high`, `low` or `unclear`."""

    domain: str
    level: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckList:
    """A list with all its answers, ready to be printed."""

    key: str
    name: str
    citation: str
    address: str
    note: str
    rows: Sequence[Row]
    risks: Sequence[Risk] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Verdict -> items, every verdict named."""
        found = Counter(row.answer.verdict for row in self.rows)
        return {verdict.value: found[verdict] for verdict in Verdict}

    @property
    def sections(self) -> dict[str, list[Row]]:
        """Section -> its rows, in the order of the list."""
        made: dict[str, list[Row]] = {}
        for row in self.rows:
            made.setdefault(row.item.section, []).append(row)
        return made


def graded(done: int, total: int, least: float = MOST) -> Verdict:
    """Yes where all is done, no where nothing or less than the share `least` is."""
    if total and done == total:
        return Verdict.YES
    return Verdict.NO if not done or done < least * total else Verdict.PARTLY


def missing(stage: str, what: str) -> Answer:
    """The answer where a stage left nothing."""
    return Answer(Verdict.OPEN, f"{what}: run dvc repro {stage}.")


def no_film() -> Answer:
    """The answer of an empty manifest."""
    return Answer(Verdict.OPEN, "The manifest holds no film.")


def of(count: int, total: int) -> str:
    """A count with its share."""
    return f"{count} of {total} ({share(count / total)})" if total else f"{count} of 0"


def named(words: Collection[str]) -> str:
    """The words in a row, or `none`."""
    return ", ".join(words) or "none"


def span(values: Collection[int]) -> str:
    """The least and the most of some values."""
    low, high = min(values), max(values)
    return str(low) if low == high else f"{low} to {high}"
