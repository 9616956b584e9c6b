"""What the page says of the differences between sources, and of what each recipe does about them.

The figures are those of stage shift; nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.dots import Dots, Score, dots

GUESSING = 0.5
KS_TOLD = "How far the grey levels of each source are from those of all others, recipe by recipe"
AUC_TOLD = "How well a plain classifier names the source of a film, recipe by recipe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source and its distance to the others under each recipe."""

    name: str
    films: int
    groups: int
    distances: Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the film, and how well it gives the source away under each recipe."""

    name: str
    scores: Sequence[Score]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """The films among which sources were told apart."""

    name: str
    films: int
    groups: int
    sources: Sequence[str]
    parts: Sequence[Part]
    drawing: Dots | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Harmonising:
    """The section, ready to be printed."""

    recipes: Sequence[str]
    sources: Sequence[Source]
    means: Sequence[float | None]
    chances: Sequence[float | None]
    """What the mean stays below, as often as `confidence` says, where only chance deals films."""
    left_out: str
    reading: Mapping[str, str]
    confidence: float
    compared: Sequence[tuple[str, str]]
    """A recipe, and how much it helps against the first one."""
    distances: Dots | None
    among: Sequence[Among]


def harmonising(facts: Mapping[str, Any] | None) -> Harmonising | None:
    """The section from shift.json, or None where the stage did not run."""
    if facts is None:
        return None
    recipes = dict(facts["recipes"])
    sources = [
        Source(
            name=line["source"], films=line["films"], groups=line["groups"],
            distances=[own["ks"]["sources"].get(line["source"]) for own in recipes.values()],
        )
        for line in facts["sources"]
    ]  # fmt: skip
    means = [own["ks"]["mean"] for own in recipes.values()]
    rows = {one.name: [Score(value=d) for d in one.distances] for one in sources}
    return Harmonising(
        recipes=list(recipes), sources=sources, means=means,
        chances=[own["ks"]["chance"] for own in recipes.values()], reading=facts["reading"],
        left_out=_left_out(facts), confidence=facts["confidence"],
        compared=[(name, _compared(recipes, name)) for name in list(recipes)[1:]],
        distances=dots(
            rows | {"mean": [Score(value=mean) for mean in means]}, list(recipes),
            "Kolmogorov-Smirnov distance", KS_TOLD,
        ),
        among=_among(recipes),
    )  # fmt: skip


def _left_out(facts: Mapping[str, Any]) -> str:
    named = [f"{one['source']} ({one['groups']})" for one in facts["left_out"]]
    if not named:
        return ""
    return f"With fewer than {facts['least_groups']} groups, and left out: {', '.join(named)}."


def _among(recipes: Mapping[str, Any]) -> list[Among]:
    made = []
    for name, first in next(iter(recipes.values()))["among"].items():
        parts = [
            _part(part, [own["among"][name]["parts"][part] for own in recipes.values()])
            for part in first["parts"]
        ]
        rows = {_words(part.name): part.scores for part in parts}
        made.append(Among(
            name=_words(name), films=first["films"], groups=first["groups"],
            sources=first["sources"], parts=parts,
            drawing=dots(rows, list(recipes), "AUC", f"{AUC_TOLD}, {_words(name)}", GUESSING),
        ))  # fmt: skip
    return made


def _part(name: str, told: Sequence[Mapping[str, Any]]) -> Part:
    reasons = dict.fromkeys(one["reason"] for one in told if one["reason"])
    return Part(
        name=name,
        scores=[Score(value=one["auc"], low=one["low"], high=one["high"]) for one in told],
        reason="; ".join(reasons),
    )


def _compared(recipes: Mapping[str, Any], name: str) -> str:
    """How much recipe `name` helps against the first one, and whether it is enough."""
    first, own = next(iter(recipes)), recipes[name]
    one, other, chance = recipes[first]["ks"]["mean"], own["ks"]["mean"], own["ks"]["chance"]
    told = [_auc(recipes[key], "whole_film") for key in (first, name)]
    grey = [_auc(recipes[key], "grey_levels") for key in (first, name)]
    if None in {one, other, *(score.value for score in (*told, *grey))}:
        return f"too few films to compare it with {_words(first)}."
    enough = _enough(told[1])
    return (
        f"against {_words(first)} the mean distance of grey levels goes from "
        f"{one:.3f} to {other:.3f}, where chance alone gives up to {chance:.3f}; the AUC of the "
        f"source from {grey[0].value:.2f} to {grey[1].value:.2f} by grey levels alone and from "
        f"{told[0].value:.2f} to {told[1].value:.2f} by the whole film. {enough}"
    )


def _auc(own: Mapping[str, Any], part: str) -> Score:
    told = next(iter(own["among"].values()))["parts"][part]
    return Score(value=told["auc"], low=told["low"], high=told["high"])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _enough(told: Score) -> str:
    """Whether a source that is told so well is harmonised."""
    if (told.low is not None and told.low > GUESSING) or (told.low is None and told.value == 1):
        return "That is not enough: the whole film still gives its source away."
    if told.low is None:
        return "There is no interval, so it cannot be said whether that is enough."
    return "The interval holds 0.5: from so few films it cannot be said whether the source shows."
