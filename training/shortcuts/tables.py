"""What the probes found, as the files of stage audit hold it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from manifests.contract.prepared import Prepared
from training.shortcuts.asked import Asked
from training.shortcuts.figures import Measured
from training.shortcuts.probes import SHOWN, Probe
from training.shortcuts.verdicts import CLOSING, Verdict

FILMS = pa.schema([
    *((name, pa.string()) for name in
      ("probe", "record_id", "source", "group", "split", "label")),
    ("sure", pa.float64()), ("rank", pa.int64()),
])  # fmt: skip
COLUMNS = ("probe", "value", "low", "high", "threshold", "verdict", "within", "shuffled",
           "shuffled_within", "films", "groups", "reason")  # fmt: skip
CONTROLS = ("shuffled", "shuffled_within")


def score(
    probe: Probe, one: Measured, threshold: float, allow: Collection[Probe]
) -> dict[str, Any]:
    """A probe as scores.json holds it."""
    facts = {name: value for name, value in asdict(one).items() if name != "known_best"}
    verdict = verdict_of(probe, one, threshold, allow)
    return {"shown": SHOWN[probe], "threshold": threshold, "verdict": verdict.value, **facts}


def verdict_of(
    probe: Probe, measured: Measured, threshold: float, allow: Collection[Probe]
) -> Verdict:
    """What follows. Without a lower end the value itself is asked: the gate errs to closing."""
    if measured.found.value is None:
        return Verdict.UNTOLD
    if not all(one.holds for one in measured.controls.values()):
        return Verdict.ALLOWED if probe in allow else Verdict.UNSURE
    low = measured.found.value if measured.found.low is None else measured.found.low
    if low <= threshold:
        return Verdict.PASSED
    return Verdict.ALLOWED if probe in allow else Verdict.FAILED


def line(name: str, one: Mapping[str, Any]) -> list[object]:
    """The same as a row of probes.csv."""
    found, controls = one["found"], one["controls"]
    return [
        name, found["value"], found["low"], found["high"], one["threshold"], one["verdict"],
        one["within"]["value"],
        *(controls[key]["mean"] if key in controls else None for key in CONTROLS),
        one["films"], one["groups"], one["reason"],
    ]  # fmt: skip


def headline(scores: Mapping[str, Mapping[str, Any]]) -> dict[str, object]:
    """What `dvc metrics` shows: each figure, and how many probes close the gate."""
    verdicts = [one["verdict"] for one in scores.values()]
    return {
        **{name: one["found"]["value"] for name, one in scores.items()},
        "failed": sum(verdict in CLOSING for verdict in verdicts),
        "allowed": verdicts.count(Verdict.ALLOWED),
    }


def named_films(
    prepared: Prepared, found: Mapping[Probe, Measured], asked: Asked
) -> list[dict[str, object]]:
    """The films of each probe whose label (or source) it knows best, surest first."""
    labels = {
        int(place): asked.names[n] for place, n in zip(asked.places, asked.targets, strict=True)
    }
    made: list[dict[str, object]] = []
    for probe, one in found.items():
        for rank, (place, sure) in enumerate(one.known_best, start=1):
            row = prepared.rows.iloc[place]
            made.append({
                "probe": probe.value, "label": labels[place], "sure": round(sure, 6), "rank": rank,
                **{name: str(row[name]) for name in ("record_id", "source", "group", "split")},
            })  # fmt: skip
    return made
