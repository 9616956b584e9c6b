"""The copies in anyone's folders: which files show one picture, and how they are related."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from curation.duplicates.groups import components
from curation.duplicates.pair import edge
from curation.duplicates.search import scored
from curation.folders import shown
from curation.pixels import film
from curation.work.bench import Bench
from manifests.contract.images import MAX_PIXELS
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Relation
from manifests.contract.working import WorkingCopies, write_packed

MAX_SIDE = 1024
"""Longest side of the copies that are compared, pixels."""
ALL_PAIRS = 50
"""Files of one picture up to which each is listed beside each; of more, beside the first."""


class Thresholds(NamedTuple):
    """From where on two files are copies, or of one patient; and how many are looked at."""

    candidates: int
    copy_at_least: float
    same_patient_at_least: float


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Found:
    """Two files that belong together, the one with the smaller name first."""

    a: str
    b: str
    relation: Relation
    score: float


class File(NamedTuple):
    """What is known of a file without comparing it."""

    sha256: str
    pixel_sha256: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """All that was found: files by name, pairs in order, and why a file is no picture."""

    files: dict[str, File] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    pairs: list[Found] = field(default_factory=list)

    def clusters(self) -> list[list[str]]:
        """The files that are copies of one another, the largest picture of each first."""
        is_copy = [(p.a, p.b) for p in self.pairs if p.relation != Relation.SAME_PATIENT_OR_SERIES]
        groups = components(sorted(self.files), is_copy)
        return [sorted(group, key=self._rank) for group in groups if len(group) > 1]

    def _rank(self, name: str) -> tuple[int, str]:
        found = self.files[name]
        return -found.width * found.height, name


def copies_in(
    places: Iterable[Path], thresholds: Thresholds, bench: Bench, scratch: Path
) -> Copies:
    """Every pair of `places` that shows one picture, or one patient. Writes into `scratch`."""
    found = Copies()
    write_packed(scratch, _read(places, found, bench))
    same = _named_by(found.files, "pixel_sha256")
    looks = [names[0] for names in same.values()]
    near = scored(looks, WorkingCopies([scratch]), thresholds.candidates, bench)
    found.pairs.extend(_exact(found.files, same.values()))
    for (one, other), (score, relation, _) in near.items():
        if score < thresholds.same_patient_at_least:
            continue
        is_copy = score >= thresholds.copy_at_least
        said = relation if is_copy else Relation.SAME_PATIENT_OR_SERIES
        ones, others = (same[found.files[name].pixel_sha256] for name in (one, other))
        found.pairs.extend(_each_beside_each(ones, others, said, score))
    found.pairs.sort()
    return found


def _read(places: Iterable[Path], found: Copies, bench: Bench) -> Iterator[tuple[str, bytes]]:
    """The working copies of those files that are films; all else is noted in `found`."""
    names: list[tuple[str, str]] = []

    def asked() -> Iterator[tuple[bytes, film.Asked]]:
        for place in places:
            try:
                data = place.read_bytes()
            except OSError as fault:
                found.faults.append(f"{shown(place)}: cannot be read ({fault.strerror})")
                continue
            sha256 = hashlib.sha256(data).hexdigest()
            names.append((shown(place), sha256))
            one = film.Asked(data, (), MAX_SIDE, MAX_PIXELS)
            yield one.key(sha256), one

    results = bench.results(film.FILM, film.measured, asked())
    for number, result in enumerate(tqdm(results, desc="reading files", disable=None)):
        name, sha256 = names[number]
        try:
            columns, copy, _, _ = film.read(result, name)
        except Rejected as verdict:
            found.faults.append(verdict.detail.replace("fetch it again, or leave it rejected",
                                                       "it is left out"))  # fmt: skip
            continue
        found.files[name] = File(
            sha256, str(columns["pixel_sha256"]), int(str(columns["width"])),
            int(str(columns["height"])),
        )  # fmt: skip
        yield name, copy


def _named_by(files: Mapping[str, File], what: str) -> dict[str, list[str]]:
    """The names of the files with one value, sorted."""
    made: dict[str, list[str]] = {}
    for name in sorted(files):
        made.setdefault(getattr(files[name], what), []).append(name)
    return made


def _exact(files: Mapping[str, File], same: Iterable[Sequence[str]]) -> Iterator[Found]:
    """The pairs of files with equal pixels."""
    for names in same:
        pairs = (
            combinations(names, 2) if len(names) <= ALL_PAIRS
            else ((names[0], other) for other in names[1:])
        )  # fmt: skip
        for one, other in pairs:
            is_same_file = files[one].sha256 == files[other].sha256
            said = Relation.IDENTICAL_BYTES if is_same_file else Relation.SAME_PIXELS
            yield Found(a=one, b=other, relation=said, score=1.0)


def _each_beside_each(
    ones: Sequence[str], others: Sequence[str], relation: Relation, score: float
) -> Iterator[Found]:
    """What holds for two films holds for all files with their pixels."""
    if max(len(ones), len(others)) > ALL_PAIRS:
        ones, others = ones[:1], others[:1]
    for one, other in product(ones, others):
        a, b = edge(one, other)
        yield Found(a=a, b=b, relation=relation, score=score)
