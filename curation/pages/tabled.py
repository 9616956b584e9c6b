"""What a table of the paper is on the page and in Markdown: words only, made once for both."""

from collections.abc import Sequence
from dataclasses import dataclass

from curation.pages.counts import Cross
from curation.pages.page import NOTHING

NOT_RUN = "not run here"
NO_SLIP = "Nothing was found in the paper's that does not add up."
INTERVALS = (
    "Wilson's intervals take films for independent of each other. The paper does not say which are "
    "of one patient, so the true ones are wider. Ours are the least and the most of all runs."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure as it is read, with its interval and the films that it is of."""

    value: str = NOTHING
    interval: str = ""
    films: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of figures, or the command that would fill it."""

    name: str
    by: str
    cells: Sequence[Cell] = ()
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A confusion matrix."""

    name: str
    cross: Cross


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the paper, with ours beside it."""

    number: int
    caption: str
    note: str
    columns: Sequence[str]
    lines: Sequence[Line]
    counted: Sequence[Counted] = ()
    warnings: Sequence[str] = ()
    """What must be known of our figures."""
    slips: Sequence[str] = ()
    """What does not add up in the paper's."""
