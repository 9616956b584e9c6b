"""What lies beside the films of a set: readings, a table, lung masks, all found by film."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from curation.sources.base import Lost
from curation.sources.base_files import rows, text
from curation.sources.nlm_tb.archive import FILMS, Contents
from curation.sources.nlm_tb.readings import Reading, reading
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

READINGS = "ClinicalReadings"
LEFT, RIGHT = "ManualMask/leftMask", "ManualMask/rightMask"
UNIONS = ("mask", "masks")
KNOWN = frozenset({FILMS, READINGS, LEFT, RIGHT, *UNIONS})
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".dcm"})
NOT_READ = ("annotation", "statistics")
"""Beginnings of folders that are published too, and hold no films, readings or lung masks."""
TABLE = "shenzhen_metadata.csv"
Image = Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """By name of the film, in capitals and without extension. `lost` is what has no film."""

    readings: dict[str, Reading] = field(default_factory=dict)
    masks: dict[str, tuple[Image, ...]] = field(default_factory=dict)
    halves: dict[str, str] = field(default_factory=dict)
    """Films of which only one lung was drawn: "left only" or "right only"."""
    lost: list[Lost] = field(default_factory=list)


def key(name: str) -> str:
    """How a film is looked up: without folder and extension, in capitals."""
    return PurePosixPath(name).stem.upper()


def beside(held: Contents, table: Path, films: Collection[str], ref: str) -> Beside:
    """All that belongs to `films` (keys) in a set; `ref` stands before names in sentences."""
    found = Beside()
    found.lost.extend(_strange(f"{ref}/{name}") for name in _outside(held))
    _take_readings(found, held, films, ref)
    if table.is_file():
        _take_table(found, table, films, ref)
    _take_masks(found, held, films, ref)
    return found


def _outside(held: Contents) -> list[str]:
    """Pictures in no folder that is read, and folders without pictures that nobody knows."""
    names = [n for n in sorted(held) if not n.casefold().startswith(NOT_READ)]
    names = [name for name in names if "/" not in name or _folder(name) not in KNOWN]
    pictures = [name for name in names if PurePosixPath(name).suffix.lower() in PICTURES]
    folders = {_folder(name) for name in names if "/" in name} - {_folder(p) for p in pictures}
    return [*pictures, *sorted(folders)]


def _take_readings(found: Beside, held: Contents, films: Collection[str], ref: str) -> None:
    for name, data in _below(held, READINGS):
        place = f"{ref}/{name}"
        if not name.casefold().endswith(".txt"):
            found.lost.append(_unlisted(place, "is no reading of a film; take it away"))
        elif key(name) not in films:
            found.lost.append(_missing(place, "is the reading of a film"))
        elif key(name) in found.readings:
            found.lost.append(_unlisted(place, "is a second reading; keep the right one"))
        else:
            try:
                found.readings[key(name)] = reading(text(data()))
            except Rejected as verdict:
                found.lost.append(
                    Lost(source_ref=place, reason=verdict.reason, detail=verdict.detail)
                )
    if found.readings and all(one.says_nothing for one in found.readings.values()):
        detail = f"{ref}/{READINGS}: no sex or age in any reading; have they another form now?"
        found.lost.append(
            Lost(source_ref=f"{ref}/{READINGS}", reason=Reason.LAYOUT_CHANGED, detail=detail)
        )


def _take_table(found: Beside, table: Path, films: Collection[str], ref: str) -> None:
    """A table with sex and age holds where a film has no reading."""
    listed = set[str]()
    try:
        for row in rows(table, "study_id", "sex", "age"):
            if isinstance(row, Lost):
                found.lost.append(row)
                continue
            film = key(row["study_id"])
            place = f"{ref}/{TABLE}, line {row.line}"
            if film in listed:
                found.lost.append(_unlisted(place, f"is a second row of {film}; keep one"))
            elif film not in films:
                found.lost.append(_missing(place, f"is the row of {film or 'no film'}"))
            else:
                found.readings.setdefault(film, Reading(row["sex"], row["age"]))
            listed.add(film)
    except Rejected as verdict:
        found.lost.append(
            Lost(source_ref=f"{ref}/{TABLE}", reason=verdict.reason, detail=verdict.detail)
        )


def _take_masks(found: Beside, held: Contents, films: Collection[str], ref: str) -> None:
    drawn: dict[str, dict[str, Image]] = {}
    for folder in (LEFT, RIGHT, *UNIONS):
        for name, data in _below(held, folder):
            film = key(name) if folder in {LEFT, RIGHT} else key(name).removesuffix("_MASK")
            if film not in films:
                found.lost.append(_unlisted(f"{ref}/{name}", "is a lung mask without its film"))
            elif folder in drawn.get(film, {}):
                found.lost.append(_unlisted(f"{ref}/{name}", "is a second mask of its film"))
            else:
                drawn.setdefault(film, {})[folder] = data
    for film, parts in sorted(drawn.items()):
        both = [parts[side] for side in (LEFT, RIGHT) if side in parts]
        unions = [parts[folder] for folder in UNIONS if folder in parts]
        # One lung of two would be read as: the other one is not there.
        found.masks[film] = tuple(both) if len(both) > 1 else tuple(unions[:1])
        if len(both) == 1:
            found.halves[film] = "left only" if LEFT in parts else "right only"


def _folder(name: str) -> str:
    """The folder of the set that the file lies in; of the masks by hand, the folder of the side."""
    first, _, rest = name.partition("/")
    return f"{first}/{rest.split('/')[0]}" if LEFT.startswith(f"{first}/") else first


def _below(held: Contents, folder: str) -> Iterator[tuple[str, Image]]:
    return ((name, data) for name, data in held.items() if name.startswith(f"{folder}/"))


def _strange(place: str) -> Lost:
    detail = f"{place}: lies where this source knows of nothing; it is not read, move it"
    return Lost(source_ref=place, reason=Reason.LAYOUT_CHANGED, detail=detail)


def _unlisted(place: str, what: str) -> Lost:
    return Lost(source_ref=place, reason=Reason.UNLISTED_IMAGE, detail=f"{place}: {what}")


def _missing(place: str, what: str) -> Lost:
    detail = f"{place}: {what} that is not in {FILMS}; fetch it again"
    return Lost(source_ref=place, reason=Reason.MISSING_IMAGE, detail=detail)
