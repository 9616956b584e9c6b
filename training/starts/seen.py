"""Tells of films here that a start may have learnt from before."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator

import pandas as pd

from manifests.contract.protocol import sides
from manifests.contract.vocabulary import Split
from training.starts.folder import Start

log = logging.getLogger(__name__)


def tell_of_seen(start: Start, rows: pd.DataFrame, protocol: str) -> None:
    """Warn where a network that begins from `start` is chosen by or judged on what it has seen.

    A film counts as well where a film of its group, or a copy of one, is of such a source. `rows`
    are those of the prepared films. Nothing is told of films that the protocol leaves out.
    """
    met: set[str] = set()
    films: Counter[str] = Counter()
    for side, sources in zip(sides(rows, protocol).fillna(""), _sources(rows), strict=True):
        shared = sources & set(start.seen) if side else set()
        met |= shared
        films[side] += bool(shared)
    known = f"the start is laid out as {start.layout}'s public checkpoint, which may have learnt"
    if sum(films.values()) > films[Split.TRAIN]:
        told = ", ".join(f"{films[s]} of {s}" for s in Split if s != Split.TRAIN and films[s])
        log.warning(
            "%s from %s; films of it, or of a group with it, are here: %s; what is measured on "
            "them may be too good", known, ", ".join(sorted(met)), told,
        )  # fmt: skip
    elif met:
        log.info("%s from %s; here such films are only trained on", known, ", ".join(sorted(met)))


def _sources(rows: pd.DataFrame) -> Iterator[set[str]]:
    for own, group in zip(rows["source"], rows["group_sources"], strict=True):
        yield {own, *(group if isinstance(group, Collection) else ())}
