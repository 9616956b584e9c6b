"""For importers: tables and files that strangers made, read so that nothing shifts in silence."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from curation.sources.base import Lost
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

MAX_FILE = 200 * 2**20
"""Bytes of the largest single film that is read; the largest known has 60 MB."""
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: its cells by column, as strings without outer blanks."""

    line: int
    """Line of the file on which the row begins; the header is line 1."""
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, empty where this generation of the table has no such column.

        `""` is the last filled cell under a column without a name.
        """
        return self.cells.get(column, "")


def rows(table: Path, *needed: str) -> Iterator[Row | Lost]:
    """The rows of a CSV file with a header. Column names lose case, outer and inner blanks.

    So `Patientid`, ` url` and `clinical notes` are `patientid`, `url` and `clinical_notes`. A row
    whose width is not the header's is `Lost`; blank cells too many at its end do no harm, nor do
    cells that it lacks there under columns without a name. Raises `Rejected` (layout_changed) when
    the table or a `needed` column is absent, or a column stands twice.
    """
    if not table.is_file():
        raise Rejected(Reason.LAYOUT_CHANGED, f"{table}: is no file; bring the source's table")
    lines = _lines(text(table.read_bytes()))
    _, header, _ = next(lines, (1, [], ""))
    columns = _columns(header, table.name, needed)
    for line, cells, fault in lines:
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if not any(columns[len(cells) :]):
            cells.extend([""] * (len(columns) - len(cells)))
        if found := fault or _fault(cells, columns):
            place = f"{table.name}, line {line}"
            yield Lost(
                source_ref=place, reason=Reason.INVALID_FIELD,
                detail=f"{place}: {found}; mend the row or leave it out",
            )  # fmt: skip
        else:
            named = zip(columns, cells, strict=True)
            yield Row(line=line, cells={col: cell for col, cell in named if col or cell})


def rows_with_files(
    table: Path, folder: Path, column: str, *needed: str, called: Callable[[str], str] = str
) -> Iterator[tuple[Row, str] | Lost]:
    """Each row of `table` with its file's name in `folder`; then the files that no row names.

    The cell in `column` names its file with or without an extension, which may be wrong, and in
    any letter case; the surest of several is taken, and of equals none. `called` says how a name
    stands in references and sentences. Raises `Rejected` (layout_changed) without table or folder.
    """
    names = _names(folder)
    taken = set[str]()
    for row in rows(table, column, *needed):
        if isinstance(row, Lost):
            yield row
            continue
        found = _files_of(row[column], names)
        if len(found) == 1:
            taken.add(found[0])
            yield row, found[0]
        else:
            place = f"{table.name}, line {row.line}"
            yield _unmet(called(row[column]) if row[column] else place, [*map(called, found)])
    yield from (_unlisted(called(name), folder, table) for name in names if name not in taken)


def film(folder: Path, name: str) -> bytes:
    """The file `name` in `folder`, not outside it. Raises `Rejected` where there is none."""
    place = folder / name
    if Path(name).name != name:
        raise Rejected(Reason.INVALID_FIELD, f"{name!r} is no plain file name; mend the table")
    if not place.is_file():
        raise Rejected(
            Reason.MISSING_IMAGE, f"{name}: listed, but not in {folder.name}; fetch it again"
        )
    if place.stat().st_size > MAX_FILE:
        raise Rejected(Reason.UNREADABLE_IMAGE, f"{name}: larger than {MAX_FILE} bytes")
    return place.read_bytes()


def text(data: bytes) -> str:
    """`data` as text: by its byte order mark, else UTF-8, else Windows-1252."""
    for mark, encoding in BOMS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise Rejected(Reason.LAYOUT_CHANGED, f"{folder}: is no folder; bring the source's films")
    files = (place for place in folder.rglob("*") if place.is_file())
    return sorted(place.relative_to(folder).as_posix() for place in files)


def _files_of(cell: str, names: list[str]) -> list[str]:
    """The files that the cell may mean: those that carry the surest sign that any carries."""
    signs = [(name, _signs(cell, name)) for name in names if cell and "/" not in name]
    best = max((sign for _, sign in signs), default=0)
    return [name for name, sign in signs if sign == best > 0]


def _signs(cell: str, name: str) -> int:
    """How surely `name` is the file of the cell: 4 by the whole name, 0 not at all."""
    stem, folded = PurePath(name).stem, cell.casefold()
    signs = (
        cell == name,
        cell == stem,
        folded in {name.casefold(), stem.casefold()},
        PurePath(folded).stem == stem.casefold(),
    )
    return next((len(signs) - rank for rank, sign in enumerate(signs) if sign), 0)


def _unmet(ref: str, found: list[str]) -> Lost:
    """The row of a film that has no file, or that several files may be."""
    if found:
        detail = f"{ref}: may be any of {', '.join(found)}; keep the right one of these files"
        return Lost(source_ref=ref, reason=Reason.INVALID_FIELD, detail=detail)
    detail = f"{ref}: listed, but there is no such file; fetch it again, or take the row out"
    return Lost(source_ref=ref, reason=Reason.MISSING_IMAGE, detail=detail)


def _unlisted(ref: str, folder: Path, table: Path) -> Lost:
    detail = f"{ref}: in {folder.name}, but no row of {table.name} says what it is"
    return Lost(source_ref=ref, reason=Reason.UNLISTED_IMAGE, detail=detail)


def _lines(table: str) -> Iterator[tuple[int, list[str], str]]:
    """Number of the first line, cells, and what is wrong; blank lines are left out."""
    reader = csv.reader(io.StringIO(table, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as broken:
            yield line, [], f"not proper CSV ({broken}); perhaps a quote that never closes"
        else:
            if any(cells):
                yield line, cells, ""


def _columns(header: list[str], name: str, needed: tuple[str, ...]) -> list[str]:
    columns = ["_".join(cell.casefold().split()) for cell in header]
    missing = [column for column in needed if column not in columns]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if missing or twice:
        fault = f"no column {missing}" if missing else f"columns {twice} stand twice"
        raise Rejected(
            Reason.LAYOUT_CHANGED,
            f"{name}: {fault}; its columns are {columns}; is it the right file?",
        )
    return columns


def _fault(cells: list[str], columns: list[str]) -> str:
    if len(cells) != len(columns):
        return f"{len(cells)} cells under {len(columns)} columns"
    return "a cell holds a NUL byte" if any("\0" in cell for cell in cells) else ""


def folder_with(files: Path, is_it: Callable[[Path], bool], holds: str) -> Path:
    """`files` itself or the one folder in it that the source lies in: archives bring their own.

    `holds` says what makes it that folder. Raises `Rejected` (layout_changed) for none and for two.
    """
    places = [files, *sorted(place for place in files.iterdir() if place.is_dir())]
    found = [place for place in places if is_it(place)]
    if len(found) == 1:
        return found[0]
    several = f"both {found[0].name} and {found[1].name} hold" if found else "no folder here holds"
    raise Rejected(
        Reason.LAYOUT_CHANGED, f"{files}: {several} {holds}; leave one folder with them in it"
    )
