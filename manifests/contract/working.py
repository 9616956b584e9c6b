"""Working copies: every film as 8-bit grey of bounded size, packed beside the records."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from manifests.contract.images import Pixels
from manifests.contract.packing import ROWS_PER_SHARD, batches, png, unpng
from manifests.contract.table import BrokenTable, read_arrow, write_arrow

MASKS = "masks"
"""Beside the working copies: the lung masks that sources give, packed in the same way."""
ROWS_PER_GROUP = 100
"""The Hub's viewer refuses row groups above 286 MiB; 100 films stay well below."""

WORKING = pa.schema([
    ("record_id", pa.string()),
    ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
    # Of the PNG: what was found out about a picture is remembered under it.
    ("sha256", pa.string()),
])  # fmt: skip


def write_working(folder: Path, films: Iterable[tuple[str, Pixels]]) -> int:
    """Write (record_id, uint8[H, W]) pairs as `images-*.parquet` in `folder`; give their number.

    Streams: at most two shards are in memory.
    """
    # Packed before they are batched: a thousand films take 0.4 GB as PNG and 1 GB as pixels.
    return write_packed(folder, ((record_id, png(pixels)) for record_id, pixels in films))


def write_packed(folder: Path, films: Iterable[tuple[str, bytes]]) -> int:
    """The same from pictures that are PNGs of ours already."""
    count = 0
    rows_of = (
        {
            "record_id": record_id,
            "image": {"bytes": data, "path": None},
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for record_id, data in films
    )
    with ThreadPoolExecutor(1) as pool:
        before: Future[None] | None = None
        for number, rows in enumerate(batches(rows_of, ROWS_PER_SHARD)):
            made = pa.Table.from_pylist(list(rows), schema=WORKING)
            if before:
                before.result()
            # Films of the next shard are made while this one goes to the disk.
            before = pool.submit(_write, folder / f"images-{number:05d}.parquet", made)
            count += len(rows)
        if before:
            before.result()
    return count


def _write(place: Path, made: pa.Table) -> None:
    write_arrow(place, made, group_rows=ROWS_PER_GROUP, already_packed=["image.bytes"])


class WorkingCopies:
    """The working copies (8-bit grey, longest side bounded) under one or more source folders.

    `at_hand` shards stay in memory: one of a thousand films takes half a gigabyte, one of masks a
    few megabytes.
    """

    def __init__(self, folders: Sequence[Path], at_hand: int = 1) -> None:
        self._at_hand = at_hand
        self._shards = [shard for f in folders for shard in sorted(f.glob("images-*.parquet"))]
        self._places: dict[str, Path] = {}
        self._hashes: dict[str, str] = {}
        for shard in self._shards:
            known = read_arrow(shard, ["record_id", "sha256"])
            if known.num_columns < 2:  # noqa: PLR2004 - the two asked for
                raise BrokenTable(f"{shard}: made by another version; run ingest again")
            ids = known["record_id"].to_pylist()
            self._places.update(dict.fromkeys(ids, shard))
            self._hashes.update(zip(ids, known["sha256"].to_pylist(), strict=True))
        self._open: dict[Path, dict[str, bytes]] = {}

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def require(self, record_ids: Iterable[str]) -> None:
        """Raise `BrokenTable` unless every film has a working copy."""
        absent = sorted(record_id for record_id in record_ids if record_id not in self)
        if absent:
            raise BrokenTable(
                f"{len(absent)} records have no picture, such as {absent[0]}; run ingest again"
            )

    def sha256(self, record_id: str) -> str:
        """Of the PNG of one film, in hexadecimal digits."""
        return self._hashes[record_id]

    def data(self, record_id: str) -> bytes:
        """The PNG of one film. Few shards stay in memory, so ask in the order of `stream`."""
        place = self._places[record_id]
        if place not in self._open:
            if len(self._open) >= self._at_hand:
                self._open.pop(next(iter(self._open)))
            made = read_arrow(place)
            images = made["image"].combine_chunks().field("bytes").to_pylist()
            self._open[place] = dict(zip(made["record_id"].to_pylist(), images, strict=True))
        return self._open[place][record_id]

    def pixels(self, record_id: str) -> Pixels:
        """uint8[H, W] of one film."""
        return unpng(self.data(record_id))

    def stream(self, record_ids: Iterable[str]) -> Iterator[tuple[str, Pixels]]:
        """The asked films, each shard read once, in the order of the shards."""
        for record_id in self.in_order(record_ids):
            yield record_id, self.pixels(record_id)

    def in_order(self, record_ids: Iterable[str]) -> list[str]:
        """The asked ids in the order of the shards, in which `data` reads each shard once."""
        wanted = set(record_ids)
        return [record_id for record_id in self._places if record_id in wanted]
