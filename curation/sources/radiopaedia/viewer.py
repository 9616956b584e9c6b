"""Radiopaedia's viewer documents: which images a study shows, and where the original files are."""

import json
from typing import Any, NamedTuple

HOST = "https://prod-images-static.radiopaedia.org/images"


class Picture(NamedTuple):
    """One image that the viewer of a study shows."""

    ref: str
    url: str
    view: str
    modality: str


def shown_in(text: str, study: str) -> list[Picture]:
    """The images of `study` in a viewer document: the array of 2020 or the object of 2023.

    Empty where the document is of another shape or another study. Of a stack that is no X-ray
    (a CT may hold hundreds of slices) only the key image is taken, to stand for it.
    """
    try:
        viewer: Any = json.loads(text)
        if isinstance(viewer, list):
            return [shown for stack in viewer for shown in _of_stack(stack)]
        if str(viewer["study"]["id"]) != study:
            return []
        modality = viewer["study"].get("modality") or ""
        return [
            shown for series in viewer["study"]["series"] for shown in _of_series(series, modality)
        ]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return []


def _of_stack(stack: Any) -> list[Picture]:  # noqa: ANN401 - JSON as it came
    modality = stack["modality"] or ""
    images = stack["images"]
    if not _is_x_ray(modality):
        images = [image for image in images if image.get("show_stack_key_image")][:1] or images[:1]
    return [
        Picture(
            str(image["id"]),
            str(image.get("public_filename") or image["fullscreen_filename"]),
            _view(modality, image.get("plane_projection"), image.get("aux_modality")),
            modality,
        )
        for image in images
    ]


def _of_series(series: Any, modality: str) -> list[Picture]:  # noqa: ANN401 - JSON as it came
    modality = series.get("modality") or modality
    files = (series.get("encodings") or {}).get("thumbnailed_files") or []
    frames = list(enumerate(series["frames"]))
    if not _is_x_ray(modality):
        frames = [(i, frame) for i, frame in frames if frame.get("current")][:1] or frames[:1]
    view = _view(modality, series.get("perspective"), series.get("specifics"))
    return [
        Picture(str(frame["id"]), f"{HOST}/{frame['id']}/{_name(files, i)}", view, modality)
        for i, frame in frames
    ]


def _name(files: list[dict[str, str]], position: int) -> str:
    """The original's file name; early uploads have no encodings and one fixed name."""
    return (files[position].get("original") if position < len(files) else "") or "dr-original.jpg"


def _is_x_ray(modality: str) -> bool:
    return modality.lower() in {"x-ray", "xray", "radiograph"}


def _view(modality: str, *parts: str | None) -> str:
    """The projection of a radiograph; a CT's "Axial" is the name of a plane, not of a view."""
    named = [part.strip() for part in parts if part and part.strip()]
    return " ".join(named) if _is_x_ray(modality) else ""
