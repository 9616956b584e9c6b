"""predictions.parquet: what was said of films, one by one, and on which side each stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from manifests.contract.table import BrokenTable, read_arrow, write_arrow
from manifests.contract.vocabulary import Split
from training.films import Films
from training.metrics import Floats
from training.predictions import Predictions

FILE = "predictions.parquet"
SAID = pa.schema([
    *((name, pa.string()) for name in
      ("record_id", "group", "source", "split", "label", "predicted")),
    ("probabilities", pa.list_(pa.float64())),
])  # fmt: skip
"""`split` is the side under the protocol that the network was trained by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was said of the films of one side, in the order of record ids."""

    ids: tuple[str, ...]
    sources: tuple[str, ...]
    said: Predictions

    def __len__(self) -> int:
        return len(self.ids)

    def with_chances(self, chances: Floats) -> "Answers":
        """The same films, and `chances` (float64[N, C]) said of them instead."""
        return replace(self, said=replace(self.said, probabilities=chances))

    def none(self) -> "Answers":
        """No film of them: nothing was said."""
        labels = self.said.labels
        said = Predictions(
            labels=labels, actual=np.zeros(0, np.int64),
            probabilities=np.zeros((0, len(labels))), groups=(),
        )  # fmt: skip
        return Answers(ids=(), sources=(), said=said)


def answers_of(films: Films, probabilities: Floats) -> Answers:
    """`probabilities` (float64[N, C]) as what was said of `films`."""
    known = films.rows
    return Answers(
        ids=tuple(map(str, known["record_id"])),
        sources=tuple(map(str, known["source"])),
        said=Predictions(
            labels=films.labels, actual=films.targets, probabilities=probabilities,
            groups=tuple(map(str, known["group"])),
        ),
    )  # fmt: skip


def write_answers(
    place: Path,
    said: Mapping[Split, Answers],
    meta: Mapping[str, str],
    more: Mapping[Split, Mapping[str, Floats]] | None = None,
) -> None:
    """Write the films of all sides, sorted; `more` are further columns, float64[N] for a side."""
    names = sorted({name for columns in (more or {}).values() for name in columns})
    schema = pa.schema([*SAID, *((name, pa.float64()) for name in names)])
    rows = [row for split, answers in said.items() for row in _rows(split, answers, (more or {}))]
    rows.sort(key=lambda row: str(row["record_id"]))
    write_arrow(place, pa.Table.from_pylist(rows, schema=schema), meta)


def _rows(
    split: Split, answers: Answers, more: Mapping[Split, Mapping[str, Floats]]
) -> list[dict[str, object]]:
    said, columns = answers.said, more.get(split, {})
    return [
        {
            "record_id": answers.ids[n],
            "group": said.groups[n],
            "source": answers.sources[n],
            "split": split.value,
            "label": said.labels[said.actual[n]],
            "predicted": said.labels[int(said.probabilities[n].argmax())],
            "probabilities": said.probabilities[n].tolist(),
            **{name: float(values[n]) for name, values in columns.items()},
        }
        for n in range(len(answers))
    ]


def read_answers(place: Path, labels: tuple[str, ...]) -> dict[Split, Answers]:
    """What `write_answers` wrote, side by side; `labels` are those of the task, in its order.

    Raises `BrokenTable` for a table of other columns or labels.
    """
    made = read_arrow(place)
    if not set(SAID.names) <= set(made.column_names):
        raise BrokenTable(f"{place}: holds no predictions; run `dvc repro evaluate`")
    rows = made.select(SAID.names).to_pandas()
    strange = sorted(set(rows["label"]) - set(labels))
    if strange:
        raise BrokenTable(f"{place}: has label {strange[0]!r}; run `dvc repro evaluate`")
    return {
        split: _answers(rows[rows["split"] == split], labels)
        for split in (Split.TEST, Split.VAL, Split.EXTERNAL)
    }


def _answers(rows: pd.DataFrame, labels: tuple[str, ...]) -> Answers:
    chances = [np.asarray(row, np.float64) for row in rows["probabilities"]]
    return Answers(
        ids=tuple(rows["record_id"]),
        sources=tuple(rows["source"]),
        said=Predictions(
            labels=labels,
            actual=np.array([labels.index(label) for label in rows["label"]], np.int64),
            probabilities=np.stack(chances) if chances else np.zeros((0, len(labels))),
            groups=tuple(rows["group"]),
        ),
    )
