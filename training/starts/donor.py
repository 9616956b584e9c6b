"""Reads a stranger's checkpoint without running anything in it."""

import io
import json
import pickle
import shlex
import struct
import warnings
from pathlib import Path

import torch
from torch import Tensor

TENSORS_ONLY = (
    'import torch; m = torch.load({path}, map_location="cpu", weights_only=False); '
    'm = m.get("model", m) if isinstance(m, dict) else m; '
    'torch.save(m["state_dict"] if isinstance(m, dict) else m.state_dict(), "tensors.pt")'
)
DAMAGED = (
    RuntimeError, EOFError, LookupError, OSError, ValueError, TypeError, AttributeError,
    AssertionError, struct.error,
)  # fmt: skip
"""What torch raises for bytes that were cut or flipped, at the place where it stumbles."""


class WrongDonor(ValueError):  # noqa: N818 - shown to a person as a sentence
    """A checkpoint that cannot be read safely, or that is laid out as none we know."""

    exit_code = 4


def read_donor(place: Path) -> dict[str, Tensor]:
    """The tensors in `place`, by the donor's names.

    Raises `WrongDonor` where the file holds anything that would have to be run, or is damaged.
    """
    data = io.BytesIO(place.read_bytes())
    try:
        with warnings.catch_warnings():
            # Of what is odd in a file the sentence tells; torch's advice is for its own developers.
            warnings.simplefilter("ignore")
            found = torch.load(data, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        command = shlex.quote(TENSORS_ONLY.format(path=json.dumps(str(place))))
        raise WrongDonor(
            f"{place}: is damaged, or holds more than tensors (jrzech and torchxrayvision save the "
            "whole network), and loading that runs what it says; it was not loaded. If you trust "
            "it, save its tensors where it can do no harm, with the packages it was made with, and "
            f"convert tensors.pt: python -c {command}"
        ) from None
    except DAMAGED as fault:
        why = (str(fault).strip().splitlines() or [""])[0]
        raise WrongDonor(
            f"{place}: cannot be read: is damaged, or no checkpoint that torch wrote "
            f"({type(fault).__name__} {why}); fetch it again"
        ) from None
    state = found.get("state_dict", found) if isinstance(found, dict) else found
    if not isinstance(state, dict) or not state:
        raise WrongDonor(f"{place}: holds no state dict, but a {type(state).__name__}")
    for key, value in state.items():
        if not isinstance(key, str) or not isinstance(value, Tensor):
            raise WrongDonor(f"{place}: {key!r} is no tensor, so that this is no state dict")
    return dict(state)
