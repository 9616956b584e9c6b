"""Near copies among many films: a look at each, its neighbours, and a likeness for each pair.

N films. What was found out about a film or a pair is remembered by content, so that memory does
not grow with the pictures, and a film that comes later costs its own look and its own pairs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
from tqdm import tqdm

from curation.duplicates.candidates import DEPTH, WINDOWS
from curation.duplicates.comparing import PAIR, Comparison, Other, compared, likeness
from curation.duplicates.looks import DESCRIBED, FEATURES, described_in, looked, parts
from curation.duplicates.neighbours import Candidate, Described, neighbours
from curation.duplicates.pair import Edge
from curation.duplicates.verification import Likeness
from curation.work.bench import ALONE, Bench, for_now
from manifests.contract.packing import batches
from manifests.contract.working import WorkingCopies

FEATURES_HELD = 4096
"""Films whose features stay in memory, 110 KiB each."""
LOOKS_KEPT, PAIRS_KEPT, GROUPS = 64, 2048, 16
"""How many are written, or read, at a time."""


def scored(
    record_ids: Sequence[str], copies: WorkingCopies, count: int, bench: Bench = ALONE
) -> dict[Edge, Likeness]:
    """The likeness of every film to its `count` nearest others, in whatever order the ids come.

    Raises `BrokenTable` when a film has no working copy.
    """
    ids = sorted(record_ids)
    copies.require(ids)
    if not ids:
        return {}
    with for_now(bench) as place:
        films = Films(ids=ids, copies=copies, bench=place)
        found = films.compared(neighbours(films.described(), count))
        best: dict[Edge, Likeness] = {}
        for pair, alike in found:
            names = (ids[pair.first], ids[pair.second])
            # Two films may be candidates in two ways, plain and mirrored for instance.
            best[names] = max(best.get(names, alike), alike, key=lambda one: one.score)
        return best


@dataclass(slots=True, kw_only=True)
class Films:
    """The films of one search; a film is its position in `ids`."""

    ids: Sequence[str]
    copies: WorkingCopies
    bench: Bench
    held: dict[int, bytes] = field(default_factory=dict)
    """Features at hand, those that came last at the end."""

    def described(self) -> Described:
        """int16[N, W, D]: the descriptors of all films."""
        made = np.zeros((len(self.ids), WINDOWS, DEPTH), np.int16)
        missing: list[int] = []
        for numbers in batches(range(len(self.ids)), PAIRS_KEPT):
            keys = {number: DESCRIBED.key(self._hash(number)) for number in numbers}
            known = self.bench.known(keys.values())
            missing += [number for number, key in keys.items() if key not in known]
            for number, key in keys.items():
                if key in known:
                    made[number] = described_in(known[key])
        for number, described, _ in self._looked_at(missing):
            made[number] = described_in(described)
        return made

    def compared(self, pairs: Sequence[Candidate]) -> Iterator[tuple[Candidate, Likeness]]:
        """Each pair with its likeness, in the order given."""
        known = self._remembered(pairs)
        missing = (pair for pair in pairs if pair not in known)
        groups = [list(group) for _, group in groupby(missing, key=lambda pair: pair.first)]
        made = self.bench.each(compared, self._comparisons(groups))
        fresh: dict[bytes, bytes] = {}
        for group, result in zip(groups, _bar(made, "comparing films", len(groups)), strict=True):
            for pair, line in zip(group, result.split(b"\n"), strict=True):
                known[pair] = likeness(line)
                fresh[self._key(pair)] = line
            if len(fresh) >= PAIRS_KEPT:
                self.bench.keep(PAIR, fresh)
                fresh = {}
        self.bench.keep(PAIR, fresh)
        yield from ((pair, known[pair]) for pair in pairs)

    def _remembered(self, pairs: Sequence[Candidate]) -> dict[Candidate, Likeness]:
        found: dict[Candidate, Likeness] = {}
        for some in batches(pairs, PAIRS_KEPT):
            keys = {pair: self._key(pair) for pair in some}
            known = self.bench.known(keys.values())
            found.update((pair, likeness(known[key])) for pair, key in keys.items() if key in known)
        return found

    def _comparisons(self, groups: Iterable[Sequence[Candidate]]) -> Iterator[Comparison]:
        """Each group of pairs, which share their first film, with the features of its films."""
        for some in batches(groups, GROUPS):
            self._hold({number for group in some for pair in group for number in pair[:2]})
            for group in some:
                others = (
                    Other(self.held[pair.second], pair.is_mirrored, pair.is_inverted)
                    for pair in group
                )
                yield Comparison(self.held[group[0].first], tuple(others))

    def _hold(self, wanted: set[int]) -> None:
        """Bring the features of `wanted` to hand; what was not asked for longest goes."""
        for number in wanted & self.held.keys():
            self.held[number] = self.held.pop(number)
        keys = {n: FEATURES.key(self._hash(n)) for n in sorted(wanted - self.held.keys())}
        known = self.bench.known(keys.values())
        self.held.update({number: known[key] for number, key in keys.items() if key in known})
        # A cache may have lost what it was given.
        if lost := [number for number, key in keys.items() if key not in known]:
            self.held.update({number: features for number, _, features in self._looked_at(lost)})
        for number in list(self.held)[: max(0, len(self.held) - FEATURES_HELD)]:
            if number not in wanted:
                del self.held[number]

    def _looked_at(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes, bytes]]:
        """Each film, its descriptors and its features, packed; both are remembered."""
        names = self.copies.in_order(self.ids[number] for number in numbers)
        position = {self.ids[number]: number for number in numbers}
        made = self.bench.each(looked, (self.copies.data(name) for name in names))
        found = zip(names, _bar(made, "looking at films", len(names)), strict=True)
        for some in batches(found, LOOKS_KEPT):
            looks = {position[name]: parts(result) for name, result in some}
            hashes = {number: self._hash(number) for number in looks}
            described = {DESCRIBED.key(hashes[n]): look.described for n, look in looks.items()}
            features = {FEATURES.key(hashes[n]): look.features for n, look in looks.items()}
            self.bench.keep(FEATURES, features)
            # Last, because a film with descriptors is not looked at again.
            self.bench.keep(DESCRIBED, described)
            yield from ((number, look.described, look.features) for number, look in looks.items())

    def _hash(self, number: int) -> str:
        return self.copies.sha256(self.ids[number])

    def _key(self, pair: Candidate) -> bytes:
        ways = f"{pair.is_mirrored:d}{pair.is_inverted:d}"
        return PAIR.key(self._hash(pair.first), self._hash(pair.second), ways)


def _bar(made: Iterable[bytes], what: str, total: int) -> Iterable[bytes]:
    # Without a film to look at there is nothing to show.
    bar: Iterable[bytes] = tqdm(made, desc=what, total=total, disable=None if total else True)
    return bar
