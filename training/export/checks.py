"""Is what was written still the network? timm's and the ONNX runtime's answers beside torch's.

B batch, S pixels a side.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import timm
import torch
from torch import Tensor, nn

from training.checkpoint import Checkpoint
from training.export.onnx_file import GIVEN, ONNX
from training.seed import seed_everything

MOST = 1e-4
"""Difference of a value, before the softmax, that is let pass."""
FILMS = 3


class Unequal(ValueError):  # noqa: N818 - shown to a person as a sentence
    """What was written answers otherwise than the network."""

    exit_code = 4


def inputs(about: Checkpoint) -> Iterator[Tensor]:
    """Standardised films, float32[B, 3, S, S]: noise and drawn ones, alone and three at once."""
    noise = torch.randn((FILMS, 3, about.size, about.size), generator=seed_everything(about.seed))
    yield noise
    yield noise[:1]
    ramp = torch.linspace(0, 1, about.size).expand(3, about.size, about.size)
    drawn = torch.stack([torch.zeros_like(ramp), torch.ones_like(ramp), ramp])
    mean, deviation = (torch.tensor(v).reshape(3, 1, 1) for v in (about.mean, about.deviation))
    yield (drawn - mean) / deviation


@torch.inference_mode()
def check(net: nn.Module, about: Checkpoint, folder: Path) -> dict[str, float]:
    """The largest difference of each file's answers from those of `net`, which is on the CPU.

    Raises `Unequal` where one is above `MOST`.
    """
    # An extra; whoever only trains has not got it.
    from onnxruntime import InferenceSession  # noqa: PLC0415

    session = InferenceSession(folder / ONNX, providers=["CPUExecutionProvider"])
    again = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    found = {"timm": 0.0, "ONNX": 0.0}
    for films in inputs(about):
        expected = net(films).numpy()
        said = {"timm": again(films).numpy(), "ONNX": session.run(None, {GIVEN: films.numpy()})[0]}
        for name, values in said.items():
            found[name] = max(found[name], float(np.abs(values - expected).max()))
    for name, most in found.items():
        # Written so that what is no number does not pass.
        if not most <= MOST:
            raise Unequal(
                f"{about.model}: by {name} its values differ by {most:.2g}, more than {MOST:g}; "
                "nothing is exported"
            )
    return found
