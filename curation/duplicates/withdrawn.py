"""Copies of withdrawn films: who takes a film out takes out its copies, wherever they came from."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from curation.duplicates.groups import components
from curation.duplicates.pair import Edge, Link, edge


def left_in_merge(merged: pd.DataFrame, ingested: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The films that came in and left in merge, where nothing leaves for another reason."""
    came_in = [table[~table["record_id"].isin(merged["record_id"])] for table in ingested]
    return pd.concat([merged.head(0), *came_in], ignore_index=True)


def copies_of_withdrawn(
    members: Iterable[str], links: Mapping[Edge, Link], withdrawn: Collection[str]
) -> dict[str, str]:
    """Record id -> why it leaves, for every film that is a copy of a withdrawn one.

    `members` hold the withdrawn films too. A copy of a copy is a copy.
    """
    copies = {pair: link for pair, link in links.items() if link.is_copy}
    return {
        film: _sentence(film, gone, copies)
        for cluster in components(members, copies)
        if (gone := [member for member in cluster if member in withdrawn])
        for film in cluster
        if film not in withdrawn
    }


def without(links: Mapping[Edge, Link], films: Collection[str]) -> dict[Edge, Link]:
    """The links between other films."""
    return {
        (one, other): link
        for (one, other), link in links.items()
        if one not in films and other not in films
    }


def _sentence(film: str, gone: list[str], copies: Mapping[Edge, Link]) -> str:
    named = next((other for other in gone if edge(film, other) in copies), None)
    how = copies[edge(film, named)].told if named else "a copy, by way of other copies, of"
    return (
        f"{how} {named or gone[0]}, which was withdrawn; "
        "if they are two films, say so in manifests/pairs.csv"
    )
