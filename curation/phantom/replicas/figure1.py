"""A small clone of the Figure 1 repository: a table in Windows-1252 that names no files."""

import csv
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from string import ascii_lowercase

from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

HEADER = (
    "patientid", "offset", "sex", "age", "finding", "survival", "temperature", "pO2 saturation",
    "view", "modality", "artifacts/distortion", "notes",
)  # fmt: skip
FINDINGS = {"covid19": "COVID-19", "cap": "Pneumonia", "normal": "No finding"}
VIEWS = {View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP erect", View.AP_SUPINE: "AP supine",
         View.L: "L"}  # fmt: skip
SATURATIONS = ("", "91-92", "low 90s", "86")
COPY = 50_000
"""Upstream does not know a copy's patient, so it gets a number of its own."""


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write `metadata.csv` and `images/` for `shots`. The same shots give the same bytes."""
    del world
    images = folder / "images"
    images.mkdir(parents=True)
    rows = []
    for film_id, shot in _named(shots):
        # Nothing in the table tells whether it is `.jpg`, `.png` or `.JPG`.
        is_shouted = number_of(shot.patient) % 8 == 5  # noqa: PLR2004 - one in eight
        extension = shot.extension.upper() if is_shouted else shot.extension
        (images / f"{film_id}.{extension}").write_bytes(shot.data)
        rows.append(_row(film_id, shot))
    if shots:
        (images / "COVID-99999.png").write_bytes(min(shots, key=lambda shot: shot.ref).data)
        rows.append({"patientid": "COVID-99998", "modality": "X-ray"})
    with (folder / "metadata.csv").open("w", encoding="cp1252", newline="") as file:
        table = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _named(shots: Sequence[Shot]) -> Iterator[tuple[str, Shot]]:
    """The shots with upstream's names: a letter counts the films of a patient who has several."""
    ordered = sorted(shots, key=lambda shot: (_number(shot), shot.day, shot.ref))
    for number, films in groupby(ordered, _number):
        case = list(films)
        for count, shot in enumerate(case):
            letter = ascii_lowercase[count] if len(case) > 1 else ""
            yield f"COVID-{number:05d}{letter}", shot


def _number(shot: Shot) -> int:
    return number_of(shot.patient) + 1 + (COPY if shot.copy_of else 0)


def _row(film_id: str, shot: Shot) -> dict[str, str]:
    number = number_of(shot.patient)
    is_ill = shot.condition != "normal"
    return {
        "patientid": film_id,
        "offset": str(shot.day) if is_ill and number % 2 else "",
        "sex": shot.sex.value,
        "age": _age(shot.age_years, number),
        "finding": FINDINGS[shot.condition],
        "temperature": "38+" if is_ill and number % 3 == 0 else "",
        "pO2 saturation": SATURATIONS[number % len(SATURATIONS)] if is_ill else "",
        "view": VIEWS.get(shot.view, ""),
        "modality": "CT" if shot.modality is Modality.CT else "X-ray",
        "artifacts/distortion": "Drawn, some from monitor" if number % 5 == 0 else "",
        "notes": "Drawn by a computer, not data. Fever 38\u00b0.",
    }


def _age(years: float, number: int) -> str:
    """A child's age as it is; an adult's in one of the ways upstream has, or not at all."""
    if years < 18:  # noqa: PLR2004 - an adult's age may be vague, as upstream
        return f"{years:g}"
    decade = int(years) // 10 * 10
    part = ("early", "early", "early", "early", "mid", "mid", "mid", "late", "late", "late")
    said = (f"{int(years)}", f"{int(years)}+", f"{part[int(years) % 10]} {decade}s", "")
    return said[number % len(said)]
