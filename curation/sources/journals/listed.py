"""What a person's list asks for: the rows of each article, however its id is written."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from curation.sources.base import Lost
from curation.sources.base_files import Row, film
from curation.sources.journals.doi import Article, article, pmcid
from manifests.contract.record import Rejected
from manifests.contract.vocabulary import Reason

LIST, CROPS = "articles.csv", "crops"
KNOWN = ("finding", "view", "age", "sex", "modality")
"""Columns in which the person's word goes before the caption's."""


class Wish(NamedTuple):
    """One row of the list."""

    line: int = 0
    doi: str = ""
    """The article as the row names it; empty where it gives the PMCID."""
    figure: str = ""
    file: str = ""
    patient: str = ""
    words: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, row: Row, doi: str) -> "Wish":
        words = tuple((column, row[column]) for column in KNOWN if row[column])
        return cls(row.line, doi, row["figure"], row["file"], row["patient"], words)

    @property
    def place(self) -> str:
        return f"{LIST}, line {self.line}"

    def ref(self, where: str) -> str:
        """How the row's film is called as long as its figure is not found."""
        return "/".join(filter(None, (where, self.figure, self.file)))


def grouped(named: list[Row], files: Path) -> tuple[dict[Article, list[Wish]], list[Lost]]:
    """The rows of each article, however its id is written; and the rows without an article."""
    found: dict[Article, list[Wish]] = {}
    lost: list[Lost] = []
    for row in named:
        try:
            asked = article(row["id"])
            where = Article("", asked.pmcid or pmcid(files, asked.doi), asked.version)
        except Rejected as verdict:
            place = f"{LIST}, line {row.line}"
            lost.append(Lost(source_ref=place, reason=verdict.reason, detail=verdict.detail))
        else:
            found.setdefault(where, []).append(Wish.of(row, asked.doi))
    return found, lost


def crop(folder: Path, cell: str) -> bytes:
    """The person's own file that a row names. Raises `Rejected` where that is none, or several."""
    found = meant(cell, [place.name for place in folder.glob("*")])
    if len(found) > 1:
        detail = f"{cell}: may be any of {', '.join(found)}; write the name as the file has it"
        raise Rejected(Reason.INVALID_FIELD, detail)
    return film(folder, found[0] if found else cell)


def meant(cell: str, names: Collection[str]) -> list[str]:
    """The file called as the cell says; where there is none, those in other letter case."""
    if cell in names:
        return [cell]
    return sorted(name for name in names if name.casefold() == cell.casefold())
