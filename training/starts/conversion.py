"""From a donor's tensors to those of timm's densenet121, key by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from training.models import build
from training.starts.donor import WrongDonor, read_donor
from training.starts.layouts import STEM, Layout, layout_of, renamed

BODY, COUNTER = "features.", ".num_batches_tracked"
HEAD = {"classifier.weight", "classifier.bias"}
LEAST = 0.99


class Fate(StrEnum):
    """What became of a key."""

    TAKEN = "taken"
    RENAMED = "renamed"
    WIDENED = "widened"
    """From one input channel to three, each a third: of a grey film the sum is the same."""
    LEFT_OUT = "left_out"
    """The donor has it, and densenet121 no place or another shape for it."""
    MISSING = "missing"
    """densenet121 needs it, and the donor has none."""


class Key(NamedTuple):
    """One line of the report."""

    source: str
    target: str
    shape: str
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """Tensors under timm's names, and how they came by them."""

    layout: Layout
    state: dict[str, Tensor]
    keys: tuple[Key, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the outputs, as the layout's public checkpoint has them; none without a last layer."""
        return self.layout.labels if self.state.keys() >= HEAD else ()

    @property
    def coverage(self) -> float:
        """Share of the body's tensors that the donor gave; counters of batches do not count."""
        body = [key for key in self.keys if is_counted(key.target)]
        return sum(key.fate is not Fate.MISSING for key in body) / len(body)


def is_counted(target: str) -> bool:
    """Is it a tensor of the body that changes an output?"""
    return target.startswith(BODY) and not target.endswith(COUNTER)


def convert(donor: Mapping[str, Tensor], least: float = LEAST) -> Converted:
    """The donor's tensors, float32, as timm's densenet121 with the donor's own outputs has them.

    Raises `WrongDonor` for an unknown layout, other outputs than the layout's labels, two tensors
    for one place, values that are no plain numbers, and where fewer than `least` of the body's
    tensors are there.
    """
    _check_plain(donor)
    layout = layout_of(donor)
    if layout is None:
        raise WrongDonor(
            "it is laid out as none of arnoweng's, jrzech's and torchxrayvision's DenseNet-121; "
            f"its first keys: {', '.join(list(donor)[:3])}"
        )
    classes = len(layout.labels)
    wanted = build("densenet121", classes=classes, size=224, pretrained=False).state_dict()
    state: dict[str, Tensor] = {}
    keys: list[Key] = []
    for source, value in donor.items():
        target = renamed(source)
        fate = _fate(source, target, value, wanted)
        if fate is not Fate.LEFT_OUT:
            state[target] = _fitted(value, fate, source, wanted[target].dtype)
        given = "" if fate is Fate.LEFT_OUT else target
        keys.append(Key(source, given, _shape(value), fate))
    # A counter of batches starts at nought in densenet121 too; without it nothing is missing.
    keys += [
        Key("", key, _shape(wanted[key]), Fate.MISSING)
        for key in wanted
        if key not in state and not key.endswith(COUNTER)
    ]
    made = Converted(layout=layout, state=state, keys=tuple(keys))
    _check(made, donor, least)
    return made


def convert_file(place: Path, least: float = LEAST) -> Converted:
    """The same of the checkpoint at `place`, which every refusal names."""
    try:
        return convert(read_donor(place), least)
    except WrongDonor as fault:
        told = str(fault)
        raise WrongDonor(told if told.startswith(str(place)) else f"{place}: {told}") from None


def _check_plain(donor: Mapping[str, Tensor]) -> None:
    sources: dict[str, str] = {}
    for source, value in donor.items():
        other = sources.setdefault(renamed(source), source)
        if other != source:
            raise WrongDonor(f"{other} and {source} are one tensor by two names; keep one of them")
        if kind := _oddity(value):
            raise WrongDonor(f"{source} is a {kind} tensor; save it as plain numbers")


def _oddity(value: Tensor) -> str:
    """What makes `value` other than an array of numbers; empty for one that is none."""
    kinds = {
        "nested": value.is_nested, "quantised": value.is_quantized, "complex": value.is_complex(),
        "meta": value.is_meta, "sparse": value.layout != torch.strided,
    }  # fmt: skip
    return next((kind for kind, is_so in kinds.items() if is_so), "")


def _fate(source: str, target: str, value: Tensor, wanted: Mapping[str, Tensor]) -> Fate:
    if target not in wanted:
        return Fate.LEFT_OUT
    shape = wanted[target].shape
    if target == STEM and value.shape == (shape[0], 1, *shape[2:]):
        return Fate.WIDENED
    if value.shape != shape:
        return Fate.LEFT_OUT
    return Fate.TAKEN if source == target else Fate.RENAMED


def _fitted(value: Tensor, fate: Fate, source: str, kind: torch.dtype) -> Tensor:
    if kind.is_floating_point != value.is_floating_point():
        raise WrongDonor(f"{source} is of {value.dtype}, and {kind} is needed; save it as that")
    # Of the values as they will be: a double may be too large for a float.
    if not torch.isfinite(value.float()).all():
        raise WrongDonor(f"{source} holds values that are no numbers; fetch the checkpoint again")
    if fate is Fate.WIDENED:
        return (value.float() / 3).repeat(1, 3, 1, 1)
    return value.to(kind, copy=True)


def _check(made: Converted, donor: Mapping[str, Tensor], least: float) -> None:
    head = next((v for k, v in donor.items() if renamed(k) == "classifier.weight"), None)
    outputs = None if head is None else len(head) if head.ndim else 0
    if outputs is not None and outputs != len(made.layout.labels):
        raise WrongDonor(
            f"laid out as {made.layout.name}'s, but with {outputs} outputs in place of "
            f"{len(made.layout.labels)}; nobody knows their labels"
        )
    if made.coverage < least:
        gone = [key.target for key in made.keys if key.fate is Fate.MISSING]
        raise WrongDonor(
            f"laid out as {made.layout.name}'s, but only {made.coverage:.1%} of the body's tensors "
            f"are there, and {least:.0%} are asked for; missing: {', '.join(gone[:3])}, … . "
            "`--least` takes less"
        )


def _shape(value: Tensor) -> str:
    return "x".join(str(side) for side in value.shape) or "scalar"
