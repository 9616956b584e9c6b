"""What the page shows of where networks look: galleries by class, and two networks side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.pages.charts import Chart
from curation.pages.faith import Measure, forgets, made_by, measures
from curation.pages.faith_curves import curves, sanity
from curation.pages.inputs import Experiment
from curation.pages.pictures import Picture, overlay, speaking, thumbnail
from curation.pages.scores import number
from manifests.contract.packing import unpng

MOST_HEAT = 24
"""Heat maps per experiment on the page: those with the least heat in the lungs, then, if there is
room, films whose lungs nobody knows, of which nothing better is claimed."""
MOST_SEEN = 12
"""Films under LIME and occlusion, per experiment; and films side by side."""
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heated:
    """A film beside its heat."""

    record_id: str
    label: str
    predicted: str
    probability: float | None
    in_lungs: float | None
    hits: Sequence[tuple[str, bool, float | None]]
    """What marks the disease, whether the hottest point lies there, and the IoU."""
    film: Picture
    heat: Picture

    @property
    def is_right(self) -> bool:
        return self.label == self.predicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A film beside the super-pixels that speak for the label named, and against it."""

    record_id: str
    label: str
    predicted: str
    probability: float | None
    weights: Sequence[tuple[str, str]]
    """How many speak for it and against it, and what they weigh, in words."""
    film: Picture
    parts: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One film as several networks see it."""

    record_id: str
    label: str
    film: Picture
    seen: Sequence[tuple[str, Heated]]
    """Experiment, and its heat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """All that is shown of one experiment."""

    classes: Sequence[tuple[str, Sequence[Heated]]]
    """Label -> films, those with the least heat inside the lungs first."""
    shown: int
    total: int
    spoken: Sequence[Spoken]
    occluded: Sequence[Heated]
    scores: Mapping[str, Any]
    measures: Sequence[Measure]
    curves: Sequence[tuple[str, Chart]]
    sanity: Chart | None
    made_by: str
    """Method, layer and cells; empty where nobody wrote them down."""
    forgets: str
    """What is left of the heat once the network forgot, in a sentence."""


def heat(given: Experiment) -> Heat:
    """What stage explain left of one experiment; empty where it did not run."""
    maps, looked, scores = given.heatmaps, given.looked, given.scores or {}
    first = _least_in_lungs(maps)
    return Heat(
        classes=_by_class(first, list((given.checkpoint or {}).get("labels", ()))),
        shown=len(first), total=0 if maps is None else len(maps),
        spoken=[_spoken(row) for row in _rows(looked.lime)],
        occluded=[_heated(row) for row in _rows(looked.occlusion)],
        scores=scores, measures=measures(scores), curves=curves(looked.curves),
        sanity=sanity(looked.randomised), made_by=made_by(scores), forgets=forgets(scores),
    )  # fmt: skip


def beside(given: Sequence[Experiment]) -> list[Side]:
    """The films that two networks or more were asked about whatever they said of them."""
    seen: dict[str, list[tuple[str, Row]]] = {}
    for own in given:
        if own.heatmaps is None or "is_shared" not in own.heatmaps:
            continue
        for row in own.heatmaps[own.heatmaps["is_shared"].astype(bool)].to_dict("records"):
            seen.setdefault(str(row["record_id"]), []).append((own.name, row))
    shared = {name: rows for name, rows in sorted(seen.items()) if len(rows) > 1}
    return [
        Side(
            record_id=name, label=str(rows[0][1]["label"]),
            film=thumbnail(unpng(rows[0][1]["film"])),
            seen=[(key, _heated(row)) for key, row in rows],
        )
        for name, rows in list(shared.items())[:MOST_SEEN]
    ]  # fmt: skip


def _least_in_lungs(maps: pd.DataFrame | None) -> list[Row]:
    if maps is None:
        return []
    ordered = maps.sort_values(["heat_in_lungs", "record_id"], na_position="last").head(MOST_HEAT)
    return list(ordered.to_dict("records"))


def _by_class(rows: Sequence[Row], labels: Sequence[str]) -> list[tuple[str, Sequence[Heated]]]:
    found: dict[str, list[Heated]] = {label: [] for label in labels}
    for row in rows:
        found.setdefault(str(row["label"]), []).append(_heated(row))
    return [(label, own) for label, own in found.items() if own]


def _rows(table: pd.DataFrame | None) -> list[Row]:
    return [] if table is None else list(table.head(MOST_SEEN).to_dict("records"))


def _heated(row: Row) -> Heated:
    film, found = unpng(row["film"]), unpng(row["heat"])
    kinds = {"the drawn disease": ("pointing_hit", "iou"), "a person's box": ("box_hit", "box_iou")}
    return Heated(
        record_id=str(row["record_id"]), label=str(row["label"]),
        predicted=str(row["predicted"]), probability=number(row["probability"]),
        in_lungs=number(row["heat_in_lungs"]),
        hits=[
            (what, bool(row[hit]), number(row.get(iou)))
            for what, (hit, iou) in kinds.items() if not pd.isna(row.get(hit))
        ],
        film=thumbnail(film), heat=overlay(film, found),
    )  # fmt: skip


def _spoken(row: Row) -> Spoken:
    film = unpng(row["film"])
    sides = {"for": row["weights_for"], "against": row["weights_against"]}
    return Spoken(
        record_id=str(row["record_id"]), label=str(row["label"]),
        predicted=str(row["predicted"]), probability=number(row["probability"]),
        weights=[
            (side, f"{len(own)} {side} it ({', '.join(f'{float(value):+.3f}' for value in own)})")
            for side, own in sides.items() if len(own)
        ],
        film=thumbnail(film),
        parts=speaking(film, unpng(row["speaks_for"]), unpng(row["speaks_against"])),
    )  # fmt: skip
