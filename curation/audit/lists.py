"""Reads a list of films as its maker wrote it: which column is what, and where each row stands."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from curation.audit.naming import side_in, sides
from manifests.contract.params import Misspelt
from manifests.contract.table import read_arrow, to_pandas

GUESSES: Mapping[str, tuple[str, ...]] = {
    "path": ("path", "file", "filename", "filepath", "image", "imagepath", "imagename",
             "imagefile", "imageindex", "imageid", "img", "recordid"),
    "label": ("label", "labels", "class", "finding", "findinglabels", "diagnosis", "target",
              "category"),
    "source": ("source", "datasource", "dataset", "origin", "database", "collection"),
    "patient": ("patient", "patientid", "patientnumber", "subject", "subjectid", "pid"),
    "split": ("split", "set", "subset", "fold", "partition"),
    "day": ("day", "offset", "date", "studydate", "followup"),
}  # fmt: skip
"""What a column holds -> the headers it goes by, without case, spaces and signs."""
COLUMNS = tuple(GUESSES)
PARQUET = ".parquet"
SEPARATORS = ",\t;|"
Cells = tuple[int, list[str]]


def rows_of(
    places: Sequence[Path],
    named: Mapping[str, str],
    columns: Sequence[str],
    separator: str = "",
) -> pd.DataFrame:
    """All rows: `place` ("file:line") and those of `COLUMNS` that are there, as words.

    `named` says which header stands for a column; `columns` names the cells of lists without a
    header, once for all lists or once for each, with commas between. Without a column `split`,
    each of several lists is a side. Raises `Misspelt` where a list cannot be understood.
    """
    if len(columns) not in {0, 1, len(places)}:
        raise Misspelt(
            f"--columns: {len(columns)} times for {len(places)} lists; once, or for each"
        )
    _check_given(places, separator)
    heads = list(columns) * (len(places) if len(columns) == 1 else 1)
    called = sides(places) if len(places) > 1 else [side_in(place.stem) for place in places]
    tables = []
    for number, place in enumerate(places):
        head = heads[number].split(",") if heads else []
        table = _one(place, named, [name.strip() for name in head], separator)
        if "split" not in table and (len(places) > 1 or side_in(place.stem)):
            table["split"] = called[number]
        tables.append(table)
    return pd.concat(tables, ignore_index=True).fillna("")


def _check_given(places: Sequence[Path], separator: str) -> None:
    if separator and (len(separator) != 1 or separator in '\r\n"'):
        raise Misspelt(f"--separator: '{separator}' is not one sign; give one, such as ; or \\t")
    for place in places:
        if not place.is_file():
            raise Misspelt(f"{place}: no such list; check the path")


def _one(place: Path, named: Mapping[str, str], head: list[str], separator: str) -> pd.DataFrame:
    if place.suffix == PARQUET:
        made = read_arrow(place)
        known = _known(made.column_names, named, place)
        cells = to_pandas(made.select([made.column_names[at] for at in known.values()]))
        cells = cells.astype(object).fillna("").map(_word)
        cells.columns = pd.Index(list(known))
        found: pd.DataFrame = cells.assign(
            place=[f"{place}:row {n}" for n in range(1, len(cells) + 1)]
        )
        return found
    lines = list(_lines(place, separator, named, head))
    if not lines:
        raise Misspelt(f"{place}: is empty; name a list with a row for each film")
    if head:
        known, wide, asked = _declared(head, place), len(head), "--columns names"
    else:
        known, wide, asked = _known(lines[0][1], named, place), len(lines[0][1]), "the header has"
        lines = lines[1:]
    _check_widths(place, lines, wide, asked)
    rows = [
        [f"{place}:{number}", *(cells[at].strip() for at in known.values())]
        for number, cells in lines
    ]
    return pd.DataFrame(rows, columns=["place", *known], dtype=str)


def _word(cell: object) -> str:
    """The cell as a CSV has it: whole numbers with gaps between are kept as 12.0, and mean 12."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def _check_widths(place: Path, lines: Sequence[Cells], wide: int, asked: str) -> None:
    """Raise `Misspelt` naming every row with another number of cells: it would be read shifted."""
    ragged = [
        f"{place}:{number}: {len(cells)} cells found"
        for number, cells in lines
        if len(cells) < wide or any(cells[wide:])
    ]
    if ragged:
        raise Misspelt(
            f"{'; '.join(ragged)}, {asked} {wide}; mend the rows, name all cells, or say what "
            "stands between them with --separator"
        )


def _lines(
    place: Path, separator: str, named: Mapping[str, str], head: Sequence[str]
) -> Iterator[Cells]:
    words = _words(place)
    reader = csv.reader(
        io.StringIO(words, newline=""), skipinitialspace=True, strict=True,
        delimiter=separator or _separator(words, named, head),
    )  # fmt: skip
    try:
        for cells in reader:
            # A quote that is not closed swallows the rows after it, and their leaks.
            if any("\n" in cell for cell in cells):
                raise Misspelt(
                    f"{place}:{reader.line_num}: a cell runs over lines; close its quote"
                )
            if cells:
                yield reader.line_num, cells
    except csv.Error as fault:
        raise Misspelt(f"{place}:{reader.line_num}: is no list ({fault}); mend the line") from None


def _words(place: Path) -> str:
    """The list as text: UTF-8, or else Latin-1, in which every byte is a letter."""
    data = place.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _separator(words: str, named: Mapping[str, str], head: Sequence[str]) -> str:
    """What stands between the cells of the first line, as that makes most columns known.

    Where `head` names the cells, what makes as many of them. Else a space only if nothing else
    is there: headers such as `Patient ID` hold spaces.
    """
    first = words.lstrip("\r\n").partition("\n")[0].rstrip("\r")[: csv.field_size_limit()]
    marks = [mark for mark in SEPARATORS if mark in first]
    if " " in first and (head or not marks):
        marks.append(" ")

    def fit(mark: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=mark, skipinitialspace=True))
        good = len(cells) == len(head) if head else len(_guessed(cells, named))
        return int(good), first.count(mark)

    return max(marks, key=fit, default=SEPARATORS[0])


def _declared(head: Sequence[str], place: Path) -> dict[str, int]:
    known = {name: at for at, name in enumerate(head) if name in COLUMNS}
    if not known:
        raise Misspelt(
            f"{place}: --columns names {', '.join(head)}, and none of {', '.join(COLUMNS)}; "
            "call a cell that is none of these by any other word"
        )
    return known


def _known(head: Sequence[str], named: Mapping[str, str], place: Path) -> dict[str, int]:
    """What a column holds -> where it stands, by the name given for it, or by a guess."""
    found = ", ".join(head)
    for column, header in named.items():
        if header not in head:
            raise Misspelt(f"{place}: no column '{header}' for {column}; found: {found}")
    known = _guessed(head, named)
    if not known.keys() & {"path", "patient"}:
        raise Misspelt(
            f"{place}: no column for path or patient; found: {found}; name one with --path or "
            "--patient, or, if there is no header, all cells with --columns patient,path,label"
        )
    return known


def _guessed(head: Sequence[str], named: Mapping[str, str]) -> dict[str, int]:
    known = {column: head.index(header) for column, header in named.items() if header in head}
    plain = [re.sub(r"[^a-z0-9]", "", header.lower()) for header in head]
    for column, guesses in GUESSES.items():
        at = next((plain.index(guess) for guess in guesses if guess in plain), None)
        if column not in known and at is not None:
            known[column] = at
    return known
