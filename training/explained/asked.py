"""A network, the films it is asked about, and what it says of them.

B batch, C classes, N films.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn

from manifests.contract.labels import Task
from manifests.contract.packing import png
from training.data import Look, batch, portions
from training.explained.gradcam import SIDE, Heat, heat
from training.explained.layers import map_of
from training.explained.saying import Says, says
from training.films import Films, Whole
from training.frames import shown
from training.hardware import device
from training.metrics import Floats

FILMS_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that explanations are made of."""

    net: nn.Module
    films: Films
    chances: Floats
    """float64[N, C]."""
    look: Look
    task: Task
    layer: str
    """Module whose map is weighed."""

    def place(self, n: int) -> int:
        """Row of film `n` in the prepared table."""
        return int(self.films.places[n])

    def named(self, picked: Whole) -> list[int]:
        """The class that the network names on each of the films."""
        return [int(number) for number in self.chances[picked].argmax(1)]

    def is_right(self, n: int) -> bool:
        return int(self.chances[n].argmax()) == int(self.films.targets[n])

    def images(self, picked: Whole) -> Tensor:
        """float32[B, 3, H, W], standardised."""
        return batch(self.films, picked, self.look, device())

    def image(self, n: int) -> Tensor:
        """float32[1, 3, H, W] of film `n`."""
        return self.images(np.array([n], np.int64))

    def says(self, n: int) -> Says:
        """How likely the network finds the class that it names on film `n`."""
        return says(self.net, int(self.chances[n].argmax()))

    def heats(self, picked: Whole) -> Iterator[tuple[int, Heat]]:
        """The number of each film of `picked` and its heat for the class named."""
        for part in portions(len(picked), FILMS_AT_ONCE):
            chosen = picked[part]
            maps = heat(self.net, self.images(chosen), self.named(chosen), self.layer)
            yield from zip((int(n) for n in chosen), maps, strict=True)

    def cells(self) -> int:
        """Cells a side of the map that is weighed. There must be a film."""
        return map_of(self.net, self.image(0), self.layer).cells

    def groups(self, picked: Whole) -> Sequence[str]:
        return [str(group) for group in self.films.rows["group"].iloc[picked]]

    def told(self, n: int) -> dict[str, object]:
        """What every table says of film `n` first."""
        known = self.films.prepared.rows.iloc[self.place(n)]
        chances = self.chances[n]
        return {
            **{name: known[name] for name in ("record_id", "group", "source")},
            "label": self.films.labels[self.films.targets[n]],
            "predicted": self.films.labels[int(chances.argmax())],
            "probability": round(float(chances.max()), 6),
            "is_drawn": bool(known["is_drawn"]),
            "film": png(shown(self.films.prepared, self.place(n), SIDE)),
        }
