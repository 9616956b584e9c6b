"""A small clone of the Cohen repository: the newest header, and the oddities of the real table."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from curation.phantom.chance import Chance
from curation.phantom.deck import RADIOPAEDIA, SIRM
from curation.phantom.replicas.pages import number_of
from curation.phantom.replicas.radiopaedia import case_address
from curation.phantom.replicas.sirm import post_address
from curation.phantom.shot import Shot
from manifests.contract.packing import png
from manifests.contract.vocabulary import Modality, View

HEADER = (
    "patientid,offset,sex,age,finding,RT_PCR_positive,survival,intubated,intubation_present,"
    "went_icu,in_icu,needed_supplemental_O2,extubated,temperature,pO2_saturation,leukocyte_count,"
    "neutrophil_count,lymphocyte_count,view,modality,date,location,folder,filename,doi,url,license,"
    "clinical_notes,other_notes,"
)
# Licence as the table words it, and the kind of page that such a film comes from.
ORIGINS = (
    ("CC BY-NC-SA", "https://radiopaedia.org/cases/drawn-{}"),
    ("CC BY-NC-SA 4.0", "https://www.eurorad.org/case/drawn-{}"),
    ("CC BY 3.0", "https://github.com/ml-workgroup/covid-19-image-repository"),
    ("CC BY 4.0", "https://link.springer.com/article/drawn-{}"),
    (" ", "https://www.sirm.org/2020/03/28/drawn-{}/"),
    ("CC BY-NC-ND 4.0", "https://www.sciencedirect.com/science/article/pii/drawn-{}"),
    ("CC BY 4.0", "https://tropmedhealth.biomedcentral.com/articles/drawn-{}"),
    ("Apache 2.0", "https://github.com/drawn/{}"),
    ("CC BY-NC-SA 4.0", "https://www.eurorad.org/case/drawn-{}"),
    ("", "https://pubs.rsna.org/doi/drawn-{}"),
)
CITED = {RADIOPAEDIA: case_address, SIRM: post_address}
"""Films of a patient whom another site shows are cited from there: the one thing that joins them,
since a copy has a patient number of its own."""
OTHER_CASE = 11
"""The films of one patient of so many end in capitals, and in the table in small letters."""
FINDINGS = {
    "covid19": ("Pneumonia/Viral/COVID-19", "Pneumonia/Viral/COVID-19", "COVID-19, ARDS"),
    "cap": ("Pneumonia/Bacterial/Streptococcus", "Pneumonia/Bacterial/Klebsiella", "Pneumonia"),
    "normal": ("No Finding",),
}
VIEWS = {
    View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP Erect", View.AP_SUPINE: "AP Supine",
    View.FRONTAL: "", View.L: "L", View.UNKNOWN: "Axial",
}  # fmt: skip


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write `metadata.csv`, `images/` and a machine's mask. The same shots give the same bytes."""
    images = folder / "images"
    images.mkdir(parents=True)
    ordered = sorted(shots, key=lambda shot: shot.ref)
    masks = folder / "annotations" / "lungVAE-masks"
    masks.mkdir(parents=True)
    for shot in ordered:
        (images / _file(shot)).write_bytes(shot.data)
    if ordered:
        (masks / f"{ordered[0].ref}_mask.png").write_bytes(png(ordered[0].lungs))
        (images / f"unlisted.{ordered[0].extension}").write_bytes(ordered[0].data)
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEADER.split(","))
        for row in _rows(ordered, Chance("world", world, "cohen")):
            table.writerow([row.get(column, "") for column in HEADER.split(",")])


def _rows(shots: list[Shot], chance: Chance) -> Iterator[dict[str, str]]:
    rows = [_row(shot, chance.of(shot.ref)) for shot in shots]
    yield from rows
    if rows:
        # Upstream: a film under two patients, a film that vanished, a volume, an unlabelled film.
        yield {**rows[0], "patientid": "900b", "offset": "?"}
        yield {**rows[0], "filename": "vanished.jpg"}
        yield {**rows[0], "filename": "drawn.nii.gz", "folder": "volumes", "modality": "CT"}
        yield {**rows[-1], "filename": "vanished-todo.png", "finding": "todo", "view": "?"}


def _name(shot: Shot) -> str:
    return f"{shot.ref}.{shot.extension}"


def _file(shot: Shot) -> str:
    is_loud = number_of(shot.patient) % OTHER_CASE == 1
    return f"{shot.ref}.{shot.extension.upper()}" if is_loud else _name(shot)


def _row(shot: Shot, chance: Chance) -> dict[str, str]:
    number = number_of(shot.patient)
    license_, page = ORIGINS[number % len(ORIGINS)]
    cited = CITED.get(shot.home)
    is_covid = shot.condition == "covid19"
    findings = FINDINGS[shot.condition if shot.shows_disease else "normal"]
    # A copy came from elsewhere, so upstream did not know that its patient is in the table.
    patient, page_number = (f"{number}a", f"{number}-a") if shot.copy_of else (str(number), number)
    is_ill = shot.condition != "normal"
    is_young = shot.age_years < 18  # noqa: PLR2004 - an adult's age may be missing, as upstream
    return {
        "patientid": patient,
        "offset": str(shot.day),
        "sex": shot.sex.value,
        "age": f"{shot.age_years:g}" if is_young or chance.whether("age", 0.9) else "",
        "finding": chance.pick("finding", findings),
        "RT_PCR_positive": chance.pick("pcr", ("Y", "Y", "Unclear")) if is_covid else "",
        "survival": chance.pick("survival", ("Y", "Y", "N", "", "?")) if is_ill else "",
        "went_icu": chance.pick("went_icu", ("Y", "N", "Not visible", "")) if is_ill else "",
        "needed_supplemental_O2": chance.pick("oxygen", ("Y", "N", "")) if is_ill else "",
        "temperature": f"{chance.between('temperature', 36.2, 40.1):.1f}" if is_ill else "",
        # Upstream issue 109: laterals listed as PA, told only by the end of their name.
        "view": "PA" if shot.view is View.L and chance.whether("109", 0.5) else VIEWS[shot.view],
        "modality": "CT" if shot.modality is Modality.CT else "X-ray",
        "date": "2020",
        "location": "Drawn Hospital, Phantom City, Land of \ufffd",
        "folder": "images",
        "filename": _name(shot),
        "url": cited(shot.patient) if cited else page.format(page_number),
        "license": license_,
        "clinical_notes": "Drawn by a computer, not data.",
        "other_notes": f'Drawn, not data: credit to author {number}, "and others"',
    }
