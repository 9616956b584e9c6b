"""Kermany et al., chest films of children: `chest_xray/{train,test,val}/{NORMAL,PNEUMONIA}`.

Paper §3.1, negatives 1. Children of 1 to 5 years from Guangzhou, all of them AP; upstream says so
of the whole set and of no single film. Beside adults with COVID-19 these films teach a network age
and machine, which is why the filter takes them out unless a person wants them.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import ClassVar, NamedTuple

from curation.sources.base import About, Draft, Importer, Lost, Remote
from curation.sources.kermany.archive import File, files_of
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

FILES = "https://data.mendeley.com/public-files/datasets/rscbjbr9sj/files"
ARCHIVE = "ChestXRay2017.zip"
ROOT, SPLITS, LABELS = "chest_xray", ("train", "test", "val"), ("NORMAL", "PNEUMONIA")
# The published set has no `val`: a re-upload took its 16 films out of the 5,232 of `train`.
COUNTED_IN = {"val": "train"}
JUNK = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$)", re.IGNORECASE)
# Finder adds " (1)" to the name of a copy.
ILL = re.compile(r"person(\d+)_(bacteria|virus)_\d+(?:_\d+)?(?: \(\d+\))?\.\w+", re.IGNORECASE)
WELL = re.compile(r"((?:NORMAL\d*-)?IM-\d+)(?:-\d+)+(?: \(\d+\))?\.\w+", re.IGNORECASE)


class Place(NamedTuple):
    """Where a film lies, and so what upstream says of it."""

    split: str
    label: str
    name: str

    def __str__(self) -> str:
        return "/".join(self)


class Kermany(Importer):
    """The films of the folder or zip, each with what its folder and its name say."""

    about: ClassVar[About] = About(
        title="Chest X-Ray Images of children (Kermany et al., Guangzhou)",
        homepage="https://data.mendeley.com/datasets/rscbjbr9sj/2",
        license="CC-BY-4.0",
        license_url="https://creativecommons.org/licenses/by/4.0/",
        citation="Kermany, Zhang, Goldbaum: Labeled Optical Coherence Tomography (OCT) and Chest "
        "X-Ray Images for Classification, Mendeley Data v2, doi:10.17632/rscbjbr9sj.2",
        paper="§3.1, negatives 1",
        # The first hands over to the second.
        hosts=(
            "data.mendeley.com",
            "prod-dcd-datasets-public-files-eu-west-1.s3.eu-west-1.amazonaws.com",
        ),
    )

    def remotes(self, files: Path) -> Iterator[Remote]:
        del files
        yield Remote(
            url=f"{FILES}/f12eaf6d-6023-432f-acc9-80c9d7393433/file_downloaded",
            name=ARCHIVE,
            sha256="13efc055629733dbab07877f8b3c9f81097840dbcdaa326a8542322c2281ce36",
            cure=f"{ARCHIVE} is not at its old address; download it from {self.about.homepage} and "
            "put it, packed, into the folder that sources.kermany.files names",
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        given = sorted(files_of(files), key=_depth)
        if not any(isinstance(file, File) and _place(file.path) for file in given):
            raise Rejected(
                Reason.LAYOUT_CHANGED,
                f"{files}: has no {ROOT}/{'|'.join(SPLITS)}/{'|'.join(LABELS)} in a folder or a "
                "zip; bring the set as it is published",
            )
        came: dict[Place, File] = {}
        for file in given:
            yield file if isinstance(file, Lost) else self._film(file, came)

    def _film(self, file: File, came: dict[Place, File]) -> Draft | Lost:
        place = _place(file.path)
        if JUNK.search(file.path):
            return _lost(file, Reason.UNLISTED_IMAGE, "is the archiver's, no film; leave it out")
        if place is None:
            return _lost(file, Reason.UNLISTED_IMAGE, "lies in no folder of the set; move it")
        if place in came:
            return _again(file, place, came[place])
        came[place] = file
        ill, well = ILL.fullmatch(place.name), WELL.fullmatch(place.name)
        named = ill if place.label == "PNEUMONIA" else well
        if named is None:
            return _lost(file, Reason.LAYOUT_CHANGED, "has a name of no known form; is it moved?")
        # Upstream counts its persons anew for each agent and each part of its split.
        kind = named[2].lower() if ill else place.label
        counted_in = COUNTED_IN.get(place.split, place.split)
        return Draft(
            source_ref=str(place),
            image=file.data,
            url=self.about.homepage,
            patient=f"{counted_in}/{kind}/{named[1]}",
            age="1-5 years",
            child="children of 1 to 5 years",
            view="AP",
            modality="X-ray",
            finding=kind,
            official_split=place.split,
        )


def _place(path: str) -> Place | None:
    """The place in the set, of an outer file as of a nested one; None for any other file."""
    parts = PurePosixPath(path).parts
    if len(parts) < len(Place._fields) + 1 or parts[-4] != ROOT:
        return None
    place = Place(*parts[-3:])
    return place if place.split in SPLITS and place.label in LABELS else None


def _depth(given: File | Lost) -> tuple[int, str]:
    """Outer files come first, so that of two copies the nested one is the copy."""
    path = given.source_ref if isinstance(given, Lost) else given.path
    return path.count("/"), path


def _again(file: File, place: Place, first: File) -> Lost:
    """What is said of a second file for one place: nested, or beside a zip that holds it too."""
    try:
        is_same = file.data() == first.data()
    except Rejected as verdict:
        return Lost(source_ref=file.path, reason=verdict.reason, detail=verdict.detail)
    if is_same:
        return _lost(file, Reason.UNLISTED_IMAGE, f"is a nested copy of {place}; leave it out")
    detail = f"is another picture than the {place} that was taken; keep the right one of both"
    return _lost(file, Reason.INVALID_FIELD, detail)


def _lost(file: File, reason: Reason, found: str) -> Lost:
    return Lost(source_ref=file.path, reason=reason, detail=f"{file.path}: {found}")
