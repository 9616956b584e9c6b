"""The side that a list or a folder is named after."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from manifests.contract.params import Misspelt

SIDE = re.compile(r"(?<![a-z])(train|test|val|dev|external|holdout)(?:ing|id|idation)?(?![a-z])")


def side_in(words: str) -> str:
    """The side that a file or folder is named after (`train_COVIDx3.txt`), or nothing."""
    found = SIDE.search(words.lower())
    return found[1] if found else ""


def is_side(word: str) -> bool:
    """Is the whole word a side? `test` is, `test_patient_07` is not."""
    return SIDE.fullmatch(word.lower()) is not None


def sides(places: Sequence[Path]) -> list[str]:
    """The side of each list: what its name says, or its folders, or else how its path differs.

    Where file names are equal the folders are asked first. Raises `Misspelt` when one list is
    given twice.
    """
    paths = [Path(os.path.abspath(place)) for place in places]  # noqa: PTH100 - links keep their names
    for path, times in Counter(paths).items():
        if times > 1:
            raise Misspelt(f"{path}: given {times} times, so it is on one side only; name it once")
    # A folder that all lists share tells nothing of their sides.
    shared = Path(os.path.commonpath([path.parent for path in paths]))
    stems = Counter(path.stem for path in paths)
    named = []
    for path in paths:
        by_file, by_folder = side_in(path.stem), _side_of_folder(path.relative_to(shared))
        asked = (by_folder, by_file) if stems[path.stem] > 1 else (by_file, by_folder)
        named.append(asked[0] or asked[1])
    differ = len(set(named)) > 1
    return [
        side if side and differ else tail for side, tail in zip(named, _tails(paths), strict=True)
    ]


def _side_of_folder(path: Path) -> str:
    return next((side for part in path.parent.parts[::-1] if (side := side_in(part))), "")


def _tails(paths: Sequence[Path]) -> list[str]:
    """The shortest end of each path that no other has; with the file's ending if it must be."""
    found = []
    for path in paths:
        tails = [_tail(path.with_suffix(""), depth) for depth in range(1, len(path.parts))]
        others = [other.with_suffix("") for other in paths if other != path]
        alone = (
            tail for depth, tail in enumerate(tails, start=1)
            if all(_tail(other, depth) != tail for other in others)
        )  # fmt: skip
        found.append(next(alone, path.name))
    return found


def _tail(path: Path, depth: int) -> str:
    return "/".join(path.parts[-depth:])
