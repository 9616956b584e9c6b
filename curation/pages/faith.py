"""How far heat can be believed, for the page: figures beside chance, and how it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curation.pages.page import figure, many, signed
from curation.pages.scores import number

FIGURES = {
    "heat_in_lungs": ("heat inside the lungs", "lungs_in_frame"),
    "pointing_game": ("hottest point on the drawn disease, of films named right",
                      "opacities_in_frame"),
    "pointing_game_all": ("hottest point on the drawn disease, wrong answers as misses",
                          "opacities_in_frame"),
    "iou": ("hottest pixels and the drawn disease, IoU, of films named right", "iou_by_chance"),
    "boxes_pointing_game": ("hottest point in a person's box, of films named right",
                            "boxes_in_frame"),
    "boxes_iou": ("hottest pixels and a person's box, IoU, of films named right",
                  "boxes_iou_by_chance"),
    "lime_for_in_lungs": ("super-pixels that speak for the label, inside the lungs",
                          "lungs_in_frame"),
    "deletion_auc": ("area under the deletion curve; less is better", "deletion_auc_random"),
    "insertion_auc": ("area under the insertion curve; more is better", "insertion_auc_random"),
}  # fmt: skip
"""Figure of scores.json -> what it is, and the figure that chance would reach."""
GAINS = {
    "deletion_gain_over_random": "deletion, sooner than by a random map",
    "deletion_gain_over_centre": "deletion, sooner than from the centre outwards",
    "insertion_gain_over_random": "insertion, sooner than by a random map",
    "insertion_gain_over_centre": "insertion, sooner than from the centre outwards",
}
ROUGH = {"lime_for_in_lungs"}
"""Figures of so few films that a third digit would say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure with its interval, what chance would reach, and of how many films it is."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    chance: float | None
    films: int
    groups: int
    is_gain: bool
    """A difference, above 0 where the heat is worth something."""
    is_rough: bool
    """Two digits are all that so few films bear."""

    def shown(self, value: float | None) -> str:
        """`value` with as many digits as the figure bears."""
        if self.is_gain:
            return signed(value)
        return f"{value:.2f}" if self.is_rough and value is not None else figure(value)


def measures(scores: Mapping[str, Any]) -> list[Measure]:
    """The figures that films were found for; a figure without a film is left out."""
    named = [(name, words, number(scores.get(chance))) for name, (words, chance) in FIGURES.items()]
    named += [(name, words, 0.0) for name, words in GAINS.items()]
    return [
        Measure(
            name=f"{words}, n = {scores[f'{name}_n']}" if name in ROUGH else words,
            value=number(scores.get(name)), low=number(scores.get(f"{name}_low")),
            high=number(scores.get(f"{name}_high")), chance=chance,
            films=int(scores[f"{name}_n"]), groups=int(scores[f"{name}_groups"]),
            is_gain=name in GAINS, is_rough=name in ROUGH,
        )
        for name, words, chance in named if scores.get(f"{name}_n")
    ]  # fmt: skip


def made_by(scores: Mapping[str, Any]) -> str:
    """By which method, from which layer and how fine a map; as far as it was written down."""
    method, layer, cells = (scores.get(name) for name in ("method", "layer", "cells"))
    told = [str(method)] if method else []
    told += [f"layer {layer}"] if layer else []
    told += [f"{cells} x {cells} cells"] if cells else []
    return ", ".join(told)


def forgets(scores: Mapping[str, Any]) -> str:
    """How far maps agree with those as learnt once the whole network forgot, in a sentence."""
    agreement, low, high = (
        number(scores.get(f"randomised_agreement{end}")) for end in ("", "_low", "_high")
    )
    if agreement is None:
        made = "in the end no two maps can be compared"
    else:
        span = "" if low is None or high is None else f" ({signed(low)} to {signed(high)})"
        made = f"in the end maps agree {signed(agreement)} in rank{span}"
    blank = scores.get("randomised_blank")
    return (
        f"{made}."
        if blank is None
        else (f"{made}; of {many(blank, 'film')} no heat is left by then.")
    )
