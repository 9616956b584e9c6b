"""A film in every enhancement, each over its histogram (paper figures 3 and 4), as one picture."""

import io
from typing import TYPE_CHECKING

import numpy as np

from curation.pixels.enhance import ahe, beasf, clahe, equalize
from curation.pixels.histogram import counts, matched
from curation.pixels.recipe import PLAIN
from curation.pixels.stack import squeezed
from manifests.contract.images import Pixels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAMMAS = (0.5, 1.0, 1.5, 3.0, 5.0)
"""Slopes of the sweep; the paper chose 1.5."""
Named = list[tuple[str, Pixels]]
TALL, INK, BAR = 2.75, "#333333", "#5b6b7a"


def sheet(film: Pixels, base: Pixels | None = None) -> bytes:
    """A PNG of uint8[H, W] at 320 x 320: its enhancements and the slopes of BEASF.

    With a `base` also the film with the grey levels of that one.
    """
    # Takes half a second, and only a sheet needs it.
    from matplotlib.figure import Figure  # noqa: PLC0415

    rows = _rows(squeezed(film, PLAIN.size), None if base is None else squeezed(base, PLAIN.size))
    figure = Figure(figsize=(12.5, TALL * len(rows) + 0.3), dpi=100, layout="constrained")
    grid = figure.subplots(
        2 * len(rows), len(GAMMAS), squeeze=False, height_ratios=[4, 1] * len(rows)
    )
    for place, row in enumerate(rows):
        for column in range(len(GAMMAS)):
            above, below = grid[2 * place, column], grid[2 * place + 1, column]
            if column < len(row):
                _draw(above, below, *row[column])
            else:
                above.set_axis_off()
                below.set_axis_off()
    made = io.BytesIO()
    # Without a tag: the same film gives the same bytes.
    figure.savefig(made, format="png", metadata={"Software": None})
    return made.getvalue()


def _rows(film: Pixels, base: Pixels | None) -> list[Named]:
    radius, gamma = PLAIN.ahe_radius, "\N{GREEK SMALL LETTER GAMMA}"
    clip, tiles, slope = PLAIN.clahe_clip, PLAIN.clahe_tiles, PLAIN.beasf_gamma
    rows: list[Named] = [
        [("film", film), ("HE", equalize(film)), (f"AHE, disk of {radius}", ahe(film, radius)),
         (f"CLAHE, {clip:g}, {tiles}x{tiles}", clahe(film, clip, tiles)),
         (f"BEASF, {gamma} {slope:g}", beasf(film, slope))],
        [(f"BEASF, {gamma} {one:g}", beasf(film, one)) for one in GAMMAS],
    ]  # fmt: skip
    if base is not None:
        rows.append([
            ("film", film), ("base", base), ("film, matched to base", matched(film, counts(base)))
        ])  # fmt: skip
    return rows


def _draw(above: "Axes", below: "Axes", name: str, pixels: Pixels) -> None:
    above.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    above.set_title(name, fontsize=10, color=INK)
    above.set_axis_off()
    found = counts(pixels)
    # One level of black border would flatten all others.
    below.bar(np.arange(len(found)), found, width=1.0, color=BAR)
    below.set_ylim(0, max(1.0, float(np.quantile(found, 0.99)) * 1.1))
    below.set_xlim(-0.5, len(found) - 0.5)
    below.set_yticks([])
    below.set_xticks([0, 128, 255])
    below.tick_params(labelsize=7, colors=INK, length=2)
    for side in ("top", "right", "left"):
        below.spines[side].set_visible(False)
