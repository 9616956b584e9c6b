"""A small ChestX-ray14: two tar archives, the tables of 2017 and 2020, boxes and lists."""

import gzip
import io
import tarfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import cv2

from curation.phantom.chance import Chance
from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.images import decode
from manifests.contract.vocabulary import View

HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
BOX_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,"
TEST_EVERY = 4
"""One patient of so many stands in the list of test films; the first ones do not."""
LABELS = ("Pneumonia", "Consolidation|Pneumonia", "Infiltration|Pneumonia")
COPY = 20_000
"""Upstream does not know a copy's patient, so it gets a number of its own."""
Filed = tuple[str, Shot]


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write archives and tables for `shots`. The same shots give the same bytes."""
    filed = _named(shots)
    half = (len(filed) + 1) // 2
    _write_archive(folder / "images_001.tar.gz", filed[:half])
    # A file that no row names, as in the unlisted corners of every archive.
    unlisted = [("00030805_000.png", shot) for _, shot in filed[:1]]
    _write_archive(folder / "images_002.tar.gz", filed[half:] + unlisted)
    chance = Chance("world", world, "nih_cxr14")
    rows = [_row(name, shot, chance.of(shot.ref)) for name, shot in filed]
    # A row that no file goes with.
    rows.append("00030804_000.png,No Finding,0,30804,44,F,PA,2500,2048,0.168,0.168")
    _write_table(folder / "Data_Entry_2017_v2020.csv", HEADER, rows)
    # The older table: a blank column at the end, ages with units, one impossible.
    older = [f"{_older(row, is_first=not index)}," for index, row in enumerate(rows)]
    _write_table(folder / "Data_Entry_2017.csv", f"{HEADER},", older)
    boxes = [_box(row, shot) for row, (_, shot) in zip(rows, filed, strict=False)]
    _write_table(folder / "BBox_List_2017.csv", BOX_HEADER, list(filter(None, boxes)))
    _write_lists(folder, [row.partition(",")[0] for row in rows])


def _named(shots: Sequence[Shot]) -> list[Filed]:
    """The shots with upstream's names: eight digits of the patient, three of the follow-up."""
    ordered = sorted(shots, key=lambda shot: (_patient(shot), shot.day, shot.ref))
    return [
        (f"{number:08d}_{follow_up:03d}.png", shot)
        for number, films in groupby(ordered, _patient)
        for follow_up, shot in enumerate(films)
    ]


def _patient(shot: Shot) -> int:
    return number_of(shot.patient) + 1 + (COPY if shot.copy_of else 0)


def _row(name: str, shot: Shot, chance: Chance) -> str:
    labels = chance.pick("labels", LABELS) if shot.shows_disease else "No Finding"
    view = "PA" if shot.view is View.PA else "AP"
    return (
        f"{name},{labels},{int(name[9:12])},{int(name[:8])},{int(shot.age_years)},{shot.sex},{view},"
        "2500,2048,0.168,0.168"
    )


def _box(row: str, shot: Shot) -> str:
    """The row of the disease's frame on every second such film; nothing for any other.

    As upstream, the label is "Infiltrate" here, and the row ends before the header does.
    """
    name, labels, follow_up = row.split(",")[:3]
    if not shot.opacities.any() or labels == "No Finding" or int(follow_up) % 2:
        return ""
    height, width = shot.opacities.shape
    x, y, w, h = cv2.boundingRect(shot.opacities)
    film = decode(shot.data, name).pixels
    across, down = film.shape[1] / width, film.shape[0] / height
    label = "Infiltrate" if "Infiltration" in labels else "Pneumonia"
    return f"{name},{label},{x * across:.6f},{y * down:.6f},{w * across:.6f},{h * down:.6f}"


def _write_lists(folder: Path, names: list[str]) -> None:
    """The official split, by patient; a list without a name is not written."""
    is_test = [int(name[:8]) % TEST_EVERY == 0 for name in names]
    for place, wanted in (("train_val_list.txt", False), ("test_list.txt", True)):
        listed = [name for name, test in zip(names, is_test, strict=True) if test is wanted]
        if listed:
            (folder / place).write_text("\n".join([*listed, ""]), encoding="utf-8")


def _older(row: str, *, is_first: bool) -> str:
    cells = row.split(",")
    cells[4] = "414" if is_first else f"{int(cells[4]):03d}Y"
    return ",".join(cells)


def _write_table(place: Path, header: str, rows: list[str]) -> None:
    place.write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def _write_archive(place: Path, filed: list[Filed]) -> None:
    # Stored, not packed: PNGs do not shrink, and packed bytes differ between versions of zlib.
    with (
        place.open("wb") as file,
        gzip.GzipFile("", "wb", compresslevel=0, fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        folder = tarfile.TarInfo("images")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, shot in filed:
            member = tarfile.TarInfo(f"images/{name}")
            member.size = len(shot.data)
            archive.addfile(member, io.BytesIO(shot.data))
