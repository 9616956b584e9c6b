"""figures.json of a repeated experiment, invented: `words` stand wherever somebody's may."""

from typing import Any

import pandas as pd


def repeated(manifest_id: str, words: str) -> dict[str, Any]:
    """Ten runs under the paper's protocol and ten under the honest one, which does worse."""
    return {
        "experiment": "covid_cxnet", "model": words, "manifest_id": manifest_id, "label": "covid19",
        "printed": {"row": words, "accuracy": 0.9904, "low": 0.9643, "high": 0.9954, "f1": 0.96,
                    "note": words},
        "asked": {"covid19": 9}, "found": {words: 3, "covid19": 9},
        "shortfall": f"The manifest holds only 3 of {words}",
        "protocols": {
            "paper": _figures(0.95, 0.02, words) | {"warning": f"leaks {words}"},
            "honest": _figures(0.7, 0.1, words) | {"warning": None},
        },
        "inflation": {
            "accuracy": {"value": 0.25, "low": -0.05, "high": 0.5},
            "auc": {"value": None, "low": None, "high": None},
        },
    }  # fmt: skip


def _figures(mean: float, sd: float, words: str) -> dict[str, Any]:
    figure = {"mean": mean, "sd": sd, "min": mean - sd, "max": mean + sd}
    return {
        "films": {side: {words: 1, "covid19": 2} for side in ("train", "val", "test", "external")},
        "runs": 10, "n": 9, "accuracy": dict(figure),
        "f1": {label: dict(figure) for label in (words, "covid19")},
        "labels": [words, "covid19"], "confusion": [[50, 10], [0, 30]],
        "matrices": [[[5, 1], [0, 3]]] * 10,
        "external": {"n": 5, "accuracy": {**figure, "mean": mean / 2},
                     "f1": {label: dict(figure) for label in (words, "covid19")},
                     "matrices": [[[2, 1], [0, 2]]] * 10},
        "history": pd.DataFrame({
            "protocol": words, "seed": [1, 1, 2, 2], "epoch": [1, 2, 1, 2],
            "train_loss": [1.0, 0.5, 0.8, 0.3], "val_loss": [1.1, None, 0.9, 0.6],
        }),
        "spread": {"films": 9, "changing": 2, "variance": 0.0123},
    }  # fmt: skip
