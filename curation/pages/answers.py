"""What the runs of a repeated experiment said, counted: a confusion matrix for each run and set."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from curation.pages.reading import csv_table, json_object
from manifests.contract.table import read_arrow, to_pandas
from manifests.contract.vocabulary import Split

COLUMNS = ["protocol", "seed", "split", "label", "predicted"]


def repeated(data: Path, experiments: Sequence[str]) -> list[dict[str, Any]]:
    """figures.json of every experiment that ran over many seeds.

    Beside the figures of the test films and of the external ones stand `matrices`, one for each
    run, with a row per actual label and a column per predicted one, and the `history` of its runs,
    a row per seed and epoch.
    """
    found = []
    for name in sorted(experiments):
        folder = data / "repeat" / name
        figures = json_object(folder / "figures.json")
        if figures is not None:
            found.append(_with_matrices(figures, folder / "predictions.parquet"))
            _add_history(figures, csv_table(folder / "curves.csv"))
    return found


def _with_matrices(figures: dict[str, Any], place: Path) -> dict[str, Any]:
    said = to_pandas(read_arrow(place, COLUMNS))
    for protocol, own in figures["protocols"].items():
        here = said[said["protocol"] == protocol]
        for side, facts in ((Split.TEST, own), (Split.EXTERNAL, own["external"])):
            facts["matrices"] = matrices(here[here["split"] == side], own["labels"])
    return figures


def _add_history(figures: dict[str, Any], curves: pd.DataFrame | None) -> None:
    for protocol, own in figures["protocols"].items():
        own["history"] = None if curves is None else curves[curves["protocol"] == protocol]


def matrices(said: pd.DataFrame, labels: Sequence[str]) -> list[list[list[int]]]:
    """One for each seed, in order; `said` has a row per film and seed."""
    made = []
    for _, one in said.groupby("seed", sort=True):
        counts = one.groupby(["label", "predicted"]).size().to_dict()
        made.append([[int(counts.get((a, b), 0)) for b in labels] for a in labels])
    return made
