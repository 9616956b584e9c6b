"""Stage audit: what tells the label without looking at a lung, and how well.

It always writes; stage gate reads the verdicts and stops the road. So DVC keeps the evidence: it
throws away what a failed stage wrote.
"""

import logging
from pathlib import Path

import pyarrow as pa
from pydantic import Field, field_validator

from manifests.contract.table import write_arrow
from training.files import wording, write_csv, write_json
from training.films import read_task
from training.shortcuts.asked import labelled
from training.shortcuts.figures import Asking
from training.shortcuts.probes import READING, Probe
from training.shortcuts.probing import Given, probed
from training.shortcuts.tables import COLUMNS, FILMS, headline, line, named_films, score

log = logging.getLogger(__name__)


class Params(Asking):
    """What is looked at, and from where on a probe fails."""

    recipe: str
    """Which prepared films to look at: whole frames, or border and corners are gone."""
    concealed: str
    """The same recipe but for conceal_text; the recipe itself where there is none."""
    films: int = Field(ge=20, le=1_000_000)
    """Films looked at per label."""
    side: int = Field(ge=20, le=128)
    """Pixels a side of the small films."""
    thresholds: dict[Probe, float]
    """The AUC (or share) that the lower end of a probe's interval may reach."""
    allow: tuple[Probe, ...]
    """Probes that may fail."""

    @field_validator("thresholds")
    @classmethod
    def _all_there(cls, thresholds: dict[Probe, float]) -> dict[Probe, float]:
        missing = [probe for probe in Probe if probe not in thresholds]
        if missing:
            raise ValueError(f"needs a number for {', '.join(missing)} as well")
        return thresholds


def main(given: Given, folder: Path, params: Params, task: dict[str, list[str]]) -> None:
    """Write scores.json, probes.csv, films.parquet and metrics.json into `folder`."""
    prepared = given.prepared
    asked = labelled(prepared, read_task(task), params.least_groups, params.films)
    found = probed(given, asked, params.side, params)
    scores = {
        probe.value: score(probe, one, params.thresholds[probe], params.allow)
        for probe, one in found.items()
    }
    write_json(folder / "scores.json", {
        **wording(prepared), "manifest_id": prepared.manifest_id,
        "recipe": prepared.recipe_id, "reading": READING, "confidence": params.confidence,
        "allow": list(params.allow), "probes": scores,
    })  # fmt: skip
    write_csv(folder / "probes.csv", COLUMNS, [line(name, one) for name, one in scores.items()])
    rows = named_films(prepared, found, asked)
    about = {**wording(prepared), "note": READING}
    write_arrow(folder / "films.parquet", pa.Table.from_pylist(rows, schema=FILMS), about)
    figures = {**headline(scores), "manifest_id": prepared.manifest_id}
    write_json(folder / "metrics.json", figures)
    log.info("%d films: %s", len(asked.places),
             ", ".join(f"{name} {one['verdict']}" for name, one in scores.items()))  # fmt: skip
