"""How much of a label the name of the source tells, and how many judged films a start has seen.

N films.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from manifests.contract.association import share_told, shared
from manifests.contract.vocabulary import Split
from training.metrics import Floats, resampled
from training.seed import seed_everything
from training.shortcuts.asked import FEWEST, Asked
from training.shortcuts.chance import dealt_anew
from training.shortcuts.figures import Asking, Figure, Measured, control, figure, of
from training.shortcuts.measuring import known_best
from training.starts.folder import read_start

JUDGED = (Split.TEST, Split.EXTERNAL)
CHANCE = 0.0


def source_and_label(asked: Asked, asking: Asking) -> Measured:
    """Mutual information of source and label, as a share of what the label holds, beyond chance."""
    if asked.reason or len(set(asked.beside.tolist())) < FEWEST:
        return of(asked, "all films are of one source")
    generator = seed_everything(asking.seed)
    once = np.ones((1, len(asked.targets)))
    dealt = dealt_anew(asked.targets, asked.groups, asking.shuffles, generator)
    by_chance = np.array([shared(once, asked.beside, row)[0] for row in dealt])
    usual = float(by_chance.mean())

    def told(weights: Floats) -> Floats:
        whole = shared(weights, asked.targets, asked.targets)
        return share_told(shared(weights, asked.beside, asked.targets), usual, whole)

    drawn = told(resampled(asked.groups, asking.bootstrap, generator))
    found = figure(float(told(once)[0]), drawn, asked.rarest, asking.confidence)
    whole = shared(once, asked.targets, asked.targets)
    rounds = share_told(by_chance, usual, np.broadcast_to(whole, by_chance.shape))
    held = control(rounds, CHANCE, asking.confidence)
    return replace(
        of(asked), found=found, controls={"shuffled": held} if held else {},
        known_best=known_best(asked, _share_in_source(asked), asking.worst),
    )  # fmt: skip


def pretraining(asked: Asked, starts: Mapping[str, Collection[str]], asking: Asking) -> Measured:
    """The share of judged films of which a start may have learnt; it is counted, not estimated.

    `starts` are the sources that each start of this task's networks has seen. A film counts too
    where a film of its group, or a copy of one, is of such a source.
    """
    if not starts:
        return of(asked, "no network of this task begins from a start that has seen chest films")
    is_judged = asked.rows["split"].isin(JUDGED).to_numpy(bool)
    if not is_judged.any():
        return of(asked, "no film is judged on")
    seen = set().union(*starts.values())
    has_met = np.array([bool(own & seen) for own in _sources(asked.rows)]) & is_judged
    share = round(float(has_met.sum() / is_judged.sum()), 6)
    told = known_best(asked, np.where(has_met, 1.0, np.nan), asking.worst)
    judged = replace(of(asked), films=int(is_judged.sum()),
                     groups=asked.rows["group"][is_judged].nunique())  # fmt: skip
    return replace(
        judged, found=Figure(value=share, low=share, high=share), known_best=told, reason=None
    )


def starts_of(experiments: Mapping[str, Mapping[str, object]], task: str) -> dict[str, set[str]]:
    """Start of a network of `task` -> the sources that it may have learnt from.

    Raises `WrongStart` where one is not there: its network could not be trained either.
    """
    names = {str(own["weights"]) for own in experiments.values()
             if own.get("weights") and own.get("task") == task}  # fmt: skip
    return {name: set(read_start(name).about.seen) for name in sorted(names)}


def _share_in_source(asked: Asked) -> Floats:
    """float64[N]: the share of each film's source that has its label."""
    table = pd.crosstab(asked.beside, asked.targets, normalize="index").to_numpy(np.float64)
    return np.asarray(table[asked.beside, asked.targets])


def _sources(rows: pd.DataFrame) -> list[set[str]]:
    return [
        {own, *(group if isinstance(group, Collection) else ())}
        for own, group in zip(rows["source"], rows["group_sources"], strict=True)
    ]
