"""A small clone of the Hannover repository: `data.csv` with redacted ages, and `png/`."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from curation.phantom.chance import Chance
from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Sex, View

LABS = ("crp", "d-dimer", "factor_xii", "ldh", "lymphocytes", "neutrophils", "pco2", "po2")
HEADER = (
    "patient_id", "image_id", "sex", "age", "size", "weight", "admission_offset",
    "icu_admission_offset", "icu_release_offset", "death_offset", "modality", "projection",
    *(f"{lab}_{what}" for lab in LABS for what in ("offset", "val")),
)  # fmt: skip
VIEWS = {View.PA: "pa", View.AP: "ap", View.AP_ERECT: "ap", View.AP_SUPINE: "ap"}
HEALTHY_BEFORE = 15
"""Days before admission from which on the paper's rule takes a film for normal."""


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write `data.csv` and `png/` for `shots`. The same shots give the same bytes.

    Frontal films of COVID-19 patients, and normal ones: those count as taken before an admission,
    since upstream holds nobody who stayed healthy. Raises `ValueError` for another pneumonia.
    """
    images = folder / "png"
    images.mkdir(parents=True)
    ordered = sorted(shots, key=lambda shot: shot.ref)
    chance = Chance("world", world, "hannover")
    rows = [_row(shot, chance.of(shot.ref)) for shot in ordered]
    for shot in ordered:
        # Upstream holds PNGs only; a JPEG among them is found out by its content.
        (images / f"{_digits('film', shot.ref)}.png").write_bytes(shot.data)
    if ordered:
        # Upstream: a film that was withdrawn has no row, and a row whose film is not there.
        (images / f"{_digits('withdrawn')}.png").write_bytes(ordered[0].data)
        rows.append({**rows[0], "image_id": _digits("vanished")})
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _digits(*names: str) -> str:
    """The eight hexadecimal digits that stand for a patient or a film."""
    return hashlib.sha256("/".join(names).encode()).hexdigest()[:8]


def _row(shot: Shot, chance: Chance) -> dict[str, str]:
    if shot.condition == "cap":
        raise ValueError(f"{shot.ref}: Hannover holds patients with COVID-19 only")
    number = number_of(shot.patient)
    before = max(HEALTHY_BEFORE, -shot.day) if shot.condition == "normal" else -shot.day
    woman = "w" if number % 5 == 0 else "f"
    return {
        # A copy came from elsewhere, so upstream did not know that its patient is in the table.
        "patient_id": _digits("patient", shot.patient, *(["copy"] if shot.copy_of else [])),
        "image_id": _digits("film", shot.ref),
        "sex": woman if shot.sex is Sex.F else "m",
        "admission_offset": f"{before}.0" if number % 7 == 3 else str(before),  # noqa: PLR2004
        **(_ward(before, number) if shot.condition == "covid19" else {}),
        "modality": chance.pick("modality", ("CR", "DX") if shot.view is View.PA else ("CR",)),
        "projection": VIEWS.get(shot.view, ""),
        **_laboratory(chance),
    }


def _ward(before: int, number: int) -> dict[str, str]:
    """Days from the film to the intensive care unit and to the end, for some patients."""
    ward = {
        "icu_admission_offset": f"{before + 1}.0",
        "icu_release_offset": f"{before + 12}.0",
        "death_offset": f"{before + 12}.0" if number % 4 == 0 else "",
    }
    return ward if number % 2 == 0 else {}


def _laboratory(chance: Chance) -> dict[str, str]:
    """Values below and above what can be measured are `-inf` and `inf`."""
    found: dict[str, str] = {}
    for lab in LABS:
        if chance.whether(lab, 0.6):
            found[f"{lab}_offset"] = f"{chance.whole(f'{lab} day', -3, 3)}.0"
            value = f"{chance.whole(f'{lab} value', 1, 200)}.0"
            found[f"{lab}_val"] = chance.pick(f"{lab} limit", (value,) * 8 + ("-inf", "inf"))
    return found
