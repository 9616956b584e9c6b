"""Reading words from the boxes that were found, with an OCR library that needs no download.

It is an extra: `pip install -e '.[text]'`. Only recognition is used, since the boxes are known
already: a box takes a fortieth of a second where looking for words takes seconds.
"""

from functools import cache
from importlib import metadata, util
from threading import Lock
from typing import Any

import cv2

from manifests.contract.images import Pixels
from manifests.contract.params import Misspelt

LIBRARIES = ("rapidocr", "onnxruntime")
SURE = 0.6
"""Least score, 0 to 1, of words that are believed."""
HEIGHT, RATIO = 48, 24
"""The library reads at this height, pixels, and long lines far too slowly: widths, in heights."""
_lock = Lock()


def require() -> None:
    """Raise `Misspelt` where the extra is not installed."""
    if any(util.find_spec(library) is None for library in LIBRARIES):
        raise Misspelt(
            "params.yaml: 'text.read' is true, and the OCR library is not installed; "
            "run `pip install -e '.[text]'`, or set it to false"
        )


def version() -> str:
    """Which libraries read: another version may read other words."""
    return " ".join(f"{library}=={metadata.version(library)}" for library in LIBRARIES)


def read(crop: Pixels) -> str:
    """The words on uint8[H, W], one line of text; empty where nothing can be read for sure."""
    height, width = crop.shape
    if width > RATIO * height or min(crop.shape) < 1:
        return ""
    # Each line alone: the library pads lines that come together to one width, and reads otherwise.
    image = cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR)
    found = _recognizer()(image, use_det=False, use_cls=False, use_rec=True)
    words, score = (found.txts or [""])[0], (found.scores or [0.0])[0]
    return str(words).strip() if float(score) >= SURE else ""


def _recognizer() -> Any:  # noqa: ANN401 - the library has no types of its own
    # Threads share one network, which may be asked by many at once and made by one only.
    with _lock:
        return _made()


@cache
def _made() -> Any:  # noqa: ANN401 - the library has no types of its own
    from rapidocr import RapidOCR  # noqa: PLC0415 - an extra, and slow to import

    engine = "EngineConfig.onnxruntime"
    settings = {
        "Global.use_det": False, "Global.use_cls": False, "Global.log_level": "error",
        # One thread in each of ours: more would fight, and add up in another order.
        f"{engine}.intra_op_num_threads": 1, f"{engine}.inter_op_num_threads": 1,
    }  # fmt: skip
    return RapidOCR(params=settings)
