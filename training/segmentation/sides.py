"""Which masked films a segmenter learns from, is chosen by and is judged on: whole patients.

By a hash of the group, so that a film that comes moves no other. N films.
"""

import hashlib
from dataclasses import dataclass

from torch import Tensor

from manifests.contract.masked import MaskedFilms
from manifests.contract.vocabulary import Split
from training.films import Whole
from training.segmentation.look import Equalise, seen, squeezed_masks


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The films on one side of the line."""

    places: Whole
    """int64[N], rows of the table of masked films."""
    films: Tensor
    """float32[N, 1, S, S] in 0..1."""
    masks: Tensor
    """float32[N, 1, S, S], 0 or 1."""

    def __len__(self) -> int:
        return len(self.places)


def side_of(group: str, *, val: float, test: float, salt: str) -> Split:
    """The side of a group, by its name and `salt` alone; `val` and `test` are shares of groups."""
    digest = hashlib.sha256(f"{salt}\x1f{group}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    if share < test:
        return Split.TEST
    return Split.VAL if share < test + val else Split.TRAIN


def side(masked: MaskedFilms, places: Whole, how: Equalise, size: int) -> Side:
    """The films numbered `places`, as a segmenter of this look and size sees them."""
    return Side(
        places=places,
        films=seen(masked.films[places], how, size),
        masks=squeezed_masks(masked.masks[places], size),
    )
