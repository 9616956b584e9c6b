"""Films and rows of COVID-CXNet, met by number; a name is read here, once, and nowhere else."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from curation.sources.base import Lost
from curation.sources.base_files import Row, rows, text
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

NAME = re.compile(r"(\d{1,9})(p?)(-?)(?:\.[a-z0-9]+)?", re.ASCII | re.IGNORECASE)


class Name(NamedTuple):
    """What a name says: `487p-.jpg` is number 487 of a child, on whose film nothing was seen."""

    number: int
    suffix: str
    """"", "p", "-" or "p-"."""


class Film(NamedTuple):
    """One file of the folder."""

    name: Name
    file: str
    """Its name as it stands in the folder."""

    @property
    def ref(self) -> str:
        return ref_of(self.name.number)


class Met(NamedTuple):
    """A film, its row of the table, and what the row calls it; most films have no row."""

    film: Film
    row: Row | None
    called: Name
    is_again: bool = False
    """True where an earlier row has told of this film already."""


def read_name(word: str) -> Name | None:
    """The name in its parts, in any letter case, or None where it is of another form."""
    found = NAME.fullmatch(word)
    return Name(int(found[1]), (found[2] + found[3]).lower()) if found else None


def ref_of(number: int) -> str:
    """`045`: the number as upstream writes it, without what a later commit may change."""
    return f"{number:03}"


def films_with_rows(table: Path, images: Path, *needed: str) -> Iterator[Met | Lost]:
    """Each row with its film, then the films without a row, then all that cannot be matched.

    Raises `Rejected` (layout_changed) without table or folder, or when no file has a number.
    """
    films, strangers = _by_number(images)
    told, broken = set[int](), set[int]()
    for row in rows(table, "filename", *needed):
        if isinstance(row, Lost):
            broken |= _named_in(row, table)
        met = row if isinstance(row, Lost) else _met(row, table, films)
        if isinstance(met, Met):
            yield met._replace(is_again=met.called.number in told)
            told.add(met.called.number)
        else:
            yield met
    for number, same in sorted(films.items()):
        if len(same) > 1:
            yield from (_one_of_many(film.file, same) for film in same)
        elif number in broken - told:
            yield _of_broken_row(same[0], table)
        elif number not in told:
            yield Met(same[0], None, same[0].name)
    yield from (_stranger(file, images) for file in strangers)


def _by_number(images: Path) -> tuple[dict[int, list[Film]], list[str]]:
    """The films, and the files that are none: of another form, or in a folder of their own.

    Beside `images` upstream's scripts know `normal` and `cap`, which were never published; should
    they come, their files are told and not passed over.
    """
    if not images.is_dir():
        raise Rejected(Reason.LAYOUT_CHANGED, f"{images}: is no folder; bring the source's films")
    films, strangers = defaultdict[int, list[Film]](list), list[str]()
    places = sorted(place for place in images.parent.rglob("*") if place.is_file())
    for place in places:
        name = read_name(place.name) if place.parent == images else None
        if name is None:
            strangers.append(place.relative_to(images.parent).as_posix())
        else:
            films[name.number].append(Film(name, place.name))
    if strangers and not films:
        raise Rejected(
            Reason.LAYOUT_CHANGED,
            f"{images}: no file is called like 443-.png (a number, p, -), but there is "
            f"{strangers[0]}; look at how upstream names its films now",
        )
    return films, strangers


def _met(row: Row, table: Path, films: dict[int, list[Film]]) -> Met | Lost:
    place = f"{table.name}, line {row.line}"
    called = read_name(row["filename"])
    if called is None:
        detail = f"{place}: filename is {row['filename']!r}, no number with p or -; mend the row"
        return Lost(source_ref=place, reason=Reason.MISSING_IMAGE, detail=detail)
    found = films.get(called.number, [])
    if len(found) > 1:
        return _one_of_many(place, found)
    if not found:
        detail = f"{row['filename']}: in {place}, but no file has its number; fetch it again"
        return Lost(source_ref=row["filename"], reason=Reason.MISSING_IMAGE, detail=detail)
    return Met(found[0], row, called)


def _named_in(broken: Lost, table: Path) -> set[int]:
    """The film that a row names which cannot be read as a row: its first cell, as it stands."""
    line = int(broken.source_ref.rpartition(" ")[2])
    named = text(table.read_bytes()).splitlines()[line - 1].partition(",")[0].strip(' "')
    name = read_name(named)
    return {name.number} if name else set()


def _of_broken_row(film: Film, table: Path) -> Lost:
    # Without its row it would be a patient of its own, while others of that patient have theirs.
    detail = (
        f"{film.file}: its row in {table.name} cannot be read; mend the row, it says whose it is"
    )
    return Lost(source_ref=film.ref, reason=Reason.INVALID_FIELD, detail=detail)


def _one_of_many(ref: str, same: list[Film]) -> Lost:
    names = ", ".join(film.file for film in same)
    detail = f"{ref}: one number stands for {names}; keep the right one of these files"
    return Lost(source_ref=ref, reason=Reason.INVALID_FIELD, detail=detail)


def _stranger(file: str, images: Path) -> Lost:
    ref = file.removeprefix(f"{images.name}/")
    detail = (
        f"{file}: is not called like 443-.png (a number, p, -) in {images.name}, so nothing says "
        "what it shows; rename it after its row, or take it out"
    )
    return Lost(source_ref=ref, reason=Reason.UNLISTED_IMAGE, detail=detail)
