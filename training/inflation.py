"""Inflation: by how much a score is higher under a protocol that leaks than under one that is fair.

The paper splits by film, so that a patient may stand on both sides, and chooses the epoch on the
films that it is judged by. The same experiment, with the same seeds, split by groups is what it
would be worth elsewhere; what lies between the two is no skill.
"""

from collections.abc import Sequence

import numpy as np
import torch

from training.judgement import Judging
from training.metrics import OVERALL, Floats, bootstrapped, interval
from training.predictions import DIGITS
from training.runs import Judged
from training.seed import seed_everything


def inflation(
    leaky: Sequence[Judged], fair: Sequence[Judged], judging: Judging, seed: int
) -> dict[str, dict[str, float | None]]:
    """Of accuracy, macro F1 and AUC: mean over the runs of `leaky` less that of `fair`.

    `low` and `high` are an interval over runs and groups at once: both are drawn anew in each
    resample, since another seed and other patients would have given another figure. A figure that
    one side does not have is None.
    """
    generator = seed_everything(seed)
    nothing: dict[str, float | None] = {"value": None, "low": None, "high": None}
    if not all(len(one.said.actual) for one in (*leaky, *fair)):
        return dict.fromkeys(OVERALL, nothing)
    sides = [_drawn(runs, judging, generator) for runs in (leaky, fair)]
    found = {}
    for name in OVERALL:
        high, low = (_mean([one.test[name] for one in runs]) for runs in (leaky, fair))
        if high is None or low is None:
            found[name] = nothing
            continue
        span = interval(sides[0][name] - sides[1][name], judging.confidence) or (None, None)
        found[name] = {"value": _rounded(high - low), "low": _rounded(span[0]),
                       "high": _rounded(span[1])}  # fmt: skip
    return found


def _drawn(
    runs: Sequence[Judged], judging: Judging, generator: torch.Generator
) -> dict[str, Floats]:
    """The figures of resamples, float64[resamples] each: means over runs and films drawn anew."""
    seed = int(torch.randint(2**31, (1,), generator=generator))
    # The same films are drawn for all runs: one hard patient is hard in all of them.
    figures = [
        bootstrapped(
            one.said.actual, one.said.probabilities, one.said.groups, judging.bootstrap,
            torch.Generator().manual_seed(seed),
        )
        for one in runs
    ]  # fmt: skip
    chosen = torch.randint(len(runs), (len(runs), judging.bootstrap), generator=generator).numpy()
    return {
        name: np.take_along_axis(np.stack([own[name] for own in figures]), chosen, 0).mean(0)
        for name in OVERALL
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if len(known) == len(values) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
