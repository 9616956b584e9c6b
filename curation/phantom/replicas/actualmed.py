"""A small clone of the Actualmed repository: file names that hold the moment of an exposure."""

import csv
from collections.abc import Sequence
from pathlib import Path

from curation.phantom.chance import Chance
from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, View

HEADER = (
    "patientid", "offset", "sex", "age", "finding", "survival", "temperature", "pO2 saturation",
    "view", "modality", "imagename", "artifacts/distortion", "notes",
)  # fmt: skip
NOTES = {
    "COVID-19": "",
    "No finding": "Negative (covid-19 viral infection is excluded)",
    "": "Inconclusive",
}
VIEWS = {View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP", View.AP_SUPINE: "AP", View.L: "L"}
COPY = 5000
"""Upstream does not know a copy's patient, so it gets a number of its own."""


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write `metadata.csv` and `images/` for `shots`. The same shots give the same bytes.

    Upstream only says whether COVID-19 is found, so a pneumonia and a normal film are both "No
    finding", or blank; so is the clear film of a COVID-19 patient, whose rows then contradict each
    other as upstream's do. Ages, sexes and days stay empty.
    """
    images = folder / "images"
    images.mkdir(parents=True)
    chance = Chance("world", world, "actualmed")
    ordered = sorted(shots, key=lambda shot: shot.ref)
    rows = [_row(shot, chance.of(shot.ref)) for shot in ordered]
    for shot, row in zip(ordered, rows, strict=True):
        (images / row["imagename"]).write_bytes(shot.data)
    if ordered:
        (images / _name(chance.of("unlisted"))).write_bytes(ordered[0].data)
        rows.append({**rows[0], "imagename": _name(chance.of("vanished"))})
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _name(chance: Chance) -> str:
    """The kind of detector, a unique number, and within it day and time to the microsecond."""
    kind, month = chance.pick("kind", ("CR", "DX")), chance.whole("month", 3, 4)
    hour, minute = chance.whole("hour", 0, 23), chance.whole("minute", 0, 59)
    second, rest = chance.whole("second", 0, 59), chance.whole("rest", 0, 999_999)
    day = f"2020{month:02}{chance.whole('day', 1, 28):02}"
    return (
        f"{kind}.1.2.840.113564.1722810199.{day}{hour:02}{minute:02}{second:02}{rest:06}"
        ".1003000225999.png"
    )


def _row(shot: Shot, chance: Chance) -> dict[str, str]:
    number = number_of(shot.patient)
    excluded = "" if number % 4 == 1 else "No finding"
    is_found = shot.condition == "covid19" and shot.shows_disease
    finding, name = "COVID-19" if is_found else excluded, _name(chance)
    return {
        "patientid": f"ANON{number + 1 + (COPY if shot.copy_of else 0)}",
        "finding": finding,
        "view": VIEWS.get(shot.view, ""),
        "modality": "CT" if shot.modality is Modality.CT else "X-ray",
        "imagename": name,
        "notes": f"{NOTES[finding]}, date taken (YYYYMMDD): {name.split('.')[6][:8]}",
    }
