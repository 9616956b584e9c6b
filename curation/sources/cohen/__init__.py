"""Cohen et al., COVID-19 Image Data Collection: a clone of ieee8023/covid-chestxray-dataset.

Paper §3.1, positives 5. The header has had four generations and the findings two vocabularies;
columns are read by name, and findings are translated by `manifests/terms.yaml`. Only `images/`
holds films: of `volumes/` each row is told, and `annotations/` is left alone. Its lungVAE masks
were made by a program, and the masks of V7 Labs are another publisher's, so neither are the
source's own. The table is CC BY-NC-SA 4.0 and each film has its own licence. Dates and clinical
notes stay behind.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources import base_github
from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, rows
from curation.sources.cohen.images import Images
from manifests.contract.vocabulary import Reason

REPOSITORY = "ieee8023/covid-chestxray-dataset"
TABLE, IMAGES = "metadata.csv", "images"
NEEDED = ("patientid", "finding", "view", "modality", "filename", "url", "license")
LATERAL = re.compile(r"-[Ll]\.\w+$")
SLICES = frozenset({"axial", "coronal"})
# A word for a hospital in the tongues of the table.
SITE = re.compile(
    r"hospi|h[oô]pital|ospedal|klini|clini|universi|cent(?:er|re|ro)\b|institut|istitut|facult"
    r"|school|college|medical|department|infirmary|foundation",
    re.IGNORECASE,
)
MAX_WORDS = 4
"""As many as "United States of America" has."""
FACTS = (
    "survival", "intubated", "intubation_present", "went_icu", "in_icu", "needed_supplemental_O2",
    "extubated", "temperature", "pO2_saturation", "leukocyte_count", "neutrophil_count",
    "lymphocyte_count",
)  # fmt: skip


class Cohen(Importer):
    """The films named in `metadata.csv`, with their own licence each."""

    about: ClassVar[About] = About(
        title="COVID-19 Image Data Collection",
        homepage="https://github.com/ieee8023/covid-chestxray-dataset",
        license="NOASSERTION",
        license_url="https://github.com/ieee8023/covid-chestxray-dataset#license",
        citation="Cohen, Morrison, Dao: COVID-19 Image Data Collection, arXiv:2003.11597",
        paper="§3.1, positives 5",
        hosts=("raw.githubusercontent.com",),
    )
    commit: str
    """The upstream commit that `files` is a copy of; all 40 digits of it to fetch."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        base_github.check_commit("cohen", self.commit, self.about)
        cure = (
            f"commit {self.commit} is not there, or has no {TABLE}; look at "
            f"{self.about.homepage}/commits and name another in params.yaml as sources.cohen.commit"
        )
        url = base_github.address(REPOSITORY, self.commit, TABLE)
        yield Remote(url=url, name=TABLE, cure=cure)
        names = {row["filename"] for row in _films(files) if isinstance(row, Row)}
        for name in sorted(name for name in names if Path(name).name == name):
            yield Remote(url=self._address(name), name=f"{IMAGES}/{name}")

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        images = Images(files / IMAGES)
        elsewhere = _elsewhere(files, images)
        listed: set[str] = set()
        for row in _films(files):
            if isinstance(row, Lost):
                yield row
                continue
            name = row["filename"]
            draft = self._draft(row, partial(images.film, name), is_again=name in listed)
            yield replace(draft, elsewhere=elsewhere.get(draft.patient, ()))
            listed |= {name, images.actual(name)}
        for name in images.without(listed):
            yield Lost(
                source_ref=name, reason=Reason.UNLISTED_IMAGE,
                detail=f"{name}: in {IMAGES}, but no row of {TABLE} says what it is",
            )  # fmt: skip

    def _draft(self, row: Row, image: Callable[[], bytes], *, is_again: bool) -> Draft:
        name, patient = row["filename"], row["patientid"]
        return Draft(
            # A film listed for two patients stays twice: `dedup` then learns that they are one.
            source_ref=f"{name}#{patient}" if is_again else name,
            image=image,
            url=row["url"] or self._address(name),
            patient=patient or name,
            study=_case(row["url"]),
            age=row["age"],
            sex=row["sex"],
            # Upstream issue 109: some laterals stand as PA, and only their names tell.
            view="L" if LATERAL.search(name) else row["view"],
            # A slice is a CT, whatever stands in the next column.
            modality="CT" if row["view"].casefold() in SLICES else row["modality"],
            finding=row["finding"],
            pcr=row["rt_pcr_positive"],
            offset_days=row["offset"],
            facts=_facts(row),
            license=row["license"],
            # In some rows the notes stand one column too far to the right: the column without a
            # name then holds the credit, and `other_notes` a line on the film.
            attribution=row[""] or row["other_notes"] or row["doi"],
            snapshot=self.commit,
        )

    def _address(self, name: str) -> str:
        return base_github.address(REPOSITORY, self.commit, f"{IMAGES}/{name}")


def _films(files: Path) -> Iterator[Row | Lost]:
    """The rows of the table that name a file in `images`."""
    for row in rows(files / TABLE, *NEEDED):
        if isinstance(row, Lost):
            yield row
        elif not row["filename"]:
            yield Lost(
                source_ref=f"{TABLE}, line {row.line}", reason=Reason.MISSING_IMAGE,
                detail=f"{TABLE}, line {row.line}: names no file",
            )  # fmt: skip
        elif not _is_film(row):
            yield Lost(
                source_ref=row["filename"], reason=Reason.NOT_RADIOGRAPH,
                detail=f"{row['filename']}: a volume in {row['folder']}; only films are taken",
            )  # fmt: skip
        else:
            yield row


def _elsewhere(files: Path, images: Images) -> dict[str, tuple[str, ...]]:
    """Patient -> what the table finds in rows that give no film here: it is true all the same."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows(files / TABLE, *NEEDED):
        if isinstance(row, Row) and not (_is_film(row) and images.actual(row["filename"])):
            found[row["patientid"]] = (*found.get(row["patientid"], ()), row["finding"])
    return found


def _is_film(row: Row) -> bool:
    """False for a volume; the first generations had no such column, and no volumes."""
    return row["folder"].casefold() in {"", IMAGES}


def _facts(row: Row) -> dict[str, str]:
    """What the table says beyond our columns, by the newest spelling of its columns.

    Of the place only what stands last, the country: a hospital would narrow the patient down. Some
    rows name nothing but a hospital, so what holds a word for one, or is long, is left out.
    """
    last = row["location"].rpartition(",")[2].strip()
    is_country = not SITE.search(last) and len(last.split()) <= MAX_WORDS
    facts = {fact: row[fact.casefold()] for fact in FACTS}
    return {**facts, "location": last if is_country else ""}


def _case(url: str) -> str:
    """The page of one case, which may hold several "patients" that are one; "" for any other."""
    page = url.partition("?")[0].rstrip("/")
    return page if re.search(r"/cases?/|/\d{4}/\d{2}/\d{2}/", page) else ""
