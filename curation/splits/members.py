"""Who belongs to a group: its films, and the copies that left for them."""

from collections.abc import Collection, Iterator

import pandas as pd


def members(records: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    """(group, record id of the film, record id it is or was known by), for every film.

    A film is known by the ids of its copies too: the one that stays may be another one tomorrow.
    """
    columns = (records["group"], records["record_id"], records["copies"])
    for group, record_id, copies in zip(*columns, strict=True):
        yield group, record_id, record_id
        if isinstance(copies, Collection):
            yield from ((group, record_id, copy) for copy in copies)


def sources_of(records: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Group -> the sources of its films and of the copies that left for them."""
    found: dict[str, set[str]] = {}
    for group, _, name in members(records):
        found.setdefault(group, set()).add(name.partition("/")[0])
    return {group: frozenset(sources) for group, sources in found.items()}
