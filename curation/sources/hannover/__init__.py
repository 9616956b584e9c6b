"""Hannover Medical School, COVID-19 Image Repository: a clone, `data.csv` and `png/`.

Paper §3.1, positives 8. All patients had COVID-19, and nobody has read the films: what one shows
is concluded from its day by a rule of `offset.py`. Ages are redacted, hence unknown.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources import base_github
from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, film, rows_with_files
from curation.sources.hannover.offset import OffsetRule, days_since, finding

REPOSITORY = "ml-workgroup/covid-19-image-repository"
TABLE, IMAGES = "data.csv", "png"
NEEDED = ("patient_id", "sex", "age", "admission_offset", "modality", "projection")
LABS = ("crp", "d-dimer", "factor_xii", "ldh", "lymphocytes", "neutrophils", "pco2", "po2")
# As upstream writes them: offsets are days from the film, so -4 is four days before it; `-inf` and
# `inf` are below and above what the laboratory can measure. CR and DX are kinds of X-ray detector.
FACTS = (
    "size", "weight", "admission_offset", "icu_admission_offset", "icu_release_offset",
    "death_offset", "modality", *(f"{lab}_{what}" for lab in LABS for what in ("offset", "val")),
)  # fmt: skip


class Hannover(Importer):
    """The films named in `data.csv`; upstream withdraws one by taking its row out."""

    about: ClassVar[About] = About(
        title="COVID-19 Image Repository, Hannover Medical School",
        homepage="https://github.com/ml-workgroup/covid-19-image-repository",
        license="CC-BY-3.0",
        license_url="https://github.com/ml-workgroup/covid-19-image-repository#license-and-attribution",
        citation="Winther et al.: COVID-19 Image Repository, Hannover Medical School, "
        "doi:10.6084/m9.figshare.12275009",
        paper="§3.1, positives 8",
        hosts=base_github.HOSTS,
    )
    commit: str
    """The upstream commit that `files` is a copy of; all 40 digits of it to fetch."""
    offset_rule: OffsetRule
    """What a film taken before admission counts as; `offset.py` says what each rule means."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        yield from base_github.clone(
            "hannover", REPOSITORY, self.commit, self.about, files, TABLE, f"{IMAGES}/*"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        for met in rows_with_files(files / TABLE, files / IMAGES, "image_id", *NEEDED):
            yield met if isinstance(met, Lost) else self._draft(*met, files / IMAGES)

    def _draft(self, row: Row, name: str, images: Path) -> Draft:
        return Draft(
            source_ref=row["image_id"],
            image=partial(film, images, name),
            url=base_github.address(REPOSITORY, self.commit, f"{IMAGES}/{name}"),
            patient=row["patient_id"] or row["image_id"],
            age=row["age"],
            sex=row["sex"],
            view=row["projection"],
            modality=row["modality"],
            finding=finding(row["admission_offset"], self.offset_rule),
            offset_days=days_since(row["admission_offset"]),
            facts={column: row[column] for column in FACTS},
            snapshot=self.commit,
        )
