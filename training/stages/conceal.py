"""Stage conceal: what burned-in text does to a trained network (paper 5.3, Fig. 20)."""

import dataclasses
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.images import Pixels
from manifests.contract.packing import png
from manifests.contract.prepared import Prepared
from manifests.contract.table import write_arrow
from manifests.contract.vocabulary import Split
from training.checkpoint import load_for
from training.concealed import Said, check_same_films, said_of, text_area, with_text
from training.explained.agreement import heat_inside
from training.explained.gradcam import SIDE
from training.files import wording, write_json
from training.films import Films, films_of
from training.frames import shown
from training.metrics import mean_of
from training.seed import seed_everything

log = logging.getLogger(__name__)
DIGITS = 6
PICTURES = ("film_before", "heat_before", "film_after", "heat_after")
TABLE = pa.schema([
    *((name, pa.string()) for name in ("record_id", "label", "predicted_before",
                                       "predicted_after")),
    ("probabilities_before", pa.list_(pa.float64())),
    ("probabilities_after", pa.list_(pa.float64())),
    ("change", pa.float64()), ("text_in_frame", pa.float64()), ("heat_on_text", pa.float64()),
    *((name, pa.binary()) for name in PICTURES),
])  # fmt: skip
NO_TEXT = "no test film has burned-in text that was found, so there is nothing to conceal"


class Params(BaseModel):
    """Which network, and which films; the key is that of an experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    """The recipe that the network learnt from."""
    concealed: str
    """The same recipe but for `conceal_text`."""
    films: int = Field(ge=0, le=100)
    """Films shown, those whose probabilities change most."""


def main(plain: Prepared, concealed: Prepared, trained: Path, folder: Path, params: Params) -> None:
    """Write concealed.parquet, the film that changes most first, and effect.json into `folder`.

    Raises `WrongCheckpoint` for a network of another recipe than `plain`, `BrokenTable` where the
    two recipes hold other films.
    """
    net, about = load_for(plain, trained)
    check_same_films(plain, concealed)
    seed_everything(about.seed)
    test = films_of(plain, about.asked, Split.TEST, about.protocol)
    texted = with_text(test, concealed)
    before = dataclasses.replace(test, places=test.places[texted], targets=test.targets[texted])
    after = dataclasses.replace(before, prepared=concealed)
    rows = _rows(before, after, (said_of(net, before, about.look), said_of(net, after, about.look)))
    rows.sort(key=lambda row: (-float(str(row["change"])), str(row["record_id"])))
    for unseen in rows[params.films :]:
        unseen.update(dict.fromkeys(PICTURES))
    facts = {**wording(plain), "labels": ",".join(before.labels)}
    write_arrow(folder / "concealed.parquet", pa.Table.from_pylist(rows, schema=TABLE), facts)
    effect = {"test_films": len(test), **_effect(rows), "manifest_id": about.manifest_id}
    write_json(folder / "effect.json", effect)
    log.info("%s: %s", about.experiment, effect["reason"] or effect)


def _rows(before: Films, after: Films, said: tuple[Said, Said]) -> list[dict[str, object]]:
    return [_row(before, after, said, n) for n in range(len(before))]


def _row(before: Films, after: Films, said: tuple[Said, Said], n: int) -> dict[str, object]:
    place, labels = int(before.places[n]), before.labels
    area = text_area(before.prepared, after.prepared, place)
    chances = [one.chances[n].round(DIGITS) for one in said]
    pictures = [
        picture for films, one in zip((before, after), said, strict=True)
        for picture in (shown(films.prepared, place, SIDE), _grey(one, n))
    ]  # fmt: skip
    return {
        "record_id": before.prepared.rows["record_id"].iloc[place],
        "label": labels[before.targets[n]],
        "predicted_before": labels[said[0].named[n]],
        "predicted_after": labels[said[1].named[n]],
        "probabilities_before": chances[0].tolist(),
        "probabilities_after": chances[1].tolist(),
        "change": round(float(np.abs(chances[1] - chances[0]).max()), DIGITS),
        "text_in_frame": round(float((area > 0).mean()), DIGITS),
        "heat_on_text": heat_inside(said[0].heats[n], area),
        **dict(zip(PICTURES, map(png, pictures), strict=True)),
    }


def _grey(said: Said, n: int) -> Pixels:
    return np.asarray(np.rint(said.heats[n] * 255), np.uint8)


def _effect(rows: Sequence[dict[str, object]]) -> dict[str, object]:
    """The figures over all films with text; None, and a reason, where there is none."""
    is_right = {
        when: sum(row["label"] == row[f"predicted_{when}"] for row in rows)
        for when in ("before", "after")
    }
    return {
        "films_with_text": len(rows),
        "labels_changed": sum(row["predicted_before"] != row["predicted_after"] for row in rows),
        "right_before": is_right["before"],
        "right_after": is_right["after"],
        "mean_change": mean_of([row["change"] for row in rows]),
        "heat_on_text": mean_of([row["heat_on_text"] for row in rows]),
        # What blind chance would lay there.
        "text_in_frame": mean_of([row["text_in_frame"] for row in rows]),
        "reason": None if rows else NO_TEXT,
    }
