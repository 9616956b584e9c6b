"""One film beside others, from bytes to bytes: what may be done anywhere, and remembered."""

import json
from typing import NamedTuple

from curation.duplicates.looks import features_in
from curation.duplicates.verification import Likeness, compare
from curation.work.kind import kind
from manifests.contract.vocabulary import Relation

PAIR = kind("pair", 1, __name__)


class Other(NamedTuple):
    """A film to compare with, and which way it lies."""

    features: bytes
    is_mirrored: bool
    is_inverted: bool


class Comparison(NamedTuple):
    """A film, and those that it is compared with."""

    one: bytes
    others: tuple[Other, ...]


def compared(asked: Comparison) -> bytes:
    """A line for each of the others, for `likeness`."""
    one = features_in(asked.one)
    found = (
        compare(
            one, features_in(other.features),
            is_mirrored=other.is_mirrored, is_inverted=other.is_inverted,
        )
        for other in asked.others
    )  # fmt: skip
    return b"\n".join(json.dumps(alike).encode() for alike in found)


def likeness(line: bytes) -> Likeness:
    """What one line of `compared` says."""
    score, relation, (cut, marked) = json.loads(line)
    return Likeness(score, Relation(relation), (cut, marked))
