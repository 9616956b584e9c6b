"""How well copies are told from follow-ups on real films: precision, recall, names and cost.

    PYTHONPATH=. python benchmarks/copies.py FOLDER

FOLDER holds films and `dup_truth.csv` with the columns a, b (paths in it) and relation. The
thresholds are those of `dedup` in params.yaml. Of every pair on which we and the table disagree it
prints the correlation of the film grain, which no two exposures share.
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from copy_films import COPIES, film, places, truth
from copy_grain import grain
from tqdm import tqdm

from curation.duplicates.pair import Edge, edge
from curation.duplicates.search import scored
from curation.duplicates.verification import Likeness
from curation.stages.dedup import Params
from manifests.contract.images import Pixels
from manifests.contract.params import read, section
from manifests.contract.vocabulary import Relation
from manifests.contract.working import WorkingCopies, write_working


def main(folder: Path) -> None:
    params = section(read(Path("params.yaml")), "dedup", Params)
    names = places(folder)
    with tempfile.TemporaryDirectory() as place:
        write_working(Path(place), films(folder, names))
        start = time.process_time()
        found = scored(names, WorkingCopies([Path(place)]), params.candidates)
        cost = 1000 * (time.process_time() - start) / len(names)
    print(f"{len(names)} films, {len(found)} pairs compared, {cost:.1f} CPU ms per film\n")
    found |= identical(folder, names)
    listed = truth(folder, names)
    called = {p: said for p, said in found.items() if said.score >= params.copy_at_least}
    show({pair: said.score for pair, said in found.items()}, listed, params)
    judge(folder, called, listed)
    name(called, listed)


def films(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, Pixels]]:
    for one in tqdm(names, desc="reading", disable=None):
        yield one, film(folder, one)


def identical(folder: Path, names: Sequence[str]) -> dict[Edge, Likeness]:
    """The pairs that need no looking at; the first file of equal ones stands for them."""
    first: dict[bytes, str] = {}
    pairs = {}
    for one in names:
        other = first.setdefault(hashlib.sha256((folder / one).read_bytes()).digest(), one)
        if other != one:
            pairs[edge(one, other)] = Likeness(1.0, Relation.IDENTICAL_BYTES)
    return pairs


def show(scores: Mapping[Edge, float], relations: Mapping[Edge, str], params: Params) -> None:
    print("| truth | pairs | called copy | same group | neither | lowest | highest score |")
    print("|---|---|---|---|---|---|---|")
    by_relation: dict[str, list[float]] = {}
    for pair in sorted(relations.keys() | scores.keys()):
        by_relation.setdefault(relations.get(pair, "not listed"), []).append(scores.get(pair, 0))
    for relation, values in by_relation.items():
        copies = sum(value >= params.copy_at_least for value in values)
        joined = sum(value >= params.same_patient_at_least for value in values) - copies
        print(
            f"| {relation} | {len(values)} | {copies} | {joined} | {len(values) - copies - joined} "
            f"| {min(values):.3f} | {max(values):.3f} |"
        )


def judge(folder: Path, called: Mapping[Edge, Likeness], relations: Mapping[Edge, str]) -> None:
    """Precision and recall as the table has it, and what the grain says of each disagreement."""
    true = {pair for pair, relation in relations.items() if relation in COPIES}
    crops = {pair for pair in true if relations[pair] == "cropped_or_annotated"}
    right = called.keys() & true
    print(f"\ncopies, by the table: precision {len(right) / len(called):.3f}, ", end="")
    print(f"recall {len(right - crops) / len(true - crops):.3f} but crops, ", end="")
    print(f"{len(right & crops) / len(crops):.3f} crops")
    for pair in sorted(called.keys() ^ true):
        said = called[pair].relation if pair in called else "nothing"
        shared = grain(film(folder, pair[0]), film(folder, pair[1]))
        print(f"  the table says {relations.get(pair, 'nothing')}, we say {said}", end="; ")
        print(f"correlation of the grain {shared:.3f}: {' '.join(pair)}")


def name(called: Mapping[Edge, Likeness], relations: Mapping[Edge, str]) -> None:
    """How often the name of a copy is the one that the table gives it."""
    named = {
        pair: (relations[pair], str(said.relation))
        for pair, said in called.items()
        if relations.get(pair) in COPIES
    }
    same = sum(listed == ours for listed, ours in named.values())
    print(f"\nnames: {same} of {len(named)} found copies are called what the table calls them")
    for pair, (listed, ours) in sorted(named.items()):
        if listed != ours:
            print(f"  {called[pair].score:.3f} {listed}, called {ours}: {' '.join(pair)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
