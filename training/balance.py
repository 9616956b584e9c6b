"""How often the films of a label or a source come in an epoch.

A network that meets nine in ten of its healthy films from one source may learn that source. Drawn
evenly no source of a label is commoner than another; what a source looks like stays to be seen.

C classes, G groups of films, N films.
"""

from typing import NamedTuple

import numpy as np
import torch

from training.films import Films, Whole
from training.metrics import Floats
from training.plan import Balance


class Draw(NamedTuple):
    """Which films are drawn alike, and how often in an epoch."""

    groups: Whole
    """int64[N], numbers below G."""
    times: Whole
    """int64[G], films drawn of each group."""

    @property
    def drawn(self) -> int:
        """Films in an epoch."""
        return int(self.times.sum())

    @property
    def rates(self) -> Floats:
        """float64[N]: how often each film comes in an epoch, on average."""
        sizes = np.bincount(self.groups, minlength=len(self.times))
        return np.asarray((self.times / sizes)[self.groups], np.float64)

    def epoch(self, generator: torch.Generator) -> Whole:
        """int64[drawn]: numbers of films, group by group; `generator` decides who comes again.

        Of one group no film comes twice as often as another: whole rounds first, then a part.
        """
        films = []
        for group, times in enumerate(self.times):
            own = np.flatnonzero(self.groups == group)
            rounds, rest = divmod(int(times), len(own))
            films.append(np.tile(own, rounds))
            if rest:
                films.append(own[torch.randperm(len(own), generator=generator).numpy()[:rest]])
        return np.concatenate(films).astype(np.int64)


def draw_of(films: Films, balance: Balance) -> Draw:
    """How `films` are drawn under `balance`; a label without films is not drawn."""
    if balance is Balance.NONE:
        return Draw(np.zeros(len(films), np.int64), np.array([len(films)]))
    labels, own = np.unique(films.targets, return_inverse=True)
    if balance is Balance.LABELS:
        return Draw(own.astype(np.int64), np.full(len(labels), films.counts.max()))
    groups, label_of, _ = by_source_and_label(films)
    sources = np.bincount(label_of)[label_of]
    return Draw(groups, -(-len(films) // (len(labels) * sources)))


def by_source_and_label(films: Films) -> tuple[Whole, Whole, list[str]]:
    """The group of each film, int64[N]; the label of each group, int64[G]; and its name."""
    pairs = [(int(n), source) for n, source in zip(films.targets, films.sources, strict=True)]
    known = sorted(set(pairs))
    places = {pair: place for place, pair in enumerate(known)}
    groups = np.array([places[pair] for pair in pairs], np.int64)
    labels = np.array([label for label, _ in known], np.int64)
    return groups, labels, [f"{films.labels[label]} of {source}" for label, source in known]
