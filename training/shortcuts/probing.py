"""Every probe on the films of one task."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from manifests.contract.prepared import Prepared
from training.parts import lung_shares
from training.shortcuts import shown
from training.shortcuts.asked import Asked, by_source
from training.shortcuts.figures import Asking, Measured, of
from training.shortcuts.measuring import measured
from training.shortcuts.probes import Probe
from training.shortcuts.sharing import pretraining, source_and_label
from training.thumbnails import Small, Thumbnails, small_films


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the probes look at."""

    prepared: Prepared
    concealed: Prepared
    records: pd.DataFrame
    """The manifest so far: it knows the files."""
    starts: Mapping[str, Collection[str]]
    """Start of a network of this task -> the sources that it may have learnt from."""


def probed(given: Given, asked: Asked, side: int, asking: Asking) -> dict[Probe, Measured]:
    """What each probe finds, in the order of `Probe`; small films are `side` pixels a side."""
    if asked.reason:
        return {probe: of(asked) for probe in Probe}
    small = small_films(given.prepared, asked.places, side)
    found = {
        probe: measured(look, asked, asking) for probe, look in _looks(given, asked, small).items()
    }
    found[Probe.TEXT] = _text(given, asked, asking)
    found[Probe.SOURCE] = _sources(small, asked, asking)
    found[Probe.SHARED] = source_and_label(asked, asking)
    found[Probe.PRETRAINING] = pretraining(asked, given.starts, asking)
    return {probe: found[probe] for probe in Probe}


def _looks(given: Given, asked: Asked, small: Small) -> dict[Probe, Thumbnails]:
    crops = asked.rows["crop"].tolist()
    lungs = lung_shares(given.prepared, asked.places, small.shape[1])
    return {
        Probe.FILE: shown.file_statistics(given.records, asked.rows["record_id"].tolist()),
        Probe.BORDER: shown.border(small, crops),
        Probe.CORNERS: shown.corners(small, crops),
        Probe.OUTSIDE: shown.outside(small, lungs, crops),
        Probe.METADATA: shown.metadata(asked.rows),
    }


def _text(given: Given, asked: Asked, asking: Asking) -> Measured:
    reason = shown.no_text_reason(given.prepared, given.concealed)
    if reason:
        return of(asked, reason)
    return measured(shown.text(given.prepared, given.concealed, asked.places), asked, asking)


def _sources(small: Small, asked: Asked, asking: Asking) -> Measured:
    sources = by_source(asked, asking.least_groups)
    if sources.reason:
        return of(sources)
    is_there = np.isin(asked.places, sources.places)
    return measured(small.reshape(len(small), -1)[is_there], sources, asking)
