"""What a person's list asks for: the rows of each article, however its id is written."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from curation.sources.base import Lost
from curation.sources.base_files import Row, film
from curation.sources.journals.doi import Article, article, pmcid
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

LIST, CROPS, PACKAGES = "articles.csv", "crops", "packages"
KNOWN = ("finding", "view", "age", "sex", "modality")
"""Columns in which the person's word goes before the caption's."""
OURS = frozenset({LIST, CROPS, "idconv", "listings", "metadata", "oa", "PHANTOM.json",
                  "README.txt"})  # fmt: skip
ARTICLE = re.compile(r"(PMC\d{1,12})(?:\.\d{1,3})?(?:\.tar\.gz)?")
"""The name of an article's folder, or of its archive."""


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


def grouped(
    named: list[Row], files: Path, dois: Callable[[], Mapping[str, str]]
) -> tuple[dict[Article, list[Wish]], list[Lost]]:
    """The rows of each article, however its id is written; and the rows without an article.

    `dois` gives the PMCID of each article that is here; it is called where an answer is not.
    """
    wishes: dict[str, list[Wish]] = {}
    versions: dict[str, tuple[str, int]] = {}
    lost: list[Lost] = []
    for row in named:
        place = f"{LIST}, line {row.line}"
        try:
            asked = article(row["id"])
            number = asked.pmcid or _number(files, asked.doi, dois)
        except Rejected as verdict:
            lost.append(Lost(source_ref=place, reason=verdict.reason, detail=verdict.detail))
            continue
        version, line = versions.setdefault(number, (asked.version, row.line))
        if asked.version and not version:
            versions[number] = asked.version, row.line
        elif asked.version not in {"", version}:
            detail = (
                f"{place}: asks for {number}.{asked.version}, but line {line} for {number}."
                f"{version}; one version of an article is read, so take one of the rows out"
            )
            lost.append(Lost(source_ref=place, reason=Reason.INVALID_FIELD, detail=detail))
            continue
        wishes.setdefault(number, []).append(Wish.of(row, asked.doi))
    return {Article("", one, versions[one][0]): found for one, found in wishes.items()}, lost


def here(files: Path) -> list[str]:
    """The PMCIDs of the articles of which a folder or an archive is here."""
    names = [place.name for place in (*files.glob("PMC*"), *(files / PACKAGES).rglob("PMC*"))]
    return sorted({found[1] for name in names if (found := ARTICLE.fullmatch(name))})


def _number(files: Path, doi: str, dois: Callable[[], Mapping[str, str]]) -> str:
    try:
        return pmcid(files, doi)
    except Rejected as verdict:
        if verdict.reason == Reason.MISSING_IMAGE and (found := dois().get(doi)):
            return found
        raise


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


def unlisted(files: Path, cells: Collection[str], asked: Collection[str]) -> Iterator[Lost]:
    """What lies in `files` though no row asks for it: crops, articles, and what is neither."""
    crops = _below(files / CROPS)
    taken = {name for cell in cells for name in meant(cell, crops)}
    for name in crops:
        if name not in taken:
            yield _lost(f"{CROPS}/{name}", f"no row of {LIST} names it as its file")
    archives = [f"{PACKAGES}/{name}" for name in _below(files / PACKAGES)]
    others = [place.name for place in files.iterdir() if place.is_file() or _below(place)]
    for name in sorted({*archives, *others} - OURS - {PACKAGES}):
        # An archive is looked for in its folder, and nowhere else.
        is_known = name in archives or not name.endswith(".gz")
        found = ARTICLE.fullmatch(name.rpartition("/")[2]) if is_known else None
        if found is None and not name.startswith("."):
            yield _lost(name, "is nothing that is read here; put it where it belongs, or remove it")
        elif found and found[1] not in asked:
            yield _lost(name, f"no row of {LIST} is known to ask for it; list it, or remove it")


def _below(folder: Path) -> list[str]:
    """The files in the folder and below it, by their names there; hidden ones left out."""
    found = (place.relative_to(folder) for place in folder.rglob("*") if place.is_file())
    return sorted(place.as_posix() for place in found if not place.name.startswith("."))


def _lost(ref: str, found: str) -> Lost:
    return Lost.at(ref, Reason.UNLISTED_IMAGE, found)
