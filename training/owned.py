"""Files that are taken up again only by the training that they belong to, and only whole.

A file is its owner, what it holds, and the SHA-256 of that: a damaged or foreign one is never read.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, cast

import timm
import torch

from manifests.contract.folder import whole_file
from training.hardware import Precision, chosen, device, processes

log = logging.getLogger(__name__)
DIGITS = 64
"""Of a SHA-256 as text."""
CODE = (Path(__file__).parent, Path(__file__).parents[1] / "manifests" / "contract")
"""What decides on weights, sides and labels."""


def owner_of(facts: Mapping[str, object]) -> str:
    """A SHA-256 of `facts`, torch's version, the device, and the code of training.

    A state of other code may be one that this code never reaches.
    """
    code = hashlib.sha256()
    for file in (file for folder in CODE for file in sorted(folder.rglob("*.py"))):
        code.update(_digest(file.read_bytes()).encode())
    given = {
        **facts, "torch": torch.__version__, "timm": timm.__version__, "device": device().type,
        "processes": processes().num_processes, "precision": chosen(Precision.AUTO, device()),
        "code": code.hexdigest(),
    }  # fmt: skip
    return _digest(json.dumps(given, sort_keys=True).encode())


class _Hashing:
    """A file that is written from front to back, and the hash of what went into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def keep(place: Path, owner: str, write: Callable[[IO[bytes]], object]) -> None:
    """Have `write` fill the file of `owner` at `place`: a kill meanwhile leaves that of before."""
    with whole_file(place) as part, part.open("wb") as file:
        file.write(owner.encode())
        # States are large: they are hashed on the way, not held in memory once more.
        inside = _Hashing(file)
        write(cast("IO[bytes]", inside))
        file.write(inside.hash.hexdigest().encode())


def kept(place: Path, owner: str) -> bytes | None:
    """What the file of `owner` at `place` holds; nothing where it is not so, and why is logged."""
    if not place.exists():
        return None
    read = place.read_bytes()
    found, held, digest = read[:DIGITS], read[DIGITS:-DIGITS], read[-DIGITS:]
    if digest != _digest(held).encode():
        log.warning("%s: damaged; trained anew", place)
    elif found != owner.encode():
        log.info("%s: of other films, parameters, code or versions; trained anew", place)
    else:
        return held
    return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
