"""A trained network on disk: weights as safetensors, and what must be known to use them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import timm
from pydantic import ConfigDict, JsonValue, ValidationError
from safetensors.torch import load as tensors_of
from safetensors.torch import save
from torch import nn

from manifests.contract.labels import Task
from manifests.contract.network import ABOUT, WEIGHTS, Network
from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import DISCLAIMER, Finding
from training.data import Look
from training.files import write_json
from training.hardware import on_device
from training.models import build

SEAL = "seal"
"""Of checkpoint.json: the hash of all else in it."""


class WrongCheckpoint(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The weights are damaged, or were trained on other data than they are asked about."""

    exit_code = 4


class Checkpoint(Network):
    """checkpoint.json: with what only training asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_drawn: bool
    model: str
    task: dict[str, tuple[Finding, ...]]
    channels: tuple[str, ...]
    size: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    """Per channel, of the training films' grey levels in 0..1."""
    start: dict[str, JsonValue] | None = None
    """start.json of the weights that it began from."""
    params: dict[str, JsonValue]
    seed: int
    best_epoch: int
    train_films: dict[str, int]
    """Training films per label."""
    weights_sha256: str

    @property
    def look(self) -> Look:
        return Look(size=self.size, mean=self.mean, deviation=self.deviation)

    @property
    def asked(self) -> Task:
        """The task in the order of the outputs."""
        return {label: self.task[label] for label in self.labels}


def write_weights(folder: Path, net: nn.Module) -> str:
    """Write the weights of `net`; give their SHA-256."""
    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    # One key only: safetensors writes several in an order that differs from run to run.
    data = save(state, metadata={"disclaimer": DISCLAIMER})
    # Not by safetensors itself, whose files only their owner may read.
    (folder / WEIGHTS).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def write_about(folder: Path, about: Checkpoint) -> None:
    write_json(folder / ABOUT, sealed(about.model_dump(mode="json", exclude_none=True)))


def sealed(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`content` with a hash of it, so that a label exchanged by hand or by a fault is noticed."""
    return {**content, SEAL: _seal(content)}


def _seal(content: Mapping[str, JsonValue]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_about(folder: Path) -> Checkpoint:
    """What is known of the network in `folder`. Raises `WrongCheckpoint` when it cannot be read."""
    try:
        data = (folder / ABOUT).read_bytes()
        content = _content(data)
        seal = content.pop(SEAL, None)
        # What is no JSON object is left to pydantic, which says where.
        about = Checkpoint.model_validate_json(json.dumps(content) if content else data)
    except FileNotFoundError:
        raise WrongCheckpoint(f"{folder / ABOUT}: not there; run `dvc repro train`") from None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        raise WrongCheckpoint(f"{folder / ABOUT}: {where}: {first['msg']}; train again") from None
    if seal != _seal(content):
        raise WrongCheckpoint(f"{folder / ABOUT}: was changed since it was written; train again")
    return about


def _content(data: bytes) -> dict[str, JsonValue]:
    """The JSON object in `data`; empty where it is none."""
    try:
        content = json.loads(data)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def load_for(prepared: Prepared, folder: Path) -> tuple[nn.Module, Checkpoint]:
    """The network in `folder`, in evaluation mode, and what is known of it.

    Raises `WrongCheckpoint` when its bytes are not those written, or when it was trained on another
    manifest, another recipe or other channels than `prepared` holds.
    """
    about = read_about(folder)
    _check_manifest(about, prepared, folder)
    _check_fits(about, prepared, folder)
    return _net(folder, about), about


def load_to_ask(prepared: Prepared, folder: Path) -> tuple[nn.Module, Checkpoint]:
    """The same for pictures that are of no manifest: they must be made as its films were.

    Raises `WrongCheckpoint` as `load_for` does, and where the working copies were of another size
    or the grey levels those of another film.
    """
    about = read_about(folder)
    _check_fits(about, prepared, folder)
    _check_made_alike(about, prepared, folder)
    return _net(folder, about), about


def load(folder: Path) -> tuple[nn.Module, Checkpoint]:
    """The network in `folder` alone. Raises `WrongCheckpoint` when its bytes were changed."""
    about = read_about(folder)
    return _net(folder, about), about


def _net(folder: Path, about: Checkpoint) -> nn.Module:
    try:
        data = (folder / WEIGHTS).read_bytes()
    except FileNotFoundError:
        raise WrongCheckpoint(f"{folder / WEIGHTS}: not there; run `dvc repro train`") from None
    found = hashlib.sha256(data).hexdigest()
    if found != about.weights_sha256:
        raise WrongCheckpoint(
            f"{folder / WEIGHTS}: its SHA-256 is {found[:12]}…, {ABOUT} says "
            f"{about.weights_sha256[:12]}…; the file was changed, train again"
        )
    net = build(about.model, classes=len(about.labels), size=about.size, pretrained=False)
    try:
        net.load_state_dict(tensors_of(data))
    except RuntimeError:
        raise WrongCheckpoint(
            f"{folder / WEIGHTS}: is of another {about.model} than this version of timm builds "
            f"({timm.__version__}); train again"
        ) from None
    return on_device(net).eval()


def _check_manifest(about: Checkpoint, prepared: Prepared, folder: Path) -> None:
    _check_same(folder, [("manifest", about.manifest_id, prepared.manifest_id)])


def _check_fits(about: Checkpoint, prepared: Prepared, folder: Path) -> None:
    _check_same(folder, [
        ("recipe", about.recipe_id, prepared.recipe_id),
        ("channels", ",".join(about.channels), ",".join(prepared.channels)),
    ])  # fmt: skip


def _check_made_alike(about: Checkpoint, prepared: Prepared, folder: Path) -> None:
    if about.max_side is not None and about.max_side != prepared.max_side:
        found = "of another decoding" if prepared.max_side is None else f"of {prepared.max_side}"
        raise WrongCheckpoint(
            f"{folder}: trained on working copies of {about.max_side} pixels, but the stacks are "
            f"{found}; make them with `cxr predict`, or with `cxr stack --exact`"
        )
    if about.base_levels != prepared.base_levels:
        raise WrongCheckpoint(
            f"{folder}: trained on films with the grey levels of a base film, and the stacks have "
            "others; make them with `cxr predict`"
        )


def _check_same(folder: Path, pairs: Sequence[tuple[str, str, str]]) -> None:
    for what, trained, given in pairs:
        if trained != given:
            raise WrongCheckpoint(
                f"{folder}: trained on {what} {trained}, but the films are of {what} {given}; "
                "train again, or check out the data it was trained on"
            )
