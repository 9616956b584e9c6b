"""COVIDGR-1.0, Granada: films in `P/` and `N/`, and a table of how severe the positive ones are.

Not in the paper. Its authors say: 426 films of patients with a positive RT-PCR within 24 hours of
the film and 426 normal ones, all PA, all from equipment of one type, graded Normal-PCR+ (76), Mild
(100), Moderate (171) or Severe (79). People who work with release 1.0 say: the folder is called
COVIDGR_1.0, the table `severity.csv` with the columns Name (no extension) and Severity, and one
positive film has no row in it. Where the table lies is assumed: beside the folders or one above.

That each film is of another patient is the authors' word; no identifier here can confirm it. Age
and sex are not published, and no licence is known to be stated.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import film, folder_with, rows_with_files
from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Reason

POSITIVE, NEGATIVE = "P", "N"
PICTURES = (".jpg", ".jpeg")


class Covidgr(Importer):
    """The films of both folders; a positive one without a grade is a positive one still."""

    about: ClassVar[About] = About(
        title="COVIDGR-1.0, Hospital Universitario Clínico San Cecilio, Granada",
        homepage="https://github.com/ari-dasci/OD-covidgr",
        license="NOASSERTION",
        license_url="https://github.com/ari-dasci/OD-covidgr",
        citation="Tabik et al.: COVIDGR Dataset and COVID-SDNet Methodology for Predicting "
        "COVID-19 Based on Chest X-Ray Images, IEEE JBHI 24(12), 2020",
        paper="§3.1, not used there",
        hosts=("github.com",),
    )
    severity: str
    """Name of the table of severities, in `files` or beside the folders; "" where none is there."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        raise Misspelt(
            "params.yaml: 'sources.covidgr' cannot be fetched; download release 1.0 from "
            f"{self.about.homepage}/releases/tag/1.0 and unpack it into {files}, so that "
            f"{POSITIVE}/, {NEGATIVE}/ and {self.severity or 'severity.csv'} lie in it or one "
            "folder below"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        folder = _archive(files)
        yield from self._positive(folder / POSITIVE, files)
        yield from (_film(folder / NEGATIVE, name, "") for name in _names(folder / NEGATIVE))
        for name in _names(folder):
            parts = Path(name).parts
            is_loose = len(parts) == 1 and Path(name).suffix.lower() in PICTURES
            if is_loose or (len(parts) > 1 and parts[0] not in {POSITIVE, NEGATIVE}):
                yield _lost(name, f"lies neither in {POSITIVE} nor in {NEGATIVE}; put it right")

    def _positive(self, folder: Path, files: Path) -> Iterator[Draft | Lost]:
        """Each row with its film, and then the films that no row grades."""
        if not self.severity:
            yield from (_film(folder, name, "") for name in _names(folder))
            return
        beside = folder.parent / self.severity
        table = beside if beside.is_file() else files / self.severity
        for met in rows_with_files(table, folder, "name", "severity", called=_called):
            if not isinstance(met, Lost):
                yield _film(folder, met[1], met[0]["severity"])
            elif met.reason == Reason.UNLISTED_IMAGE:
                yield _film(folder, met.source_ref.removeprefix(_called("")), "")
            else:
                yield met


def _film(folder: Path, name: str, severity: str) -> Draft | Lost:
    """The film `name`; the folder says what is known of its patient, the grade what it shows."""
    ref = f"{folder.name}/{name}"
    if "/" in name:
        return _lost(ref, f"lies in a folder of its own; {folder.name} holds films only")
    if Path(name).suffix.lower() not in PICTURES:
        return _lost(ref, "is no .jpg, and upstream has nothing else here; take it out")
    return Draft(
        source_ref=ref,
        image=partial(film, folder, name),
        url=Covidgr.about.homepage,
        patient=ref,
        view="PA",
        modality="X-ray",
        finding=folder.name,
        abnormal=severity,
        severity=severity,
        pcr=folder.name,
    )


def _archive(files: Path) -> Path:
    return folder_with(
        files,
        lambda place: (place / POSITIVE).is_dir() and (place / NEGATIVE).is_dir(),
        f"{POSITIVE} and {NEGATIVE}",
    )


def _names(folder: Path) -> list[str]:
    files = (place for place in folder.rglob("*") if place.is_file())
    return sorted(place.relative_to(folder).as_posix() for place in files)


def _called(name: str) -> str:
    return f"{POSITIVE}/{name}"


def _lost(ref: str, found: str) -> Lost:
    return Lost(source_ref=ref, reason=Reason.UNLISTED_IMAGE, detail=f"{ref}: {found}")
