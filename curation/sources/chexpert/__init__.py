"""CheXpert, Stanford: `train.csv`, `valid.csv`, and a folder of films for each of them.

The paper's repository holds a loader that takes its "No Finding" films as normal. The labels of
`train` were mined from reports by a program, those of `valid` are of radiologists. Ages above 89
stand as 90, which is their lower bound; age 0 means that the age is not known. The tables are
walked row by row, and once before for what a patient has on films that are left out; of the
224,316 films only the paths are held, to find those without a row.

The full archive comes in batches; put the patients' folders of its train batches into `train/`.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, film, folder_with, rows
from curation.sources.chexpert.films import Films
from curation.sources.chexpert.labels import (
    COLUMNS,
    LABELS,
    Label,
    Said,
    UncertainRule,
    said,
    strange,
)
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

PARTS = ("train", "valid")
NEEDED = ("path", "sex", "age", "frontal/lateral", "ap/pa", *COLUMNS)
FACTS = ("frontal/lateral", "ap/pa", *COLUMNS)
"""A label of 0.0 is a mention that it is absent, which a blank is not, so the cells are kept."""
# Only what follows the archive's own name counts: the folder may be called otherwise.
PATH = re.compile(r"(?:[^/]+/)*?((train|valid)/(patient\d+)/(study\d+)/[^/]+)")


class Chexpert(Importer):
    """The films of both tables, or those of them that have one of the labels asked for."""

    about: ClassVar[About] = About(
        title="CheXpert",
        homepage="https://stanfordmlgroup.github.io/competitions/chexpert/",
        license="LicenseRef-Stanford-CheXpert",
        license_url="https://stanfordmlgroup.github.io/competitions/chexpert/",
        citation="Irvin, Rajpurkar et al.: CheXpert: A Large Chest Radiograph Dataset with "
        "Uncertainty Labels and Expert Comparison, AAAI 2019",
        paper="§3.1, not named there; a loader in its repository takes normals from here",
        hosts=("stanfordaimi.azurewebsites.net",),
    )
    findings: tuple[Label, ...]
    """Only films with one of these labels, after the rule below; none given takes all.

    What is not asked for is not counted at all.
    """
    uncertain: UncertainRule
    """What -1.0 counts as: kept apart as doubt, a finding, or nothing; `labels.py` says more."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        raise Misspelt(
            "params.yaml: 'sources.chexpert' cannot be fetched; register at "
            f"https://{self.about.hosts[0]}, accept the agreement, and unpack CheXpert-v1.0-small "
            f"(or CheXpert-v1.0) into {files}, so that train.csv lies in it or one folder below"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        folder = _archive(files)
        films = Films(folder)
        elsewhere = self._elsewhere(folder, films)
        for part in PARTS:
            table = folder / f"{part}.csv"
            if table.is_file():
                for one in self._part(table, films):
                    if isinstance(one, Draft):
                        yield replace(one, elsewhere=elsewhere.get(one.patient, ()))
                    else:
                        yield one
            else:
                yield Lost.at(table.name, Reason.LAYOUT_CHANGED, "is not here; bring it")
        for name in films.unlisted():
            yield Lost.at(name, Reason.UNLISTED_IMAGE, "no row of a table says what it is")

    def _part(self, table: Path, films: Films) -> Iterator[Draft | Lost]:
        for row in rows(table, *NEEDED):
            if isinstance(row, Lost):
                yield row
                continue
            path = PATH.fullmatch(row["path"])
            fault = strange(row) if path else f"path {row['path'][:80]!r} names no patient"
            if not path or fault or path[2] != table.stem:
                place = f"{table.name}, line {row.line}"
                found = fault or f"{path and path[1]} is no film of {table.stem}"
                yield Lost.at(place, Reason.INVALID_FIELD, f"{found}; mend the row")
                continue
            found_files, words = films.take(path[1]), said(row, self.uncertain)
            if self._asks(words):
                yield _met(row, path, words, films.folder, found_files)

    def _asks(self, words: Said) -> bool:
        return not self.findings or not set(self.findings).isdisjoint(words.positive)

    def _elsewhere(self, folder: Path, films: Films) -> dict[str, tuple[str, ...]]:
        """Patient -> what the tables find in films that are not asked for or not here.

        A label must not depend on which films were asked for. Faults are told when the tables are
        walked for their films. Of the many patients few differ, so equal answers are held once.
        """
        found: dict[str, tuple[str, ...]] = {}
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        for path, words in self._told(folder):
            if words.positive and not (self._asks(words) and len(films.of(path[1])) == 1):
                known = {*found.get(path[3], ()), *words.positive}
                labels = tuple(label for label in LABELS if label in known)
                found[path[3]] = shared.setdefault(labels, labels)
        return found

    def _told(self, folder: Path) -> Iterator[tuple[re.Match[str], Said]]:
        for table in (folder / f"{part}.csv" for part in PARTS):
            with suppress(Rejected, OSError):
                for row in rows(table, *NEEDED):
                    if isinstance(row, Lost) or strange(row):
                        continue
                    path = PATH.fullmatch(row["path"])
                    if path and path[2] == table.stem:
                        yield path, said(row, self.uncertain)


def _met(
    row: Row, path: re.Match[str], words: Said, folder: Path, names: list[str]
) -> Draft | Lost:
    """The film of a row: one file is it, none or several are told."""
    if not names:
        return Lost.at(path[1], Reason.MISSING_IMAGE, "listed, but there is no such file here")
    if len(names) > 1:
        choice = f"may be any of {', '.join(names)}; keep the right one"
        return Lost.at(path[1], Reason.INVALID_FIELD, choice)
    place = folder / names[0]
    return Draft(
        source_ref=path[1],
        image=partial(film, place.parent, place.name),
        url=Chexpert.about.homepage,
        patient=path[3],
        study=f"{path[3]}/{path[4]}",
        age="" if row["age"] in {"0", "0.0"} else row["age"],
        sex=row["sex"],
        view=f"{row['frontal/lateral']} {row['ap/pa']}".strip(),
        modality="X-ray",
        finding="|".join(words.positive),
        uncertain="|".join(words.uncertain),
        official_split=path[2],
        facts={column: row[column] for column in FACTS},
    )


def _archive(files: Path) -> Path:
    return folder_with(
        files,
        lambda place: any((place / f"{part}.csv").is_file() for part in PARTS),
        "train.csv or valid.csv",
    )
