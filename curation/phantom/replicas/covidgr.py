"""A small COVIDGR-1.0: `COVIDGR_1.0` with films in `P/` and `N/`, and the table of grades."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import View

ROOT, TABLE = "COVIDGR_1.0", "severity.csv"
CLEAR, GRADES = "NORMAL-PCR+", ("MILD", "MODERATE", "SEVERE")
SHARES = (0.25, 0.34)
"""Share of the lungs that is opaque, from which on a film is moderate, and severe."""


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write both folders and `severity.csv` for `shots`: PA films, normal or of COVID-19.

    The same shots give the same bytes. Upstream has no patients, ages or sexes, so two films of
    one person become two patients. Raises `ValueError` for another illness or another view.
    """
    del world  # Everything follows from the shots.
    ordered = sorted(shots, key=lambda shot: shot.ref)
    for group in ("N", "P"):
        (folder / ROOT / group).mkdir(parents=True)
    graded = ["Name,Severity"]
    for shot in ordered:
        group = _group(shot)
        (folder / ROOT / group / f"{_name(shot.ref)}.jpg").write_bytes(shot.data)
        # Upstream: a positive film has no grade.
        if group == "P" and number_of(shot.patient) % 11 != 10:  # noqa: PLR2004
            graded.append(f"{_name(shot.ref)},{_grade(shot)}")
    if ordered:
        # A grade whose film is not there, and a file that is no film.
        graded.append(f"{_name('vanished')},{GRADES[0]}")
        (folder / ROOT / "N/readme.txt").write_text("Drawn by a computer, not data.\n")
    (folder / ROOT / TABLE).write_text("\n".join([*graded, ""]), encoding="utf-8")


def _group(shot: Shot) -> str:
    if shot.condition not in {"normal", "covid19"}:
        raise ValueError(f"{shot.ref}: COVIDGR holds normal films and COVID-19 only")
    if shot.view is not View.PA:
        raise ValueError(f"{shot.ref}: COVIDGR holds PA films only")
    return "P" if shot.condition == "covid19" else "N"


def _name(ref: str) -> str:
    """What stands for a film: letters and digits that tell nothing of the patient."""
    return hashlib.sha256(f"covidgr/{ref}".encode()).hexdigest()[:12]


def _grade(shot: Shot) -> str:
    """The grade by what is drawn; a film that shows nothing is the clear one of an ill person."""
    if not shot.shows_disease:
        return CLEAR
    opaque = int(np.count_nonzero(shot.opacities & shot.lungs))
    lungs = int(np.count_nonzero(shot.lungs))
    return GRADES[sum(opaque > limit * lungs for limit in SHARES)]
