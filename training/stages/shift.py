"""Stage shift: how far the sources differ, recipe by recipe, and what harmonising does about it."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from pydantic import Field

from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Finding
from training.compared import Compared, compared, counted, left_out, within
from training.files import wording, write_json
from training.films import Whole, check_same
from training.grey_levels import (
    Levels,
    between,
    by_chance,
    level_counts,
    pooled,
    shares,
    to_the_rest,
)
from training.parts import Part, lung_shares, seen
from training.seed import seed_everything
from training.telling import FEWEST, Asking, told_apart
from training.thumbnails import Thumbnails, small_films

log = logging.getLogger(__name__)
DIGITS = 6
BINS = 64
"""Of the histograms that are kept to be drawn: four grey levels each."""
EVERY = "every_film"
READING = {
    "ks": "Kolmogorov-Smirnov distance of a source's grey levels to those of all other sources "
    "together: 0 if they are alike, 1 if they share no level. Few films lie apart by chance alone: "
    "as far as where their sources are dealt out anew, at random, a distance tells nothing.",
    "auc": "Area under the curve of a plain classifier that names the source of films whose "
    "groups it never saw, mean over the sources, each against the rest: 0.5 is guessing, so the "
    "source does not show; 1.0 is never wrong. It weighs small traces as much as large ones, "
    "such as what resizing leaves of matched grey levels; a deep network may see more still.",
    "within": "The patients of two sources differ in disease too, so a classifier may name the "
    "disease and seem to name the source. Among films of one finding it cannot.",
}


class Params(Asking):
    """What is compared, and how."""

    recipes: tuple[str, ...] = Field(min_length=1)
    """Keys of `recipes`; the first is what the others are compared with."""
    within: tuple[Finding, ...]
    """Findings among whose films the sources are told apart once more."""
    least_groups: int = Field(ge=2, le=10_000)
    """A source with fewer groups is left out."""
    films: int = Field(ge=2, le=100_000)
    """Films looked at per source, chosen by their hashes."""
    side: int = Field(ge=8, le=128)
    """Pixels a side of the small films."""


def main(given: Mapping[str, Prepared], folder: Path, params: Params) -> None:
    """Write shift.json and metrics.json into `folder`; `given` are the prepared films by recipe.

    Raises `BrokenTable` where two recipes hold different films.
    """
    first = given[params.recipes[0]]
    for name in params.recipes:
        check_same(first, name, given[name])
    whole = compared(first.rows, params.least_groups, params.films)
    recipes = {name: _recipe(given[name], whole, params) for name in params.recipes}
    away = left_out(first.rows, whole)
    write_json(folder / "shift.json", {
        **wording(first), "manifest_id": first.manifest_id, "reading": READING,
        "least_groups": params.least_groups, "confidence": params.confidence,
        "sources": counted(whole), "left_out": away, "recipes": recipes,
    })  # fmt: skip
    headlines = {name: _headline(facts) for name, facts in recipes.items()}
    write_json(folder / "metrics.json", {**headlines, "manifest_id": first.manifest_id})
    log.info("%d sources, %d left out: %s", len(whole.sources), len(away), headlines)


def _recipe(prepared: Prepared, whole: Compared, params: Params) -> dict[str, object]:
    counts = level_counts(prepared, whole.places)
    films = small_films(prepared, whole.places, params.side)
    lungs = lung_shares(prepared, whole.places, params.side)
    shown = {part: seen(part, films, counts, lungs) for part in Part}
    chosen = {EVERY: np.arange(len(whole.places))} | {
        str(finding): within(prepared.rows, whole, finding, params.least_groups)
        for finding in params.within
    }
    return {
        "recipe_id": prepared.recipe_id,
        "ks": _distances(counts, whole, params),
        "histograms": _histograms(counts, whole),
        "among": {name: _among(shown, whole, films, params) for name, films in chosen.items()},
    }


def _distances(counts: Levels, whole: Compared, params: Params) -> dict[str, object]:
    """How far each source is from all others, the mean, what chance gives, a matrix of pairs."""
    if len(whole.sources) < FEWEST:
        return {"mean": None, "chance": None, "sources": {}, "pairs": []}
    by_source = pooled(counts, whole.targets, len(whole.sources))
    rest = to_the_rest(by_source)
    chance = by_chance(
        counts, whole.targets, whole.groups, params.bootstrap, seed_everything(params.seed)
    )
    return {
        "mean": round(float(rest.mean()), DIGITS),
        "chance": round(float(np.quantile(chance, params.confidence)), DIGITS),
        "sources": dict(zip(whole.sources, rest.round(DIGITS).tolist(), strict=True)),
        "pairs": between(by_source).round(DIGITS).tolist(),
    }


def _histograms(counts: Levels, whole: Compared) -> dict[str, list[float]]:
    """Source -> the share of its pixels in each bin, from black to white."""
    if not whole.sources:
        return {}
    by_source = shares(pooled(counts, whole.targets, len(whole.sources)), BINS)
    return dict(zip(whole.sources, by_source.round(DIGITS).tolist(), strict=True))


def _among(
    shown: Mapping[Part, Thumbnails], whole: Compared, films: Whole, asking: Asking
) -> dict[str, object]:
    """How well the sources of `films` (numbers in `whole`) are told apart, part by part."""
    targets, groups = whole.targets[films], [whole.groups[n] for n in films]
    return {
        "sources": [whole.sources[n] for n in np.unique(targets)],
        "films": len(films),
        "groups": len(set(groups)),
        "parts": {
            part.value: asdict(told_apart(known[films], targets, groups, asking))
            for part, known in shown.items()
        },
    }


def _headline(facts: Mapping[str, object]) -> dict[str, object]:
    """What `dvc metrics` shows of a recipe."""
    distances, among = facts["ks"], facts["among"]
    assert isinstance(distances, dict)  # noqa: S101 - made above
    assert isinstance(among, dict)  # noqa: S101 - made above
    return {
        "ks": distances["mean"],
        **{f"auc_{part}": told["auc"] for part, told in among[EVERY]["parts"].items()},
    }
