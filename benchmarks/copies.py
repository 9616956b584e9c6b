"""How well copies are told from follow-ups on real films: precision, recall and cost.

    python benchmarks/copies.py FOLDER

FOLDER holds films and `dup_truth.csv` with the columns a, b (paths in it) and relation. The
thresholds are those of `dedup` in params.yaml.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from curation.duplicates.pair import Edge, edge
from curation.duplicates.search import scored
from curation.duplicates.verification import Likeness
from curation.pixels.fingerprint import working_copy
from curation.stages.dedup import Params
from manifests.contract.images import Pixels, decode
from manifests.contract.params import read, section
from manifests.contract.working import WorkingCopies, write_working

COPIES = ("identical_bytes", "recompressed_or_resized", "cropped_or_annotated")
PICTURES = {".jpg", ".jpeg", ".jfif", ".png", ".webp"}
NOT_FILMS = ("mask", "annotations")
MAX_SIDE = 1024


def films(folder: Path) -> Iterator[tuple[str, Pixels]]:
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        is_film = not any(word in name.lower() for word in NOT_FILMS)
        if is_film and place.suffix.lower() in PICTURES:
            yield name, working_copy(decode(place.read_bytes(), name).pixels, MAX_SIDE)


def main(folder: Path) -> None:
    params = section(read(Path("params.yaml")), "dedup", Params)
    with tempfile.TemporaryDirectory() as place:
        ids: list[str] = []
        write_working(Path(place), named(films(folder), ids))
        start = time.process_time()
        found = scored(ids, WorkingCopies([Path(place)]), params.candidates)
        cost = 1000 * (time.process_time() - start) / len(ids)
    scores = {pair: likeness.score for pair, likeness in found.items()}
    print(f"{len(ids)} films, {len(scores)} pairs compared, {cost:.1f} CPU ms per film\n")
    listed = truth(folder, set(ids))
    show(scores, listed, params)
    name(found, listed, params)


def named(given: Iterable[tuple[str, Pixels]], ids: list[str]) -> Iterator[tuple[str, Pixels]]:
    for name, pixels in given:
        ids.append(name)
        yield name, pixels


def truth(folder: Path, ids: set[str]) -> dict[Edge, str]:
    rows = pd.read_csv(folder / "dup_truth.csv", dtype=str)[["a", "b", "relation"]]
    listed = rows.itertuples(index=False, name=None)
    return {edge(a, b): relation for a, b, relation in listed if {a, b} <= ids}


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
    called = {pair for pair, value in scores.items() if value >= params.copy_at_least}
    true = {pair for pair, relation in relations.items() if relation in COPIES}
    precision, recall = len(called & true) / len(called), len(called & true) / len(true)
    print(f"\ncopies: precision {precision:.3f}, recall {recall:.3f}")
    for pair in sorted(called ^ true):
        print(f"  {scores.get(pair, 0):.3f} {relations.get(pair, 'not listed')}: {' '.join(pair)}")


def name(found: Mapping[Edge, Likeness], relations: Mapping[Edge, str], params: Params) -> None:
    """How often the name of a copy is the one that the table gives it."""
    named = {
        pair: (relations[pair], str(likeness.relation))
        for pair, likeness in found.items()
        if relations.get(pair) in COPIES and likeness.score >= params.copy_at_least
    }
    same = sum(listed == ours for listed, ours in named.values())
    print(f"\nnames: {same} of {len(named)} found copies are called what the table calls them")
    for pair, (listed, ours) in sorted(named.items()):
        if listed != ours:
            print(f"  {found[pair].score:.3f} {listed}, called {ours}: {' '.join(pair)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
