"""What a network said of pictures that a person brought: one row each, as JSON and as CSV."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from manifests.contract.cells import cell
from manifests.contract.table import BrokenTable

JSON, CSV, HEAT = "predictions.json", "predictions.csv", "heat"
"""The two files, and the folder of heat maps beside them."""


class Answer(BaseModel):
    """One picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str
    """Of the file."""
    label: str
    """The likeliest."""
    probability: float
    """Of that label, as the network has it: how sure it is, not how often it is right."""
    probabilities: dict[str, float]
    heat: str | None
    """Where the heat map lies below the folder of the answers; None if the network gives none."""
    shown: str
    """Which part of the film it saw: whole, lungs, or why not the lungs."""
    cautions: tuple[str, ...] = ()
    """Why this answer deserves less trust than others."""


def write_answers(
    folder: Path, answers: Sequence[Answer], about: Mapping[str, object], labels: Sequence[str]
) -> None:
    """Write both files into `folder`; `about` is what the JSON says of the network first."""
    rows = [answer.model_dump(mode="json") for answer in answers]
    whole = {**about, "labels": list(labels), "answers": rows}
    text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / JSON).write_text(text + "\n", encoding="utf-8")
    with (folder / CSV).open("w", encoding="utf-8", newline="") as sink:
        lines = csv.writer(sink, lineterminator="\n")
        chances = [f"probability_{label}" for label in labels]
        lines.writerow(["path", "sha256", "label", "probability", *chances, "heat", "shown",
                        "cautions"])  # fmt: skip
        lines.writerows(
            [cell(one.path), one.sha256, one.label, one.probability,
             *(one.probabilities[label] for label in labels), one.heat, one.shown,
             "; ".join(one.cautions)]
            for one in answers
        )  # fmt: skip


def read_answers(folder: Path) -> tuple[list[Answer], dict[str, object]]:
    """The answers in `folder`, and what is said of the network. Raises `BrokenTable` if damaged."""
    place = folder / JSON
    try:
        whole = json.loads(place.read_text(encoding="utf-8"))
        return [Answer.model_validate(row) for row in whole.pop("answers")], whole
    except (OSError, ValueError, KeyError, ValidationError) as fault:
        raise BrokenTable(f"{place}: holds no answers ({fault}); ask the network again") from None
