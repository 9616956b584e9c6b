"""A network on films with their burned-in text and without: what changes (paper 5.3, Fig. 20).

N films whose text was concealed, C classes, S pixels a side.
"""

import json
from dataclasses import dataclass

import numpy as np
from torch import nn

from manifests.contract.images import Pixels
from manifests.contract.prepared import Prepared
from manifests.contract.table import BrokenTable
from training.data import Look, batch, portions
from training.explained.gradcam import SIDE, Heat, heat
from training.films import Films, Whole
from training.frames import image_channel, laid_over
from training.hardware import device
from training.metrics import Floats
from training.prediction import probabilities

FILMS_AT_ONCE = 8
WHITE = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the network says of the films, and where it looks for the label that it names."""

    chances: Floats
    """float64[N, C]."""
    heats: Heat
    """float32[N, 320, 320]."""

    @property
    def named(self) -> Whole:
        """int64[N], class numbers."""
        return np.asarray(self.chances.argmax(1), np.int64)


def check_same_films(plain: Prepared, concealed: Prepared) -> None:
    """Raise `BrokenTable` unless both hold the same films as stacks of one kind."""
    for what, one, other in (
        ("manifest", plain.manifest_id, concealed.manifest_id),
        ("channels", plain.channels, concealed.channels),
        ("recipe", _but_for_text(plain), _but_for_text(concealed)),
        ("films", plain.rows["record_id"].tolist(), concealed.rows["record_id"].tolist()),
        ("size", plain.pixels[0].shape[1:], concealed.pixels[0].shape[1:]),
    ):
        if one != other:
            raise BrokenTable(
                f"the films with concealed text have another {what} than those the network learnt "
                "from; both recipes must differ in conceal_text only, then run `dvc repro prepare`"
            )


def _but_for_text(prepared: Prepared) -> dict[str, object]:
    return {**json.loads(prepared.recipe), "conceal_text": None}


def with_text(films: Films, concealed: Prepared) -> Whole:
    """int64[N]: the numbers of the films that are not the same in `concealed`."""
    return np.array(
        [n for n, place in enumerate(films.places)
         if not np.array_equal(films.pixels(n), concealed.stack(int(place)))],
        np.int64,
    )  # fmt: skip


def text_area(plain: Prepared, concealed: Prepared, place: int) -> Pixels:
    """uint8[320, 320], 0 or 255: where the film before any enhancement was painted over.

    An enhancement spreads the change over the whole film.
    """
    channel = image_channel(plain)
    before, after = (given.stack(place)[:, :, channel] for given in (plain, concealed))
    return laid_over(np.asarray((before != after) * WHITE, np.uint8), SIDE)


def said_of(net: nn.Module, films: Films, look: Look) -> Said:
    """What `net`, in evaluation mode, says of all `films`."""
    chances = probabilities(net, films, look)
    maps = np.zeros((len(films), SIDE, SIDE), np.float32)
    for part in portions(len(films), FILMS_AT_ONCE):
        named = [int(n) for n in chances[part].argmax(1)]
        maps[part] = heat(net, batch(films, part, look, device()), named)
    return Said(chances=chances, heats=maps)
