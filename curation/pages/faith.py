"""What the page says of how far heat can be believed: figures beside chance, curves, the check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.pages.charts import Chart, chart, column
from curation.pages.scores import number

FIGURES = {
    "heat_in_lungs": ("heat inside the lungs", "lungs_in_frame"),
    "pointing_game": ("hottest point on the drawn disease", "opacities_in_frame"),
    "iou": ("hottest pixels and the drawn disease, IoU", "iou_by_chance"),
    "boxes_pointing_game": ("hottest point in a person's box", "boxes_in_frame"),
    "boxes_iou": ("hottest pixels and a person's box, IoU", "boxes_iou_by_chance"),
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
ORDERS = {"heat": "hottest first", "random": "random map", "centre": "centre first"}


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


def measures(scores: Mapping[str, Any]) -> list[Measure]:
    """The figures that films were found for; a figure without a film is left out."""
    named = [(name, words, number(scores.get(chance))) for name, (words, chance) in FIGURES.items()]
    named += [(name, words, 0.0) for name, words in GAINS.items()]
    return [
        Measure(
            name=words, value=number(scores.get(name)), low=number(scores.get(f"{name}_low")),
            high=number(scores.get(f"{name}_high")), chance=chance,
            films=int(scores[f"{name}_n"]), groups=int(scores[f"{name}_groups"]),
            is_gain=name in GAINS,
        )
        for name, words, chance in named if scores.get(f"{name}_n")
    ]  # fmt: skip


def curves(found: pd.DataFrame | None) -> list[tuple[str, Chart]]:
    """The curves of deletion and of insertion, as far as they are there."""
    made = []
    for way, rows in [] if found is None else found.groupby("way", sort=True):
        series = {
            words: column(rows[rows["order"] == order], "share", "probability")
            for order, words in ORDERS.items()
        }
        ends = [f"{name} from {line[0][1]:.2f} over {line[len(line) // 2][1]:.2f} to "
                f"{line[-1][1]:.2f}" for name, line in series.items() if line]  # fmt: skip
        told = f"{way}, the label's probability by the share of pixels: {', '.join(ends)}"
        drawn = chart(series, "share of pixels", "probability", told, is_share=True)
        if drawn is not None:
            made.append((str(way), drawn))
    return made


def sanity(found: pd.DataFrame | None) -> Chart | None:
    """Agreement of maps as the network forgets; None where nothing was compared."""
    if found is None or not len(found):
        return None
    series = {
        "rank correlation": column(found, "from_head", "rank_correlation"),
        "SSIM": column(found, "from_head", "ssim"),
    }
    lines = [line for line in series.values() if line]
    if not lines:
        return None
    # Ranks may disagree, and a drawing of shares ends at 0.
    told = "agreement of heat maps with those before, by parts of the network that forgot: " + (
        ", ".join(f"{y:.2f}" for _, y in lines[0])
    )
    return chart(series, "parts that forgot, from the head down", "agreement", told, is_share=False)
