"""The films of a task: which row of the prepared table has which label.

C classes, N films.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from torch import Tensor

from manifests.contract.labels import Task, label_of
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import HONEST, sides
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import Finding, Split

RESERVED = {"n", "groups", "accuracy", "macro_f1", "auc", "reason"}
"""Figures that stand beside the labels in metrics.json."""
Whole = npt.NDArray[np.int64]


class Untrainable(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The films at hand cannot answer what the task asks."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Films:
    """The films of one split that have a label in the task."""

    prepared: Prepared
    labels: tuple[str, ...]
    """The classes, in the order of the task."""
    places: Whole
    """int64[N], the rows in `prepared`, in the order of record ids."""
    targets: Whole
    """int64[N], class numbers."""

    def __len__(self) -> int:
        return len(self.places)

    def pixels(self, number: int) -> npt.NDArray[np.uint8]:
        """uint8[H, W, 3] of film `number`, mapped from disk."""
        return self.prepared.stack(int(self.places[number]))  # noqa: PD013 - not a table's stack

    @property
    def rows(self) -> pd.DataFrame:
        """What is known of each film, in the order of `places`."""
        return self.prepared.rows.iloc[self.places].reset_index(drop=True)

    @property
    def sources(self) -> list[str]:
        """The source of each film."""
        return [str(key) for key in self.prepared.rows["source"].iloc[self.places]]

    @property
    def counts(self) -> Whole:
        """int64[C], films per class."""
        return np.bincount(self.targets, minlength=len(self.labels)).astype(np.int64)

    @property
    def named_counts(self) -> dict[str, int]:
        """Films of each label."""
        return {label: int(n) for label, n in zip(self.labels, self.counts, strict=True)}

    @property
    def absent(self) -> list[str]:
        """The labels without a film."""
        return [label for label, n in self.named_counts.items() if n == 0]


def read_task(words: Mapping[str, Sequence[str] | None]) -> Task:
    """The task in `words` (label -> findings). Raises `Misspelt` for a word that cannot be used."""
    task: dict[str, tuple[Finding, ...]] = {}
    for label, findings in words.items():
        if label in RESERVED:
            raise Misspelt(f"params.yaml: label '{label}' is the name of a figure; choose another")
        if not findings or isinstance(findings, str):
            raise Misspelt(f"params.yaml: label '{label}' needs a list of findings, [covid19], say")
        unknown = [word for word in findings if word not in set(Finding)]
        if unknown:
            raise Misspelt(
                f"params.yaml: label '{label}' asks for {unknown[0]!r}, which is no finding; "
                f"known: {', '.join(Finding)}"
            )
        task[label] = tuple(Finding(word) for word in findings)
    return task


def named(rows: pd.DataFrame, task: Task) -> list[str | None]:
    """The label of each row of a prepared table in `task`, or None where it has none."""
    return [
        label_of(task, finding=finding, abnormal=_maybe(abnormal), patient_ill=_maybe(ill))
        for finding, abnormal, ill in zip(
            rows["finding"], rows["abnormal"], rows["patient_ill"], strict=True
        )
    ]


def films_of(prepared: Prepared, task: Task, split: Split, protocol: str = HONEST) -> Films:
    """The films on the side `split` of `protocol` with a label in `task`, sorted by record id."""
    labels, rows = tuple(task), prepared.rows
    names = named(rows, task)
    ids, is_there = rows["record_id"].tolist(), (sides(rows, protocol) == split).tolist()
    # Of a film that the protocol leaves out nobody knows a side.
    taken = [n for n, label in enumerate(names) if label is not None and is_there[n] is True]
    taken.sort(key=lambda place: str(ids[place]))
    return Films(
        prepared=prepared,
        labels=labels,
        places=np.array(taken, np.int64),
        targets=np.array([labels.index(names[place] or "") for place in taken], np.int64),
    )


def check_same(first: Prepared, name: str, other: Prepared) -> None:
    """Raise `BrokenTable` where recipe `name` holds `other` films than the `first`."""
    is_same = first.manifest_id == other.manifest_id
    if not is_same or not first.rows["record_id"].equals(other.rows["record_id"]):
        raise BrokenTable(
            f"recipe {name} holds other films than the first; run `dvc repro prepare`"
        )


def _maybe(value: object) -> bool | None:
    return None if value is None or value is pd.NA else bool(value)


def class_weights(counts: npt.NDArray[np.number]) -> Tensor:
    """float32[C]: rare labels weigh more (paper 5.1); 0 if absent.

    `counts`, [C], are of the training films, as often as they are drawn.
    """
    present = counts > 0
    weights = np.zeros(len(counts))
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return torch.tensor(weights, dtype=torch.float32)
