"""Which kind of copy two films are, once one is laid on the other: frame first, marks, tones."""

from typing import NamedTuple

import numpy as np

from curation.duplicates.alignment import Affine
from curation.duplicates.features import Features
from curation.duplicates.field import cut_off, is_reframed
from curation.duplicates.marks import has_other_tones, marked, squares
from manifests.contract.vocabulary import Relation


class Kind(NamedTuple):
    """Which kind of copy two films are, and what each of them lacks of what both show together."""

    relation: Relation
    lacks: tuple[float, float] = (0.0, 0.0)
    """Shares from 0 to 1 that are cut off or lie under marks: of the first film, of the second."""


def kind(one: Features, other: Features, alignment: Affine) -> Kind:
    """The kind of two copies; `alignment` lays `one` on `other`."""
    laid, here = squares(one, other, alignment)
    marks = marked(laid, here)
    cut = cut_off(one, other, alignment)
    lacks = round(cut[0] + marks[0], 4), round(cut[1] + marks[1], 4)
    if is_reframed(one, other, alignment) or max(marks) > 0:
        return Kind(Relation.CROPPED_OR_ANNOTATED, lacks)
    is_mirrored = np.linalg.det(alignment[:, :2]) < 0
    if is_mirrored or has_other_tones(laid, here):
        return Kind(Relation.ADJUSTED)
    return Kind(Relation.RECOMPRESSED_OR_RESIZED)
