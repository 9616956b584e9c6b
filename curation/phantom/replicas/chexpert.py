"""A small CheXpert: `CheXpert-v1.0-small` with `train.csv`, `valid.csv` and their films."""

import csv
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Sex, View

ROOT = "CheXpert-v1.0-small"
LABELS = (
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
)  # fmt: skip
HEADER = ("Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", *LABELS)
VIEWS = {View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP", View.AP_SUPINE: "AP"}
TABLES, COPY = {"train": 1, "valid": 64_541}, 30_000
"""First patient of each table; upstream does not know a copy's patient, so it gets another."""
OLDEST = 90


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write tables and films for `shots`: normal and cap, frontal and lateral.

    The same shots give the same bytes. Raises `ValueError` for a patient with COVID-19, whom a set
    of 2019 cannot hold.
    """
    del world  # Everything follows from the shots.
    named = _named(shots)
    rows: dict[str, list[list[str]]] = {table: [] for table in TABLES}
    for path, shot in named:
        place = folder / ROOT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(shot.data)
        rows[path.split("/")[0]].append(_row(path, shot))
    if named:
        # A row whose film is not there, and a film that no row names.
        rows["train"].append(_row("train/patient64540/study1/view1_frontal.jpg", named[0][1]))
        unlisted = folder / ROOT / "train/patient64539/study1/view1_frontal.jpg"
        unlisted.parent.mkdir(parents=True)
        unlisted.write_bytes(named[0][1].data)
    for table, found in rows.items():
        (folder / ROOT / table).mkdir(parents=True, exist_ok=True)
        with (folder / ROOT / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADER, *found])


def _named(shots: Sequence[Shot]) -> list[tuple[str, Shot]]:
    """The shots with upstream's paths: a study is a day, its views are counted."""
    ordered = sorted(shots, key=lambda shot: (_patient(shot), shot.day, shot.ref))
    named = []
    for patient, films in groupby(ordered, _patient):
        days = groupby(films, lambda shot: shot.day)
        for study, (_, views) in enumerate(days, start=1):
            for view, shot in enumerate(views, start=1):
                name = f"view{view}_{_side(shot).lower()}.jpg"
                named.append((f"{patient}/study{study}/{name}", shot))
    return named


def _patient(shot: Shot) -> str:
    """Every ninth patient is one of those whom radiologists have read."""
    number = number_of(shot.patient)
    table = "valid" if number % 9 == 8 else "train"  # noqa: PLR2004
    return f"{table}/patient{number + TABLES[table] + (COPY if shot.copy_of else 0):05d}"


def _side(shot: Shot) -> str:
    return "Lateral" if shot.view is View.L else "Frontal"


def _row(path: str, shot: Shot) -> list[str]:
    labels = _labels(shot)
    if path.startswith("valid"):
        # What radiologists read leaves nothing open and nothing blank.
        labels = {label: "1.0" if labels.get(label) == "1.0" else "0.0" for label in LABELS}
    return [
        f"{ROOT}/{path}",
        {Sex.F: "Female", Sex.M: "Male"}.get(shot.sex, "Unknown"),
        str(min(int(shot.age_years), OLDEST)),
        _side(shot),
        VIEWS.get(shot.view, ""),
        *(labels.get(label, "") for label in LABELS),
    ]


def _labels(shot: Shot) -> dict[str, str]:
    """Another finding beside the disease is in doubt for some; a clear film may show a device."""
    number = number_of(shot.patient)
    if shot.condition == "covid19":
        raise ValueError(f"{shot.ref}: CheXpert is older than COVID-19")
    if not shot.shows_disease:
        return {"No Finding": "1.0"} | ({"Support Devices": "1.0"} if number % 5 == 0 else {})
    doubt = ("Edema", "Consolidation", "Atelectasis")[number % 3]
    beside = {doubt: "-1.0"} if number % 2 == 0 else {"Fracture": "0.0"}
    return {"Pneumonia": "1.0", "Lung Opacity": "1.0", **beside}
