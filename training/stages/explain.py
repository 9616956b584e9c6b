"""Stage explain: where networks look on test films, and how far that can be believed."""

import logging
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import torch
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.prepared import Prepared
from manifests.contract.table import write_arrow
from manifests.contract.vocabulary import Split
from training.checkpoint import Checkpoint, load_for
from training.explained import erasing, galleries, lime, occlusion, randomised
from training.explained.asked import Asked
from training.explained.choosing import by_label, for_gallery
from training.explained.faithful import CURVES, SANITY, erased, sane
from training.explained.gradcam import method_of
from training.explained.layers import map_of
from training.explained.measuring import Agreement, figures, measured
from training.explained.spans import Drawn, drawn, spanned
from training.explained.truth import Truth, truth_of
from training.files import wording, write_csv, write_json
from training.films import Films, Whole, films_of
from training.hardware import device
from training.prediction import probabilities
from training.seed import seed_everything

log = logging.getLogger(__name__)
Rows = galleries.Rows


class Params(BaseModel):
    """Which films are explained, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: dict[str, str]
    """Experiment -> the module whose map Grad-CAM weighs; of one not named, `layers.last_map`."""
    films: int = Field(ge=1, le=10_000)
    """Heat maps shown per experiment: half by label alone, half over right and wrong answers."""
    scored: int = Field(ge=1, le=100_000)
    """Films whose heat maps are scored, those that are shown among them; by label alone."""
    lime: lime.Params
    occlusion: occlusion.Params
    erased: erasing.Params
    randomised: randomised.Params
    bootstrap: int = Field(ge=100, le=100_000)
    """Resamples of groups for the intervals."""
    confidence: float = Field(gt=0.5, lt=1)
    """Share of resamples that an interval holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Where to look up what is known of films; either file may be absent."""

    drawn: Path
    """masks.parquet, which knows where disease was drawn."""
    records: Path
    """The table of the manifest, which has the boxes of radiologists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What everything here is about."""

    asked: Asked
    scored: Whole
    truth: Truth
    by: Drawn
    about: Checkpoint


def main(prepared: Prepared, trained: Path, known: Known, folder: Path, params: Params) -> None:
    """Write the tables, scores.json, curves.csv and randomised.csv into `folder`.

    Raises `WrongCheckpoint` for a foreign network, `Unexplained` for one without a map of places,
    `Misspelt` for a layer that it does not have.
    """
    net, about = load_for(prepared, trained)
    generator = seed_everything(about.seed)
    films = films_of(prepared, about.asked, Split.TEST, about.protocol)
    # The shapes of any film are those of all.
    blank = torch.zeros((1, 3, about.look.size, about.look.size), device=device())
    weighed = map_of(net, blank, params.layer.get(about.experiment, ""))
    asked = Asked(
        net=net, films=films, chances=probabilities(net, films, about.look), look=about.look,
        task=about.asked, layer=weighed.name,
    )  # fmt: skip
    scored = by_label(films, max(params.scored, params.films))
    own = Explained(
        asked=asked, scored=scored, about=about,
        truth=truth_of(prepared, films.places[scored], known.drawn, known.records),
        by=drawn(asked.groups(scored), params.bootstrap, params.confidence, generator),
    )  # fmt: skip
    facts = {
        "method": method_of(net), "layer": weighed.name, "cells": weighed.cells,
        **_maps(own, folder, params),
        **_pictures(own, folder, params),
        **_checks(own, folder, params),
        "manifest_id": about.manifest_id,
    }  # fmt: skip
    write_json(folder / "scores.json", facts)
    told = [facts[name] for name in ("films", "scored", "heat_in_lungs", "pointing_game")]
    log.info(
        "%s: %d heat maps, %d scored, heat in lungs %s, pointing game %s", about.experiment, *told
    )


def _maps(own: Explained, folder: Path, params: Params) -> dict[str, object]:
    """Heat of all scored films, one at a time in memory; heatmaps.parquet holds the gallery."""
    asked = own.asked
    gallery = for_gallery(asked.films, asked.chances, own.scored, params.films)
    alike = set(own.scored[: -(-params.films // 2)].tolist())
    found: list[Agreement] = []
    rows: Rows = []
    for n, heat_map in asked.heats(own.scored):
        found.append(measured(asked, own.truth, n, heat_map))
        if n in gallery:
            row = galleries.heat_row(asked, n, heat_map, found[-1])
            rows.append({**row, "is_shared": n in alike})
    _write(folder / "heatmaps.parquet", rows, galleries.MAPS, asked.films)
    return {
        "films": len(rows), "scored": len(found),
        "blank": sum(one.is_blank for one in found),
        **figures(asked, own.scored.tolist(), found, own.truth, own.by),
    }  # fmt: skip


def _pictures(own: Explained, folder: Path, params: Params) -> dict[str, object]:
    """lime.parquet and occlusion.parquet, of a few films, since both are slow."""
    generator = seed_everything(own.about.seed)
    asked, truth = own.asked, own.truth
    hidden = galleries.occluded(
        asked, truth, own.scored[: params.occlusion.films], params.occlusion
    )
    spoken = galleries.spoken(asked, truth, own.scored[: params.lime.films], params.lime, generator)
    values = [row["for_in_lungs"] for row in spoken]
    inside = [value if isinstance(value, float) else None for value in values]
    _write(folder / "occlusion.parquet", hidden, galleries.OCCLUDED, asked.films)
    _write(folder / "lime.parquet", spoken, galleries.SPOKEN, asked.films)
    return spanned("lime_for_in_lungs", inside, own.by.first(len(spoken)))


def _checks(own: Explained, folder: Path, params: Params) -> dict[str, object]:
    """curves.csv, randomised.csv, and what they say."""
    generator = seed_everything(own.about.seed)
    picked = own.scored[: params.erased.films]
    facts, curves = erased(
        own.asked, picked, params.erased.steps, own.by.first(len(picked)), generator
    )
    generator = seed_everything(own.about.seed)
    picked = own.scored[: params.randomised.films]
    sanity, parts = sane(
        own.asked, picked, params.randomised.below, own.by.first(len(picked)), generator
    )
    write_csv(folder / "curves.csv", CURVES, curves)
    write_csv(folder / "randomised.csv", SANITY, parts)
    return facts | sanity


def _write(place: Path, rows: Rows, schema: pa.Schema, films: Films) -> None:
    rows.sort(key=lambda row: str(row["record_id"]))
    write_arrow(place, pa.Table.from_pylist(rows, schema=schema), wording(films.prepared))
