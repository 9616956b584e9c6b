"""CheXpert, Stanford: `train.csv`, `valid.csv`, and a folder of films for each of them.

The paper's repository holds a loader that takes its "No Finding" films as normal. The labels of
`train` were mined from reports by a program, those of `valid` are of radiologists. Ages above 89
stand as 90, which is their lower bound; age 0 means that the age is not known. The tables are
walked row by row; of the 224,316 films only the paths are held, to find those without a row.

The full archive comes in batches; put the patients' folders of its train batches into `train/`.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import Row, film, rows
from curation.sources.chexpert.films import Films
from curation.sources.chexpert.labels import COLUMNS, Label, Said, UncertainRule, said, strange
from manifests.contract.params import Misspelt
from manifests.contract.record import Rejected
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
        for part in PARTS:
            table = folder / f"{part}.csv"
            if table.is_file():
                yield from self._part(table, films)
            else:
                yield _lost(table.name, Reason.LAYOUT_CHANGED, "is not here; bring it")
        for name in films.unlisted():
            yield _lost(name, Reason.UNLISTED_IMAGE, "no row of a table says what it is")

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
                yield _lost(place, Reason.INVALID_FIELD, f"{found}; mend the row")
                continue
            found_files, words = films.take(path[1]), said(row, self.uncertain)
            if self.findings and not set(self.findings) & set(words.positive):
                continue
            yield _met(row, path, words, films.folder, found_files)


def _met(
    row: Row, path: re.Match[str], words: Said, folder: Path, names: list[str]
) -> Draft | Lost:
    """The film of a row: one file is it, none or several are told."""
    if not names:
        return _lost(path[1], Reason.MISSING_IMAGE, "listed, but there is no such file here")
    if len(names) > 1:
        choice = f"may be any of {', '.join(names)}; keep the right one"
        return _lost(path[1], Reason.INVALID_FIELD, choice)
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
    """The folder with the tables: `files` itself or the one folder in it that has them."""
    places = [files, *sorted(place for place in files.iterdir() if place.is_dir())]
    found = [place for place in places if any((place / f"{part}.csv").is_file() for part in PARTS)]
    if len(found) == 1:
        return found[0]
    several = f"both {found[0].name} and {found[1].name} hold tables" if found else "no table"
    raise Rejected(
        Reason.LAYOUT_CHANGED,
        f"{files}: {several}; leave one folder with train.csv, valid.csv and their films in it",
    )


def _lost(ref: str, reason: Reason, found: str) -> Lost:
    return Lost(source_ref=ref, reason=reason, detail=f"{ref}: {found}")
