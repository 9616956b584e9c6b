"""COVID-CXNet, the collection of the paper: a clone, `metadata.csv` and one folder of films.

Paper §3.1 and §6.1: the positives themselves, which in part are copies of films in the other
sources. The table has rows for half of the films; the others have a number and the folder's word.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources import base_github
from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, film
from curation.sources.covid_cxnet.films import Film, Met, films_with_rows
from curation.sources.covid_cxnet.origins import Span, case, is_https, is_within, origin

REPOSITORY = "armiro/COVID-CXNet"
TABLE, IMAGES = "metadata.csv", "chest_xray_images/covid19"
NEEDED = (
    "patient_id", "sex", "age", "view", "label", "pcr_test", "admission_offset", "symptom_offset",
    "opacification", "url",
)  # fmt: skip
# Upstream's own columns, word for word: 1 is yes and 0 no, and nobody has said what 2 means. Free
# text on the patient (other_symptoms, medical_background) is left out on purpose; `other` names
# what else was found, such as a pneumothorax.
FACTS = (
    "filename", "survival", "location", "admission_offset", "symptom_offset", "also_had_ct",
    "has_fever", "has_cough", "has_dyspnea", "has_diarrhea", "spo2", "opacification",
    "other", "is_bilateral",
)  # fmt: skip


class CovidCxnet(Importer):
    """The films of the folder `covid19`, each with its row of the table where it has one."""

    about: ClassVar[About] = About(
        title="COVID-CXNet",
        homepage="https://github.com/armiro/COVID-CXNet",
        # The readme's CC BY 4.0 is not its owner's to give: most films belong to others.
        license="NOASSERTION",
        license_url="https://github.com/armiro/COVID-CXNet#data-collection",
        citation="Haghanifar, Molahasani Majdabadi, Ko: COVID-CXNet, "
        "doi:10.6084/m9.figshare.12580328",
        paper="§3.1, all positives",
        hosts=base_github.HOSTS,
    )
    commit: str
    """The upstream commit that `files` is a copy of; all 40 digits of it to fetch."""
    hannover: tuple[Span, ...]
    """Films without a row that came from Hannover, by the messages of the commits that added them.

    They carry its address, licence and credit; the table knows nothing of them.
    """

    def remotes(self, files: Path) -> Iterator[Remote]:
        yield from base_github.clone(
            "covid_cxnet", REPOSITORY, self.commit, self.about, files, TABLE, f"{IMAGES}/*"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        for met in films_with_rows(files / TABLE, files / IMAGES, *NEEDED):
            yield met if isinstance(met, Lost) else self._draft(met, files / IMAGES)

    def _draft(self, met: Met, images: Path) -> Draft:
        found, row = met.film, met.row or Row(line=0, cells={})
        own = base_github.address(REPOSITORY, self.commit, f"{IMAGES}/{found.file}")
        is_hannover = met.row is None and is_within(found.name.number, self.hannover)
        from_ = origin(found, row["url"], own, is_hannover=is_hannover)
        patient = row["patient_id"] or _nobody_known(found)
        return Draft(
            # A film told of twice stays twice: `dedup` then learns that its patients are one.
            source_ref=f"{found.ref}#{patient}" if met.is_again else found.ref,
            image=partial(film, images, found.file),
            url=from_.url,
            # As upstream numbers them: 221 is three different people. One group too large does
            # no harm to a split; one too small would.
            patient=patient,
            study=case(row["url"]),
            age=row["age"],
            child="suffix p" if "p" in found.name.suffix + met.called.suffix else "",
            sex=row["sex"],
            # Paper §3 leaves laterals out, so that a film is frontal where nobody says from where.
            view=row["view"] or "frontal",
            modality="X-ray",
            # A row may leave its label blank, which is not for the folder to fill in.
            finding=row["label"] if met.row else images.name,
            abnormal=_abnormal(met, row["opacification"].removesuffix(".0"), row["other"]),
            pcr=row["pcr_test"],
            # Days since the first symptoms; where they are not told, since the admission.
            offset_days=row["symptom_offset"] or row["admission_offset"],
            facts=_facts(found, row),
            license=from_.license,
            attribution=f"{self.about.citation}; {from_.credit}" if from_.credit else "",
            snapshot=self.commit,
        )


def _nobody_known(found: Film) -> str:
    """A patient for a film alone; never a bare number, which would be some patient of the table."""
    return f"film-{found.ref}"


def _abnormal(met: Met, opacification: str, other: str) -> str:
    """The word on what this very film shows, or "" where its signs contradict each other.

    The signs are the `-` of the file's name, that of the name in the row, and the row's own
    `opacification`; no `-` alone says nothing, since upstream has not read every film for it. A
    film without an opacity is not clear where the table names something `other` on it.
    """
    if opacification == "0" and other:
        return ""
    clear = {"-" in name.suffix for name in (met.film.name, met.called)}
    if clear == {False}:
        return f"opacification {opacification}" if opacification else ""
    return "suffix -" if clear == {True} and opacification in {"", "0"} else ""


def _facts(found: Film, row: Row) -> dict[str, str]:
    """What else is told, by column; `file` is the name of the file, `filename` that of the row."""
    return {column: row[column] for column in FACTS} | {
        "file": found.file,
        "case": case(row["url"]),
        # The address of the record is then another.
        "url": "" if is_https(row["url"]) else row["url"],
    }
