"""What the machine offers: device and processes to compute on, and the precision to do it in."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path

import torch
from accelerate import PartialState
from torch import nn


class Precision(StrEnum):
    """In which numbers a network computes while it learns; its weights stay float32."""

    AUTO = "auto"
    """bfloat16 where that is faster, else float32."""
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    """Losses are scaled against underflow. Needs a GPU."""


@cache
def processes() -> PartialState:
    """The processes that train together: one, unless a launcher such as torchrun started more."""
    return PartialState(cpu=not torch.cuda.is_available())


def device() -> torch.device:
    """The GPU of this process where there is one, else the CPU."""
    place: torch.device = processes().device
    return place


def on_device(net: nn.Module) -> nn.Module:
    """`net` on the device, channels last: convolutions of colour-like films run faster so."""
    return net.to(device()).to(memory_format=torch.channels_last)


def chosen(precision: Precision, place: torch.device) -> Precision:
    """What `auto` means on `place`; any other is as it was asked for.

    A CPU without matrix units for bfloat16 (AMX) takes longer in it, even with the instructions of
    AVX-512 for it: `benchmarks/training_speed.py precision` measures that.
    """
    if precision is not Precision.AUTO:
        return precision
    is_native = torch.cuda.is_bf16_supported() if place.type == "cuda" else _cpu_has_amx()
    return Precision.BFLOAT16 if is_native else Precision.FLOAT32


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums in one order, so that weights do not depend on how many cores a machine has."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _cpu_has_amx() -> bool:
    # torch asks the processor too, but only under names that differ between its versions.
    known = Path("/proc/cpuinfo")
    if not known.is_file():
        return False
    flags = next((line for line in known.read_text().splitlines() if line.startswith("flags")), "")
    return "amx_bf16" in flags.split()
