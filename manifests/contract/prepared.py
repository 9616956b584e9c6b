"""Prepared stacks: what training knows of a film, and its pixels, mapped from disk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from manifests.contract.box import Box
from manifests.contract.folder import whole_file
from manifests.contract.packing import ROWS_PER_SHARD
from manifests.contract.table import BrokenTable, to_pandas

PREPARED_COLUMNS = ("record_id", "sha256", "source", "group", "split", "finding", "abnormal",
                    "patient_ill", "is_drawn", "group_sources", "paper_split", "age_years", "sex",
                    "view", "offset_days", "severity", "facts")  # fmt: skip
"""What training knows of a film, beside its pixels; the last six may be empty."""
CROP, LUNGS, PIXELS = "crop", "lungs", "pixels"
"""Which part of the film is shown; the lung mask on it, a bit for each pixel; the stack."""
BOX = ("crop_top", "crop_bottom", "crop_left", "crop_right")
"""Where that part lies, in shares of the film's frame."""
Pixels = npt.NDArray[np.uint8]


class Film(NamedTuple):
    """One row: what is known, the stack uint8[H, W, 3], the part it shows, the lungs on it."""

    known: dict[str, object]
    """The `PREPARED_COLUMNS`; what is not there is empty."""
    stack: Pixels
    crop: str = "whole"
    lungs: bytes | None = None
    """`numpy.packbits` of bool[H, W]; None for a film without mask."""
    box: Box = Box()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One recipe's output: `rows[i]` describes `pixels[i]`, which stays on disk until touched."""

    rows: pd.DataFrame
    """The `PREPARED_COLUMNS`, `crop` (whole, lungs, or why not: no_mask, no_lung, one_lung) and
    the four of `BOX`."""
    pixels: Sequence[Pixels]
    """uint8[N, H, W, 3], one memory-mapped array per shard."""
    masks: Sequence[pa.ChunkedArray]
    """The packed lung masks, one column per shard."""
    manifest_id: str
    recipe_id: str
    recipe: str
    """The whole recipe, as JSON."""
    channels: tuple[str, ...]
    base_levels: tuple[int, ...] | None
    """The histogram that films were matched to; None where none was."""
    max_side: int | None
    """Longest side of the working copies that they were made from, pixels; None if not told."""
    lungs_by: str | None
    """The network_id of the segmenter that found the lungs they are cropped to."""
    least_lung: float | None
    """Share of the frame below which an island was no lung to it."""

    def stack(self, index: int) -> Pixels:
        """uint8[H, W, 3] of row `index`, without a copy."""
        shard, row = divmod(index, ROWS_PER_SHARD)
        stack: Pixels = self.pixels[shard][row]
        return stack

    def box(self, index: int) -> Box:
        """The part of its film that the stack of row `index` shows."""
        known = self.rows.iloc[index]
        return Box(*(float(known[name]) for name in BOX))

    def lungs(self, index: int) -> npt.NDArray[np.bool_] | None:
        """bool[H, W], the lungs as they lie on the stack of row `index`; None without a mask.

        Not dilated, and of one lung or none where no more was found: `crop` says so.
        """
        shard, row = divmod(index, ROWS_PER_SHARD)
        bits = self.masks[shard][row].as_py()
        if bits is None:
            return None
        height, width = self.pixels[shard].shape[1:3]
        inside = np.unpackbits(np.frombuffer(bits, np.uint8), count=height * width)
        return inside.reshape(height, width).astype(np.bool_)


def write_prepared(folder: Path, films: Iterable[Film], meta: dict[str, str]) -> int:
    """Write films as Arrow shards that `datasets` reads; give their number.

    `meta` needs the keys manifest_id, recipe_id, recipe, channels (comma-separated) and size, and
    may have base_levels (comma-separated), max_side, lungs_by and least_lung; empty is none. The
    pixels are raw bytes, so that a training epoch maps them into memory and decodes nothing. One
    shard is in memory.
    """
    size = int(meta["size"])
    schema = prepared_schema(size, meta)
    stacks = np.empty((ROWS_PER_SHARD, size, size, 3), np.uint8)
    stream, count, number = iter(films), 0, 0
    while rows := _filled(stacks, stream):
        with (
            whole_file(folder / f"data-{number:05d}.arrow") as part,
            pa.OSFile(str(part), "wb") as sink,
            pa.ipc.new_stream(sink, schema) as writer,
        ):
            writer.write_batch(_shard(rows, stacks[: len(rows)], schema))
        count, number = count + len(rows), number + 1
    return count


def _filled(stacks: Pixels, films: Iterator[Film]) -> list[dict[str, object]]:
    """The rows of the next shard; their stacks lie in `stacks`."""
    rows = []
    for place, film in zip(stacks, islice(films, len(stacks)), strict=False):
        place[:] = film.stack
        where = dict(zip(BOX, film.box, strict=True))
        rows.append(film.known | where | {CROP: film.crop, LUNGS: film.lungs})
    return rows


def _shard(rows: list[dict[str, object]], stacks: Pixels, schema: pa.Schema) -> pa.RecordBatch:
    known = pa.RecordBatch.from_pylist(rows, schema=schema.remove(schema.get_field_index(PIXELS)))
    kind = schema.field(PIXELS).type
    pixels = pa.FixedSizeBinaryArray.from_buffers(kind, len(rows), [None, pa.py_buffer(stacks)])
    return pa.RecordBatch.from_arrays([*known.columns, pixels], schema=schema)


def prepared_schema(size: int, meta: dict[str, str]) -> pa.Schema:
    """The Arrow schema of prepared shards of `size` pixels a side."""
    kinds = dict.fromkeys(("abnormal", "patient_ill", "is_drawn"), pa.bool_())
    kinds |= {"age_years": pa.float64(), "offset_days": pa.int64()}
    kinds["group_sources"] = pa.list_(pa.string())
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in PREPARED_COLUMNS]
    fields.append(pa.field(CROP, pa.string()))
    fields.extend(pa.field(name, pa.float64()) for name in BOX)
    fields.append(pa.field(LUNGS, pa.binary(-(-size * size // 8))))
    fields.append(pa.field(PIXELS, pa.binary(size * size * 3)))
    return pa.schema(fields, metadata=meta)


def read_prepared(folder: Path) -> Prepared:
    """Map the shards in `folder` into memory. Raises `FileNotFoundError` when there are none.

    Raises `BrokenTable` for a damaged or foreign one.
    """
    shards = sorted(folder.glob("data-*.arrow"))
    if not shards:
        raise FileNotFoundError(f"{folder}: no shards; run `dvc repro prepare`")
    tables = [_table(shard) for shard in shards]
    meta = {k.decode(): v.decode() for k, v in tables[0].schema.metadata.items()}
    size, levels = int(meta["size"]), meta.get("base_levels")
    max_side, least_lung = meta.get("max_side"), meta.get("least_lung")
    return Prepared(
        rows=to_pandas(pa.concat_tables([t.drop_columns([LUNGS, PIXELS]) for t in tables])),
        pixels=[_mapped(table, size) for table in tables],
        masks=[table[LUNGS] for table in tables],
        manifest_id=meta["manifest_id"],
        recipe_id=meta["recipe_id"],
        recipe=meta["recipe"],
        channels=tuple(meta["channels"].split(",")),
        base_levels=tuple(map(int, levels.split(","))) if levels else None,
        max_side=int(max_side) if max_side else None,
        lungs_by=meta.get("lungs_by") or None,
        least_lung=float(least_lung) if least_lung else None,
    )


def _table(shard: Path) -> pa.Table:
    try:
        table = pa.ipc.open_stream(pa.memory_map(str(shard))).read_all()
    except (OSError, pa.ArrowInvalid) as fault:
        raise BrokenTable(f"{shard}: cannot be read ({fault}); run `dvc repro prepare`") from fault
    has_recipe = {b"size", b"recipe"} <= set(table.schema.metadata or {})
    needed = {*PREPARED_COLUMNS, *BOX, CROP, LUNGS, PIXELS}
    if not has_recipe or not needed <= set(table.column_names):
        raise BrokenTable(
            f"{shard}: is no shard of prepared films, or another version's; run `dvc repro prepare`"
        )
    return table


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
