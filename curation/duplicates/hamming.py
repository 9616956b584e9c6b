"""Hashes within a Hamming distance, exactly: all pairs of many, or a few among many.

N hashes [N] or [N, K], of K words of 64 bits.
"""

import re
from collections.abc import Sequence

import numpy as np

from curation.duplicates.bands import WORD, equal_somewhere, plan
from curation.duplicates.bits import Hashes, Pairs, apart, room
from curation.duplicates.compiled import compiled

HEXADECIMAL = re.compile("[0-9a-fA-F]+")


def within(hashes: Hashes, distance: int) -> Pairs:
    """Every pair of positions, first < second, at most `distance` bits apart: int64[P, 2], sorted.

    Raises `ValueError` for a negative distance.
    """
    if distance < 0:
        raise ValueError(f"A Hamming distance of {distance} bits is not possible; give 0 or more.")
    words = _words(hashes)
    chosen = plan(len(words), words.shape[1] * WORD, distance)
    found = equal_somewhere(words, chosen, distance) if chosen else _compared(words, distance)
    # One number for each pair sorts several times faster than two columns.
    pairs = np.sort(found[:, 0] * max(1, len(words)) + found[:, 1])
    return np.stack(np.divmod(pairs, max(1, len(words))), axis=1)


def within_of(queries: Hashes, hashes: Hashes, distance: int) -> Pairs:
    """Every (query, hash) at most `distance` bits apart, int64[P, 2], sorted.

    For few queries: each is compared with every hash. Raises `ValueError` where the two are not
    hashes of one length.
    """
    return _near(*_alike(queries, hashes), distance)


def nearest(queries: Hashes, hashes: Hashes) -> Pairs:
    """For each query the position of the nearest hash, and the distance: int64[Q, 2].

    Of equals the lower position. Raises `ValueError` where there are no hashes, or of another
    length.
    """
    if not len(hashes):
        raise ValueError("There are no hashes to look among.")
    return _nearest(*_alike(queries, hashes))


def words_of(texts: Sequence[str]) -> Hashes:
    """uint64[N, K] of hexadecimal hashes of one length, 16 digits to a word.

    Raises `ValueError` where a text is no such hash.
    """
    digits = WORD // 4
    length = len(texts[0]) if len(texts) else digits
    for text in texts:
        if len(text) != length or length % digits or not HEXADECIMAL.fullmatch(text):
            raise ValueError(f"'{text}' is not a hash of {length} hexadecimal digits.")
    places = range(0, length, digits)
    words = [[int(text[place : place + digits], 16) for place in places] for text in texts]
    return np.array(words, np.uint64).reshape(len(texts), len(places))


def _alike(queries: Hashes, hashes: Hashes) -> tuple[Hashes, Hashes]:
    ours, theirs = _words(queries), _words(hashes)
    # Compiled code would read past the end of the shorter ones.
    if len(ours) and len(theirs) and ours.shape[1] != theirs.shape[1]:
        raise ValueError(
            f"Hashes of {WORD * ours.shape[1]} and of {WORD * theirs.shape[1]} bits cannot be "
            "compared; make both in the same way."
        )
    return ours, theirs


def _words(hashes: Hashes) -> Hashes:
    """uint64[N, K], in one piece."""
    return np.ascontiguousarray(hashes[:, None] if hashes.ndim == 1 else hashes, np.uint64)


@compiled
def _compared(words: Hashes, distance: int) -> Pairs:
    found, count = np.empty((1024, 2), np.int64), 0
    for one in range(len(words)):
        for other in range(one + 1, len(words)):
            if apart(words, one, words, other, distance) <= distance:
                found = room(found, count)
                found[count, 0], found[count, 1] = one, other
                count += 1
    return found[:count]


@compiled
def _near(queries: Hashes, words: Hashes, distance: int) -> Pairs:
    found, count = np.empty((1024, 2), np.int64), 0
    for query in range(len(queries)):
        for other in range(len(words)):
            if apart(queries, query, words, other, distance) <= distance:
                found = room(found, count)
                found[count, 0], found[count, 1] = query, other
                count += 1
    return found[:count]


@compiled
def _nearest(queries: Hashes, words: Hashes) -> Pairs:
    found = np.empty((len(queries), 2), np.int64)
    for query in range(len(queries)):
        position, least = 0, apart(queries, query, words, 0, WORD * words.shape[1])
        for other in range(1, len(words)):
            here = apart(queries, query, words, other, least)
            if here < least:
                position, least = other, here
        found[query, 0], found[query, 1] = position, least
    return found
