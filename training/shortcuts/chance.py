"""Labels dealt anew: what a probe finds where there is nothing to find.

N films, P rounds.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch

from training.films import Whole


def dealt_anew(
    targets: Whole, groups: Sequence[str], rounds: int, generator: torch.Generator,
    among: Whole | None = None,
) -> Whole:  # fmt: skip
    """int64[P, N]: each group takes the labels of another one, in their order, over and over.

    With `among` (int64[N]) only of one that shares its number: labels are dealt within each
    source. A group in several takes part in each with its films there.
    """
    kinds = np.zeros(len(targets), np.int64) if among is None else among
    parts: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for n, (kind, group) in enumerate(zip(kinds.tolist(), groups, strict=True)):
        parts[kind].setdefault(group, []).append(n)
    made = np.tile(targets, (rounds, 1))
    for row in made:
        for kind in sorted(parts):
            films = list(parts[kind].values())
            order = torch.randperm(len(films), generator=generator).tolist()
            for own, other in zip(films, order, strict=True):
                row[own] = np.resize(targets[films[other]], len(own))
    return made
