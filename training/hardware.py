"""What the machine offers: the device to compute on, and the precision that is faster there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn


def device() -> torch.device:
    """The GPU where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def on_device(net: nn.Module) -> nn.Module:
    """`net` on the device, channels last: convolutions of colour-like films run faster so."""
    return net.to(device()).to(memory_format=torch.channels_last)


def autocast(place: torch.device) -> torch.autocast:
    """A context that trains in bfloat16 where the hardware computes in it, else in float32.

    On a CPU that only emulates bfloat16 it costs time instead of saving it.
    """
    is_native = torch.cuda.is_bf16_supported() if place.type == "cuda" else _cpu_has_bfloat16()
    return torch.autocast(place.type, dtype=torch.bfloat16, enabled=is_native)


@contextmanager
def one_thread() -> Iterator[None]:
    """Sums in one order, so that weights do not depend on how many cores a machine has."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _cpu_has_bfloat16() -> bool:
    # torch asks the processor too, but only under names that differ between its versions.
    known = Path("/proc/cpuinfo")
    if not known.is_file():
        return False
    flags = next((line for line in known.read_text().splitlines() if line.startswith("flags")), "")
    return not {"avx512_bf16", "amx_bf16"}.isdisjoint(flags.split())
