"""Stage split: a side of the line for every group, which nothing that comes later moves.

In this order: a frozen list, a source held `external`, the ledger, a hash of the group's name. The
sides follow from these alone. What holds: a new source, a corrected label, a withdrawal moves no
film of another group. A new film may move those of its own group: in the ledger's world only when
it proves two groups to be one that stood on two sides, which `moved` says; without a ledger also
when it renames the group, as in one of n + 1 cases it does with a group of n films. No rule
without a memory can do better: it would have to give a film one side with any neighbour.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import Field

from curation.splits import ledger as ledgers
from curation.splits.frozen import Held, external_groups, frozen_groups, hold
from curation.splits.members import sources_of
from curation.splits.moves import moves
from curation.splits.placement import Shares, by_hash, draw
from curation.verdict import Verdict
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import Split

log = logging.getLogger(__name__)


class Params(Shares):
    """Shares of the groups, the sources that are held out, and the paper's split by image."""

    external: tuple[str, ...]
    """Keys of sources that are never trained on; their groups are judged on apart."""
    paper_test: float = Field(gt=0, lt=1)
    """Share of films, 0 to 1, in the test half of the paper's split by image."""
    paper_salt: str
    """Another word draws another split by image."""


class Divided(NamedTuple):
    """What the stage gives: every record with its side, and what left the side of the ledger."""

    verdict: Verdict
    moved: pd.DataFrame
    """record_id, group, was, now, why: the films that stand elsewhere than the ledger says."""
    ruled: frozenset[str]
    """The groups that a frozen list or a held-out source decides."""
    everyone: pd.DataFrame
    """record_id, group, copies of every film of these groups, those that filter refused too."""


def main(
    records: pd.DataFrame,
    frozen: Path,
    ledger: Path,
    params: Params,
    deduped: pd.DataFrame | None = None,
) -> Divided:
    """Every record with its split; nothing is refused here.

    `deduped` are the records before `filter`: a film that it refused still holds its group.
    `ledger` need not be there. Raises `Misspelt` for a frozen film that is not here, and where two
    rules that may not yield want one group on two sides.
    """
    records, sources = records.copy(), sources_of(records)
    everyone = _everyone(records, deduped)
    ruled = _ruled(records, everyone, frozen, frozenset(params.external))
    known = ledgers.read(ledger) or {}
    placed = ledgers.held_groups(everyone, known)
    sides = {
        group: ruled[group].side if group in ruled else placed.get(group) or by_hash(group, params)
        for group in sources
    }
    records["split"] = _column(records, [sides[group] for group in records["group"]])
    records["group_sources"] = pd.Series(
        [sorted(sources[group]) for group in records["group"]],
        records.index, dtype=records["group_sources"].dtype,
    )  # fmt: skip
    records["paper_split"] = _column(records, paper_sides(records, params))
    moved = moves(
        everyone, dict(zip(records["group"], records["split"], strict=True)), known, ruled
    )
    _tell(records, known, moved, params)
    return Divided(Verdict(records, frame([], Rejection)), moved, frozenset(ruled), everyone)


def _everyone(records: pd.DataFrame, deduped: pd.DataFrame | None) -> pd.DataFrame:
    named = records if deduped is None else deduped
    return named[named["group"].isin(records["group"])][["record_id", "group", "copies"]]


def _ruled(
    records: pd.DataFrame,
    everyone: pd.DataFrame,
    frozen: Path,
    unseen: frozenset[str],
) -> dict[str, Held]:
    """The groups that no draw decides, by the frozen lists and the sources held out."""
    ruled, sources = frozen_groups(records, frozen), sources_of(everyone)
    for group in external_groups(sources, unseen):
        named = ", ".join(sorted(sources[group] & unseen))
        hold(ruled, group, Held(Split.EXTERNAL, f"split.external: a film of {named} in {group}"))
    return ruled


def paper_sides(records: pd.DataFrame, params: Params) -> list[Split]:
    """train, test or external, film by film, in the order of `records`.

    As the paper splits (§5.1): each image for itself, so that a patient stands on both sides. Only
    `external` is kept out, so that a network may be judged on sources that it never saw.
    """
    return [
        Split.EXTERNAL if side == Split.EXTERNAL
        else Split.TEST if draw(record_id, params.paper_salt) < params.paper_test
        else Split.TRAIN
        for record_id, side in zip(records["record_id"], records["split"], strict=True)
    ]  # fmt: skip


def _column(records: pd.DataFrame, sides: list[Split]) -> "pd.Series[str]":
    return pd.Series(sides, index=records.index, dtype="string[pyarrow]")


def _tell(
    records: pd.DataFrame, known: Mapping[str, Split], moved: pd.DataFrame, params: Params
) -> None:
    """Say what a person must know: who went along into `external`, who moved, what is not held."""
    outside = records[records["split"] == Split.EXTERNAL]
    along = outside[~outside["source"].isin(params.external)]
    if len(outside):
        log.info(
            "split: %d films are external, %d of them of other sources, in one group with those "
            "or in a frozen list", len(outside), len(along),
        )  # fmt: skip
    absent = set(params.external) - {key for own in records["group_sources"] for key in own}
    if absent:
        log.warning("split.external: no film of %s is here", ", ".join(sorted(absent)))
    for why, films in moved.groupby("why", sort=True):
        log.warning("split: %d films left their side: %s", len(films), why)
    is_new = ~records["record_id"].isin(list(known)) & (records["split"] != Split.EXTERNAL)
    if known and is_new.any():
        log.info(
            "split: %d films are not in the ledger and stand where their hash says; `cxr freeze` "
            "takes them in", int(is_new.sum()),
        )  # fmt: skip
