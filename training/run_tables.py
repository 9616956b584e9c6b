"""The tables of repeated runs: by run, epoch, film, and as DVC draws a confusion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from manifests.contract.table import write_arrow
from manifests.contract.vocabulary import Split
from training.files import write_csv
from training.metrics import OVERALL
from training.repeating import Run
from training.runs import Judged, by_film

SAID = pa.schema([
    ("protocol", pa.string()), ("seed", pa.int64()),
    *((name, pa.string()) for name in
      ("record_id", "group", "source", "split", "label", "predicted")),
    ("probabilities", pa.list_(pa.float64())),
])  # fmt: skip
VARIED = pa.schema([
    *((name, pa.string()) for name in ("protocol", "record_id", "group", "source", "label")),
    *((name, pa.float64()) for name in ("chance", "variance")),
    *((name, pa.int64()) for name in ("right", "answers")),
])  # fmt: skip
Runs = Mapping[str, Sequence[Judged]]
"""Protocol -> its runs, at least one."""


def write_tables(folder: Path, runs: Runs, meta: dict[str, str]) -> None:
    """Write runs.csv, curves.csv, confusion.csv, predictions.parquet and films.parquet."""
    every = [one for made in runs.values() for one in made]
    rows = [_row(one) for one in every]
    write_csv(folder / "runs.csv", list(rows[0]), [list(row.values()) for row in rows])
    epochs = [
        {"protocol": one.run.protocol, "seed": one.run.seed, **asdict(epoch)}
        for one in every for epoch in one.run.history
    ]  # fmt: skip
    write_csv(folder / "curves.csv", list(epochs[0]), [list(row.values()) for row in epochs])
    said = [line for one in every for line in said_of_films(one.run)]
    write_arrow(folder / "predictions.parquet", pa.Table.from_pylist(said, schema=SAID), meta)
    films = [
        {"protocol": protocol, **film._asdict()}
        for protocol, made in runs.items()
        for film in by_film(made)
    ]
    write_arrow(folder / "films.parquet", pa.Table.from_pylist(films, schema=VARIED), meta)
    write_csv(
        folder / "confusion.csv", ["actual", "predicted"],
        # One drawing for all: the rows of each protocol stand together.
        [(f"{one.run.protocol}: {one.labels[actual]}", one.labels[called])
         for one in every
         for actual, called in zip(one.said.actual, one.said.probabilities.argmax(1), strict=True)],
    )  # fmt: skip


def _row(one: Judged) -> dict[str, object]:
    """One line of runs.csv; a figure that does not exist is an empty cell."""
    run, row = one.run, dict[str, object]()
    row |= {"protocol": run.protocol, "seed": run.seed}
    row |= {"best_epoch": run.best_epoch, "epochs": run.epochs}
    for split in Split:
        row |= {f"{split}_{label}": n for label, n in run.films[split].items()}
    for side, own in one.figures.items():
        row |= {f"{side}_{name}": own[name] for name in (*OVERALL, "accuracy_low", "accuracy_high")}
        row |= {f"{side}_f1_{label}": own[label]["f1"] for label in one.labels}
    for actual, line in zip(one.labels, one.confusion.tolist(), strict=True):
        row |= {f"{actual}_as_{called}": n for called, n in zip(one.labels, line, strict=True)}
    return row


def said_of_films(run: Run) -> Iterator[dict[str, object]]:
    """A row of `SAID` for each film that the run was asked about."""
    for side, answers in run.said.items():
        told = zip(
            answers.record_ids, answers.groups, answers.sources, answers.actual,
            answers.probabilities, strict=True,
        )  # fmt: skip
        for record_id, group, source, actual, chances in told:
            yield {
                "protocol": run.protocol, "seed": run.seed, "record_id": record_id,
                "group": group, "source": source, "split": side.value,
                "label": run.labels[actual],
                "predicted": run.labels[chances.index(max(chances))],
                "probabilities": list(chances),
            }  # fmt: skip
