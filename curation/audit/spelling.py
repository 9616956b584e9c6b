"""Slips of the pen in ids and sources: two ids run together, a word with two letters swapped."""

import re
from collections import Counter
from collections.abc import Iterator

import pandas as pd

from curation.audit.fault import Fault, has, places

RARE = 0.1
"""A spelling is a slip of one that stands at least ten times as often; a lone one, twice."""
SHORT, LONG = 4, 5
"""Letters: a shorter word is never taken for a slip; two slips need a longer one."""
LONGER = 1.5
"""A number is two numbers run together if it is so much longer than all others."""
_RUNS = re.compile(r"[0-9]+|[^\W0-9_]+")
_SEAM = re.compile(r"(?<=[0-9])(?=[^\W0-9_])|(?<=[^\W0-9_])(?=[0-9])")


def joined_ids(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each patient id that is two other ids of the list, with nothing between."""
    if not has(rows, "patient"):
        return
    ids = sorted(set(rows["patient"]) - {""})
    shapes = Counter(shape(name) for name in ids)
    for name in ids:
        if parts := _parts(name, ids, shapes):
            known = [part for part in parts if part in ids]
            yield Fault(
                kind="joined_ids",
                what=f"patient {name} looks like {parts[0]} and {parts[1]} run together "
                f"({' and '.join(known)} in the list too)",
                where=places(rows[rows["patient"].isin([name, *known])]),
                do="look for a missing comma where the list was made; then on which side each is",
            )


def shape(name: str) -> str:
    """The kind of an id: `COVID-00024` is `A-9`."""
    return _RUNS.sub(lambda run: "9" if run[0].isdecimal() else "A", name)


def _parts(name: str, ids: list[str], shapes: Counter[str]) -> tuple[str, str] | None:
    """The two ids in `name`: both known, or one if of its own kind there is no other."""
    known = set(ids)
    if name.isdecimal():
        longest = max((len(one) for one in ids if one.isdecimal() and one != name), default=0)
        cuts = list(range(1, len(name))) if len(name) > LONGER * longest > 0 else []
    else:
        cuts = [seam.start() for seam in _SEAM.finditer(name)]
    pairs = [(name[:at], name[at:]) for at in cuts]
    both = [pair for pair in pairs if set(pair) <= known]
    # One of them is enough if the other is of a kind the list is full of, and the whole is not.
    alone = shapes[shape(name)] == 1 and not name.isdecimal()
    half = [
        pair for pair in pairs
        if alone and known & set(pair) and all(shapes[shape(part)] > 1 for part in pair)
    ]  # fmt: skip
    return next(iter(both or half), None)


def misspelt_sources(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each source that is one or two letters away from one that is far more frequent."""
    if not has(rows, "source"):
        return
    often = Counter(source for source in rows["source"] if source)
    for source, number in sorted(often.items()):
        likely = [
            other for other, more in often.most_common()
            if _is_slip_by_count((source, number), (other, more))
        ]  # fmt: skip
        if likely:
            yield Fault(
                kind="misspelt_source",
                what=f"source {source} ({number} rows) may be {likely[0]} ({often[likely[0]]})",
                where=places(rows[rows["source"] == source]),
                do="write it as the others",
            )


def _is_slip_by_count(here: tuple[str, int], there: tuple[str, int]) -> bool:
    (source, number), (other, more) = here, there
    if source.casefold() == other.casefold():
        # However often: of two that differ in case only, one is named, once.
        return (-number, source) > (-more, other)
    return number < more and number <= max(1, RARE * more) and is_slip(source, other)


def is_slip(word: str, other: str) -> bool:
    """Are the two a letter or two apart? Words that differ in a number only are two words."""
    one, two = word.casefold(), other.casefold()
    if one == two:
        return True
    if min(len(one), len(two)) < SHORT or re.sub(r"\d", "", one) == re.sub(r"\d", "", two):
        return False
    return edits(one, two) <= (2 if min(len(one), len(two)) >= LONG else 1)


def edits(one: str, other: str) -> int:
    """Letters to put in, take out, change or swap with their neighbour (Damerau 1964)."""
    before, last = list(range(len(other) + 1)), list(range(len(other) + 1))
    for i, here in enumerate(one, start=1):
        line = [i]
        for j, there in enumerate(other, start=1):
            cost = min(last[j] + 1, line[j - 1] + 1, last[j - 1] + (here != there))
            if i > 1 and j > 1 and here == other[j - 2] and one[i - 2] == there:
                cost = min(cost, before[j - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
