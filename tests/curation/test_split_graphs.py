"""Laws of groups and splits together, on random worlds of patients, copies, studies and cases."""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from divided import PARAMS, divided, sides
from records import record, records
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from curation.duplicates.groups import groups
from curation.duplicates.pair import Edge, Link
from curation.sources.loading import keys
from curation.splits import ledger
from curation.splits.freezing import frozen, leading_findings
from curation.splits.moves import merged_groups
from manifests.contract.protocol import HONEST, LOSO, leak
from manifests.contract.protocol import sides as sides_of
from manifests.contract.vocabulary import Relation, Split

GRAPHS = 10_000
SOURCES = tuple(keys())
SAME = Link(relation=Relation.SAME_PATIENT_OR_SERIES, score=0.7)
OTHER = Link(relation=Relation.DIFFERENT, score=0.1)
Joins = dict[Edge, Link]


def world(count: int, seed: int) -> tuple[pd.DataFrame, Joins, list[Edge]]:
    """`count` graphs of 2 to 12 films in one table, the links found, and all that joins two films.

    Films of a graph share patients, studies, case pages and links with films of that graph only.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    names: list[tuple[str, str, str, str | None, str]] = []
    links: Joins = {}
    for graph in range(count):
        own = [f"{chance.choice(SOURCES)}/{graph}-{n}" for n in range(chance.randint(2, 12))]
        for name in own:
            source, page = name.split("/")[0], chance.random() < 0.2
            shown = f"https://radiopaedia.org/cases/{graph}-{chance.randrange(3)}"
            names.append((
                name, source, f"{source}/{graph}-p{chance.randrange(9)}",
                f"{source}/{graph}-s{chance.randrange(9)}" if chance.random() < 0.3 else None,
                shown if page else f"https://example.org/{graph}",
            ))  # fmt: skip
        for _ in range(chance.randrange(4)):
            one, two = sorted(chance.sample(own, 2))
            links[one, two] = SAME if chance.random() < 0.8 else OTHER
    table = films(names, chance)
    return table, links, joined(table, links)


def films(
    names: list[tuple[str, str, str, str | None, str]], chance: random.Random
) -> pd.DataFrame:
    """One record drawn out over all rows: to validate each would take most of the time."""
    first = records([record("a")])
    table = first.loc[first.index.repeat(len(names))].reset_index(drop=True)
    columns = zip(*names, strict=True)
    for column, values in zip(
        ("record_id", "source", "patient_id", "study_id", "source_url"), columns, strict=True
    ):
        table[column] = pd.Series(list(values), dtype=table[column].dtype)
    found = chance.choices(
        ("covid19", "normal", "pneumonia", "sars"), (40, 40, 18, 2), k=len(names)
    )
    table["finding"] = pd.Series(found, dtype=table["finding"].dtype)
    return table.sort_values("record_id").reset_index(drop=True)


def joined(table: pd.DataFrame, links: Joins) -> list[Edge]:
    """Every pair of films next to each other by a shared value or a link, told independently."""
    pairs = [pair for pair, link in links.items() if link.relation != Relation.DIFFERENT]
    pages = table["source_url"].where(table["source_url"].str.contains("radiopaedia"))
    for values in (table["patient_id"], table["study_id"], pages):
        for _, own in table["record_id"].groupby(values):
            pairs += list(pairwise(own))
    return pairs


def grouped(table: pd.DataFrame, links: Joins) -> pd.DataFrame:
    there = set(table["record_id"])
    left = {pair: link for pair, link in links.items() if set(pair) <= there}
    found = groups(table, left)
    made = [found[name] for name in table["record_id"]]
    return table.assign(group=pd.Series(made, table.index, dtype=table["group"].dtype))


@pytest.fixture(scope="module")
def many() -> tuple[pd.DataFrame, list[Edge]]:
    table, links, pairs = world(GRAPHS, 1)
    return grouped(table, links), pairs


def random_ledger(table: pd.DataFrame, place: Path) -> None:
    """A ledger that holds half the films, with groups on all sides at once."""
    chance = random.Random(2)  # noqa: S311 - no secret
    held = [name for name in table["record_id"] if chance.random() < 0.5]
    ledger.write(
        place, {name: chance.choice((Split.TRAIN, Split.VAL, Split.TEST)) for name in held}
    )


@pytest.mark.parametrize("case", ["hash", "ledger", "external"])
def test_no_group_of_ten_thousand_graphs_stands_on_two_sides(
    many: tuple[pd.DataFrame, list[Edge]], tmp_path: Path, case: str
) -> None:
    table, pairs = many
    if case != "hash":
        random_ledger(table, tmp_path / "ledger.csv")
    unseen = ("figure1", "sirm") if case == "external" else ()
    kept = divided(table, tmp_path, external=unseen).verdict.kept
    side = sides(kept)
    assert [pair for pair in pairs if side[pair[0]] != side[pair[1]]] == []
    assert kept.groupby("group")["split"].nunique().max() == 1
    assert set(kept["split"]) == {"train", "val", "test"} | ({"external"} if unseen else set())
    learnt = kept["split"] != "external"
    assert not set(kept["source"][learnt]) & set(unseen)
    for protocol in (HONEST, *(f"{LOSO}{source}" for source in SOURCES)):
        assert leak(kept["group"], sides_of(kept, protocol)).leaked == 0


def test_groups_are_the_components_and_no_coarser(many: tuple[pd.DataFrame, list[Edge]]) -> None:
    table, pairs = many
    number = {name: n for n, name in enumerate(table["record_id"])}
    ends = np.array([(number[a], number[b]) for a, b in pairs]).T
    size = (len(table), len(table))
    count, found = connected_components(coo_matrix((np.ones(len(pairs)), tuple(ends)), size))
    assert table["group"].nunique() == count > GRAPHS
    assert table["group"].groupby(found).nunique().max() == 1


def without(table: pd.DataFrame, source: str) -> pd.DataFrame:
    return table[table["source"] != source].reset_index(drop=True)


@pytest.mark.parametrize("source", SOURCES)
def test_adding_a_source_moves_only_what_it_proves_to_be_one_group(
    tmp_path: Path, source: str
) -> None:
    table, links, _ = world(400, 3)
    old, new = grouped(without(table, source), links), grouped(table, links)
    now = divided(old, tmp_path)
    ledger.write(tmp_path / "ledger.csv",
                 frozen(now.verdict.kept, {}, now.ruled, PARAMS).known)  # fmt: skip
    before = sides(divided(old, tmp_path).verdict.kept)
    after = divided(new, tmp_path)
    found = sides(after.verdict.kept)
    moved = {name for name, side in before.items() if found[name] != side}
    told = dict(zip(after.moved["record_id"], after.moved["group"], strict=True))
    # Every move is told, is by a merger, and takes nothing out of the test set.
    assert moved == told.keys()
    assert set(told.values()) <= merged_groups(old, new).keys()
    assert {name for name in moved if before[name] == "test"} == set()
    assert len(moved) < 0.1 * len(before)


@pytest.mark.parametrize("source", SOURCES)
def test_without_a_ledger_a_source_moves_no_film_of_a_group_that_it_leaves_alone(
    tmp_path: Path, source: str
) -> None:
    table, links, _ = world(400, 3)
    old, new = grouped(without(table, source), links), grouped(table, links)
    before, after = (sides(divided(rows, tmp_path).verdict.kept) for rows in (old, new))
    touched = set(new["group"][new["source"] == source])
    alone = new["record_id"][~new["group"].isin(touched)]
    assert len(alone) > 500
    assert {name: after[name] for name in alone} == {name: before[name] for name in alone}


@pytest.mark.parametrize("seed", range(5))
def test_frozen_classes_are_nearer_to_their_shares_than_hashed_ones(
    tmp_path: Path, seed: int
) -> None:
    table, links, _ = world(100, seed)
    rows = grouped(table, links)
    hashed = divided(rows, tmp_path)
    known = frozen(hashed.verdict.kept, {}, hashed.ruled, PARAMS).known
    ledger.write(tmp_path / "ledger.csv", known)
    held = divided(rows, tmp_path).verdict.kept
    assert furthest(held) < 1 <= furthest(hashed.verdict.kept)


def furthest(kept: pd.DataFrame) -> float:
    """How many groups the worst side of the worst class is from its share."""
    classes = leading_findings(kept)
    side = dict(zip(kept["group"], kept["split"], strict=True))
    total = Counter(classes.values())
    have = Counter((finding, side[group]) for group, finding in classes.items())
    return max(
        abs(have[finding, place.value] - share * count)
        for finding, count in total.items()
        for place, share in PARAMS.wished.items()
    )
