import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from curation.duplicates.bands import parts_of, plan
from curation.duplicates.bits import Hashes
from curation.duplicates.hamming import nearest, within, within_of, words_of

CHANCE = np.random.default_rng(0)


def apart(one: Hashes, other: Hashes) -> int:
    words = zip(np.atleast_1d(one).tolist(), np.atleast_1d(other).tolist(), strict=True)
    return sum((left ^ right).bit_count() for left, right in words)


def all_pairs(hashes: Hashes, distance: int) -> list[list[int]]:
    ends = range(len(hashes))
    pairs = ([i, j] for i in ends for j in ends if i < j)
    return [pair for pair in pairs if apart(hashes[pair[0]], hashes[pair[1]]) <= distance]


def crowd(count: int, words: int, flips: int) -> Hashes:
    """Hashes of which every tenth is followed by near copies of it."""
    hashes = CHANCE.integers(0, 2**64, (count, words), np.uint64)
    for number in range(count):
        if number % 10:
            hashes[number] = hashes[number - number % 10]
            for bit in CHANCE.integers(0, 64 * words, CHANCE.integers(0, flips)):
                hashes[number, bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return hashes


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.uint64, st.tuples(st.integers(0, 12), st.integers(1, 4))),
    st.integers(0, 70),
)
def test_few_hashes_give_the_pairs_that_comparing_every_two_gives(
    hashes: Hashes, distance: int
) -> None:
    assert within(hashes, distance).tolist() == all_pairs(hashes, distance)


@pytest.mark.parametrize(
    ("words", "distance"),
    [(1, 0), (1, 1), (1, 4), (1, 8), (1, 12), (2, 6), (2, 9), (4, 6), (4, 24)],
)
def test_many_hashes_give_the_pairs_that_comparing_every_two_gives(
    words: int, distance: int
) -> None:
    hashes = crowd(600, words, 2 * distance + 2)
    found = within(hashes, distance).tolist()
    assert found == all_pairs(hashes, distance)
    assert len(found) > 50


@pytest.mark.parametrize("distance", [0, 2, 4, 6])
def test_parts_find_the_pairs_that_comparing_every_two_finds(distance: int) -> None:
    assert plan(20_000, 64, distance) is not None
    hashes = crowd(20_000, 1, 2 * distance + 2).ravel()
    found = within(hashes, distance)
    near = within_of(hashes[:500], hashes[:500], distance)
    expected = near[near[:, 0] < near[:, 1]]
    assert found[found[:, 1] < 500].tolist() == expected.tolist()


@pytest.mark.parametrize("bits", [64, 128, 256])
@pytest.mark.parametrize("parts", [1, 5, 6, 26])
def test_each_bit_belongs_to_one_part(bits: int, parts: int) -> None:
    masks = parts_of(bits, parts)
    assert masks.sum(axis=0, dtype=np.uint64).tolist() == [2**64 - 1] * (bits // 64)
    sizes = [sum(word.bit_count() for word in mask) for mask in masks.tolist()]
    assert sum(sizes) == bits
    assert max(sizes) - min(sizes) <= 1


def test_equal_hashes_are_pairs_at_distance_nought() -> None:
    assert within(np.array([7, 5, 7], np.uint64), 0).tolist() == [[0, 2]]


def test_no_hashes_and_one_hash_have_no_pairs() -> None:
    assert within(np.zeros(0, np.uint64), 4).shape == (0, 2)
    assert within(np.zeros((1, 4), np.uint64), 300).shape == (0, 2)


def test_a_negative_distance_is_told() -> None:
    with pytest.raises(ValueError, match="-1 bits is not possible"):
        within(np.zeros(3, np.uint64), -1)


def test_few_queries_meet_all_hashes_near_them() -> None:
    hashes = crowd(300, 4, 60)
    expected = [
        [i, j] for i in range(20) for j in range(300) if apart(hashes[i * 7], hashes[j]) <= 30
    ]
    assert within_of(hashes[:140:7], hashes, 30).tolist() == expected


def test_the_nearest_of_equals_is_the_first() -> None:
    hashes = np.array([0b111, 0b1, 0b10, 0b1], np.uint64)
    assert nearest(np.array([0, 0b111, 0b11], np.uint64), hashes).tolist() == [
        [1, 1],
        [0, 0],
        [0, 1],
    ]


def test_among_no_hashes_there_is_no_nearest() -> None:
    with pytest.raises(ValueError, match="no hashes"):
        nearest(np.zeros(1, np.uint64), np.zeros(0, np.uint64))


def test_hexadecimal_hashes_become_words_of_64_bits() -> None:
    text = "f" * 16 + "0" * 15 + "1" + "8" + "0" * 31
    assert words_of([text]).tolist() == [[2**64 - 1, 1, 2**63, 0]]
    assert words_of([]).shape == (0, 1)


def test_hashes_of_two_lengths_are_told() -> None:
    with pytest.raises(ValueError, match="of 256 and of 64 bits"):
        within_of(np.zeros((1, 4), np.uint64), np.zeros(1, np.uint64), 3)


@pytest.mark.parametrize("text", ["xyz", "0123", "0" * 32, "-" + "0" * 15, ""])
def test_a_text_that_is_no_hash_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=f"'{text}' is not a hash of 16"):
        words_of(["0" * 16, text])
