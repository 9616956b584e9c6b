"""One thing that a list has wrong, and the small things that all checks need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from curation.audit.naming import is_side


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What was found, where, and what to do about it."""

    kind: str
    what: str
    where: Sequence[str]
    """The `file:line` of every row at fault."""
    do: str

    @property
    def count(self) -> int:
        return len(self.where)


def has(rows: pd.DataFrame, *columns: str) -> bool:
    """Does the list have all these columns?"""
    return set(columns) <= set(rows.columns)


def groups(rows: pd.DataFrame, columns: str | list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows with the same value in the columns, two at least; those with an empty one never."""
    names = [columns] if isinstance(columns, str) else columns
    filled = rows[(rows[names] != "").all(axis=1)]
    several = filled[filled.duplicated(names, keep=False)]
    for key, part in several.groupby(names, sort=True):
        yield ", ".join(map(str, key if isinstance(key, tuple) else (key,))), part


def places(rows: pd.DataFrame) -> list[str]:
    return rows["place"].tolist()


def differ(values: "pd.Series[str]") -> bool:
    """Is there more than one value?"""
    return len(set(values)) > 1


def words(values: "pd.Series[str]") -> str:
    """The different values, as a person lists them."""
    return " and ".join(sorted(set(values)))


def film_name(path: str) -> str:
    """The path without the folders that only say the side: `train/a.png` is `test/a.png`."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]
    return "/".join([*(part for part in parts[:-1] if not is_side(part)), *parts[-1:]])
