"""One figure as films: what the list wishes, what the caption says, which file shows it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from curation.sources.base import Draft, Lost
from curation.sources.journals.caption import (
    arrows,
    is_healthy,
    panels,
    said,
    several,
    speaks_of_radiograph,
)
from curation.sources.journals.illness import told
from curation.sources.journals.jats import Figure, Jats
from curation.sources.journals.layouts import UNSURE, Held, Image, best
from curation.sources.journals.listed import Wish, crop
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An article whose films are read, and what holds for all of them."""

    pmcid: str
    figures: tuple[Figure, ...]
    pictures: Mapping[str, Image]
    crops: Path
    common: Mapping[str, str]
    facts: Mapping[str, str]

    @classmethod
    def of(cls, pmcid: str, found: Jats, held: Held, crops: Path, wishes: list[Wish]) -> "Printed":
        patients = {wish.patient for wish in wishes if wish.patient}
        doi = f"doi:{found.doi}" if found.doi else ""
        told_of = (found.author, found.title, held.citation, doi)
        common = {
            # Beside the one patient whom the list names, the unnamed may be the same.
            "study": pmcid if len(patients) == 1 else "",
            "url": f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/",
            "snapshot": held.version,
            "license": licence(found.license, held.license),
            "attribution": ". ".join(said.strip(" .") for said in told_of if said) or pmcid,
        }
        facts = {"doi": found.doi, "pmcid": pmcid}
        return cls(pmcid=pmcid, figures=found.figures, pictures=held.pictures, crops=crops,
                   common=common, facts=facts)  # fmt: skip

    def ref(self, figure: Figure | None) -> str:
        return f"{self.pmcid}/{figure.name}" if figure else self.pmcid


def licence(stated: str, code: str) -> str:
    """The licence by the article's text (an SPDX id) and PMC's record ("CC BY-NC"), if they agree.

    Where they differ none is sure: a permission may have lapsed since, or the text may be stricter.
    """
    if not (stated and code):
        return stated or code
    kind = re.sub(r"-\d\.\d$", "", stated)
    return stated if "-".join(code.upper().split()) in {stated, kind} else UNSURE


def matching(figures: tuple[Figure, ...], asked: str) -> tuple[Figure | None, str]:
    """The figure that the list calls `asked` (F1, 1, "Fig. 1b"), and the letter of its panel."""
    short = _short(asked)
    if not short:
        return None, ""
    # Ids and labels may be out of step: "F2" is the id, if there is one, before it is a number.
    exact = [figure for figure in figures if figure.name.casefold() == asked.strip().casefold()]
    labelled = [figure for figure in figures if short == _short(figure.label)]
    numbered = [figure for figure in figures if short == _short(figure.name)]
    if found_here := exact or labelled or numbered:
        return found_here[0], ""
    found = re.fullmatch(r"(.*\d)[ ./-]?([a-h])", short)
    return (matching(figures, found[1])[0], found[2]) if found else (None, "")


def films_of(article: Printed, wishes: list[Wish]) -> Iterator[Draft | Lost]:
    """The films that the list names, then those that the captions name."""
    listed = set[str]()
    lines: dict[str, int] = {}
    for wish in wishes:
        figure, panel = matching(article.figures, wish.figure)
        listed |= {figure.name} if figure else set()
        made = {one.source_ref.casefold(): one for one in _asked(article, wish, figure, panel)}
        # A row that names the article alone is none of its films, and may stand once too.
        before = {lines.setdefault(ref, wish.line) for ref in made or [""]} - {wish.line}
        yield from (one for ref, one in made.items() if lines[ref] == wish.line)
        if before:
            yield _again(article, wish, min(before))
    for figure in article.figures:
        if figure.name not in listed and speaks_of_radiograph(figure.caption):
            yield from _films(article, Wish(), figure, "")


def _asked(
    article: Printed, wish: Wish, figure: Figure | None, panel: str
) -> Iterator[Draft | Lost]:
    """What one row of the list asks for; nothing where it names the article alone."""
    ref = wish.ref(article.pmcid)
    if wish.figure and figure is None:
        labels = ", ".join(one.label or one.name for one in article.figures) or "none"
        detail = f"{ref}: the article has no such figure, but has {labels}; mend your list"
        yield Lost(source_ref=ref, reason=Reason.MISSING_IMAGE, detail=detail)
    elif wish.file:
        yield _draft(article, wish, figure, panel, partial(crop, article.crops, wish.file))
    elif figure and not (made := list(_films(article, wish, figure, panel))):
        detail = f"{ref}: the caption names no panel {panel}; mend your list"
        yield Lost(source_ref=ref, reason=Reason.MISSING_IMAGE, detail=detail)
    elif figure:
        yield from made


def _again(article: Printed, wish: Wish, line: int) -> Lost:
    what = f"{article.pmcid}, {wish.figure}" if wish.figure else article.pmcid
    detail = f"{wish.place}: asks for {what} as line {line} does already; take one of the rows out"
    return Lost(source_ref=wish.place, reason=Reason.INVALID_FIELD, detail=detail)


def _films(article: Printed, wish: Wish, figure: Figure, panel: str) -> Iterator[Draft | Lost]:
    """The films that the figure's own files show; a file of several pictures is none."""
    ref, letters, count = article.ref(figure), panels(figure.caption), len(figure.pictures)
    if count > 1 and len(letters) == count:
        for letter, picture in zip(letters, figure.pictures, strict=True):
            is_asked = letter == panel if panel else bool(wish.figure)
            if is_asked or (not panel and speaks_of_radiograph(letters[letter])):
                image = partial(_picture, f"{ref}/{letter}", picture, article.pictures)
                yield _draft(article, wish, figure, letter, image)
    elif crowd := f"{count} files" if count > 1 else several(figure.caption):
        detail = (
            f"{ref}: holds several pictures ({crowd}) and is no film; crop the radiograph, put it "
            "into crops/, and name it in your list as the file of this figure"
        )
        ref = "/".join(filter(None, (ref, panel)))
        yield Lost(source_ref=ref, reason=Reason.NOT_RADIOGRAPH, detail=detail)
    else:
        image = partial(_picture, ref, next(iter(figure.pictures), ""), article.pictures)
        yield _draft(article, wish, figure, panel, image)


def _draft(article: Printed, wish: Wish, figure: Figure | None, panel: str, image: Image) -> Draft:
    """One film; the list's words go before those of the caption, or of the panel's part of it."""
    text, ref = _text(figure, panel), article.ref(figure)
    illness = told(text)
    # Clear lungs alone may be an ill patient's; a healthy person's film is a normal one.
    healthy = "normal" if is_healthy(text) and not (illness.finding or illness.uncertain) else ""
    words = {**said(text), **illness._asdict(), "finding": illness.finding or healthy}
    # A figure's own terms free it from those of its article, but from no dispute about them.
    is_sure = article.common["license"] != UNSURE
    own = {"license": figure.license} if figure and figure.license and is_sure else {}
    shown = {"figure": figure.label or figure.name} if figure else {}
    patient = wish.patient or (figure.name if figure else wish.file)
    # Whose films these are nobody says: they may be one patient's, and so they stay together.
    unnamed = {} if wish.patient else {"study": article.pmcid}
    return Draft(
        source_ref="/".join(filter(None, (ref, panel, wish.file))),
        image=image,
        patient=f"{article.pmcid}/{patient}",
        facts={**article.facts, **shown, "panel": panel, "arrows": arrows(text)},
        **{**article.common, **own, **unnamed, **words, **dict(wish.words)},
    )


def _text(figure: Figure | None, panel: str) -> str:
    """What is said of this very picture: nothing where the caption speaks of several at once."""
    if figure is None:
        return ""
    if panel:
        return panels(figure.caption).get(panel, "")
    return "" if several(figure.caption) else figure.caption


def _short(name: str) -> str:
    """`f1`, "Figure 1." and "Fig 1" are all "1"."""
    folded = " ".join(name.casefold().split()).strip(" .:")
    return re.sub(r"^(?:figures?|fig\.?|f)[ .-]*0*(?=\d)", "", folded)


def _picture(ref: str, picture: str, held: Mapping[str, Image]) -> bytes:
    """The file of one graphic. Raises `Rejected` (missing_image) where there is none."""
    name = best(held.keys(), picture) if picture else ""
    if not name:
        detail = f"{ref}: no picture file {picture or '(none named)'} is here; fetch it again"
        raise Rejected(Reason.MISSING_IMAGE, detail)
    data = held[name]()
    if data.startswith(b"GIF8"):
        detail = (
            f"{ref}: only the thumbnail {name} is here; save the larger picture from the page of "
            "the article into crops/, and name it in your list as the file of this figure"
        )
        raise Rejected(Reason.UNREADABLE_IMAGE, detail)
    return data
