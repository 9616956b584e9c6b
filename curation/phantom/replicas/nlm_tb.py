"""Small copies of the Montgomery and the Shenzhen set: films, readings, and masks of the lungs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from curation.phantom.files import encoded
from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.images import Pixels, decode
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Modality, Sex, View

MONTGOMERY, SHENZHEN = "MontgomerySet", "ChinaSet_AllFiles"
FOLDERS = {
    MONTGOMERY: ("CXR_png", "ClinicalReadings", "ManualMask/leftMask", "ManualMask/rightMask"),
    SHENZHEN: ("CXR_png", "ClinicalReadings", "mask"),
}
WORDS = {Sex.F: "female", Sex.M: "male"}
NOT_FRONTAL = {View.L, View.UNKNOWN}
ILL = "tuberculosis"
SAID = {"normal": "normal", ILL: "upper lobe infiltrate, consistent with active TB"}
MONTHS_BELOW, DAYS_BELOW = 2, 0.25
"""Years below which an age is written in months, in days."""
LINES = ("{} {}yrs", "{} , {}yrs\t\t", "{}{}yrs", "{} {}", "{} {}yrs")
"""Forms of the first line of a reading from Shenzhen."""


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write both sets for `shots`: healthy, or a tuberculosis. The same shots give the same bytes.

    Every frontal film is filed, and upstream says PA of them all. Patients go to the two sets in
    turn. Raises `ValueError` for a film of another disease, a lateral one or a slice.
    """
    del world
    for name, parts in FOLDERS.items():
        for part in parts:
            (folder / name / part).mkdir(parents=True)
        (folder / name / f"{name}-ReadMe.txt").write_text("Drawn by a computer, not data.\n")
    for shot, stem, first in _named(shots):
        _check(shot)
        _file(folder / (MONTGOMERY if _is_montgomery(shot) else SHENZHEN), shot, stem, first)
    if shots:
        _add_oddities(folder)


def _file(folder: Path, shot: Shot, stem: str, first: str) -> None:
    # Upstream holds PNGs only; a JPEG among them is found out by its content.
    (folder / "CXR_png" / f"{stem}.png").write_bytes(shot.data)
    if said := _reading(shot, first):
        reading = folder / "ClinicalReadings" / f"{stem}.txt"
        reading.write_text(said, encoding="utf-8", newline="")
    for name, mask in _masks(shot, stem):
        (folder / name).write_bytes(encoded(mask, "png"))


def _named(shots: Sequence[Shot]) -> Iterator[tuple[Shot, str, str]]:
    """Each shot, its stem, and the stem of its patient's first film where it is a later one."""
    counts: dict[str, int] = {}
    firsts: dict[str, str] = {}
    for shot in sorted(shots, key=lambda shot: (bool(shot.copy_of), shot.ref)):
        nth = counts.get(shot.patient, 0)
        counts[shot.patient] = nth + 1
        own = "MCUCXR" if _is_montgomery(shot) else "CHNCXR"
        stem = f"{own}_{_number(shot) * 10 + nth:04}_{_kind(shot)}"
        # A copy came from elsewhere, so upstream did not know that its patient is here.
        yield shot, stem, "" if shot.copy_of else firsts.get(shot.patient, "")
        if not shot.copy_of:
            firsts.setdefault(shot.patient, stem)


def _check(shot: Shot) -> None:
    if shot.condition not in {"normal", ILL}:
        raise ValueError(f"{shot.ref}: the tuberculosis sets hold no {shot.condition}")
    if shot.modality is not Modality.X_RAY or shot.view in NOT_FRONTAL:
        raise ValueError(f"{shot.ref}: the tuberculosis sets hold frontal films only")


def _kind(shot: Shot) -> int:
    """The last digit of a name: 1 where the film shows a tuberculosis."""
    return int(shot.condition == ILL)


def _is_montgomery(shot: Shot) -> bool:
    # Shenzhen has no word for another sex.
    return _number(shot) % 2 == 0 or shot.sex not in WORDS


def _number(shot: Shot) -> int:
    return number_of(shot.patient)


def _reading(shot: Shot, first: str) -> str:
    """What stands in the reading's file; nothing where upstream has none."""
    number, said = _number(shot), SAID[shot.condition]
    if number % 24 in {17, 22} and not first:
        return ""
    if _is_montgomery(shot):
        if first:
            return f"NO REPORT (same pt as {first})\n"
        mark = "\u2019" if number % 3 == 0 else "'"
        age = f"{int(shot.age_years):03}Y"
        if shot.age_years < MONTHS_BELOW:
            age = f"{round(shot.age_years * 12):03}M"
        return f"Patient{mark}s Sex: {shot.sex} \r\nPatient{mark}s Age: {age}\r\n{said}\r\n"
    known = f" (same pt as {first})" if first else ""
    # Some files go on with the reading of another patient.
    other = "\r\nfemale 51yrs\r\nnormal\r\n" if number % 10 == 1 else ""
    return f"{_line(shot)}\r\n{said}{known}\r\n{other}"


def _line(shot: Shot) -> str:
    """Sex and age as Shenzhen writes them."""
    number, sex = _number(shot), WORDS[shot.sex]
    if shot.age_years < DAYS_BELOW:
        return f"{sex} {round(shot.age_years * 365.25)}days"
    if shot.age_years < MONTHS_BELOW:
        return f"{sex} {round(shot.age_years * 12)}month"
    if shot.sex is Sex.F and number % 14 in {3, 9}:
        sex = "femal"
    return LINES[number // 2 % len(LINES)].format(sex, int(shot.age_years))


def _masks(shot: Shot, stem: str) -> Iterator[tuple[str, Pixels]]:
    """Path in the set and mask, of the size of the film; one film in seven of Shenzhen has none."""
    try:
        height, width = decode(shot.data, shot.ref).pixels.shape
    except Rejected:
        # A broken file has no size that a mask could have.
        return
    if not shot.lungs.any():
        return
    resized = cv2.resize(shot.lungs, (width, height), interpolation=cv2.INTER_NEAREST)
    lungs = np.asarray(resized, np.uint8)
    if not _is_montgomery(shot):
        if _number(shot) % 14 != 5:  # noqa: PLR2004 - any remainder
            yield f"mask/{stem}_mask.png", lungs
        return
    # The patient's right is on the viewer's left.
    right = np.where(np.arange(width) < width // 2, lungs, np.uint8(0))
    yield f"ManualMask/rightMask/{stem}.png", right
    yield f"ManualMask/leftMask/{stem}.png", lungs ^ right


def _add_oddities(folder: Path) -> None:
    """A withdrawn film whose reading and mask stayed, and what computers leave in folders."""
    gone = folder / SHENZHEN
    (gone / "ClinicalReadings/CHNCXR_0000_1.txt").write_text("male 37yrs\r\nPTB\r\n", newline="")
    mask = np.zeros((40, 48), np.uint8)
    mask[10:30, 8:40] = 255
    (gone / "mask/CHNCXR_0000_1_mask.png").write_bytes(encoded(mask, "png"))
    (folder / MONTGOMERY / "CXR_png/Thumbs.db").write_bytes(b"drawn")
