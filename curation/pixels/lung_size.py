"""What the lungs of one film say of age: those that a network drew, and those of the shape model.

A pure function of bytes, so that its result may be remembered, or made on another machine.
"""

from typing import NamedTuple

from curation.pixels.chest import chest, with_lungs
from curation.pixels.childhood import pediatric_score
from curation.work.kind import kind
from curation.work.packed import pack, unpack
from manifests.contract.packing import unpng

LUNG_SIZE = kind("lung_size", 1, __name__)
"""What `measured` gives."""


class Asked(NamedTuple):
    """PNGs of a working copy and of its lung mask; empty where there is none."""

    copy: bytes
    mask: bytes


class LungSize(NamedTuple):
    """Named as the columns that filter writes."""

    pediatric_score: float | None
    lung_fraction: float | None


def measured(asked: Asked) -> bytes:
    """What `read` understands."""
    film = chest(unpng(asked.copy))
    mask = unpng(asked.mask) if asked.mask else None
    score = pediatric_score(film)
    # Without a lung on it, a mask says nothing: what the shape model saw stays.
    if mask is not None and mask.any():
        film = with_lungs(film, mask)
        score = _mean(score, pediatric_score(film, are_drawn=True))
    return pack(LungSize(score, round(film.lung_fraction, 4))._asdict())


def _mean(shaped: float | None, drawn: float | None) -> float | None:
    """What both kinds of lungs say together.

    A mask stops where a lung is white with disease, and what is left is as small as a child's; the
    shape model goes on there, and knows a child less well.
    """
    if shaped is None or drawn is None:
        return drawn if shaped is None else shaped
    return round((shaped + drawn) / 2, 3)


def read(result: bytes) -> LungSize:
    """What `measured` gave."""
    return LungSize(**unpack(result)[0])
