"""The files that people keep by hand in `manifests/`: what is wrong in one is named by its line."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from manifests.contract.params import Misspelt


class Line(NamedTuple):
    """One line of a table: "file:line", and its cells by column."""

    place: str
    cells: dict[str, str]


def lines(place: Path, header: Sequence[str], later: Sequence[str] = ()) -> list[Line]:
    """The filled lines of the CSV at `place`. Raises `Misspelt` naming the line that is none.

    Columns that came `later` may be absent from a file, or from its older lines: they are empty.
    """
    full = [*header, *later]
    rows = csv.reader(io.StringIO(text(place), newline=""))
    found: list[Line] = []
    try:
        first = next(rows, [])
        if first not in (list(header), full):
            raise Misspelt(
                f"{place}:1: the header is {','.join(first) or 'missing'}; "
                f"it must be {','.join(header)}"
            )
        for cells in filter(None, rows):
            line = f"{place}:{rows.line_num}"
            if len(cells) not in {len(header), len(first)}:
                raise Misspelt(
                    f"{line}: {len(cells)} cells found, {len(header)} needed: {','.join(header)}; "
                    "put a value with a comma into quotes"
                )
            absent = dict.fromkeys(later, "")
            found.append(Line(line, absent | dict(zip(first, cells, strict=False))))
    except csv.Error as fault:
        raise Misspelt(f"{place}:{rows.line_num}: is no CSV ({fault}); mend the line") from None
    return found


def text(place: Path) -> str:
    """The words in the file, with or without a byte order mark. Raises `Misspelt` if not UTF-8."""
    try:
        return place.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise Misspelt(f"{place}: not there; bring it back from git") from None
    except UnicodeDecodeError as fault:
        raise Misspelt(f"{place}: is not UTF-8 at byte {fault.start}; save it as UTF-8") from None
