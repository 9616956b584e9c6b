"""Which films are explained: figures never look at what a network said, the gallery half does.

N films.
"""

import hashlib

import numpy as np

from training.films import Films, Whole
from training.metrics import Floats


def by_label(films: Films, count: int) -> Whole:
    """At most `count` film numbers, taken in turn from each label, the last label first.

    Two networks that are judged on the same films are explained on the same ones. Within a label
    the hash of the film decides, so that no source comes first by its name.
    """
    return _in_turn(films, range(len(films)), -films.targets, count)


def for_gallery(films: Films, chances: Floats, among: Whole, count: int) -> Whole:
    """At most `count` of `among`: half the first ones, the rest in turn by label and by right.

    Without the second half a network that errs seldom would show no mistake.
    """
    alike = among[: -(-count // 2)]
    rest = [int(n) for n in among if n not in set(alike.tolist())]
    is_right = chances.argmax(1) == films.targets
    cells = np.asarray(is_right, np.int64) * len(films.labels) + films.targets
    return np.concatenate([alike, _in_turn(films, rest, cells, count - len(alike))])


def _in_turn(films: Films, among: "range | list[int]", cell: Whole, count: int) -> Whole:
    hashes = [hashlib.sha256(str(sha).encode()).hexdigest() for sha in films.rows["sha256"]]
    cells: dict[int, list[int]] = {}
    for n in sorted(among, key=lambda n: (hashes[n], n)):
        cells.setdefault(int(cell[n]), []).append(n)
    depth = max((len(own) for own in cells.values()), default=0)
    turns = [cells[key][turn] for turn in range(depth) for key in sorted(cells)
             if turn < len(cells[key])]  # fmt: skip
    return np.array(turns[:count], np.int64)
