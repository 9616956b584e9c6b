from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from curation.pages import arithmetic
from curation.pages.arithmetic import agrees, can_occur, is_cut_off, neighbours, share

CELLS = st.integers(2, 4).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, 60), min_size=size, max_size=size), min_size=size, max_size=size
    )
)


@given(CELLS)
def test_every_figure_is_sklearns(cells: list[list[int]]) -> None:
    pairs = [(a, b) for a, row in enumerate(cells) for b, n in enumerate(row) for _ in range(n)]
    if not pairs:
        assert arithmetic.accuracy(cells).value is None
        return
    actual, called = map(np.array, zip(*pairs, strict=True))
    assert accuracy_score(actual, called) == pytest.approx(arithmetic.accuracy(cells).value)
    known = precision_recall_fscore_support(
        actual, called, labels=range(len(cells)), zero_division=np.nan
    )
    for n in range(len(cells)):
        for score, want in zip(
            (arithmetic.precision, arithmetic.recall, arithmetic.f1), known[:3], strict=True
        ):
            found = score(cells, n)
            assert (found.value is None) == np.isnan(want[n])
            if found.value is not None and found.low is not None and found.high is not None:
                assert want[n] == pytest.approx(found.value)
                assert 0 <= found.low <= found.value + 1e-12
                assert found.value - 1e-12 <= found.high <= 1


def test_wilsons_interval_is_that_of_the_books() -> None:
    found = share(1736, 2028)
    assert (found.low, found.high) == pytest.approx((0.8401, 0.8706), abs=5e-5)
    assert share(0, 0).value is None


def test_a_printed_figure_agrees_only_in_all_its_digits() -> None:
    assert agrees(Decimal("0.9868"), 674, 683)
    assert not agrees(Decimal("0.9869"), 674, 683)
    assert agrees(Decimal("0.99"), 674, 683)
    assert agrees(Decimal("0.3"), 1, 4)
    assert agrees(Decimal("0.2"), 1, 4)


def test_a_figure_that_was_cut_off_is_told_from_one_that_was_rounded() -> None:
    assert is_cut_off(Decimal("0.86"), 254, 293)
    assert not is_cut_off(Decimal("0.87"), 254, 293)
    assert not is_cut_off(Decimal("0.85"), 254, 293)


def test_a_percentage_that_no_whole_number_of_films_gives_is_found() -> None:
    assert not can_occur(Decimal("0.9610"), 120)
    assert can_occur(Decimal("0.9610"), 77)
    assert neighbours(Decimal("0.9610"), 120) == (115, 116)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_what_did_occur_can_occur(films: tuple[int, int]) -> None:
    right, count = films
    printed = (Decimal(right) / count).quantize(Decimal("0.0001"))
    assert can_occur(printed, count)
    below, above = neighbours(printed, count)
    assert 0 <= below < above <= count
