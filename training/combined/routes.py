"""A pair of networks as one: the first tells the healthy from the ill, the second what they have.

Which label of the pair leads where follows from the findings behind the labels. N films.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from manifests.contract.labels import Task
from manifests.contract.params import Misspelt
from training.metrics import Floats


class Route(NamedTuple):
    """How a joint label is reached: a label of the first network, and one of the second or none."""

    first: int
    second: int | None


def routes_of(joint: Task, first: Task, second: Task) -> dict[str, Route]:
    """How the pair reaches each label of `joint`, in its order.

    Raises `Misspelt` unless one label of `first` leads to one label of `joint`, and the other to
    two, which are the two of `second`.
    """
    if (len(joint), len(first), len(second)) != (3, 2, 2):
        raise _unfit(
            "it takes a task of three labels, and two networks of two labels each; given are "
            f"{len(joint)}, {len(first)} and {len(second)}"
        )
    found = {}
    for label in joint:
        step = _leads(joint, label, first, "first")
        rest = [other for other in joint if _leads(joint, other, first, "first") == step]
        found[label] = Route(step, _leads(joint, label, second, "second") if rest[1:] else None)
    steps = sorted(
        (route.first, route.second) for route in found.values() if route.second is not None
    )
    if [second for _, second in steps] != [0, 1]:
        raise _unfit("the first network must part one label from two, and the second those two")
    return found


def _leads(joint: Task, label: str, task: Task, which: str) -> int:
    """The number of the label in `task` that holds all findings of the joint `label`."""
    holding = [n for n, findings in enumerate(task.values()) if set(joint[label]) <= set(findings)]
    if len(holding) == 1:
        return holding[0]
    lacking = [finding for finding in joint[label] if not any(finding in f for f in task.values())]
    raise _unfit(
        f"not one label of the {which} network ({', '.join(task)}) holds all findings of '{label}'"
        + (f"; {lacking[0]} is in none" if lacking else "")
    )


def _unfit(why: str) -> Misspelt:
    return Misspelt(f"params.yaml: these two networks are no pair for this task: {why}")


def joint_chances(routes: Mapping[str, Route], first: Floats, second: Floats) -> Floats:
    """float64[N, 3]: the chance of the first step, times that of the second where there is one.

    `first` and `second` are float64[N, 2], of the same films.
    """
    return np.stack(
        [
            first[:, route.first] * (1.0 if route.second is None else second[:, route.second])
            for route in routes.values()
        ],
        axis=1,
    )


def step_by_step(routes: Mapping[str, Route], first: Floats, second: Floats) -> Floats:
    """float64[N, 3], one of them 1: the label when each network is asked for its word alone.

    It may differ from the likeliest joint label: ill at 0.6, and then a coin's throw between two
    diseases, makes normal (0.4) likelier than either (0.3).
    """
    sure = [np.eye(2)[chances.argmax(1)] for chances in (first, second)]
    return joint_chances(routes, *sure)
