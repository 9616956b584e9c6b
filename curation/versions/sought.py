"""Films that are looked for in tables of other days, under any name that they may have there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from curation.withdrawal.notices import HASHES, named
from curation.withdrawal.tombstones import Tombstone

COLUMNS = ("record_id", *HASHES)
"""What a film is known by, the surest name first; the later ones also find it renamed."""


class Sighting(NamedTuple):
    """One film, where it was; a cell is empty where there is nothing to say."""

    kind: str
    """manifest, folder, network, published or published network."""
    where: str
    film: str
    """The record id that it has here, or had there."""
    split: str
    config: str = ""
    shard: str = ""
    """Name of the file."""
    manifest_id: str = ""
    name: str = ""
    """Of what was published: of the data set, or the key of the network."""
    is_gone: bool = False
    """Whether a squash took the revision away since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The films that are here, and the words by which a person asked, for those that are not."""

    films: Mapping[str, Mapping[str, str]]
    """Column of `COLUMNS` -> its value -> the record id of the film that has it."""
    kind: str
    value: str

    def among(self, rows: pd.DataFrame) -> "pd.Series[str]":
        """The film of each row, by the id that it has here; empty where it is none of them."""
        found = pd.Series(pd.NA, index=rows.index, dtype="string")
        for column, known in self.films.items():
            found = found.fillna(rows[column].astype("string").map(known).astype("string"))
        asked = rows["record_id"].astype("string").where(named(rows, self.kind, self.value))
        return found.fillna(asked)


def sought(films: pd.DataFrame, kind: str, value: str, stones: Iterable[Tombstone] = ()) -> Sought:
    """`films` are records; `kind` and `value` what a line of withdrawals.csv says.

    `stones` are what is kept of films that left long ago.
    """
    names = films.sort_values("record_id")[list(COLUMNS)].astype(str).itertuples(index=False)
    gone = ((one.film, one.sha256, one.pixel_sha256) for one in stones)
    known: dict[str, dict[str, str]] = {column: {} for column in COLUMNS}
    for cells in (*names, *gone):
        for column, cell in zip(COLUMNS, cells, strict=True):
            if cell:
                known[column].setdefault(cell, cells[0])
    return Sought(films=known, kind=kind, value=value)


def by_place(sightings: Sequence[Sighting]) -> dict[Sighting, list[str]]:
    """The films of each place, split, configuration and shard, in the order of the sightings."""
    places: dict[Sighting, list[str]] = {}
    for one in sightings:
        places.setdefault(one._replace(film=""), []).append(one.film)
    return places
