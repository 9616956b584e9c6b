"""How well burned-in words are found, how much else is, how they are judged, and how fast.

    PYTHONPATH=. python benchmarks/text.py ../shared/data [overlays, 600] [--sheets FOLDER]

Words are printed on working copies of real frontal films of every source, and on drawn ones. A
character is found when the mask covers at least 80 % of its box, a word when 80 % of those of its
characters are that can be seen (30 grey levels from what is under them). A word that would stand
where the bare film has a box already is not printed.

False area: real films carry words of their own, so the mask on bare films is an upper bound; with
--sheets every box is drawn into contact sheets, to be judged by eye. Beside it the area that a
printed word adds away from itself. Flags are those of `looked`, as stage text asks it, on films
that have none without the printed word.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from importlib import util
from pathlib import Path

import cv2
from text_films import Bare, drawn_films, real_films
from text_overlays import Overlay
from text_recall import printed, result, show_recall, show_truth
from text_sheet import write_sheets
from tqdm import tqdm

from curation.burned import reader
from curation.burned.film import Asked, looked, unpacked
from curation.pixels.text import text_lines, text_mask
from manifests.contract.images import Pixels
from manifests.contract.packing import png

OF_EACH = 14
"""Films of a source."""
ROUNDS = 3


def show_area(films: list[Bare]) -> None:
    masks = [text_mask(film.pixels) > 0 for film in films]
    total = sum(mask.size for mask in masks)
    print(f"  mask on {len(films)} films as they came: "
          f"{100 * sum(mask.sum() for mask in masks) / total:.3f} % of the area, "
          f"{sum(mask.any() for mask in masks)} films have one")  # fmt: skip


def show_flags(overlays: list[tuple[Bare, Overlay]], films: list[Bare], *, is_read: bool) -> None:
    def verdict(pixels: Pixels) -> str | None:
        return unpacked(looked(Asked(png(pixels), is_read))).personal

    clean = {film.name for film in films if verdict(film.pixels) is None}
    said: dict[str, list[str]] = defaultdict(list)
    for film, made in tqdm(overlays, desc="flags", disable=None):
        if film.name in clean:
            said[made.why or "marker"].append(str(verdict(made.pixels) or "none"))
    print(f"  {'read' if is_read else 'found only'}: {len(films) - len(clean)} of {len(films)} "
          "films are flagged as they came; on the others")  # fmt: skip
    for kind, verdicts in sorted(said.items()):
        flagged = sum(word != "none" for word in verdicts)
        told = ", ".join(f"{word} {verdicts.count(word)}" for word in sorted(set(verdicts)))
        print(f"    {kind}: {flagged}/{len(verdicts)} flagged ({told})")


def show_time(films: list[Bare]) -> None:
    peer = cv2.MSER.create()
    area = sum(film.pixels.size for film in films) / 1e6
    tasks: list[Callable[[Pixels], object]] = [text_lines, peer.detectRegions]
    ours, ratios = [], []
    for _ in range(ROUNDS):
        spent = []
        for task in tasks:
            start = time.process_time()
            for film in films:
                task(film.pixels)
            spent.append(time.process_time() - start)
        ours.append(1000 * spent[0] / area)
        ratios.append(spent[1] / spent[0])
    print(f"  {statistics.median(ours):.1f} ms per megapixel [{min(ours):.1f}-{max(ours):.1f}], "
          f"{statistics.median(ratios):.1f} times faster than OpenCV's MSER alone "
          f"[{min(ratios):.1f}-{max(ratios):.1f}]")  # fmt: skip


def measure(films: list[Bare], wanted: int) -> list[tuple[Bare, Overlay]]:
    bare = {film.name: text_mask(film.pixels) for film in films}
    overlays = list(tqdm(printed(films, wanted), desc="print", total=wanted, disable=None))
    show_recall([result(film, made, bare[film.name]) for film, made in overlays])
    show_area(films)
    return overlays


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("overlays", type=int, nargs="?", default=600)
    asked.add_argument("--sheets", type=Path)
    given = asked.parse_args()
    cv2.setNumThreads(1)
    real, drawn = real_films(given.folder, OF_EACH), list(drawn_films())
    print(f"{len(real)} real films")
    overlays = measure(real, given.overlays)
    show_time(real)
    show_flags(overlays, real, is_read=False)
    if all(util.find_spec(library) for library in reader.LIBRARIES):
        show_flags(overlays, real, is_read=True)
    print(f"{len(drawn)} drawn films")
    measure(drawn, given.overlays // 4)
    show_truth(drawn)
    if given.sheets:
        print(f"{write_sheets(given.sheets, real)} parts of masks drawn in {given.sheets}")


if __name__ == "__main__":
    main()
