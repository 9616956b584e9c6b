"""Actualmed COVID-19 Chest X-ray Dataset Initiative: a clone, `metadata.csv` and `images/`.

Not in the paper, whose authors found the labels confusing: "No finding" only says that COVID-19 is
excluded, never that the film is normal. Films are pointed to; no licence is stated.
"""

import hashlib
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from curation.sources import base_github
from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, film, rows_with_files
from manifests.contract.rejection import Rejected

REPOSITORY = "agchung/Actualmed-COVID-chestxray-dataset"
TABLE, IMAGES = "metadata.csv", "images"
NEEDED = ("patientid", "offset", "sex", "age", "finding", "view", "modality")
# The notes say on which day a film was taken and stay out.
FACTS = ("survival", "temperature", "po2_saturation", "artifacts/distortion")


class Actualmed(Importer):
    """The films named in `metadata.csv`; a patient whose rows contradict each other stays one."""

    about: ClassVar[About] = About(
        title="Actualmed COVID-19 Chest X-ray Dataset Initiative",
        homepage="https://github.com/agchung/Actualmed-COVID-chestxray-dataset",
        license="NOASSERTION",
        license_url="https://github.com/agchung/Actualmed-COVID-chestxray-dataset",
        citation="Chung, Wong, Wang et al.: Actualmed COVID-19 Chest X-ray Dataset Initiative, "
        "DarwinAI, University of Waterloo, Actualmed and Universitat Jaume I, 2020",
        paper="§3.1, not used there",
        hosts=base_github.HOSTS,
    )
    commit: str
    """The upstream commit that `files` is a copy of; all 40 digits of it to fetch."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        yield from base_github.clone(
            "actualmed", REPOSITORY, self.commit, self.about, files, TABLE, f"{IMAGES}/*"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        table, images = files / TABLE, files / IMAGES
        for met in rows_with_files(table, images, "imagename", *NEEDED, called=_called):
            yield met if isinstance(met, Lost) else self._draft(*met, images)

    def _draft(self, row: Row, name: str, images: Path) -> Draft:
        ref = _called(row["imagename"])
        return Draft(
            source_ref=ref,
            image=partial(_film, images, name, ref),
            # The address of the file would hold its name.
            url=self.about.homepage,
            patient=row["patientid"] or ref,
            age=row["age"],
            sex=row["sex"],
            view=row["view"],
            modality=row["modality"],
            finding=row["finding"],
            pcr=row["finding"],
            offset_days=row["offset"],
            facts={column: row[column] for column in FACTS},
            snapshot=self.commit,
        )


def _called(name: str) -> str:
    """Our name for a film: `film-` and eight digits of the SHA-256 of its stem in lower case.

    Upstream's name holds the moment of the exposure to less than a millisecond, and ours is
    published for ever. Eight digits tell 238 films apart, but not a moment: many share each one.
    """
    stem = PurePath(name).stem.casefold()
    # A name may hold bytes that are no UTF-8; they come back as they were.
    return f"film-{hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]}"


def _film(images: Path, name: str, ref: str) -> bytes:
    """The file's bytes. What is said of a file that cannot be read is published too."""
    try:
        return film(images, name)
    except Rejected as verdict:
        raise Rejected(verdict.reason, verdict.detail.replace(name, ref)) from None
