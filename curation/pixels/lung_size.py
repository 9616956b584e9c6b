"""What the lungs of one film say of age, on the mask that a network drew of them.

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
    # Without a lung on it, a mask says nothing: what the shape model saw stays.
    are_drawn = mask is not None and bool(mask.any())
    if mask is not None and are_drawn:
        film = with_lungs(film, mask)
    found = LungSize(pediatric_score(film, are_drawn=are_drawn), round(film.lung_fraction, 4))
    return pack(found._asdict())


def read(result: bytes) -> LungSize:
    """What `measured` gave."""
    return LungSize(**unpack(result)[0])
