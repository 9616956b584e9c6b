"""Figures of journal articles in PubMed Central, by a list of DOIs that a person keeps.

Paper §3.1, footnote 3. Of each article on the list, the figures whose caption speaks of a
radiograph, and those that the list names. What the list says of a figure goes before its caption.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import ClassVar, Literal

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, rows
from curation.sources.journals import jats, layouts, legacy
from curation.sources.journals.caption import speaks_of_radiograph
from curation.sources.journals.doi import Article, article, question
from curation.sources.journals.figures import Printed, films_of, matching
from curation.sources.journals.listed import CROPS, LIST, Wish, grouped, here, unlisted
from curation.sources.journals.verdicts import another, retracted
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

LAYOUTS = {"s3": layouts, "legacy": legacy}
Layout = Literal["s3", "legacy"]


class Journals(Importer):
    """The films among the figures of the listed articles."""

    about: ClassVar[About] = About(
        title="Journal articles in PubMed Central",
        homepage="https://pmc.ncbi.nlm.nih.gov/tools/openftlist/",
        license="NOASSERTION",
        license_url="https://pmc.ncbi.nlm.nih.gov/about/copyright/",
        citation="The article that each film names, in PubMed Central",
        paper="§3.1, positives 7, footnote 3",
        hosts=("pmc.ncbi.nlm.nih.gov", layouts.HOST, *legacy.HOSTS),
    )
    layout: Layout
    """How PMC hands articles out: s3 since 2026; legacy for folders fetched before."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        """Answers on DOIs, then of each article its record, its XML and its films.

        What is not as expected is left for `read` to tell.
        """
        table = files / LIST
        if not table.is_file():
            raise Misspelt(
                f"{table}: is missing; write your list of articles there first, a CSV with the "
                "column id (a DOI, a PMCID or an address) and, where you know them, figure, file, "
                "patient, finding, view, age, sex and modality"
            )
        named = [row for row in rows(table, "id") if isinstance(row, Row)]
        asked = (found.doi for row in named if (found := _article(row)) and found.doi)
        for doi in dict.fromkeys(asked):
            yield question(doi)
        for where, wishes in grouped(named, files, self._dois(files))[0].items():
            names = partial(_wanted, wishes=wishes)
            # A generator, so that an article that is closed ends here and the next one begins.
            yield from _until_refused(LAYOUTS[self.layout].remotes(files, where, names))

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        table = files / LIST
        listed = list(rows(table, "id"))
        yield from (row for row in listed if isinstance(row, Lost))
        named = [row for row in listed if isinstance(row, Row)]
        articles, lost = grouped(named, files, self._dois(files))
        yield from lost
        for where, wishes in articles.items():
            yield from self._of_article(files, where, wishes)
        asked = {where.pmcid for where in articles}
        yield from unlisted(files, [row["file"] for row in named], asked)

    def _dois(self, files: Path) -> Callable[[], dict[str, str]]:
        """DOI -> PMCID by the articles that are here; they are read when this is asked first."""

        @cache
        def by_doi() -> dict[str, str]:
            found: dict[str, str] = {}
            for number in here(files):
                # One that cannot be read is told when a row asks for it.
                with suppress(Rejected):
                    held = LAYOUTS[self.layout].held(files, Article("", number), lambda _: ())
                    found.setdefault(jats.read(held.xml, number).doi, number)
            return found

        return by_doi

    def _of_article(
        self, files: Path, where: Article, wishes: list[Wish]
    ) -> Iterator[Draft | Lost]:
        try:
            names = partial(_wanted, wishes=wishes)
            held = LAYOUTS[self.layout].held(files, where, names)
            found = jats.read(held.xml, held.version)
            if found.pmcid not in {"", where.pmcid}:
                raise another(held.version, found.pmcid)
            if found.is_retracted:
                raise retracted(where.pmcid)
        except Rejected as verdict:
            # One row for the article, and one for each film that the list names.
            refs = dict.fromkeys([where.pmcid, *(wish.ref(where.pmcid) for wish in wishes)])
            yield from (
                Lost(source_ref=r, reason=verdict.reason, detail=verdict.detail) for r in refs
            )
            return
        # The article knows its DOI better than the answer that led here.
        strays = [wish for wish in wishes if found.doi and wish.doi not in {"", found.doi}]
        for wish in strays:
            led = f"asks for {wish.doi}, but was led to {where.pmcid}, which is {found.doi}"
            cure = "fetch the answer of the converter again, or give the PMCID"
            yield Lost.at(wish.place, Reason.LAYOUT_CHANGED, f"{led}; {cure}")
        if not (wishes := [wish for wish in wishes if wish not in strays]):
            return
        printed = Printed.of(where.pmcid, found, held, files / CROPS, wishes)
        told = list(films_of(printed, wishes))
        found_none = "no caption speaks of a radiograph; name the figure in your list"
        yield from told or [Lost.at(where.pmcid, Reason.MISSING_IMAGE, found_none)]


def _wanted(xml: bytes, wishes: list[Wish]) -> list[str]:
    """The pictures of an article that are films by the list or by their caption."""
    found = jats.read(xml, "the article")
    if found.is_retracted:
        return []
    named = {figure.name for wish in wishes if (figure := matching(found.figures, wish.figure)[0])}
    return [
        picture for figure in found.figures for picture in figure.pictures
        if figure.name in named or speaks_of_radiograph(figure.caption)
    ]  # fmt: skip


def _article(row: Row) -> Article | None:
    try:
        return article(row["id"])
    except Rejected:
        return None


def _until_refused(remotes: Iterator[Remote]) -> Generator[Remote, None, None]:
    try:
        yield from remotes
    except Rejected:
        # `read` comes to the same place and tells it as a row.
        return
