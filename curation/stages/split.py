"""Stage split: a side of the line for every group, from a hash, so that it never moves."""

import hashlib
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from curation.reviewed_csv import text
from curation.verdict import Verdict
from manifests.contract.params import Misspelt
from manifests.contract.record import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import Split


class Params(BaseModel):
    """Shares of the groups; what is left is for training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    val: float = Field(ge=0, lt=1)
    """Share of groups, 0 to 1."""
    test: float = Field(ge=0, lt=1)
    """Share of groups, 0 to 1."""
    salt: str
    """Another word draws another split."""

    @model_validator(mode="after")
    def _leaves_something_to_train(self) -> "Params":
        if self.val + self.test >= 1:
            raise ValueError("val and test leave nothing for training; lower one of them")
        return self


def main(records: pd.DataFrame, frozen: Path, params: Params) -> Verdict:
    """Every record with its split; nothing is refused here.

    The side depends on the group's name and the salt alone: a new source moves no old film, unless
    it joins that film's group. Freeze a test set that must never move.
    """
    records = records.copy()
    held = frozen_groups(records, frozen)
    records["split"] = pd.Series(
        [Split.TEST if group in held else side(group, params) for group in records["group"]],
        index=records.index, dtype="string[pyarrow]",
    )  # fmt: skip
    return Verdict(records, frame([], Rejection))


def side(group: str, params: Params) -> Split:
    """The split of a group, from its name."""
    digest = hashlib.sha256(f"{params.salt}\x1f{group}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    if share < params.test:
        return Split.TEST
    return Split.VAL if share < params.test + params.val else Split.TRAIN


def frozen_groups(records: pd.DataFrame, folder: Path) -> frozenset[str]:
    """The groups of all films in the frozen lists. Raises `Misspelt` for one that is not here."""
    groups = dict(zip(records["record_id"], records["group"], strict=True))
    held = set()
    for place in sorted(folder.glob("*.txt")):
        for number, line in enumerate(text(place).splitlines(), start=1):
            record_id = line.split("#")[0].strip()
            if not record_id:
                continue
            if record_id not in groups:
                raise Misspelt(
                    f"{place}:{number}: {record_id} is not in the manifest; a frozen set may not "
                    "shrink unseen: bring the film back, or take the line out and say so"
                )
            held.add(groups[record_id])
    return frozenset(held)
