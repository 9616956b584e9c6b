"""What follows from a probe's figures: passed, failed, allowed by name, or not told."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What the gate makes of a probe."""

    PASSED = "passed"
    FAILED = "failed"
    ALLOWED = "allowed"
    """Failed, and params.yaml allows it by name."""
    UNSURE = "control_failed"
    """A control found something where there is nothing: the figures mean nothing either."""
    UNTOLD = "not_told"


CLOSING = {Verdict.FAILED, Verdict.UNSURE}


def faults(scores: Mapping[str, Any]) -> list[str]:
    """A clause for each probe of scores.json that closes the gate."""
    return [
        _clause(name, probe)
        for name, probe in scores["probes"].items()
        if probe["verdict"] in CLOSING
    ]


def _clause(name: str, probe: Mapping[str, Any]) -> str:
    if probe["verdict"] == Verdict.UNSURE:
        return f"{name}: a control does not guess, so its figures mean nothing"
    found = probe["found"]
    span = "" if found["low"] is None else f" ({found['low']:.2f} to {found['high']:.2f})"
    return f"{name} {found['value']:.2f}{span}, threshold {probe['threshold']:.2f}"
