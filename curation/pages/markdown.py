"""The paper's tables as Markdown; the words are those of the page."""

import re
from collections.abc import Sequence

from curation.pages.page import spaced
from curation.pages.tabled import NO_SLIP, NOT_RUN, Cell, Counted, Line, Table

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$])")
"""What Markdown may read as more than itself."""
BREAKS = re.compile(r"[ \t\r\n\f\v\x1c-\x1e\x85\u2028\u2029]+")


def markdown(title: str, notices: Sequence[str], tables: Sequence[Table]) -> str:
    """A file: the title, what must be known first, and a section for each table."""
    parts = [f"# {words(title)}", *(f"> {words(one)}" for one in notices)]
    for table in tables:
        parts += _table(table)
    return "\n\n".join(parts) + "\n"


def words(text: str) -> str:
    """Any text as one line that is text and nothing else, in every Markdown that shows HTML."""
    line = (
        BREAKS.sub(" ", text)
        .strip()
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
    )
    # An address that stands alone would become a link.
    return SPECIAL.sub(r"\\\1", line).replace("://", ":&#47;/")


def _table(table: Table) -> list[str]:
    parts = [f"## Table {table.number}: {words(table.caption)}", words(table.note)]
    for counted in table.counted:
        parts += [words(counted.name) + ":", _counts(counted)]
    rows = [["model", "by", *map(words, table.columns)]]
    rows += [_line(line, len(table.columns)) for line in table.lines]
    parts.append(_rows(rows))
    if table.warnings:
        parts += ["Of our figures:", _listed(table.warnings)]
    parts.append("What does not add up in the paper's:" if table.slips else
                 NO_SLIP)  # fmt: skip
    return parts + ([_listed(table.slips)] if table.slips else [])


def _line(line: Line, columns: int) -> list[str]:
    head = [words(line.name), words(line.by)]
    if line.command:
        filled = f"{NOT_RUN}: `{line.command.replace('`', '').replace('|', '')}` fills it"
        return head + [filled] + [""] * (columns - 1)
    return head + [_cell(cell) for cell in line.cells]


def _cell(cell: Cell) -> str:
    told = "; ".join(words(one) for one in (cell.interval, cell.films) if one)
    return f"{words(cell.value)} ({told})" if told else words(cell.value)


def _counts(counted: Counted) -> str:
    cross = counted.cross
    rows = [["actual ↓ predicted →", *(words(spaced(one)) for one in cross.columns), "all"]]
    for name, cells in zip(cross.rows, cross.cells, strict=True):
        rows.append([words(spaced(name)), *map(str, cells), str(sum(cells))])
    return _rows(rows)


def _rows(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|" + " --- |" * len(rows[0]), *body])


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {words(one)}" for one in sentences)
