"""Radiopaedia's viewer documents: which images a study shows, and where the original files are.

Arrows and labels are a layer of their own (`annotations`), which stays there: the files are clean.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from curation.sources.base_site import absolute

SITE = "https://radiopaedia.org"
HOST = "https://prod-images-static.radiopaedia.org/images"
STACKED = re.compile(r"\bstackedImages\s*=\s*(?=\[)")
# Of what comes in slices and sweeps, one picture stands for all.
SLICED = frozenset({
    "ct", "mri", "ultrasound", "nuclear medicine", "fluoroscopy", "mammography", "dsa",
    "dsa (angiography)", "angiography", "pathology", "photo", "diagram",
})  # fmt: skip


class Picture(NamedTuple):
    """One image that the viewer of a study shows."""

    ref: str
    urls: tuple[str, ...]
    """Where the file may be, the original first, then its largest copies."""
    view: str
    modality: str


class Shown(NamedTuple):
    """What a viewer document says of one study."""

    pictures: list[Picture]
    faults: list[str]
    """What stands in the document and is not understood."""
    caption: str = ""
    findings: str = ""


NOTHING = Shown([], [])


def shown_in(text: str, study: str) -> Shown:
    """The images of `study` in a viewer document: the array of 2020 or the object of 2023.

    Nothing where the document is of another shape or another study.
    """
    try:
        viewer: Any = json.loads(text)
        if isinstance(viewer, list):
            return _sorted(part for stack in viewer for part in _of_stack(stack))
        if str(viewer["study"]["id"]) != study:
            return NOTHING
        said = viewer["study"]
        modality = said.get("modality") or ""
        shown = _sorted(part for series in said["series"] for part in _of_series(series, modality))
        return shown._replace(caption=_plain(said.get("caption")),
                              findings=_plain(said.get("findings")))  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return NOTHING


def stacked_in(script: str) -> str:
    """The array that the fullscreen page of a study gives to `var stackedImages`, or nothing."""
    if not (found := STACKED.search(script)):
        return ""
    try:
        return json.dumps(json.JSONDecoder().raw_decode(script, found.end())[0])
    except (ValueError, RecursionError):
        return ""


def _sorted(parts: Iterator[Picture | str]) -> Shown:
    found = list(parts)
    return Shown(
        [part for part in found if isinstance(part, Picture)],
        [part for part in found if isinstance(part, str)],
    )


def _of_stack(stack: Any) -> Iterator[Picture | str]:  # noqa: ANN401 - JSON as it came
    modality, images = stack.get("modality") or "", stack.get("images") or []
    if not images:
        yield "a stack without images"
    if _is_sliced(modality):
        images = [image for image in images if image.get("show_stack_key_image")][:1] or images[:1]
    for place, image in enumerate(images, start=1):
        named = (image.get("public_filename"), image.get("fullscreen_filename"))
        urls = tuple(dict.fromkeys(absolute(SITE, name) for name in named if name))
        if not (urls and image.get("id")):
            yield f"image {place} of a stack names no file"
            continue
        view = _view(modality, image.get("plane_projection"), image.get("aux_modality"))
        yield Picture(str(image["id"]), urls, view, modality)


def _of_series(series: Any, modality: str) -> Iterator[Picture | str]:  # noqa: ANN401 - JSON as it came
    modality = series.get("modality") or modality
    files = (series.get("encodings") or {}).get("thumbnailed_files") or []
    frames = list(enumerate(series.get("frames") or []))
    if not frames:
        yield "a series without frames"
    if _is_sliced(modality):
        frames = [(i, frame) for i, frame in frames if frame.get("current")][:1] or frames[:1]
    view = _view(modality, series.get("perspective"), series.get("specifics"))
    for place, frame in frames:
        names = _names(files, place)
        if not (names and frame.get("id")):
            yield f"frame {place + 1} of a series names no file"
            continue
        number = str(frame["id"])
        urls = tuple(f"{HOST}/{number}/{name}" for name in names)
        yield Picture(number, urls, view, modality)


def _names(files: list[dict[str, str]], place: int) -> list[str]:
    """File names of one frame; early uploads have no encodings and one fixed name."""
    if place >= len(files):
        return ["dr-original.jpg"]
    original = files[place].get("original") or ""
    stem = original.rpartition(".")[0]
    return [original, f"{stem}_big_gallery.jpeg", f"{stem}_jumbo.jpeg"] if stem else []


def _is_sliced(modality: str) -> bool:
    return modality.strip().lower() in SLICED


def _view(modality: str, *parts: str | None) -> str:
    """The projection of a radiograph; a CT's "Axial" is the name of a plane, not of a view."""
    named = [part.strip() for part in parts if part and part.strip()]
    return "" if _is_sliced(modality) else " ".join(named)


def _plain(said: object) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", str(said or "")).split())
