"""The lungs of many films: what an earlier run found is taken over, the rest is looked for.

Each film is looked at alone and on one thread, so its mask is the same whatever was remembered,
however many cores there are, and whichever films come beside it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import torch

from manifests.contract.images import Pixels
from manifests.contract.lungs import FOUND, LEAST, NETWORK
from manifests.contract.masked import SIDE, squeezed
from manifests.contract.packing import png, unpng
from manifests.contract.table import metadata, read_arrow, write_arrow
from manifests.contract.working import WorkingCopies
from training.segmentation.look import seen
from training.segmentation.lungs import Lungs, cleaned, masks_of
from training.segmentation.prediction import chances
from training.segmentation.segmenter import Segmenter

SCHEMA = pa.schema([
    ("record_id", pa.string()), ("sha256", pa.string()), ("lung_area", pa.float64()),
    ("lungs", pa.int64()),
])  # fmt: skip
IN_FLIGHT = 4
"""Films for each core that are begun and not yet asked for."""


class Found(NamedTuple):
    """The mask of one film as PNG, the share of the frame it covers, and how many lungs."""

    mask: bytes
    lung_area: float
    lungs: int


Films = Mapping[str, str]
"""Record id -> SHA-256 of the working copy's PNG."""


class Before:
    """What an earlier run left in `folder`, where the same network made it."""

    def __init__(self, folder: Path, network_id: str, least: float) -> None:
        self._found: dict[str, tuple[str, float, int]] = {}
        place = folder / FOUND
        if not place.exists() or metadata(place) != _mark(network_id, least):
            return
        self._masks = WorkingCopies([folder])
        for row in read_arrow(place).to_pylist():
            known = (row["record_id"], row["lung_area"], row["lungs"])
            if row["record_id"] in self._masks:
                self._found.setdefault(row["sha256"], known)

    def of(self, sha256: str) -> Found | None:
        """What was found on the film with this PNG."""
        if sha256 not in self._found:
            return None
        name, area, number = self._found[sha256]
        return Found(self._masks.data(name), area, number)


def found(
    copies: WorkingCopies, ids: Iterable[str], segmenter: Segmenter, before: Before, least: float
) -> Iterator[tuple[str, Found, bool]]:
    """Each film in the order of the shards, what was found, and whether it was known before."""
    cores = cpu_count() or 1
    with ThreadPoolExecutor(cores, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        line: deque[tuple[str, Found | Future[Found]]] = deque()
        for name in copies.in_order(ids):
            known = before.of(copies.sha256(name))
            line.append((name, known or pool.submit(look, copies.data(name), segmenter, least)))
            if len(line) >= IN_FLIGHT * cores:
                yield _given(*line.popleft())
        while line:
            yield _given(*line.popleft())


def _given(name: str, one: Found | Future[Found]) -> tuple[str, Found, bool]:
    return (name, one, True) if isinstance(one, Found) else (name, one.result(), False)


def look(data: bytes, segmenter: Segmenter, least: float) -> Found:
    """The lungs on the film in the PNG `data`; none where there is no network."""
    lungs = lungs_on(squeezed(unpng(data)), segmenter, least)
    area = round(float((lungs.mask > 0).mean()), 6)
    return Found(png(lungs.mask), area, lungs.number)


def lungs_on(film: Pixels, segmenter: Segmenter, least: float) -> Lungs:
    """The lungs on uint8[256, 256]."""
    if segmenter.net is None:
        return Lungs(np.zeros((SIDE, SIDE), np.uint8), 0)
    shown = seen([film], segmenter.about.equalise, segmenter.about.size)
    return cleaned(masks_of(chances(segmenter.net, shown))[0], least)


def write_found(
    folder: Path, films: Films, what: Mapping[str, Found], network_id: str, least: float
) -> None:
    """Write the table of what was found, in the order of record ids."""
    rows = [
        {"record_id": name, "sha256": films[name], "lung_area": what[name].lung_area,
         "lungs": what[name].lungs}
        for name in sorted(what)
    ]  # fmt: skip
    made = pa.Table.from_pylist(rows, schema=SCHEMA)
    write_arrow(folder / FOUND, made, _mark(network_id, least))


def _mark(network_id: str, least: float) -> dict[str, str]:
    return {NETWORK: network_id, LEAST: f"{least:g}"}
