"""Packed pictures: working copies beside the records, and prepared stacks for training.

Never thousands of small files: DVC and the Hub both slow down on them a hundredfold.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from PIL import Image

from manifests.contract.folder import whole_file
from manifests.contract.images import Pixels
from manifests.contract.table import read_arrow, to_pandas, write_arrow

Item = TypeVar("Item")
ROWS_PER_SHARD = 1000
ROWS_PER_GROUP = 100
"""The Hub's viewer refuses row groups above 286 MiB; 100 films stay well below."""

WORKING = pa.schema([
    ("record_id", pa.string()),
    ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
])  # fmt: skip


def png(pixels: Pixels) -> bytes:
    """`pixels` as a PNG without any tag: uint8[H, W] or uint8[H, W, 3]."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG", compress_level=1)
    return data.getvalue()


def unpng(data: bytes) -> Pixels:
    """The pixels of one of our own PNGs (never of a picture from outside: see `images`)."""
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        return np.array(image, np.uint8)


def write_working(folder: Path, films: Iterable[tuple[str, Pixels]]) -> int:
    """Write (record_id, uint8[H, W]) pairs as `images-*.parquet` in `folder`; give their number.

    Streams: at most one shard is in memory.
    """
    count = 0
    # Packed before they are batched: a thousand films take 0.4 GB as PNG and 1 GB as pixels.
    packed = (
        {"record_id": record_id, "image": {"bytes": png(pixels), "path": None}}
        for record_id, pixels in films
    )
    for number, rows in enumerate(_batches(packed, ROWS_PER_SHARD)):
        write_arrow(
            folder / f"images-{number:05d}.parquet",
            pa.Table.from_pylist(list(rows), schema=WORKING),
            group_rows=ROWS_PER_GROUP,
        )
        count += len(rows)
    return count


class WorkingCopies:
    """The working copies (8-bit grey, longest side bounded) under one or more source folders."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._shards = [shard for f in folders for shard in sorted(f.glob("images-*.parquet"))]
        self._places: dict[str, Path] = {
            record_id: shard
            for shard in self._shards
            for record_id in read_arrow(shard, ["record_id"])["record_id"].to_pylist()
        }
        self._open: tuple[Path, dict[str, bytes]] | None = None

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._places

    def data(self, record_id: str) -> bytes:
        """The PNG of one film. One shard stays in memory, so ask in the order of `stream`."""
        place = self._places[record_id]
        if self._open is None or self._open[0] != place:
            made = read_arrow(place)
            images = made["image"].combine_chunks().field("bytes").to_pylist()
            self._open = place, dict(zip(made["record_id"].to_pylist(), images, strict=True))
        return self._open[1][record_id]

    def pixels(self, record_id: str) -> Pixels:
        """uint8[H, W] of one film."""
        return unpng(self.data(record_id))

    def stream(self, record_ids: Iterable[str]) -> Iterator[tuple[str, Pixels]]:
        """The asked films, each shard read once, in the order of the shards."""
        wanted = set(record_ids)
        for record_id in self._places:
            if record_id in wanted:
                yield record_id, self.pixels(record_id)


PREPARED_COLUMNS = ("record_id", "sha256", "source", "group", "split", "finding", "abnormal",
                    "patient_ill", "is_drawn")  # fmt: skip
"""What training knows of a film, beside its pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One recipe's output: `rows[i]` describes `pixels[i]`, which stays on disk until touched."""

    rows: pd.DataFrame
    pixels: Sequence[npt.NDArray[np.uint8]]
    """uint8[N, H, W, 3], one memory-mapped array per shard."""
    manifest_id: str
    recipe_id: str
    channels: tuple[str, ...]

    def stack(self, index: int) -> npt.NDArray[np.uint8]:
        """uint8[H, W, 3] of row `index`, without a copy."""
        shard, row = divmod(index, ROWS_PER_SHARD)
        stack: npt.NDArray[np.uint8] = self.pixels[shard][row]
        return stack


def write_prepared(
    folder: Path,
    films: Iterable[tuple[dict[str, object], npt.NDArray[np.uint8]]],
    meta: dict[str, str],
) -> int:
    """Write (columns, uint8[H, W, 3]) pairs as Arrow shards that `datasets` reads.

    `meta` needs the keys manifest_id, recipe_id, channels (comma-separated) and size. The pixels
    are raw bytes, so that a training epoch maps them into memory and decodes nothing.
    """
    size = int(meta["size"])
    schema = prepared_schema(size, meta)
    count = 0
    for number, shard in enumerate(_batches(films, ROWS_PER_SHARD)):
        rows = [{**known, "pixels": stack.tobytes()} for known, stack in shard]
        with (
            whole_file(folder / f"data-{number:05d}.arrow") as part,
            pa.OSFile(str(part), "wb") as sink,
            pa.ipc.new_stream(sink, schema) as stream,
        ):
            stream.write_table(pa.Table.from_pylist(rows, schema=schema))
        count += len(rows)
    return count


def prepared_schema(size: int, meta: dict[str, str]) -> pa.Schema:
    """The Arrow schema of prepared shards of `size` pixels a side."""
    booleans = {"abnormal", "patient_ill", "is_drawn"}
    fields = [
        pa.field(name, pa.bool_() if name in booleans else pa.string()) for name in PREPARED_COLUMNS
    ]
    fields.append(pa.field("pixels", pa.binary(size * size * 3)))
    return pa.schema(fields, metadata=meta)


def read_prepared(folder: Path) -> Prepared:
    """Map the shards in `folder` into memory. Raises `FileNotFoundError` when there are none."""
    shards = sorted(folder.glob("data-*.arrow"))
    if not shards:
        raise FileNotFoundError(f"{folder}: no shards; run `dvc repro prepare`")
    tables = [pa.ipc.open_stream(pa.memory_map(str(shard))).read_all() for shard in shards]
    meta = {k.decode(): v.decode() for k, v in (tables[0].schema.metadata or {}).items()}
    size = int(meta["size"])
    return Prepared(
        rows=to_pandas(pa.concat_tables([t.drop_columns(["pixels"]) for t in tables])),
        pixels=[_mapped(table, size) for table in tables],
        manifest_id=meta["manifest_id"],
        recipe_id=meta["recipe_id"],
        channels=tuple(meta["channels"].split(",")),
    )


def _mapped(table: pa.Table, size: int) -> npt.NDArray[np.uint8]:
    """uint8[N, size, size, 3] over the mapped file, no copy where the shard is one batch."""
    chunks = table["pixels"]
    # `combine_chunks` would copy even a single chunk out of the mapped file.
    column = chunks.chunk(0) if chunks.num_chunks == 1 else chunks.combine_chunks()
    raw = np.frombuffer(column.buffers()[1], np.uint8)
    row = size * size * 3
    start = column.offset * row
    pixels: npt.NDArray[np.uint8] = raw[start : start + len(column) * row].reshape(
        len(column), size, size, 3
    )
    return pixels


def _batches(items: Iterable[Item], rows: int) -> Iterator[tuple[Item, ...]]:
    stream = iter(items)
    while batch := tuple(islice(stream, rows)):
        yield batch
