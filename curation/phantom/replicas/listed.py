"""A person's list of posts and the pictures beside it: `list.csv` and `images/`."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import View

HEADER = (
    "url", "media_index", "patient_ref", "day_offset", "sex", "age", "file", "view", "finding",
    "abnormal", "sha256",
)  # fmt: skip
THREAD = 1240000000000000000
"""Number of the first post; one thread shows all patients, as upstream's does."""
VIEWS = {
    View.PA: "PA", View.AP: "AP", View.AP_ERECT: "AP erect", View.AP_SUPINE: "AP supine",
    View.L: "lateral",
}  # fmt: skip
FINDINGS = {"normal": "no finding", "cap": "pneumonia", "covid19": "COVID-19"}


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write the list and the pictures of `shots`, and a post whose picture nobody has.

    The same shots give the same bytes, whatever the world.
    """
    del world
    images = folder / "images"
    images.mkdir(parents=True)
    ordered = sorted(shots, key=lambda shot: shot.ref)
    rows = [_row(shot) for shot in ordered]
    for shot, row in zip(ordered, rows, strict=True):
        (images / row["file"]).write_bytes(shot.data)
    if rows:
        rows.append({**rows[0], "media_index": "9", "file": "", "sha256": ""})
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _row(shot: Shot) -> dict[str, str]:
    number = number_of(shot.patient)
    digest = hashlib.sha256(shot.ref.encode()).hexdigest()
    years = f"{int(shot.age_years // 10) * 10}s" if number % 4 == 1 else f"{shot.age_years:g}"
    return {
        "url": f"https://x.com/drawn/status/{THREAD + int(digest[:8], 16)}",
        "media_index": str(1 + number % 4),
        # A copy came from elsewhere, and whoever posted it did not say whose it is.
        "patient_ref": "" if shot.copy_of else f"patient {number}",
        "day_offset": str(shot.day),
        "sex": shot.sex.value,
        "age": years,
        # What a browser calls a picture that it saves from there.
        "file": f"{digest[:12]}.jfif",
        "view": VIEWS.get(shot.view, ""),
        "finding": FINDINGS[shot.condition],
        "abnormal": "yes" if shot.shows_disease else "no",
        "sha256": hashlib.sha256(shot.data).hexdigest(),
    }
