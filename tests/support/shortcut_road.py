"""The road of profile `planted`, with the shortcut and without, and what comes of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from road import copy_project, run, succeed

from manifests.contract.prepared import read_prepared
from training.films import read_task
from training.shortcuts import shown
from training.shortcuts.asked import labelled
from training.shortcuts.figures import Asking, Figure
from training.shortcuts.measuring import measured
from training.stages.audit import Params
from training.thumbnails import small_films

TASK = "three_class"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What the road left."""

    probes: dict[str, dict[str, Any]]
    """Of whole frames, as in scores.json."""
    gate: str
    """What the gate said; empty where it is open."""
    cropped_corners: Figure
    """AUC of a probe that sees the corners of the crops alone."""
    scores: dict[str, dict[str, Any]]
    """scores.json of stage explain, by experiment."""
    accuracy: dict[str, float]


def ran(folder: Path, planted: str) -> Ran:
    """The road in `folder`, an empty one, with films that show `planted` marked; "" for none."""
    copy_project(folder)
    changes = ("-S", "+profiles=planted", "-S", f"phantom.planted={planted}")
    succeed(folder, "dvc", "exp", "run", *changes, "explain", "audit", "evaluate")
    data, names = folder / "data", ("whole", "cropped")
    gate = run(folder, "python", "-m", "training", "gate", "data/audit", "closed")
    return Ran(
        probes=_read(data / "audit" / TASK / "scores.json")["probes"],
        gate=gate.stderr if gate.returncode else "",
        cropped_corners=_cropped(folder),
        scores={name: _read(data / "explain" / name / "scores.json") for name in names},
        accuracy={
            name: _read(data / "evaluate" / name / "metrics.json")["test"]["accuracy"]
            for name in names
        },
    )


def _cropped(folder: Path) -> Figure:
    """The audit leaves the corners of a crop out, since they show lung; here they are asked."""
    params = yaml.safe_load((folder / "params.yaml").read_text())
    asking = Params.model_validate(params["audit"])
    prepared = read_prepared(folder / "data" / "prepare" / "lungs")
    asked = labelled(prepared, read_task(params["tasks"][TASK]), asking.least_groups, asking.films)
    small = small_films(prepared, asked.places, asking.side)
    ours = Asking.model_validate(asking.model_dump(include=set(Asking.model_fields)))
    return measured(shown.corners(small, ["whole"] * len(small)), asked, ours).found


def _read(place: Path) -> dict[str, Any]:
    return dict(json.loads(place.read_text(encoding="utf-8")))
