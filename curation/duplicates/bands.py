"""Pairs of like hashes by the parts in which they are equal (Manku, Jain, Das Sarma 2007).

N hashes of K words of 64 bits. The bits are dealt to m parts; two hashes that differ in at most t
bits differ in at most t parts, and so are equal in m - t of them. So for every choice of m - t
parts only those are compared that are equal there.
"""

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.duplicates.bits import Hashes, Pairs, apart, ones, room
from curation.duplicates.compiled import compiled

WORD = 64
LEAP = 37
"""Odd, so that it leaps over all places of any number of words."""
MOST_CHOICES = 5000
PASS = 3.0
"""Cost of putting one hash in its place, in comparisons of two words."""
CROWDED = 20.0
"""How many more hashes share a place than if bits were dice: films look alike."""
MOST_PLACES = 24
"""Bits that number the places of a table: 64 MiB."""
MIX = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio: its products are spread evenly."""


Choice = npt.NDArray[np.int64]
Before = npt.NDArray[np.int32]
"""int32[N]: the hash before each one in the same place of a table, -1 for none."""
Chains = tuple[npt.NDArray[np.int32], Before]
"""The last hash in every place of a table, and those before."""


class Plan(NamedTuple):
    """How many parts there are, and how many of them two hashes are equal in."""

    parts: int
    equal: int


def plan(count: int, bits: int, distance: int) -> Plan | None:
    """The cheapest parts for so many hashes; None where to compare every two is cheaper."""
    cheapest, chosen = count * count / 2 * bits / WORD, None
    for parts in range(distance + 1, bits + 1):
        equal = parts - distance
        choices = comb(parts, equal)
        if choices > MOST_CHOICES:
            break
        share = CROWDED * count / 2 ** (equal * (bits // parts) + 1)
        cost = bits // WORD * count * choices * (PASS + share)
        if cost < cheapest:
            cheapest, chosen = cost, Plan(parts, equal)
    return chosen


def equal_somewhere(words: Hashes, chosen: Plan, distance: int) -> Pairs:
    """The pairs of `words` at most `distance` bits apart, in no order, once each."""
    masks = parts_of(words.shape[1] * WORD, chosen.parts)
    bits = min(MOST_PLACES, len(words).bit_length() + 2)
    # Made once: fresh memory for every choice would cost more than the search.
    table = (np.empty(1 << bits, np.int32), np.empty(len(words), np.int32))
    first = words[:, 0].copy()
    found = []
    for some in combinations(range(chosen.parts), chosen.equal):
        choice = np.array(some)
        _chain(words, np.bitwise_or.reduce(masks[choice]), table)
        found.append(_equal_in((words, first), masks, choice, table[1], distance))
    return np.concatenate(found)


def parts_of(bits: int, parts: int) -> Hashes:
    """uint64[m, K]: which bits of a hash belong to each part.

    Neighbouring bits of a perceptual hash are alike: dealt in leaps, no part is all alike.
    """
    masks = np.zeros((parts, bits // WORD), np.uint64)
    for number in range(bits):
        place = number * LEAP % bits
        masks[number * parts // bits, place // WORD] |= np.uint64(1 << place % WORD)
    return masks


@compiled
def _equal_in(
    hashes: tuple[Hashes, Hashes], masks: Hashes, choice: Choice, before: Before, distance: int
) -> Pairs:
    """The pairs of which `choice` names the first parts in which they are equal."""
    words, first = hashes
    found, count = np.empty((16, 2), np.int64), 0
    for number in range(len(words)):
        other = before[number]
        while other >= 0:
            # Most pairs are told apart by their first word: in a row of its own it is soon read.
            if ones(first[number] ^ first[other]) <= distance and (
                apart(words, number, words, other, distance) <= distance
                and _is_first(words, (number, other), masks, choice)
            ):
                found = room(found, count)
                found[count, 0], found[count, 1] = other, number
                count += 1
            other = before[other]
    return found[:count]


@compiled
def _chain(words: Hashes, mask: Hashes, table: Chains) -> None:
    """Say for each hash which one before it has the same place, by the bits of `mask`."""
    last, before = table
    for place in range(len(last)):
        last[place] = -1
    # Places are 2**n, numbered by the first n bits of a key.
    shift = np.uint64(WORD - int(ones(np.uint64(len(last) - 1))))
    for number in range(len(words)):
        key = np.uint64(0)
        for word in range(len(mask)):
            key = (key ^ words[number, word] & mask[word]) * MIX
        there = np.int64(key >> shift)
        before[number], last[there] = last[there], number


@compiled
def _is_first(words: Hashes, pair: tuple[int, int], masks: Hashes, choice: Choice) -> bool:
    """Are the parts of `choice` the first ones in which the pair is equal?"""
    met, (one, other) = 0, pair
    for part in range(choice[-1] + 1):
        is_equal = True
        for word in range(words.shape[1]):
            if (words[one, word] ^ words[other, word]) & masks[part, word]:
                is_equal = False
        if is_equal and choice[met] != part:
            return False
        met += is_equal
    return bool(met == len(choice))
