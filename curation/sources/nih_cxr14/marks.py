"""What further files of NIH say of a film: boxes that radiologists drew, and the official split."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curation.sources.base import Box, Lost
from curation.sources.base_files import Row, rows, text
from curation.sources.nih_cxr14.pictures import lost
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

BOXES = "BBox_List_2017.csv"
# "Bbox [x,y,w,h],,," is one bracket to a person and seven columns to a reader of CSV.
BOX_COLUMNS = ("image_index", "finding_label", "bbox_[x", "y", "w", "h]")
LISTS = {"train_val_list.txt": "train_val", "test_list.txt": "test"}
FIRST, SECOND = LISTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Boxes and part of the official split, by a film's name in small letters; and see below."""

    boxes: dict[str, tuple[Box, ...]] = field(default_factory=dict)
    splits: dict[str, str] = field(default_factory=dict)
    elsewhere: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the table finds in a patient on films that are not asked for, by `patient_id`."""
    faults: list[Lost] = field(default_factory=list)


def marks(files: Path, listed: Mapping[str, Row], asked: Container[str]) -> Marks:
    """The marks on films that are `asked` for; both files are optional.

    A mark on a film that is not asked for is not counted, just as the film is not. One on a film
    that is not `listed` in the table is a fault, and told.
    """
    found = Marks()
    for row in (row for name, row in listed.items() if name not in asked):
        known = found.elsewhere.get(row["patient_id"], ())
        found.elsewhere[row["patient_id"]] = (*known, row["finding_labels"])
    for name, box in _boxes(files, listed, found.faults):
        found.boxes[name] = (*found.boxes.get(name, ()), box)
    for name, part in _splits(files, listed, found.faults):
        if name not in asked:
            continue
        if found.splits.setdefault(name, part) != part:
            sentence = f"{name} stands in {FIRST} too; neither counts until NIH's lists are mended"
            found.faults.append(lost(f"{SECOND}, {name}", Reason.INVALID_FIELD, sentence))
            found.splits[name] = ""
    return found


def _boxes(files: Path, listed: Container[str], faults: list[Lost]) -> Iterator[tuple[str, Box]]:
    if not (files / BOXES).is_file():
        return
    try:
        for row in rows(files / BOXES, *BOX_COLUMNS):
            if isinstance(row, Lost):
                faults.append(row)
            elif row["image_index"].casefold() not in listed:
                faults.append(_astray(row))
            else:
                yield row["image_index"].casefold(), Box(*(row[c] for c in BOX_COLUMNS[1:]))
    except Rejected as verdict:
        # The films can do without their boxes.
        faults.append(Lost(source_ref=BOXES, reason=verdict.reason, detail=verdict.detail))


def _astray(row: Row) -> Lost:
    found = f"a box on {row['image_index']!r}, which no row of the table lists; mend its name"
    return lost(f"{BOXES}, line {row.line}", Reason.UNLISTED_IMAGE, found)


def _splits(files: Path, listed: Container[str], faults: list[Lost]) -> Iterator[tuple[str, str]]:
    for place, part in LISTS.items():
        if not (files / place).is_file():
            continue
        lines = text((files / place).read_bytes()).splitlines()
        names = [line.strip().casefold() for line in lines if line.strip()]
        yield from ((name, part) for name in names if name in listed)
        # One row for all: a table of a part of the films goes with the lists of all of them.
        if strange := [name for name in names if name not in listed]:
            found = f"{len(strange)} names that no row of the table lists, such as {strange[0]!r}"
            faults.append(lost(place, Reason.UNLISTED_IMAGE, f"{found}; bring the whole table"))
        if not names:
            faults.append(lost(place, Reason.LAYOUT_CHANGED, "names no film; fetch it again"))
