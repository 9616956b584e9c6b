"""A small clone of COVID-CXNet: numbered films with their marks, and a table for half of them."""

import csv
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from curation.phantom.chance import Chance
from curation.phantom.deck import RADIOPAEDIA, SIRM
from curation.phantom.replicas import eurorad, radiopaedia, sirm
from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, Sex, View

IMAGES = "chest_xray_images/covid19"
HEADER = (
    "filename", "patient_id", "sex", "age", "view", "label", "pcr_test", "survival", "location",
    "admission_offset", "symptom_offset", "also_had_ct", "has_fever", "has_cough", "has_dyspnea",
    "has_diarrhea", "spo2", "other_symptoms", "medical_background", "opacification", "other",
    "is_bilateral", "url",
)  # fmt: skip
CITED = {
    RADIOPAEDIA: radiopaedia.case_address, SIRM: sirm.post_address, "eurorad": eurorad.case_address,
}  # fmt: skip
"""Films of a patient whom a site shows are cited from there, as in the Cohen replica."""
ORIGINS = (
    "https://twitter.com/drawn/status/1", "https://doi.org/10.0000/drawn-{}", "",
    "https://link.springer.com/article/drawn-{}",
)  # fmt: skip
EXTENSIONS = {"png": ("png", "png", "PNG", "jpg"), "jpg": ("jpg", "jpeg", "jfif", "JPG", "png")}
"""Of names, not of contents: upstream's disagree in places."""
VIEWS = {View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP", View.AP_SUPINE: "AP", View.L: "L"}
SYMPTOMS = ("has_fever", "has_cough", "has_dyspnea", "has_diarrhea")
SEXES = {Sex.F: "female", Sex.M: "male"}
FILMS = 5
"""Numbers kept for a patient, and as many for copies: a larger world moves none of them."""
ADULT = 18
COPIES = 10_000
"""Added to a patient's number for copies: upstream did not know whose they are."""
VANISHED = {"filename": "90001.jpg", "patient_id": "90001", "pcr_test": "positive"}
"""A row whose film is gone, and which has no label."""


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write `metadata.csv` and the films of `shots`. The same shots give the same bytes.

    Films of COVID-19 patients, and copies of such, since upstream holds nobody else. Raises
    `ValueError` for another condition, for a CT, and for more films of a patient than `FILMS`.
    """
    images = folder / IMAGES
    images.mkdir(parents=True)
    chance = Chance("world", world, "covid_cxnet")
    table: list[dict[str, str]] = []
    for patient, films in _patients(shots):
        for place, shot in enumerate(films):
            number, has_row = _number(shot, place), _has_row(films)
            name = _name(number, shot, has_row=has_row)
            (images / name).write_bytes(shot.data)
            if has_row:
                table.append(_row(name, shot, patient, chance))
    if shots:
        first = min(shots, key=lambda shot: shot.ref)
        (images / f"copy of a film.{first.extension}").write_bytes(first.data)
        table.append(VANISHED)
    # Upstream's table begins with a byte order mark.
    with (folder / "metadata.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        rows.writeheader()
        rows.writerows(table)


def _patients(shots: Sequence[Shot]) -> Iterator[tuple[int, list[Shot]]]:
    """Each patient's number and films in order of time; copies are a patient of their own."""
    ordered = sorted(shots, key=lambda shot: (_patient(shot), shot.day, shot.ref))
    for patient, found in groupby(ordered, _patient):
        films = list(found)
        if len(films) > FILMS:
            raise ValueError(f"{films[0].patient}: more than {FILMS} films of one patient")
        for shot in films:
            if shot.condition != "covid19" or shot.modality is not Modality.X_RAY:
                raise ValueError(f"{shot.ref}: COVID-CXNet holds films of COVID-19 patients only")
        yield patient, films


def _patient(shot: Shot) -> int:
    return number_of(shot.patient) + (COPIES if shot.copy_of else 0)


def _number(shot: Shot, place: int) -> int:
    return 1 + FILMS * (2 * number_of(shot.patient) + bool(shot.copy_of)) + place


def _has_row(films: list[Shot]) -> bool:
    """Half of the patients with a single film that no other site shows have no row, as upstream."""
    return len(films) > 1 or number_of(films[0].patient) % 2 == 1 or _is_cited(films[0])


def _is_cited(shot: Shot) -> bool:
    return shot.home in CITED


def _name(number: int, shot: Shot, *, has_row: bool) -> str:
    """`p` where no row gives the age, and for some children; `-` for every clear film."""
    child = "p" if shot.age_years < ADULT and not (has_row and _tells_age(shot)) else ""
    clear = "" if shot.shows_disease else "-"
    kinds = EXTENSIONS["png" if shot.extension == "png" else "jpg"]
    return f"{number:03}{child}{clear}.{kinds[number_of(shot.patient) % len(kinds)]}"


def _tells_age(shot: Shot) -> bool:
    """A child has an age or a `p`, never neither; of the adults some have no age."""
    return number_of(shot.patient) % (2 if shot.age_years < ADULT else 7) != 0


def _called(name: str) -> str:
    """The file's name as the table writes it: in small letters, and as one kind of JPEG."""
    return name.lower().replace(".jpeg", ".jpg")


def _row(name: str, shot: Shot, patient: int, chance: Chance) -> dict[str, str]:
    number, of_patient = number_of(shot.patient), chance.of(str(patient))
    url = CITED[shot.home](shot.patient) if _is_cited(shot) else ORIGINS[number % 4]
    has_onset = number % 3 != 0
    return {
        "filename": _called(name),
        "patient_id": str(patient),
        "sex": SEXES.get(shot.sex, ""),
        "age": f"{shot.age_years:g}" if _tells_age(shot) else "",
        "view": VIEWS.get(shot.view, ""),
        # What the test says stands beside the label and does not change it.
        "label": "COVID-19",
        "pcr_test": "negative" if number % 13 == 0 else of_patient.pick("pcr", ("positive", "")),
        "survival": of_patient.pick("survival", ("1", "0", "", "")),
        "location": "Drawn",
        "admission_offset": str(shot.day) if not has_onset else str(max(shot.day - 2, 0)),
        "symptom_offset": str(shot.day) if has_onset else "",
        "also_had_ct": of_patient.pick("ct", ("0", "1", "")),
        **{name: of_patient.pick(name, ("0", "1", "1", "2", "")) for name in SYMPTOMS},
        "spo2": of_patient.pick("spo2", ("", "", "93", "85")),
        "other_symptoms": "Drawn by a computer, not data.",
        "opacification": _opacification(shot, chance),
        "is_bilateral": of_patient.pick("sides", ("0", "1", "")) if shot.shows_disease else "",
        "url": url.format(patient),
    }


def _opacification(shot: Shot, chance: Chance) -> str:
    """Blank for a third of the films; a few clear films contradict their own name, as upstream."""
    if shot.shows_disease:
        return chance.pick(f"{shot.ref} opacification", ("1", "1", ""))
    return chance.pick(f"{shot.ref} opacification", ("0", "0", "0", "", "", "", "", "1"))
