"""A shortcut planted in drawn films: does the audit name it, do heat maps show it, is it mended?

    PYTHONPATH=.:tests/support python benchmarks/planted_shortcut.py

Two roads of profile `planted`, with a marker in one corner of every film with COVID-19 and without;
a quarter of an hour each on two cores.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from shortcut_road import Ran, ran

PROBES = ("corners", "border", "lungs_blacked_out", "file_statistics", "burned_in_text", "metadata")


def figure(found: dict[str, Any] | None) -> str:
    """An AUC with its interval."""
    if not found or found["value"] is None:
        return "not told"
    return f"{found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f})"


def told(world: str, road: Ran) -> None:
    """What one road came to, as lines of Markdown."""
    print(f"\n{world}: gate {'closed' if road.gate else 'open'}")
    for name in PROBES:
        probe = road.probes[name]
        print(f"| {name} | {figure(probe['found'])} | {probe['verdict']} |")
    corners = road.cropped_corners
    print(f"| corners of the lung crops | {corners.value} ({corners.low} to {corners.high}) | |")
    for name, scores in road.scores.items():
        kept = {key: scores[key] for key in sorted(scores) if key.startswith(("pointing", "heat"))}
        print(f"{name}: accuracy {road.accuracy[name]:.3f}; {kept}")


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        for world, planted in (("nothing planted", ""), ("a marker on covid19", "covid19")):
            folder = Path(place) / (planted or "clean")
            folder.mkdir()
            told(world, ran(folder, planted))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
