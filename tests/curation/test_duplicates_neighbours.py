import os

import numpy as np
import pytest

from curation.duplicates import neighbours as module
from curation.duplicates.candidates import DEPTH, UNIT, Descriptors
from curation.duplicates.neighbours import Candidate, Described, neighbours

WINDOWS = 10


def crowd(films: int) -> Descriptors:
    """Films that look alike as chests do, every tenth of them a near copy of the one before."""
    chance = np.random.default_rng(5)
    drawn = chance.normal(size=(films, 1, 12)) @ chance.normal(size=(12, DEPTH))
    drawn[9::10] = drawn[8::10]
    drawn = (
        drawn + 3 * chance.normal(size=DEPTH) + 0.6 * chance.normal(size=(films, WINDOWS, DEPTH))
    )
    drawn *= UNIT / np.linalg.norm(drawn, axis=2, keepdims=True)
    return np.asarray(np.rint(drawn), np.float32)


FILMS = crowd(1500)


@pytest.fixture
def small_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists for few films as the command makes them for many."""
    monkeypatch.setattr(module, "ALL_PAIRS", 0)
    monkeypatch.setattr(module, "LIST", 32)


def by_definition(described: Described, film: int, count: int) -> list[int]:
    """The nearest films, by every dot product in whole numbers."""
    is_odd = (np.arange(1, DEPTH + 1) % 12) % 2 == 1
    rows, whole = described.astype(np.int64), described[film, 0].astype(np.int64)
    even, odd = rows[:, :, ~is_odd] @ whole[~is_odd], rows[:, :, is_odd] @ whole[is_odd]
    likeness = (abs(even) + abs(odd)).max(axis=1)
    likeness[film] = -1
    return sorted(range(len(rows)), key=lambda other: (-likeness[other], other))[:count]


def sides(found: list[Candidate]) -> set[tuple[int, int]]:
    return {(pair.first, pair.second) for pair in found}


def test_few_films_give_what_the_definition_says() -> None:
    films = FILMS[:120]
    expected = {
        (min(film, other), max(film, other))
        for film in range(len(films))
        for other in by_definition(films, film, 10)
    }
    assert sides(neighbours(films, 10)) == expected


@pytest.mark.usefixtures("small_lists")
def test_lists_find_what_all_pairs_find() -> None:
    found = sides(neighbours(FILMS, 10))
    firsts = range(0, len(FILMS), 15)
    nearest = {film: by_definition(FILMS, film, 10) for film in firsts}
    same = [all(tuple(sorted((f, o))) in found for o in others) for f, others in nearest.items()]
    assert sum(same) >= 0.98 * len(same)


@pytest.mark.usefixtures("small_lists")
def test_lists_find_every_near_copy_though_few_are_visited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PROBES", 24)
    monkeypatch.setattr(module, "HEADS_OF_FILM", 8)
    found = sides(neighbours(FILMS, 3))
    assert {(film - 1, film) for film in range(9, len(FILMS), 10)} <= found


@pytest.mark.usefixtures("small_lists")
@pytest.mark.parametrize("processors", [1, 2, 5])
def test_no_number_of_processors_changes_what_is_found(
    processors: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = neighbours(FILMS[:600], 5)
    monkeypatch.setattr(os, "cpu_count", lambda: processors)
    assert neighbours(FILMS[:600], 5) == expected


@pytest.mark.usefixtures("small_lists")
def test_the_size_of_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = neighbours(FILMS[:600], 5)
    monkeypatch.setattr(module, "BLOCK", 77)
    assert neighbours(FILMS[:600], 5) == expected


@pytest.mark.usefixtures("small_lists")
def test_the_order_of_the_films_changes_no_pair() -> None:
    order = np.random.default_rng(1).permutation(600)
    expected = {frozenset(pair) for pair in sides(neighbours(FILMS[:600], 4))}
    mixed = sides(neighbours(FILMS[order], 4))
    assert {frozenset((int(order[a]), int(order[b]))) for a, b in mixed} == expected


@pytest.mark.usefixtures("small_lists")
def test_whole_numbers_of_two_bytes_are_as_good_as_floats() -> None:
    films = np.asarray(FILMS[:600], np.float32)
    short: Described = np.asarray(films, np.int16)
    assert neighbours(short, 4) == neighbours(films, 4)


@pytest.mark.usefixtures("small_lists")
def test_in_lists_too_a_flat_film_has_no_neighbours() -> None:
    films = FILMS[:300].copy()
    films[[4, 100, 299]] = 0
    met = {film for pair in sides(neighbours(films, 5)) for film in pair}
    assert met == set(range(300)) - {4, 100, 299}


@pytest.mark.usefixtures("small_lists")
def test_in_lists_too_of_equals_the_lower_position_is_nearer() -> None:
    films = np.repeat(FILMS[:1], 200, axis=0)
    assert {first for first, _ in sides(neighbours(films, 1))} == {0}
    assert len(neighbours(films, 1)) == 199


@pytest.mark.usefixtures("small_lists")
@pytest.mark.parametrize("films", [2, 3, 5, 40])
def test_lists_of_very_few_films_find_them_all(films: int) -> None:
    assert len(sides(neighbours(FILMS[:films], films))) == films * (films - 1) // 2
