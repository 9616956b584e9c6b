"""How pictures are packed: tagless PNGs, in batches; never thousands of small files.

DVC and the Hub both slow down a hundredfold on small files, so stages hand over shards.
"""

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np
from PIL import Image

from manifests.contract.grey_png import grey_png
from manifests.contract.images import MAX_PIXELS, Pixels

Item = TypeVar("Item")
ROWS_PER_SHARD = 1000


def png(pixels: Pixels) -> bytes:
    """`pixels` as a PNG without any tag: uint8[H, W] or uint8[H, W, 3]."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()


def unpng(data: bytes) -> Pixels:
    """The pixels of one of our own PNGs (never of a picture from outside: see `images`)."""
    pixels = grey_png(data, MAX_PIXELS)
    if pixels is not None:
        return pixels
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        return np.array(image, np.uint8)


def batches(items: Iterable[Item], rows: int) -> Iterator[tuple[Item, ...]]:
    """The items in tuples of `rows`, the last one shorter."""
    stream = iter(items)
    while batch := tuple(islice(stream, rows)):
        yield batch
