"""The plots of test films that `dvc plots show` draws: confusion, ROC and reliability."""

from pathlib import Path

from training.calibration import reliability
from training.files import write_csv
from training.metrics import roc
from training.predictions import Predictions


def write_plots(folder: Path, test: Predictions) -> None:
    """Write confusion.csv, a line for each film, roc.csv and reliability.csv into `folder`."""
    labels, predicted = test.labels, test.probabilities.argmax(1)
    write_csv(
        folder / "confusion.csv",
        ["actual", "predicted"],
        [(labels[a], labels[p]) for a, p in zip(test.actual, predicted, strict=True)],
    )
    write_csv(
        folder / "roc.csv",
        ["label", "false_positive_rate", "true_positive_rate", "threshold"],
        [
            (label, *point)
            for n, label in enumerate(labels)
            for point in roc(test.actual == n, test.probabilities[:, n])
        ],
    )
    write_csv(
        folder / "reliability.csv",
        ["low", "high", "films", "confidence", "accuracy"],
        [
            (own.low, own.high, own.films, own.confidence, own.accuracy)
            for own in (reliability(test.actual, test.probabilities) if len(test.actual) else [])
        ],
    )
