from pathlib import Path

import pandas as pd
import pytest

from curation.duplicates.pair import Edge, edge
from curation.duplicates.search import scored
from curation.duplicates.verification import Likeness
from curation.pixels.fingerprint import working_copy
from manifests.contract.images import decode
from manifests.contract.params import read
from manifests.contract.vocabulary import Relation
from manifests.contract.working import WorkingCopies, write_working

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT.parent / "shared" / "data"
LISTED = ("recompressed_or_resized", "cropped_or_annotated")
INVERTED = ("133da583a6452e2e6e09f86a5541eb_jumbo", "6ed02c7c0f5f876f310e67e410e4fc_jumbo")
"""Two files of one patient that the table calls two exposures; one is the other, cut and inverted:
their grain agrees (benchmarks/copies.py prints how well)."""

pytestmark = [
    pytest.mark.sample,
    pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project"),
]


@pytest.fixture(scope="module")
def relations() -> dict[Edge, str]:
    rows = pd.read_csv(SAMPLE / "dup_truth.csv", dtype=str)
    return {
        edge(a, b): said for a, b, said in zip(rows["a"], rows["b"], rows["relation"], strict=True)
    }


@pytest.fixture(scope="module")
def called(
    relations: dict[Edge, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[Edge, Likeness]:
    """What is called a copy among all films that have a listed copy."""
    folder = tmp_path_factory.mktemp("films")
    names = sorted({name for pair, said in relations.items() if said in LISTED for name in pair})
    names += [f"cohen/images/{name}.jpeg" for name in INVERTED]
    films = {name: decode((SAMPLE / name).read_bytes(), name).pixels for name in names}
    write_working(folder, ((name, working_copy(film, 1024)) for name, film in films.items()))
    params = read(ROOT / "params.yaml")["dedup"]
    found = scored(names, WorkingCopies([folder]), params["candidates"])
    return {pair: seen for pair, seen in found.items() if seen.score >= params["copy_at_least"]}


def test_every_listed_copy_is_found(
    called: dict[Edge, Likeness], relations: dict[Edge, str]
) -> None:
    assert {pair for pair, said in relations.items() if said in LISTED} <= called.keys()


def test_nothing_else_is_called_a_copy_but_the_inverted_film(
    called: dict[Edge, Likeness], relations: dict[Edge, str]
) -> None:
    copies = {pair for pair, said in relations.items() if said in (*LISTED, "identical_bytes")}
    (left,) = called.keys() - copies
    assert all(name in film for name, film in zip(INVERTED, left, strict=True))
    assert called[left].relation is Relation.CROPPED_OR_ANNOTATED


def test_nearly_every_copy_is_called_what_the_table_calls_it(
    called: dict[Edge, Likeness], relations: dict[Edge, str]
) -> None:
    listed = {pair: said for pair, said in relations.items() if said in LISTED}
    others = [pair for pair, said in listed.items() if called[pair].relation != said]
    # One pair has equal pixels in both files, and is called a crop.
    assert len(others) <= 1
