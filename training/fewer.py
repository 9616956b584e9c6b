"""As many films of each label as an experiment asks for: the paper's sets had sizes of their own.

Hashes of record ids say which films are taken, so that nothing is seeded. They are the same films
under every protocol, and no film changes its side; each side keeps its share of every label.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from manifests.contract.labels import Task
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Pixels, Prepared
from manifests.contract.protocol import sides
from manifests.contract.vocabulary import Split
from training.films import Whole, named

LEARNT = {Split.TRAIN, Split.VAL, Split.TEST}
"""The sides whose films are counted; films of `external` are judged on beside, and all stay."""
Stratum = tuple[str, ...]
"""The side of a film under each protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Prepared):
    """Some films of `whole`: `rows[i]` describes row `places[i]` there."""

    whole: Prepared
    places: Whole

    def stack(self, index: int) -> Pixels:
        return self.whole.stack(int(self.places[index]))

    def lungs(self, index: int) -> npt.NDArray[np.bool_] | None:
        return self.whole.lungs(int(self.places[index]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken, beside what was asked for and what there was."""

    films: Prepared
    asked: Mapping[str, int]
    """Only the labels of which a number was asked for."""
    found: Mapping[str, int]
    """Every label of the task."""

    @property
    def shortfall(self) -> str:
        """A sentence where the manifest holds fewer films than asked for, else nothing."""
        few = [
            f"{self.found[label]:,} of the {n:,} {label} films"
            for label, n in self.asked.items()
            if self.found[label] < n
        ]
        return f"The manifest holds only {' and '.join(few)} asked for." if few else ""


def taken(
    prepared: Prepared, task: Task, protocols: Sequence[str], asked: Mapping[str, int]
) -> Taken:
    """So many films of each label in `asked`, all of the others; all where there are too few.

    Raises `Misspelt` for a label that the task does not have.
    """
    strange = [label for label in asked if label not in task]
    if strange:
        raise Misspelt(
            f"params.yaml: a repeat asks for films of {strange[0]!r}, and its task has "
            f"{', '.join(task)}"
        )
    ids = [str(name) for name in prepared.rows["record_id"]]
    pools, kept = _pools(prepared, task, protocols)
    found = {label: sum(map(len, pools[label].values())) for label in task}
    for label, strata in pools.items():
        shares = _shared_out(strata, min(found[label], asked.get(label, found[label])))
        for stratum, places in strata.items():
            places.sort(key=lambda place: hashlib.sha256(ids[place].encode()).hexdigest())
            kept += places[: shares[stratum]]
    return Taken(films=_part(prepared, sorted(kept)), asked=dict(asked), found=found)


def _pools(
    prepared: Prepared, task: Task, protocols: Sequence[str]
) -> tuple[dict[str, dict[Stratum, list[int]]], list[int]]:
    """Rows by label and stratum, and those that every protocol that uses them calls external."""
    columns = [sides(prepared.rows, protocol).fillna("") for protocol in protocols]
    pools: dict[str, dict[Stratum, list[int]]] = {label: defaultdict(list) for label in task}
    beside: list[int] = []
    strata = zip(*columns, strict=True)
    for place, (label, stratum) in enumerate(zip(named(prepared.rows, task), strata, strict=True)):
        if label is None:
            continue
        if LEARNT & set(stratum):
            pools[label][stratum].append(place)
        elif Split.EXTERNAL in stratum:
            beside.append(place)
    return pools, beside


def _shared_out(strata: Mapping[Stratum, Sequence[int]], count: int) -> dict[Stratum, int]:
    """`count` films shared out in proportion, by largest remainders; a tie goes by name."""
    whole = sum(map(len, strata.values()))
    shares = {name: len(places) * count // whole for name, places in strata.items()}
    rest = sorted(strata, key=lambda name: (-(len(strata[name]) * count % whole), name))
    for name in rest[: count - sum(shares.values())]:
        shares[name] += 1
    return shares


def _part(prepared: Prepared, places: Sequence[int]) -> Part:
    chosen = np.array(places, np.int64)
    about: dict[str, Any] = {one.name: getattr(prepared, one.name) for one in fields(Prepared)}
    rows = prepared.rows.iloc[chosen].reset_index(drop=True)
    about |= {"rows": rows, "pixels": [], "masks": []}
    return Part(**about, whole=prepared, places=chosen)
