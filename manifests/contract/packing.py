"""How pictures are packed: tagless PNGs, batches, and room on disk; never thousands of small files.

DVC and the Hub both slow down a hundredfold on small files, so stages hand over shards.
"""

import io
import math
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from manifests.contract.images import Pixels

Item = TypeVar("Item")
ROWS_PER_SHARD = 1000
BLOCK = 2**20


def png(pixels: Pixels) -> bytes:
    """`pixels` as a PNG without any tag: uint8[H, W] or uint8[H, W, 3]."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()


def unpng(data: bytes) -> Pixels:
    """The pixels of one of our own PNGs (never of a picture from outside: see `images`)."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        return np.array(image, np.uint8)


def scratch(file: IO[bytes], shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """uint8 of `shape`, mapped onto the empty `file`, for what no memory holds.

    Its room on disk is taken at once, so that a full disk is an `OSError` here: found while the
    pages are written, it would end the process without a word.
    """
    size = max(1, math.prod(shape))
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    else:
        # macOS has no such call; zeros take the room as well.
        for start in range(0, size, BLOCK):
            file.write(bytes(min(BLOCK, size - start)))
        file.flush()
    return np.memmap(file, np.uint8, "r+", shape=shape)


def batches(items: Iterable[Item], rows: int) -> Iterator[tuple[Item, ...]]:
    """The items in tuples of `rows`, the last one shorter."""
    stream = iter(items)
    while batch := tuple(islice(stream, rows)):
        yield batch
