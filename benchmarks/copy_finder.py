"""This project's copy finder, asked of some queries among many films."""

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from transforms import TRANSFORMS

from curation.duplicates.candidates import Descriptors, View, descriptors, look
from curation.duplicates.features import Features, features
from curation.duplicates.neighbours import neighbours
from curation.duplicates.verification import Likeness, compare
from curation.pixels.fingerprint import working_copy
from manifests.contract.images import Pixels

MAX_SIDE = 1024


class Finder:
    """Looks at the films once, then at any number of queries, and keeps count of the cost."""

    def __init__(self, films: Sequence[Pixels], count: int) -> None:
        self.count, self.compared = count, 0
        self.seconds = dict.fromkeys(("looking", "candidates", "features", "comparing"), 0.0)
        self.views, self.described = self._looked(films)
        self.features: dict[int, Features] = {}

    def likenesses(self, queries: Sequence[Pixels]) -> dict[tuple[int, int], Likeness]:
        """(query, film) -> likeness, for those that became candidates."""
        views, described = self._looked([working_copy(film, MAX_SIDE) for film in queries])
        start = time.process_time()
        films, everything = len(self.views), np.concatenate([self.described, described])
        pairs = [p for p in neighbours(everything, self.count) if p.first < films <= p.second]
        self._spent("candidates", start)
        of_query: dict[int, Features] = {}
        found: dict[tuple[int, int], Likeness] = {}
        for pair in pairs:
            start = time.process_time()
            query = pair.second - films
            if query not in of_query:
                of_query[query] = features(views[query])
            if pair.first not in self.features:
                self.features[pair.first] = features(self.views[pair.first])
            start = self._spent("features", start)
            likeness = compare(
                self.features[pair.first], of_query[query],
                is_mirrored=pair.is_mirrored, is_inverted=pair.is_inverted,
            )  # fmt: skip
            self._spent("comparing", start)
            # Two films may be candidates in two ways, plain and mirrored for instance.
            earlier = found.get((query, pair.first), likeness)
            found[query, pair.first] = max(earlier, likeness, key=lambda one: one.score)
            self.compared += 1
        return found

    def _looked(self, films: Sequence[Pixels]) -> tuple[list[View], Descriptors]:
        start = time.process_time()
        views = [look(film) for film in films]
        described = np.stack([descriptors(view.seen) for view in views])
        self._spent("looking", start)
        return views, described

    def _spent(self, what: str, start: float) -> float:
        now = time.process_time()
        self.seconds[what] += now - start
        return now


def as_scores(
    found: Sequence[dict[tuple[int, int], Likeness]], queries: int, films: int
) -> npt.NDArray[np.float32]:
    """float32[T, Q, N] of what was found for each transform."""
    scores = np.full((len(TRANSFORMS), queries, films), -np.inf, np.float32)
    for transform, likenesses in enumerate(found):
        for (query, film), likeness in likenesses.items():
            scores[transform, query, film] = likeness.score
    return scores
