"""The two plots of test films that `dvc plots show` draws: who is taken for whom, and ROC."""

from pathlib import Path

from training.files import write_csv
from training.judgement import Predictions
from training.metrics import roc


def write_plots(folder: Path, test: Predictions) -> None:
    """Write confusion.csv, a line for each film, and roc.csv into `folder`."""
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
