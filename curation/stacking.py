"""Any pictures as stacks, straight from their files: no project, no manifest, no working copies."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from curation.folders import shown
from curation.pixels.fingerprint import working_copy
from curation.pixels.recipe import Recipe
from curation.pixels.stack import Stack, stack
from curation.pixels.stacked import described
from curation.work.each import each
from manifests.contract.images import decode, decode_small
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Film, write_prepared
from manifests.contract.rejection import Rejected

MAX_SIDE = 1024
"""Longest side of a working copy where no project says otherwise, pixels."""


class Asked(NamedTuple):
    """A file and what to make of it."""

    path: Path
    recipe: Recipe
    max_side: int | None
    """As stage prepare does it, from a working copy of this longest side; None for the fast way."""


@dataclass(slots=True)
class Done:
    """How many pictures became stacks, and the sentence of each that did not."""

    kept: int = 0
    refused: list[str] = field(default_factory=list)


def check(recipe: Recipe, name: str) -> None:
    """Raise `Misspelt` for a recipe that needs what a file alone does not hold."""
    needs = [
        what
        for what, is_needed in {
            "lung masks": recipe.lungs != "none", "text masks": recipe.conceal_text,
            "a base film": recipe.base,
        }.items()
        if is_needed
    ]  # fmt: skip
    if needs:
        raise Misspelt(
            f"recipe '{name}' needs {' and '.join(needs)}, which a folder of pictures has not; "
            "take one without, such as plain, or make the folder a source of a project "
            "(`cxr source new`), whose stage prepare has them"
        )


def stacks(files: Sequence[Path], recipe: Recipe, folder: Path, max_side: int | None) -> Done:
    """Write one row per readable picture, in the order given, as `data-*.arrow` into `folder`.

    Their `record_id` is the path. With `max_side` a film gets, byte by byte, the stack that stage
    prepare gives it; without, a JPEG is decoded no larger than it is needed, which is faster and
    moves a grey level by less than one on average. The shards' metadata say which it was.
    """
    done = Done()
    decoding = "small" if max_side is None else "exact"
    done.kept = write_prepared(
        folder, _films(files, recipe, max_side, done),
        described(recipe, "", None, decoding, max_side=str(max_side or "")),
    )  # fmt: skip
    return done


def stack_of(asked: Asked) -> tuple[str, Stack] | str:
    """SHA-256 of the file and its stack, or the sentence why it is none."""
    name = shown(asked.path)
    try:
        data = asked.path.read_bytes()
        if asked.max_side is None:
            pixels = decode_small(data, name, asked.recipe.size)
        else:
            pixels = working_copy(decode(data, name).pixels, asked.max_side)
    except Rejected as verdict:
        return verdict.detail
    except OSError as fault:
        return f"{name}: cannot be read ({fault.strerror}); look at its permissions"
    return hashlib.sha256(data).hexdigest(), stack(pixels, asked.recipe)


def _films(
    files: Sequence[Path], recipe: Recipe, max_side: int | None, done: Done
) -> Iterator[Film]:
    made = each(stack_of, (Asked(path, recipe, max_side) for path in files))
    bar = tqdm(made, desc="stacking", unit=" films", total=len(files), disable=None)
    for path, one in zip(files, bar, strict=True):
        if isinstance(one, str):
            done.refused.append(one)
        else:
            yield Film({"record_id": shown(path), "sha256": one[0]}, one[1])
