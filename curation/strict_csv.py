"""Tables that strangers typed: every cell stays a string, and no row is shifted in silence."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from manifests.contract.record import Rejected
from manifests.contract.vocabulary import Reason

BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its cells by column, without outer blanks, or what is wrong with it."""

    line: int
    """Line of the file on which the row begins; the header is line 1."""
    cells: dict[str, str]
    fault: str = ""

    def __getitem__(self, column: str) -> str:
        """The cell, empty where this generation of the table has no such column."""
        return self.cells.get(column, "")


def rows(data: bytes, name: str, *needed: str) -> Iterator[Row]:
    """The rows of a CSV file with a header. Column names lose case, outer and inner blanks.

    So `Patientid`, ` url` and `clinical notes` are `patientid`, `url` and `clinical_notes`. A row
    whose width is not the header's has a `fault`; blank cells too many at its end are none. Raises
    `Rejected` (layout_changed) when a `needed` column is absent or a column stands twice.
    """
    reader = csv.reader(io.StringIO(text(data), newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line, fault = reader.line_num + 1, ""
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error as broken:
            cells, fault = ["?"], f"not proper CSV ({broken}; perhaps a quote that never closes)"
        if header is None:
            header = _header(cells, name, needed)
        elif any(cells):
            yield _row(line, header, cells, fault)
    if header is None:
        _header([], name, needed)


def text(data: bytes) -> str:
    """`data` as text: by its byte order mark, else UTF-8, else Windows-1252."""
    for mark, encoding in BOMS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _header(cells: list[str], name: str, needed: tuple[str, ...]) -> list[str]:
    header = ["_".join(cell.casefold().split()) for cell in cells]
    missing = [column for column in needed if column not in header]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if missing or twice:
        fault = f"no column {missing}" if missing else f"columns {twice} stand twice"
        raise Rejected(
            Reason.LAYOUT_CHANGED,
            f"{name}: {fault}; its columns are {header}; name the right file, or mend the importer",
        )
    return header


def _row(line: int, header: list[str], cells: list[str], fault: str) -> Row:
    while len(cells) > len(header) and not cells[-1]:
        cells = cells[:-1]
    if not fault and len(cells) != len(header):
        fault = f"{len(cells)} cells under {len(header)} columns"
    if not fault and any("\0" in cell for cell in cells):
        fault = "a cell holds a NUL byte"
    known = {} if fault else {name: cell for name, cell in zip(header, cells, strict=True) if name}
    return Row(line=line, cells=known, fault=fault)
