"""Whether the heat is what a network goes by: the figures and the curves of two checks."""

import dataclasses
from collections.abc import Sequence

import torch

from training.explained import erasing, randomised
from training.explained.asked import Asked
from training.explained.erasing import Order, Way
from training.explained.gradcam import Heat
from training.explained.spans import Drawn, spanned
from training.films import Whole
from training.metrics import Floats

CURVES = ("way", "order", "share", "probability", "low", "high")
SANITY = ("part", "from_head", "rank_correlation", "low", "high", "ssim")
Lines = list[tuple[object, ...]]


def erased(
    asked: Asked, picked: Whole, steps: int, by: Drawn, generator: torch.Generator
) -> tuple[dict[str, object], Lines]:
    """Figures of deletion and insertion on the films `picked`, and the lines of curves.csv.

    The gains are paired, film by film: how much sooner than in the other order the probability
    falls, or rises. Above 0 the heat is worth something. A film without heat is not counted.
    """
    cells = asked.cells() if len(picked) else 0
    found = [
        erasing.curves(
            asked.says(n), asked.image(n),
            erasing.maps_of(heat_map, cells, asked.look.size, generator), steps,
        ) if heat_map.any() else None
        for n, heat_map in asked.heats(picked)
    ]  # fmt: skip
    facts: dict[str, object] = {}
    lines: Lines = []
    for way in Way:
        areas = {
            order: [None if own is None else erasing.area(own[way, order]) for own in found]
            for order in Order
        }
        for order, values in areas.items():
            name = f"{way}_auc" if order is Order.HEAT else f"{way}_auc_{order}"
            facts |= spanned(name, values, by)
            points = [None if own is None else own[way, order] for own in found]
            lines += [(way, order, *point) for point in _line(points, steps, by)]
        for order in (Order.RANDOM, Order.CENTRE):
            gains = _gains(way, areas[Order.HEAT], areas[order])
            facts |= spanned(f"{way}_gain_over_{order}", gains, by)
    return facts, lines


def _gains(
    way: Way, heat: Sequence[float | None], other: Sequence[float | None]
) -> list[float | None]:
    sign = 1 if way is Way.INSERTION else -1
    return [
        None if own is None or known is None else sign * (own - known)
        for own, known in zip(heat, other, strict=True)
    ]


def _line(curves: Sequence[Floats | None], steps: int, by: Drawn) -> Lines:
    """Share of pixels, mean probability, and its limits."""
    made: Lines = []
    for step in range(steps + 1):
        values = [None if curve is None else float(curve[step]) for curve in curves]
        found = spanned("p", values, by)
        made.append((step / steps, found["p"], found["p_low"], found["p_high"]))
    return made


def sane(
    asked: Asked, picked: Whole, below: float, by: Drawn, generator: torch.Generator
) -> tuple[dict[str, object], Lines]:
    """Figures of the randomisation check on the films `picked`, and the lines of randomised.csv.

    The check holds where the upper limit of the agreement in the end lies under `below`; without
    one, where the mean does. It is None where there is no heat to compare, before or in the end.
    """
    maps = _maps(asked, picked)
    facts = {**_agreed([], by), "randomised_blank": 0, "randomised_holds": None}
    if not any(heat_map.any() for heat_map in maps):
        return facts, []
    after = maps
    lines: Lines = [("none", 0, 1.0, None, None, 1.0)]
    for part, lost in randomised.forgetting(asked.net, generator):
        after = _maps(dataclasses.replace(asked, net=lost), picked)
        facts = _agreed(list(zip(maps, after, strict=True)), by)
        span = [facts[f"randomised_agreement{end}"] for end in ("", "_low", "_high")]
        lines.append((part, len(lines), *span, facts["randomised_ssim"]))
    known = [facts[f"randomised_agreement{end}"] for end in ("_high", "")]
    worst = next((value for value in known if value is not None), None)
    facts["randomised_blank"] = sum(
        bool(one.any()) and not other.any() for one, other in zip(maps, after, strict=True)
    )
    holds = None if worst is None else float(str(worst)) < below
    return {**facts, "randomised_holds": holds}, lines


def _maps(asked: Asked, picked: Whole) -> list[Heat]:
    return [heat_map for _, heat_map in asked.heats(picked)]


def _agreed(pairs: Sequence[tuple[Heat, Heat]], by: Drawn) -> dict[str, object]:
    """How far maps agree with those as learnt.

    A film whose map is blank, before or after, is not counted: a blank map is neither like another
    nor unlike it.
    """
    kinds = {"agreement": randomised.rank_correlation, "ssim": randomised.likeness}
    found: dict[str, object] = {}
    for name, measure in kinds.items():
        values = [
            measure(one, other) if one.any() and other.any() else None for one, other in pairs
        ]
        found |= spanned(f"randomised_{name}", values, by)
    return found
