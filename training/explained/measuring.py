"""The heat of each film held against what is known of the film, and the figures of all.

N films.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from manifests.contract.images import Pixels
from training.explained.agreement import heat_inside, heat_iou, iou_by_chance, points_inside
from training.explained.asked import Asked
from training.explained.gradcam import Heat
from training.explained.spans import Drawn, spanned
from training.explained.truth import Masks, Truth
from training.metrics import mean_of
from training.segmentation.overlap import dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the heat of one film lies where it should; what cannot be known is None."""

    is_blank: bool
    """Nothing speaks for the label named."""
    heat_in_lungs: float | None
    pointing_hit: bool | None
    """Is the hottest pixel on the opacities that were drawn?"""
    iou: float | None
    box_hit: bool | None
    """The same for the boxes of a person."""
    box_iou: float | None


def measured(asked: Asked, truth: Truth, n: int, heat_map: Heat) -> Agreement:
    """The figures of film `n` and a map of it."""
    drawn, boxed = _disease(asked, truth, n)
    return Agreement(
        is_blank=not heat_map.any(),
        heat_in_lungs=heat_inside(heat_map, truth.lungs.get(asked.place(n))),
        pointing_hit=points_inside(heat_map, drawn), iou=heat_iou(heat_map, drawn),
        box_hit=points_inside(heat_map, boxed), box_iou=heat_iou(heat_map, boxed),
    )  # fmt: skip


def _disease(asked: Asked, truth: Truth, n: int) -> tuple[Pixels | None, Pixels | None]:
    """Where the disease that the network named lies: as drawn, and in boxes."""
    # The heat of "normal" on a film that is not has no reason to point at disease.
    if not asked.is_right(n):
        return None, None
    label = asked.films.labels[int(asked.films.targets[n])]
    place = asked.place(n)
    return truth.opacities.get(place), truth.boxed(place, asked.task[label])


def figures(asked: Asked, picked: Sequence[int], found: Sequence[Agreement], truth: Truth,
            by: Drawn) -> dict[str, object]:  # fmt: skip
    """Means over films with intervals over groups, beside what blind chance would reach."""
    places = [asked.place(n) for n in picked]
    diseases = [_disease(asked, truth, n) for n in picked]
    drawn, boxed = ([pair[kind] for pair in diseases] for kind in (0, 1))
    return {
        "films_with_lungs": len(truth.lungs),
        **spanned("heat_in_lungs", [one.heat_in_lungs for one in found], by),
        "lungs_in_frame": mean_of([_share(mask) for mask in truth.lungs.values()]),
        # A check of the masks themselves: only drawn films have a truth.
        "lungs_dice": _dice(truth.lungs, truth.drawn_lungs, places),
        **spanned("pointing_game", [one.pointing_hit for one in found], by),
        **spanned("pointing_game_all", _hits(asked, truth, picked, found), by),
        "opacities_in_frame": mean_of([_share(mask) for mask in _marked(drawn)]),
        **spanned("iou", [one.iou for one in found], by),
        "iou_by_chance": mean_of([iou_by_chance(mask) for mask in _marked(drawn)]),
        **spanned("boxes_pointing_game", [one.box_hit for one in found], by),
        "boxes_in_frame": mean_of([_share(mask) for mask in _marked(boxed)]),
        **spanned("boxes_iou", [one.box_iou for one in found], by),
        "boxes_iou_by_chance": mean_of([iou_by_chance(mask) for mask in _marked(boxed)]),
    }


def _hits(
    asked: Asked, truth: Truth, picked: Sequence[int], found: Sequence[Agreement]
) -> list[bool | None]:
    """Hits on all films with opacities: a film named wrong is a miss, and so is a blank map."""
    marked = [truth.opacities.get(asked.place(n)) for n in picked]
    return [
        bool(one.pointing_hit) if mask is not None and mask.any() else None
        for one, mask in zip(found, marked, strict=True)
    ]


def _marked(masks: Sequence[Pixels | None]) -> list[Pixels]:
    return [mask for mask in masks if mask is not None and mask.any()]


def _share(mask: Pixels) -> float:
    return float((mask > 0).mean())


def _dice(found: Masks, drawn: Masks, places: Sequence[int]) -> float | None:
    known = [place for place in places if place in found and place in drawn and drawn[place].any()]
    return mean_of([float(dice(found[place][None], drawn[place][None])[0]) for place in known])
