"""Contact sheets of what is found on films as they came, to be judged by eye."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from text_films import Bare

from curation.pixels.text import Box, boxes, text_mask
from manifests.contract.images import Pixels

CELL, CAPTION, COLUMNS, ROWS = 180, 16, 8, 6
AROUND = 1.2
"""Of the longer side of a box, that is shown beside it."""


class Part(NamedTuple):
    """A part of the mask of a film that hangs together; `mask` is of the whole film."""

    film: Bare
    box: Box
    mask: Pixels

    @property
    def points(self) -> int:
        return int((self.box.of(self.mask) > 0).sum())


def write_sheets(folder: Path, films: Sequence[Bare]) -> int:
    """Number the parts of the masks, the largest first; draw each, and list it in `boxes.csv`.

    Its last column adds up to the share of the mask in all films: sum it over the numbers that are
    no words. Pictures of patients: `folder` must lie outside the project.
    """
    folder.mkdir(parents=True, exist_ok=True)
    masks = ((film, text_mask(film.pixels)) for film in films)
    parts = [Part(film, box, mask) for film, mask in masks for box in boxes(mask)]
    parts.sort(key=lambda part: -part.points)
    total = sum(film.pixels.size for film in films)
    with (folder / "boxes.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(("number", "film", *Box._fields, "percent"))
        for number, part in enumerate(parts):
            share = f"{100 * part.points / total:.6f}"
            table.writerow((number, part.film.name, *part.box, share))
    cells = [_cell(number, part) for number, part in enumerate(parts)]
    of_sheet = COLUMNS * ROWS
    for first in range(0, len(cells), of_sheet):
        cv2.imwrite(str(folder / f"sheet-{first:04d}.png"), _sheet(cells[first : first + of_sheet]))
    return len(parts)


def _cell(number: int, part: Part) -> Pixels:
    """uint8[CELL + CAPTION, CELL, 3]: the part, outlined, and what is around it."""
    box, film = part.box, part.film
    reach = int(AROUND * max(box.right - box.left, box.bottom - box.top)) + 8
    down, across = (box.top + box.bottom) // 2, (box.left + box.right) // 2
    near = (
        slice(max(0, down - reach), down + reach), slice(max(0, across - reach), across + reach),
    )  # fmt: skip
    scale = CELL / max(film.pixels[near].shape)
    grey, mask = (cv2.resize(of[near], None, fx=scale, fy=scale) for of in (film.pixels, part.mask))
    colour = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    inside = np.asarray(mask > 127, np.uint8)
    outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(colour, outlines, -1, (0, 200, 255), 1)
    cell = np.zeros((CELL + CAPTION, CELL, 3), np.uint8)
    cell[CAPTION : CAPTION + colour.shape[0], : colour.shape[1]] = colour[:CELL, :CELL]
    caption = f"{number} {film.source}"
    cv2.putText(cell, caption, (2, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 255, 0), 1)
    return cell


def _sheet(cells: Sequence[Pixels]) -> Pixels:
    blank = np.zeros_like(cells[0])
    whole = [*cells, *[blank] * (-len(cells) % COLUMNS)]
    rows = [np.hstack(whole[n : n + COLUMNS]) for n in range(0, len(whole), COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)
