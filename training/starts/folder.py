"""A converted start on disk, and how params.yaml names it: the folder, and the content expected.

The content is part of the name, because DVC compares parameters and would not see a folder that is
another one behind the same path.
"""

import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from manifests.contract.params import Misspelt

WEIGHTS, ABOUT, KEYS = "model.safetensors", "start.json", "keys.csv"
DIGITS = 12
"""Of the SHA-256 of weights and start.json that a name shows."""
Level = Annotated[float, Field(allow_inf_nan=False)]
Width = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class WrongStart(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The start is not there, was changed, or does not fit the network."""

    exit_code = 4


class Start(BaseModel):
    """start.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    disclaimer: str
    layout: str
    """Whose public checkpoint the donor is laid out as: no proof that it is that checkpoint."""
    note: str
    """The same in words."""
    donor: str
    """The checkpoint's file name."""
    donor_sha256: str
    weights_sha256: str
    coverage: float
    """Share of the body's tensors that the donor gave."""
    labels: tuple[str, ...]
    """Of the outputs of the layout's public checkpoint; none where the donor has no last layer."""
    mean: tuple[Level, ...] = Field(min_length=3, max_length=3)
    deviation: tuple[Width, ...] = Field(min_length=3, max_length=3)
    """Per channel; what grey levels of 0..1 are standardised with, as they are for the layout."""
    scaling: str
    seen: tuple[str, ...]
    """Sources of this project that the layout's public checkpoint learnt from, or may have."""
    license: str
    """Like citation and homepage that of the layout's public checkpoint."""
    citation: str
    homepage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A start that was read: what is known of it, and its tensors by timm's names."""

    name: str
    about: Start
    state: dict[str, Tensor]


def name_of(folder: Path) -> str:
    """What `weights` in params.yaml calls the start in `folder`.

    Raises `WrongStart` where a file of it is not there.
    """
    content = _content(_read(folder, WEIGHTS), _read(folder, ABOUT))
    return f"{folder.as_posix()}@{content[:DIGITS]}"


def line_of(folder: Path) -> str:
    """The same as a line of YAML, quoted, because a folder may be called anything."""
    name = yaml.safe_dump(name_of(folder), default_style='"', width=math.inf, allow_unicode=True)
    return f"weights: {name.strip()}"


def read_start(name: str) -> Begun:
    """The start that `name` (FOLDER@HASH) names.

    Raises `WrongStart` where it is not there, damaged, or another one; `Misspelt` without a hash.
    """
    folder, _, pin = name.rpartition("@")
    place = Path(folder or name)
    told, data = _read(place, ABOUT), _read(place, WEIGHTS)
    if not folder or not re.fullmatch(rf"[0-9a-f]{{{DIGITS},64}}", pin):
        raise Misspelt(
            f"params.yaml: weights '{name}' does not say which content it expects; that of the "
            f"folder today is {line_of(place)}"
        )
    about = _about(place, told)
    found = hashlib.sha256(data).hexdigest()
    if found != about.weights_sha256:
        raise WrongStart(
            f"{place / WEIGHTS}: its SHA-256 is {found[:DIGITS]}…, {ABOUT} says "
            f"{about.weights_sha256[:DIGITS]}…; the file was changed, convert the checkpoint again"
        )
    if not _content(data, told).startswith(pin):
        raise WrongStart(
            f"{place}: holds another start than params.yaml names ({pin[:DIGITS]}…), or its "
            f"{ABOUT} was changed; if that is meant, write {line_of(place)}"
        )
    try:
        return Begun(name=name, about=about, state=load(data))
    except SafetensorError as fault:
        raise WrongStart(f"{place / WEIGHTS}: {fault}; convert the checkpoint again") from None


def _content(weights: bytes, about: bytes) -> str:
    """SHA-256 of both files: start.json decides how films are scaled, and what is told of them."""
    both = (hashlib.sha256(data).digest() for data in (weights, about))
    return hashlib.sha256(b"".join(both)).hexdigest()


def _read(place: Path, file: str) -> bytes:
    try:
        return (place / file).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise WrongStart(
            f"{place / file}: not there; `python -m training convert CHECKPOINT --out {place}` "
            "makes it of a public checkpoint"
        ) from None


def _about(place: Path, data: bytes) -> Start:
    try:
        return Start.model_validate_json(data)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        raise WrongStart(f"{place / ABOUT}: {where}: {first['msg']}; convert it again") from None
