"""Figure 1 COVID-19 Chest X-ray Dataset Initiative: a clone, `metadata.csv` and `images/`.

Paper §3.1, positives 4. Sent in by members of the app Figure 1, many of them photographs of a
monitor. The table names no files: a film is called like its `patientid`, whatever the extension.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources import base_github
from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, film, rows_with_files

REPOSITORY = "agchung/Figure1-COVID-chestxray-dataset"
TABLE, IMAGES = "metadata.csv", "images"
NEEDED = ("offset", "sex", "age", "finding", "view", "modality")
# The notes are free text about a patient and stay out.
FACTS = ("survival", "temperature", "po2_saturation", "artifacts/distortion")


class Figure1(Importer):
    """The films named in `metadata.csv`, of which one patient may have several."""

    about: ClassVar[About] = About(
        title="Figure 1 COVID-19 Chest X-ray Dataset Initiative",
        homepage="https://github.com/agchung/Figure1-COVID-chestxray-dataset",
        license="NOASSERTION",
        license_url="https://github.com/agchung/Figure1-COVID-chestxray-dataset",
        citation="Chung, Wong, Wang et al.: Figure 1 COVID-19 Chest X-ray Dataset Initiative, "
        "DarwinAI and University of Waterloo, 2020",
        paper="§3.1, positives 4",
        hosts=base_github.HOSTS,
    )
    commit: str
    """The upstream commit that `files` is a copy of; all 40 digits of it to fetch."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        yield from base_github.clone(
            "figure1", REPOSITORY, self.commit, self.about, files, TABLE, f"{IMAGES}/*"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        for met in rows_with_files(files / TABLE, files / IMAGES, "patientid", *NEEDED):
            yield met if isinstance(met, Lost) else self._draft(*met, files / IMAGES)

    def _draft(self, row: Row, name: str, images: Path) -> Draft:
        return Draft(
            source_ref=row["patientid"],
            image=partial(film, images, name),
            url=base_github.address(REPOSITORY, self.commit, f"{IMAGES}/{name}"),
            patient=_patient(row["patientid"]),
            age=row["age"],
            sex=row["sex"],
            view=row["view"],
            modality=row["modality"],
            finding=row["finding"],
            offset_days=row["offset"],
            facts={column: row[column] for column in FACTS},
            snapshot=self.commit,
        )


def _patient(film_id: str) -> str:
    """`COVID-00003` for `COVID-00003a` and `COVID-00003b`: the letter counts a patient's films."""
    return re.sub(r"(?<=\d)[a-zA-Z]$", "", film_id)
