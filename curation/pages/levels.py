"""Grey levels of the sources before and after each recipe, as lines over one another.

The figures are those of stage shift; nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.charts import Chart, chart

TOP = 1.15
"""How much of the tallest bin between black and white the axis holds."""
MOST_LEVEL = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The histograms under one recipe."""

    recipe: str
    drawing: Chart


def levels(facts: Mapping[str, Any] | None) -> list[Levels]:
    """A drawing for each recipe, in the order of params.yaml; none where no histogram was kept."""
    recipes = dict(facts["recipes"]) if facts else {}
    made = []
    for name, own in recipes.items():
        drawing = _drawing(name, own.get("histograms") or {})
        if drawing is not None:
            made.append(Levels(recipe=name, drawing=drawing))
    return made


def _drawing(recipe: str, by_source: Mapping[str, Sequence[float]]) -> Chart | None:
    # Borders are pure black and burned-in words pure white: either would flatten all the rest.
    top = TOP * max((max(bins[1:-1]) for bins in by_source.values()), default=0.0)
    series = {
        source: [
            (round(n * MOST_LEVEL / (len(bins) - 1), 1), min(share, top))
            for n, share in enumerate(bins)
        ]
        for source, bins in by_source.items()
    }
    told = f"grey levels of {len(series)} sources under {recipe.replace('_', ' ')}, a line each"
    return chart(series, "grey level", "share of pixels", told, is_share=False)
