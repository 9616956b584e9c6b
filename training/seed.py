"""The one place that seeds: everything else takes the generator made here."""

import os
import random

import numpy as np
import torch


def seed_everything(seed: int) -> torch.Generator:
    """A CPU generator for `seed`; global generators follow it, and kernels become deterministic.

    Where a GPU has no deterministic kernel for an operation, torch warns and names it: the weights
    may then differ in their last bits.
    """
    # cuBLAS reads this once, before its first call; without it its sums depend on timing.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - libraries below us still use the global generator
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    # That also fills all new memory, for code that reads what it never wrote; ours reads none, and
    # it takes a twentieth of a step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.backends.cudnn.benchmark = False
    return torch.Generator().manual_seed(seed)


def seed_apart(process: int) -> None:
    """Give each of several processes draws of its own, for dropout say; process 0 keeps its own."""
    if process:
        torch.manual_seed(torch.initial_seed() + process)
