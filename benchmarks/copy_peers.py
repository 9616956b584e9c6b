"""Other tools that look for copies: how alike each calls a query and a film, higher is more."""

import importlib
import io
import sys
import types
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import numpy.typing as npt
import pdqhash
from imagededup.methods import DHash as DedupDHash
from imagededup.methods import PHash as DedupPHash
from PIL import Image

# perception imports networkit for its clusters, which are not asked for here.
sys.modules.setdefault("networkit", types.ModuleType("networkit"))
local = importlib.import_module("perception.experimental.local_descriptor_deduplication")

Scores = npt.NDArray[np.float32]
"""float32[Q, N]: minus the distance in bits, or a share of features; -inf where none was given."""
Bits = npt.NDArray[np.bool_]
LOOSE = {"validation_match": 0.02, "validation_intersection": 0.2}
"""Below its defaults (0.4, 0.6), so that perception's best threshold can be looked for."""


def _of_hex(text: str) -> Bits:
    return np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8)).astype(bool)


def _phash(size: int) -> Callable[[Path], Bits]:
    return lambda place: imagehash.phash(Image.open(place), hash_size=size).hash.ravel()


def _pdq(place: Path) -> Bits:
    return np.asarray(pdqhash.compute(np.asarray(Image.open(place).convert("RGB")))[0], bool)


def _dedup(kind: type[DedupPHash | DedupDHash]) -> Callable[[Path], Bits]:
    method = kind(verbose=False)
    return lambda place: _of_hex(method.encode_image(image_file=str(place)))


def _perception(place: Path) -> Bits:
    return _of_hex(str(PERCEPTION.compute(str(place), hash_format="hex")))


# By name: it has types only where it is installed, and an unused remark is an error elsewhere.
PERCEPTION = importlib.import_module("perception.hashers").PHash()
HASHES: dict[str, Callable[[Path], Bits]] = {
    "imagehash phash 64": _phash(8),
    "imagehash phash 256": _phash(16),
    "imagededup PHash": _dedup(DedupPHash),
    "imagededup DHash": _dedup(DedupDHash),
    "perception PHash": _perception,
    "PDQ": _pdq,
}
DEFAULTS = {"imagededup PHash": -10.0, "imagededup DHash": -10.0, "perception SIFT": 0.4}
"""The thresholds that the tools themselves start from."""


def hashed(name: str, files: Sequence[Path]) -> Bits:
    """bool[N, B] of the files by the hash of that name."""
    return np.stack([HASHES[name](place) for place in files])


def distances(queries: Bits, films: Bits) -> Scores:
    ones = queries.astype(np.float32) @ films.T.astype(np.float32)
    apart = queries.sum(axis=1)[:, None] + films.sum(axis=1)[None] - 2 * ones
    return np.asarray(-apart, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Perception:
    """perception's local descriptors: SIFT, an approximate search, a homography."""

    films: Sequence[Path]
    loose: bool

    def hasher(self) -> object:
        return local.SIFT(**LOOSE) if self.loose else local.SIFT()

    def described(self, files: Sequence[Path]) -> object:
        return local.build_reference_df([str(place) for place in files], self.hasher())

    def scores(self, films: object, queries: Sequence[Path]) -> Scores:
        """float32[Q, N]: the share of features that match, of those that it calls copies."""
        found = np.full((len(queries), len(self.films)), -np.inf, np.float32)
        row = {str(place): number for number, place in enumerate(queries)}
        column = {str(place): number for number, place in enumerate(self.films)}
        with redirect_stderr(io.StringIO()):
            pairs = local.deduplicate_dfs(
                films, self.described(queries), use_gpu=False, verbose=True, hasher=self.hasher(),
                max_workers=1,
            )  # fmt: skip
        for query, film, said in pairs:
            found[row[query], column[film]] = said["match"]
        return found
