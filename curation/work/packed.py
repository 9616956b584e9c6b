"""A result as bytes: a line of JSON, then arrays and files as they are. Never a pickle."""

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
_LENGTH = struct.Struct("<I")
_TYPES = ("uint8", "int16", "int32", "int64", "float32", "float64")


def pack(about: Mapping[str, object], parts: Sequence[bytes | Array] = ()) -> bytes:
    """`about` (what JSON holds) and `parts` as bytes; equal input gives equal bytes."""
    bodies = [part if isinstance(part, bytes) else _raw(part) for part in parts]
    shapes = [
        [len(part)] if isinstance(part, bytes) else [part.dtype.name, *part.shape] for part in parts
    ]
    head = json.dumps([about, shapes], sort_keys=True, separators=(",", ":")).encode()
    return b"".join([_LENGTH.pack(len(head)), head, *bodies])


def unpack(data: bytes) -> tuple[dict[str, Any], list[Any]]:
    """What `pack` was given: `about`, and each part as bytes or as an array that is read-only."""
    (length,) = _LENGTH.unpack_from(data)
    start = _LENGTH.size + length
    about, shapes = json.loads(data[_LENGTH.size : start])
    parts: list[Any] = []
    for shape in shapes:
        part, start = _part(data, start, shape)
        parts.append(part)
    return about, parts


def _raw(array: Array) -> bytes:
    if array.dtype.name not in _TYPES:
        raise TypeError(f"an array of {array.dtype} is not packed")
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()


def _part(data: bytes, start: int, shape: list[Any]) -> tuple[bytes | Array, int]:
    if isinstance(shape[0], int):
        end = start + shape[0]
        return data[start:end], end
    kind, sides = np.dtype(shape[0]), [int(side) for side in shape[1:]]
    count = int(np.prod(sides, dtype=np.int64))
    array = np.frombuffer(data, kind, count, start).reshape(sides)
    return array, start + count * kind.itemsize
