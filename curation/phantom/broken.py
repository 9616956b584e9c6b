"""Files as a site or a clone really holds them now and then: ingest must refuse each of them."""

import dataclasses
import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from curation.phantom.files import TAG, tagged_png
from curation.phantom.shot import Shot
from manifests.contract.images import Pixels

KINDS = ("truncated", "html", "animated", "gif")
"""In the order of the patients who get one."""


def broken(shot: Shot, kind: str) -> Shot:
    """The shot with a file that is no whole, still film; the kind ends its `ref`."""
    made: dict[str, Callable[[], tuple[bytes, str]]] = {
        "truncated": lambda: (shot.data[: len(shot.data) // 2], shot.extension),
        "html": lambda: (_page(), "jpg"),
        "animated": lambda: (tagged_png(_moving(shot.lungs, "PNG")), "png"),
        "gif": lambda: (_moving(shot.lungs, "GIF"), "png"),
    }
    data, extension = made[kind]()
    return dataclasses.replace(shot, data=data, extension=extension, ref=f"{shot.ref}-{kind}")


def _page() -> bytes:
    return b"<!DOCTYPE html>\n<html><!-- " + TAG + b" --><body>Not found</body></html>\n"


def _moving(pixels: Pixels, kind: str) -> bytes:
    data = io.BytesIO()
    frames = [Image.fromarray(np.roll(pixels, step, axis=0)) for step in (0, 40)]
    frames[0].save(data, kind, save_all=True, append_images=frames[1:], comment=TAG)
    return data.getvalue()
