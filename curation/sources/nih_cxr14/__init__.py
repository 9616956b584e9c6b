"""NIH ChestX-ray14: twelve tar archives and a table of labels mined from reports.

Paper §3.1, negatives 2. The archives hold 42 GB and are streamed, never unpacked; loose pictures
in `images*/` folders are read as well. What the parameters do not ask for is not counted at all.
"""

import gzip
import re
import tarfile
import zlib
from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.base_files import MAX_FILE, Row, film, rows
from manifests.contract.params import Misspelt
from manifests.contract.record import Rejected
from manifests.contract.vocabulary import Reason

# The table of 2020 comes first: the one of 2017 holds ages up to 414.
TABLES = ("Data_Entry_2017_v2020.csv", "Data_Entry_2017.csv", "sample_labels.csv")
# The header has commas inside its brackets, so only the columns before them are read by name.
NEEDED = ("image_index", "finding_labels", "follow-up_#", "patient_id", "patient_age",
          "view_position")  # fmt: skip
DAMAGE = (tarfile.TarError, EOFError, zlib.error, OSError)
Image: TypeAlias = Callable[[], bytes]
Label: TypeAlias = Literal[
    "No Finding", "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema",
    "Fibrosis", "Hernia", "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia",
    "Pneumothorax",
]  # fmt: skip


class NihCxr14(Importer):
    """The films that the table lists, or the part of them that the parameters ask for."""

    about: ClassVar[About] = About(
        title="NIH ChestX-ray14",
        homepage="https://nihcc.app.box.com/v/ChestXray-NIHCC",
        license="LicenseRef-NIHCC",
        license_url="https://nihcc.app.box.com/v/ChestXray-NIHCC",
        citation="Wang et al.: ChestX-ray8, CVPR 2017; provided by the NIH Clinical Center, "
        "https://nihcc.app.box.com/v/ChestXray-NIHCC",
        paper="§3.1, negatives 2",
        hosts=("nihcc.app.box.com", "nihcc.box.com", "public.boxcloud.com"),
    )
    findings: tuple[Label, ...]
    """Only films with one of these labels; none given takes all."""
    max_films: int | None = Field(ge=1)
    """Only the first so many of them by name, films in number; none given takes all."""
    links: Path | None = None
    """For `cxr fetch`: a CSV of name, url, sha256 (may be blank) of the files to bring."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        del files
        if self.links is None:
            raise Misspelt(
                "params.yaml: 'sources.nih_cxr14.links' is missing; NIH hands its links out at "
                f"{self.about.homepage} (batch_download_zips.py): name a CSV of name,url,sha256"
            )
        yield from _remotes(self.links)

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        listed: dict[str, Row] = {}
        for row in rows(_table(files), *NEEDED):
            if isinstance(row, Lost):
                yield row
            elif row["image_index"] in listed:
                yield _lost(row["image_index"], Reason.INVALID_FIELD, "stands in two rows")
            else:
                listed[row["image_index"]] = row
        wanted = sorted(name for name, row in listed.items() if self._asks(row))
        yield from self._films(files, listed, set(wanted[: self.max_films]))

    def _films(
        self, files: Path, listed: dict[str, Row], asked: set[str]
    ) -> Iterator[Draft | Lost]:
        came = set[str]()
        for picture in _pictures(files, asked):
            if isinstance(picture, Lost):
                yield picture
                continue
            name, image = picture
            if name in came:
                yield _lost(name, Reason.INVALID_FIELD, "stands twice here; the first is kept")
            elif name in asked:
                asked.remove(name)
                came.add(name)
                yield _draft(listed[name], image)
            elif name not in listed:
                yield _lost(name, Reason.UNLISTED_IMAGE, "no row of the table says what it is")
            if self.max_films and not asked:
                return
        for name in sorted(asked):
            yield _lost(name, Reason.MISSING_IMAGE, "listed, but in no archive or folder here")

    def _asks(self, row: Row) -> bool:
        return not self.findings or not set(self.findings).isdisjoint(
            row["finding_labels"].split("|")
        )


def _remotes(links: Path) -> list[Remote]:
    """All files to bring; looked at before the first is asked for."""
    try:
        found = [_remote(row, links) for row in rows(links, "name", "url", "sha256")]
    except Rejected as verdict:
        raise Misspelt(f"sources.nih_cxr14.links: {verdict.detail}") from None
    names = [remote.name for remote in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Misspelt(f"{links}: {twice} stand twice; give each file one link")
    return found


def _remote(row: Row | Lost, links: Path) -> Remote:
    if isinstance(row, Lost):
        raise Misspelt(f"{links}: {row.detail}")
    sha256 = row["sha256"].lower()
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise Misspelt(
            f"{links}, line {row.line}: sha256 is {row['sha256'][:80]!r}, not 64 hexadecimal "
            "digits; mend it, or leave it blank where none is published"
        )
    return Remote(url=row["url"], name=row["name"], sha256=sha256)


def _draft(row: Row, image: Image) -> Draft:
    return Draft(
        source_ref=row["image_index"],
        image=image,
        url=NihCxr14.about.homepage,
        patient=row["patient_id"],
        study=f"{row['patient_id']}-{row['follow-up_#']}",
        age=row["patient_age"],
        sex=row["patient_gender"] or row["patient_sex"],
        view=row["view_position"],
        modality="X-ray",
        finding=row["finding_labels"],
    )


def _table(files: Path) -> Path:
    for name in TABLES:
        if (files / name).is_file():
            return files / name
    raise Rejected(Reason.LAYOUT_CHANGED, f"{files}: holds none of {TABLES}; bring one of them")


def _pictures(files: Path, asked: Container[str]) -> Iterator[tuple[str, Image] | Lost]:
    """All pictures by name, in order; of an archive only those that are asked for are read."""
    for archive in sorted(files.glob("images*.tar.gz")):
        yield from _members(archive, asked)
    for place in sorted(files.glob("images*/**/*.png")):
        yield place.name, partial(film, place.parent, place.name)


def _members(archive: Path, asked: Container[str]) -> Iterator[tuple[str, Image] | Lost]:
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as members:
            for member in members:
                name = PurePosixPath(member.name).name
                held = members.extractfile(member) if member.isreg() else None
                if held is not None and member.size <= MAX_FILE:
                    # The stream goes on after this, so the bytes are taken now.
                    yield name, partial(bytes, held.read() if name in asked else b"")
                elif not member.isdir():
                    yield _lost(name, Reason.UNREADABLE_IMAGE, f"no plain file in {archive.name}")
    except DAMAGE as fault:
        yield _lost(archive.name, Reason.UNREADABLE_IMAGE, f"damaged ({fault}); fetch it again")


def _lost(ref: str, reason: Reason, found: str) -> Lost:
    return Lost(source_ref=ref, reason=reason, detail=f"{ref}: {found}")
