"""Prepared stacks: what training knows of a film, and its pixels, mapped from disk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from manifests.contract.folder import whole_file
from manifests.contract.packing import ROWS_PER_SHARD, batches
from manifests.contract.table import BrokenTable, to_pandas

PREPARED_COLUMNS = ("record_id", "sha256", "source", "group", "split", "finding", "abnormal",
                    "patient_ill", "is_drawn", "group_sources", "paper_split")  # fmt: skip
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

    def lungs(self, index: int) -> npt.NDArray[np.uint8] | None:
        """uint8[H, W], 0 or 255, in the frame of the stack; None where no mask stands beside it."""
        del index
        return None


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
    for number, shard in enumerate(batches(films, ROWS_PER_SHARD)):
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
    kinds = dict.fromkeys(("abnormal", "patient_ill", "is_drawn"), pa.bool_())
    kinds["group_sources"] = pa.list_(pa.string())
    fields = [pa.field(name, kinds.get(name, pa.string())) for name in PREPARED_COLUMNS]
    fields.append(pa.field("pixels", pa.binary(size * size * 3)))
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
    size = int(meta["size"])
    return Prepared(
        rows=to_pandas(pa.concat_tables([t.drop_columns(["pixels"]) for t in tables])),
        pixels=[_mapped(table, size) for table in tables],
        manifest_id=meta["manifest_id"],
        recipe_id=meta["recipe_id"],
        channels=tuple(meta["channels"].split(",")),
    )


def _table(shard: Path) -> pa.Table:
    try:
        table = pa.ipc.open_stream(pa.memory_map(str(shard))).read_all()
    except (OSError, pa.ArrowInvalid) as fault:
        raise BrokenTable(f"{shard}: cannot be read ({fault}); run `dvc repro prepare`") from fault
    if b"size" not in (table.schema.metadata or {}):
        raise BrokenTable(f"{shard}: is no shard of prepared films; run `dvc repro prepare`")
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
