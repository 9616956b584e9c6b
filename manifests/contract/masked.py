"""Films whose lungs a person drew, small and packed: what a lung segmenter learns from.

One row per film, in the order of record ids. Nothing of other films or of the whole manifest stands
in it, so a source without masks changes none of its bytes. N films.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from manifests.contract.images import Pixels
from manifests.contract.packing import ROWS_PER_SHARD, batches, png, unpng
from manifests.contract.table import BrokenTable, read_arrow, write_arrow

SIDE = 256
"""Pixels a side that a film and its mask are squeezed to."""
INSIDE = 255
"""Grey level of a mask inside the lungs; outside it is 0."""
_PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
MASKED = pa.schema([
    ("record_id", pa.string()), ("source", pa.string()), ("group", pa.string()),
    ("is_drawn", pa.bool_()), ("image", _PICTURE), ("mask", _PICTURE),
])  # fmt: skip


class MaskedFilm(NamedTuple):
    """One film: `film` and `mask` are uint8[256, 256], the mask 0 or 255."""

    record_id: str
    source: str
    group: str
    is_drawn: bool
    film: Pixels
    mask: Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedFilms:
    """All of them, in memory: a thousand take 130 MB."""

    record_ids: tuple[str, ...]
    sources: tuple[str, ...]
    groups: tuple[str, ...]
    is_drawn: bool
    """Whether any comes from the phantom world."""
    films: npt.NDArray[np.uint8]
    """uint8[N, 256, 256], grey."""
    masks: npt.NDArray[np.uint8]
    """uint8[N, 256, 256], 0 or 255."""

    def __len__(self) -> int:
        return len(self.record_ids)


def squeezed(pixels: Pixels, side: int = SIDE) -> Pixels:
    """The whole frame of uint8[H, W] as uint8[side, side], each pixel the mean of its area."""
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def squeezed_mask(mask: Pixels, side: int = SIDE) -> Pixels:
    """The same of a mask, by nearest pixel, so that it stays 0 or 255."""
    small = cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(np.where(small > INSIDE // 2, INSIDE, 0), np.uint8)


def write_masked(folder: Path, films: Iterable[MaskedFilm]) -> int:
    """Write `masked-*.parquet` into `folder`, at least one; give the number of films."""
    count = 0
    rows = (
        {
            "record_id": one.record_id, "source": one.source, "group": one.group,
            "is_drawn": one.is_drawn, "image": {"bytes": png(one.film), "path": None},
            "mask": {"bytes": png(one.mask), "path": None},
        }
        for one in films
    )  # fmt: skip
    for number, shard in enumerate(batches(rows, ROWS_PER_SHARD)):
        _write(folder, number, list(shard))
        count += len(shard)
    if not count:
        # Whoever reads finds no film, and not that the stage never ran.
        _write(folder, 0, [])
    return count


def _write(folder: Path, number: int, rows: list[dict[str, object]]) -> None:
    made = pa.Table.from_pylist(rows, schema=MASKED)
    pictures = ["image.bytes", "mask.bytes"]
    write_arrow(folder / f"masked-{number:05d}.parquet", made, already_packed=pictures)


def read_masked(folder: Path) -> MaskedFilms:
    """The films in `folder`. Raises `BrokenTable` when it holds none of this shape."""
    shards = sorted(folder.glob("masked-*.parquet"))
    if not shards:
        raise BrokenTable(f"{folder}: no films with masks there; run `dvc repro masked`")
    made = pa.concat_tables(_read(shard) for shard in shards)
    return MaskedFilms(
        record_ids=tuple(made["record_id"].to_pylist()),
        sources=tuple(made["source"].to_pylist()),
        groups=tuple(made["group"].to_pylist()),
        is_drawn=any(made["is_drawn"].to_pylist()),
        films=_pictures(made["image"]),
        masks=_pictures(made["mask"]),
    )


def _read(shard: Path) -> pa.Table:
    made = read_arrow(shard)
    if made.schema.remove_metadata() != MASKED:
        raise BrokenTable(f"{shard}: holds no films with masks; run `dvc repro masked`")
    return made


def _pictures(column: pa.ChunkedArray) -> npt.NDArray[np.uint8]:
    packed = [picture["bytes"] for picture in column.to_pylist()]
    return np.stack([unpng(data) for data in packed]) if packed else _none()


def _none() -> npt.NDArray[np.uint8]:
    return np.zeros((0, SIDE, SIDE), np.uint8)
