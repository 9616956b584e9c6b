"""The set of Kermany et al. in small: children, in folders whose names are all that is known."""

from collections.abc import Sequence
from pathlib import Path

from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot

SPLITS = ("train", "train", "train", "test", "val")


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write `chest_xray/` for `shots`, with a nested copy and the archiver's leavings.

    Normal films and pneumonias of children; raises `ValueError` for COVID-19, which the set is too
    old to hold. The same shots give the same bytes, whatever the world.
    """
    del world
    root = folder / "chest_xray"
    root.mkdir(parents=True)
    for order, shot in enumerate(sorted(shots, key=lambda shot: shot.ref)):
        place = root / _place(shot, order)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(shot.data)
        if order == 0:
            _leave(root, place)


def _leave(root: Path, place: Path) -> None:
    """What the zip of one re-upload carries beside the films."""
    inside = place.relative_to(root)
    nested, junk = root / "chest_xray" / inside, root / "__MACOSX" / f"._{inside.name}"
    for file, data in ((nested, place.read_bytes()), (junk, b"Mac OS X")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def _place(shot: Shot, order: int) -> str:
    if shot.condition == "covid19":
        raise ValueError(f"{shot.ref}: the set was made before COVID-19")
    number = number_of(shot.patient)
    split = SPLITS[number % len(SPLITS)]
    if shot.condition == "normal":
        stem = "NORMAL2-IM" if number % 3 == 0 else "IM"
        return f"{split}/NORMAL/{stem}-{number:04}-{order + 1:04}.jpeg"
    agent = ("bacteria", "virus")[number % 2]
    return f"{split}/PNEUMONIA/person{number}_{agent}_{order + 1}.jpeg"
