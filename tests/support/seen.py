"""What stages leave for the report on pixels, invented: `words` stand wherever some may."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from curation.pages.inputs import Effect, Seen
from manifests.contract.images import Pixels
from manifests.contract.packing import png
from manifests.contract.working import WorkingCopies, write_working

AUCS = {
    "plain": {"grey_levels": 0.91, "whole_film": 0.97, "outside_lungs": 0.96, "inside_lungs": 0.83},
    "matched": {"grey_levels": 0.52, "whole_film": 0.88, "outside_lungs": 0.9, "inside_lungs": 0.8},
}
SIDE = 256


def seen(folder: Path, words: str = "harmless") -> Seen:
    """All parts; lung masks lie in `folder`: two lungs on cohen/a, one on cohen/b."""
    write_working(folder, [("cohen/a", lungs(2)), ("cohen/b", lungs(1))])
    judged = {"films": 3, "groups": 3, "dice": 0.961, "dice_low": 0.95, "dice_high": 0.97,
              "iou": 0.925, "iou_low": None, "iou_high": None}  # fmt: skip
    return Seen(
        shift=shift(words), text=text(words), concealed={"densenet121": effect(words)},
        dice={**judged, "sources": {words: judged}}, lungs=WorkingCopies([folder]),
    )  # fmt: skip


def lungs(count: int) -> Pixels:
    """uint8[256, 256] with so many lungs side by side."""
    made = np.zeros((SIDE, SIDE), np.uint8)
    for n in range(count):
        made[60:200, 30 + 110 * n : 110 + 110 * n] = 255
    return made


def shift(words: str) -> dict[str, Any]:
    """shift.json of two recipes: matching helps, and is not enough."""
    sources = ["cohen", words]
    return {
        "reading": {"ks": "0 is alike", "auc": "0.5 is guessing", "within": "no disease to name"},
        "confidence": 0.95, "least_groups": 5,
        "sources": [{"source": name, "films": 40, "groups": 20} for name in sources],
        "left_out": [{"source": words, "films": 3, "groups": 2}],
        "recipes": {name: _recipe(sources, aucs) for name, aucs in AUCS.items()},
    }  # fmt: skip


def _recipe(sources: list[str], aucs: dict[str, float]) -> dict[str, Any]:
    parts = {
        name: {"auc": auc, "low": auc - 0.05, "high": min(1.0, auc + 0.04), "films": 80,
               "groups": 40, "reason": None}
        for name, auc in aucs.items()
    }  # fmt: skip
    nothing = {"auc": None, "low": None, "high": None, "films": 0, "groups": 0, "reason": "too few"}
    among = {"sources": sources, "films": 80, "groups": 40}
    distance = round(aucs["grey_levels"] / 4, 3)
    return {
        "ks": {
            "mean": distance,
            "chance": 0.075,
            "sources": dict.fromkeys(sources, distance),
            "pairs": [],
        },
        "among": {
            "every_film": {**among, "parts": parts},
            "normal": {**among, "parts": dict.fromkeys(aucs, nothing)},
        },
    }


def text(words: str) -> pd.DataFrame:
    """text.parquet: a film without text, one with a marker, one with a name."""
    return pd.DataFrame({
        "record_id": ["cohen/a", "cohen/b", f"sirm/{words.strip()}"],
        "text_fraction": [0.0, 0.01, 0.02],
        "text_boxes": [0, 1, 2], "personal": [None, None, "name"],
        "words": ["", "R", "MRS ROSSI"],
    })  # fmt: skip


def effect(words: str) -> Effect:
    """Of two films with text one is shown, and changes its label."""
    grey = png(np.tile(np.arange(32, dtype=np.uint8) * 8, (32, 1)))
    shown = dict.fromkeys(("film_before", "heat_before", "film_after", "heat_after"), grey)
    row = {"record_id": f"cohen/{words}", "label": "normal", "predicted_before": words,
           "predicted_after": "normal", "probabilities_before": [0.2, 0.8],
           "probabilities_after": [0.6, 0.4], "change": 0.4, "text_in_frame": 0.01,
           "heat_on_text": 0.25}  # fmt: skip
    return Effect(
        figures={"test_films": 9, "films_with_text": 2, "labels_changed": 1, "right_before": 0,
                 "right_after": 1, "mean_change": 0.3, "heat_on_text": 0.2,
                 "text_in_frame": 0.01, "reason": None},
        films=pd.DataFrame([row | shown, row | dict.fromkeys(shown)]),
    )  # fmt: skip
