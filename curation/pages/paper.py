"""What the paper prints in its Tables 1 to 6, read from `paper.yaml` beside this file."""

import functools
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from manifests.contract.params import misspelt, read_yaml

PLACE = Path(__file__).with_name("paper.yaml")


def _quoted(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("a printed figure stands in quotes, so that its last zero is kept")  # noqa: TRY004 - pydantic tells it
    return value


Percent = Annotated[Decimal, BeforeValidator(_quoted), Field(ge=0, le=100)]
Score = Annotated[Decimal, BeforeValidator(_quoted), Field(ge=0, le=1)]
Films = Annotated[int, Field(ge=1)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Matrix(_Read):
    """One of Tables 1 to 4: films by what they are (rows) and what they are called (columns)."""

    number: int = Field(ge=1, le=4)
    caption: str
    row: str
    """Of Table 5."""
    set: Literal["test", "external"]
    labels: tuple[str, ...] = Field(min_length=2)
    ours: dict[str, str]
    positive: tuple[str, ...] = Field(min_length=1)
    """Labels whose figures are told."""
    cells: tuple[tuple[Annotated[int, Field(ge=0)], ...], ...]
    where: str
    """Section of the paper that tells the figures of this table."""
    films: Films | None
    accuracy: Percent | None
    f1: dict[str, Score]
    note: str

    @model_validator(mode="after")
    def _fits(self) -> "Matrix":
        size = len(self.labels)
        if [len(row) for row in self.cells] != [size] * size:
            raise ValueError(f"table {self.number} has {size} labels, and so many rows and columns")
        unknown = {*self.positive, *self.ours, *self.f1} - set(self.labels)
        if unknown or set(self.ours) != set(self.labels):
            raise ValueError(f"table {self.number}: 'positive', 'ours' and 'f1' name its labels")
        return self

    @property
    def total(self) -> int:
        return sum(map(sum, self.cells))


class Row(_Read):
    """A line of Table 5."""

    row: str
    experiment: str
    films: Films
    pediatric_bias: bool
    lung_segmentation: bool
    epochs: int = Field(ge=1)
    accuracy: Percent
    low: Percent
    high: Percent
    f1: Score
    test_films: Films | None
    in_text: Percent | None
    """The accuracy that the text gives of one run."""


class Claim(_Read):
    """A sentence of the text that Table 5 holds or does not."""

    where: str
    words: str
    larger: str
    smaller: str


class Comparison(_Read):
    """Table 5."""

    caption: str
    test_share: Score
    runs: int = Field(ge=1)
    note: str
    rows: tuple[Row, ...]
    claims: tuple[Claim, ...]


class Citation(_Read):
    """Where a related work was published, by the paper's list of references."""

    authors: tuple[str, ...] = Field(min_length=1)
    """Surnames, in order."""
    title: str
    year: int
    arxiv: str
    """Empty where the list gives none."""


class Work(_Read):
    """A line of Table 6."""

    model: str
    reference: int | None
    covid19_films: Films
    weights: str
    architecture: str
    f1: Score | None
    lung_segmentation: str
    citation: Citation | None


class Related(_Read):
    """Table 6."""

    caption: str
    own: str
    note: str
    works: tuple[Work, ...]


class Paper(_Read):
    """Tables 1 to 6."""

    matrices: tuple[Matrix, ...]
    comparison: Comparison
    related: Related

    @model_validator(mode="after")
    def _names_its_rows(self) -> "Paper":
        named = {one.row for one in self.matrices} | {self.related.own}
        for claim in self.comparison.claims:
            named |= {claim.larger, claim.smaller}
        if named - self.rows:
            raise ValueError(f"no row of table 5: {', '.join(sorted(named - self.rows))}")
        return self

    @property
    def rows(self) -> set[str]:
        """The names of the lines of Table 5."""
        return {row.row for row in self.comparison.rows}

    def row(self, name: str) -> Row:
        """The line of Table 5 with this name."""
        return next(row for row in self.comparison.rows if row.row == name)


@functools.cache
def paper(place: Path = PLACE) -> Paper:
    """The tables in the file at `place`. Raises `Misspelt` naming what is wrong in it."""
    try:
        return Paper.model_validate(read_yaml(place))
    except ValidationError as faults:
        raise misspelt(place, faults) from None
