"""A converted start on disk, and how params.yaml names it: the folder, and the content expected.

The content is part of the name, because DVC compares parameters and would not see a folder that is
another one behind the same path.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from manifests.contract.params import Misspelt

WEIGHTS, ABOUT, KEYS = "model.safetensors", "start.json", "keys.csv"
DIGITS = 12
"""Of the SHA-256 of the weights that a name shows."""


class WrongStart(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The start is not there, was changed, or does not fit the network."""

    exit_code = 4


class Start(BaseModel):
    """start.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    disclaimer: str
    layout: str
    donor: str
    """The checkpoint's file name."""
    donor_sha256: str
    weights_sha256: str
    coverage: float
    """Share of the body's tensors that the donor gave."""
    labels: tuple[str, ...]
    """Of the donor's outputs, each a sigmoid of its own."""
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    """Per channel; what grey levels of 0..1 are standardised with, as they were for the donor."""
    scaling: str
    seen: tuple[str, ...]
    """Sources of this project that the donor learnt from, or may have."""
    license: str
    citation: str
    homepage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A start that was read: what is known of it, and its tensors by timm's names."""

    name: str
    about: Start
    state: dict[str, Tensor]


def name_of(folder: Path, sha256: str) -> str:
    """What `weights` in params.yaml calls the start in `folder`."""
    return f"{folder.as_posix()}@{sha256[:DIGITS]}"


def read_start(name: str) -> Begun:
    """The start that `name` (FOLDER@HASH) names.

    Raises `WrongStart` where it is not there, damaged, or another one; `Misspelt` without a hash.
    """
    folder, _, pin = name.rpartition("@")
    place = Path(folder or name)
    about = _about(place)
    right = name_of(place, about.weights_sha256)
    if not folder or not re.fullmatch(rf"[0-9a-f]{{{DIGITS},64}}", pin):
        raise Misspelt(
            f"params.yaml: weights '{name}' does not say which content it expects; that of the "
            f"folder today is weights: {right}"
        )
    try:
        data = (place / WEIGHTS).read_bytes()
    except FileNotFoundError:
        raise WrongStart(f"{place / WEIGHTS}: not there; convert the checkpoint again") from None
    found = hashlib.sha256(data).hexdigest()
    if found != about.weights_sha256:
        raise WrongStart(
            f"{place / WEIGHTS}: its SHA-256 is {found[:DIGITS]}…, {ABOUT} says "
            f"{about.weights_sha256[:DIGITS]}…; the file was changed, convert the checkpoint again"
        )
    if not found.startswith(pin):
        raise WrongStart(
            f"{place}: holds another start than params.yaml names ({pin[:DIGITS]}…); if that is "
            f"meant, write weights: {right}"
        )
    try:
        return Begun(name=name, about=about, state=load(data))
    except SafetensorError as fault:
        raise WrongStart(f"{place / WEIGHTS}: {fault}; convert the checkpoint again") from None


def _about(place: Path) -> Start:
    try:
        return Start.model_validate_json((place / ABOUT).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise WrongStart(
            f"{place / ABOUT}: not there; `python -m training convert CHECKPOINT --out {place}` "
            "makes it of a public checkpoint"
        ) from None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        raise WrongStart(f"{place / ABOUT}: {where}: {first['msg']}; convert it again") from None
