"""How well children are told by their lungs: those of the shape model, and those of the network.

    PYTHONPATH=. python benchmarks/lung_size.py data/lungs [--write]

`data/lungs` is what the profile `sample` makes: `dvc exp run -S +profiles=sample lungs`. With
--write the numbers for drawn masks go to curation/pixels/fitted. Every figure is of a film whose
patient was left out of the fit; drawn films, whose true masks are known, help the fit only.
"""

import dataclasses
import sys
from pathlib import Path

import numpy as np
from inspection import child_fit, held_out, show_children, write_fit
from inspection_films import Film, drawn_films, real_films

from curation.pixels import childhood
from curation.pixels.chest import with_lungs
from manifests.contract.working import WorkingCopies


def frontal(films: list[Film]) -> list[Film]:
    known = [film for film in films if film.view == 0 and film.is_child is not None]
    return [film for film in known if childhood.features(film.chest) is not None]


def by_network(film: Film, masks: WorkingCopies) -> Film:
    drawn = film.mask if film.is_drawn else masks.pixels(film.record_id)
    return dataclasses.replace(film, chest=with_lungs(film.chest, np.asarray(drawn, np.uint8)))


def both(record_ids: list[str], shaped: dict[str, float], drawn: dict[str, float]) -> np.ndarray:
    """What the road takes: the mean of the two, or the one there is."""
    return np.array([
        np.mean([known[name] for known in (shaped, drawn) if name in known]) for name in record_ids
    ])  # fmt: skip


def main(arguments: list[str]) -> None:
    masks = WorkingCopies([Path(arguments[0])])
    # The copies that dedup took out have no mask.
    films = [film for film in real_films() if film.record_id in masks] + list(drawn_films())
    scores: list[dict[str, float]] = []
    drawn = frontal([by_network(film, masks) for film in films])
    for name, some in (("shape model", frontal(films)), ("network", drawn)):
        found = held_out(some)
        scores.append(dict(zip((film.record_id for film in some), found, strict=True)))
        print(f"lungs of the {name}")
        show_children(some, found)
    print("both, as the road has it")
    show_children(drawn, both([film.record_id for film in drawn], *scores))
    if "--write" in arguments:
        write_fit("child_masks", list(childhood.NAMED), ["child"], child_fit(drawn))


if __name__ == "__main__":
    main(sys.argv[1:])
