"""What the page says of one experiment: its curves, its scores, its mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.pages.charts import Chart, chart, column
from curation.pages.counts import Cross, cross
from curation.pages.heat import Heat, heat
from curation.pages.inputs import Experiment
from curation.pages.scores import (
    Point,
    Score,
    calibration,
    labelled,
    number,
    points,
    reliability,
    scores,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One experiment, ready to be printed."""

    name: str
    about: Mapping[str, Any]
    is_other_manifest: bool
    protocol: str
    warning: str
    """What must stand beside the figures of a protocol that leaks; empty for one that does not."""
    scores: Sequence[Score]
    external: Sequence[Score]
    """On films of sources that were never trained on; empty where there is none."""
    external_films: int
    labels: Mapping[str, tuple[int | None, Sequence[Score]]]
    """Label -> films that have it, and its figures in the order of `scores.PER_LABEL`."""
    films: int | None
    groups: int | None
    reason: str
    loss: Chart | None
    accuracy: Chart | None
    confusion: Cross | None
    roc: Chart | None
    reliability: Chart | None
    calibration: str
    """In words; empty where nothing was judged."""
    points: Sequence[Point]
    sensitivity_asked: float | None
    heat: Heat


def shown(given: Experiment, manifest_id: str) -> Shown:
    """The experiment for the page; `manifest_id` is that of the release."""
    about = given.checkpoint or {}
    judged = given.metrics or {}
    test, outside = judged.get("test", {}), judged.get("external", {})
    said = judged.get("about", {})
    return Shown(
        name=given.name,
        about=about,
        is_other_manifest=bool(about) and about.get("manifest_id") != manifest_id,
        protocol=said.get("protocol") or "",
        warning=said.get("warning") or "",
        scores=scores(test),
        external=scores(outside) if outside.get("n") else [],
        external_films=outside.get("n") or 0,
        labels={label: (test[label].get("n"), own) for label, own in labelled(test).items()},
        films=test.get("n"),
        groups=test.get("groups"),
        reason=test.get("reason") or "",
        loss=_loss(given.history),
        accuracy=_accuracy(given.history),
        confusion=_confusion(given.confusion, list(about.get("labels", ()))),
        roc=_roc(given.roc),
        reliability=reliability(given.reliability),
        calibration=calibration(test),
        sensitivity_asked=number((judged.get("operating") or {}).get("sensitivity_asked")),
        points=points(judged.get("operating") or {}),
        heat=heat(given),
    )


def _loss(history: pd.DataFrame | None) -> Chart | None:
    return _curves(history, {"training": "train_loss", "validation": "val_loss"}, "loss",
                   is_share=False)  # fmt: skip


def _accuracy(history: pd.DataFrame | None) -> Chart | None:
    return _curves(history, {"training": "train_accuracy", "validation": "val_accuracy"},
                   "accuracy", is_share=True)  # fmt: skip


def _curves(
    history: pd.DataFrame | None, wanted: Mapping[str, str], up: str, *, is_share: bool
) -> Chart | None:
    if history is None:
        return None
    series = {name: column(history, "epoch", of) for name, of in wanted.items()}
    series = {name: line for name, line in series.items() if line}
    ends = [f"{name} {line[0][1]:.3g} to {line[-1][1]:.3g}" for name, line in series.items()]
    told = f"{up} by epoch, from the first to the last: {', '.join(ends)}"
    # The first epoch may be the only one, and axes need a width.
    return chart(series, "epoch", up, told, is_share=is_share)


def _roc(points: pd.DataFrame | None) -> Chart | None:
    if points is None or not len(points):
        return None
    series = {
        str(label): column(rows, "false_positive_rate", "true_positive_rate")
        for label, rows in points.groupby("label", sort=False)
    }
    told = f"ROC curves of {', '.join(series)}: true against false positive rate"
    return chart(series, "false positive rate", "true positive rate", told, is_share=True)


def _confusion(said: pd.DataFrame | None, labels: Sequence[str]) -> Cross | None:
    if said is None or not len(said):
        return None
    words = said.astype("string")
    known = labels or sorted({*words["actual"], *words["predicted"]})
    return cross(words, "actual", known, "predicted", known)
