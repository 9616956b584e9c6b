"""Protocols: which films a network learns from, is chosen by and is judged on.

- `honest`: the split by whole groups;
- `loso:KEY` (leave one source out): learns from `train` and is chosen by `val` without any group
  that holds a film of KEY or a copy of one, and is judged on the films of KEY. A film of another
  source in such a group is neither learnt from nor judged on; nor is any other film of `test`, so
  that no network but the paper's has ever seen one;
- `paper`: the paper's split by image (§5.1), whose validation set is its test set. It leaks.

Under each of them `external` is what no network learns from.
"""

from collections.abc import Collection
from typing import Annotated, NamedTuple

import pandas as pd
from pydantic import Field

from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Split

HONEST, PAPER, LOSO = "honest", "paper", "loso:"
Protocol = Annotated[str, Field(pattern=r"^(honest|paper|loso:[a-z0-9_]{1,40})$")]
NEEDED = ("source", "group", "split", "group_sources", "paper_split")
"""The columns from which the sides follow."""


class Leak(NamedTuple):
    """How many films of `test` there are, and how many share a group with a film of `train`."""

    films: int
    leaked: int

    @property
    def share(self) -> float:
        return self.leaked / self.films if self.films else 0.0


def sides(rows: pd.DataFrame, protocol: str) -> "pd.Series[str]":
    """The side of each film under `protocol`: a word of `Split`, or empty where it is not used.

    `rows` have the columns `NEEDED`. Raises `Misspelt` for a held-out source that has no film.
    """
    if protocol == HONEST:
        return rows["split"].astype("string")
    if protocol == PAPER:
        return rows["paper_split"].astype("string")
    return _held_out(rows, protocol.removeprefix(LOSO))


def _held_out(rows: pd.DataFrame, source: str) -> "pd.Series[str]":
    is_own = (rows["source"] == source).astype(bool)
    if not is_own.any():
        raise Misspelt(
            f"params.yaml: protocol '{LOSO}{source}': there is no film of that source; "
            f"there are: {', '.join(sorted(set(rows['source'])))}"
        )
    touches = [isinstance(own, Collection) and source in own for own in rows["group_sources"]]
    split = rows["split"].astype("string")
    free = split.where((split != Split.TEST) & ~pd.Series(touches, rows.index))
    return free.where(~is_own, Split.TEST.value)


def protocols(rows: pd.DataFrame) -> list[str]:
    """Every protocol that `rows` can be used under."""
    return [HONEST, PAPER, *(f"{LOSO}{source}" for source in sorted(set(rows["source"])))]


def chosen_by(protocol: str) -> Split:
    """The side by which the best epoch is chosen; the paper's is its test set."""
    return Split.TEST if protocol == PAPER else Split.VAL


def leak(groups: "pd.Series[str]", sides: "pd.Series[str]") -> Leak:
    """The films of `test` whose group (patient, copies, study) is in `train` too."""
    is_test = sides == Split.TEST
    seen = groups.isin(groups[sides == Split.TRAIN])
    return Leak(films=int(is_test.sum()), leaked=int((is_test & seen).sum()))


def warning(protocol: str, measured: Leak) -> str | None:
    """What must stand beside every figure of a protocol that leaks; None for one that does not."""
    if protocol != PAPER and not measured.leaked:
        return None
    chosen = " The best epoch is chosen on the test films themselves." if protocol == PAPER else ""
    return (
        f"Protocol {protocol}: {measured.leaked} of {measured.films} test films "
        f"({measured.share:.0%}) show a patient, or are of a group, that is in training too; the "
        f"figures are too good and serve to compare with the paper only.{chosen}"
    )
