"""Stage gate: stops the road where a probe of the audit tells labels without looking at a lung.

Apart from stage audit, because DVC throws away what a failed stage wrote: the evidence stays.
"""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from manifests.contract.table import BrokenTable
from training.files import write_json
from training.shortcuts.verdicts import Verdict, faults

log = logging.getLogger(__name__)


class Closed(ValueError):  # noqa: N818 - shown to a person as a sentence
    """A probe failed that params.yaml does not allow by name."""

    exit_code = 1


def main(audits: Sequence[Path], folder: Path) -> None:
    """Write gate.json into `folder`: what was allowed. Raises `Closed` where a probe failed."""
    told = {place.parent.name: _read(place) for place in audits}
    found = {task: clauses for task, scores in told.items() if (clauses := faults(scores))}
    if found:
        words = "; ".join(f"{task}: {', '.join(clauses)}" for task, clauses in found.items())
        raise Closed(
            f"labels can be told without looking at a lung: {words}; look at films.parquet in "
            f"{audits[0].parent.parent}/{next(iter(found))}, then take every label from each "
            "source or crop to the lungs, or allow a probe by name in params.yaml's audit.allow"
        )
    allowed = {
        task: [name for name, one in scores["probes"].items() if one["verdict"] == Verdict.ALLOWED]
        for task, scores in told.items()
    }
    write_json(folder / "gate.json", {"is_open": True, "allowed": allowed})
    log.info("open; allowed by name: %s", allowed)


def _read(place: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(place.read_text(encoding="utf-8")))
    except (ValueError, FileNotFoundError) as fault:
        raise BrokenTable(f"{place}: cannot be read ({fault}); run `dvc repro audit`") from None
