"""Writes a converted checkpoint as a start: weights, what is known of them, and every key's fate.

The weights keep the donor's outputs, so that its answers can be asked for; training drops them.
"""

import hashlib
from collections import Counter
from pathlib import Path

from safetensors.torch import save_file

from manifests.contract.folder import whole_folder
from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import DISCLAIMER
from training.files import write_csv, write_json
from training.starts.conversion import Converted, Fate, Key, convert_file
from training.starts.folder import ABOUT, KEYS, WEIGHTS, Start, line_of


def convert_checkpoint(place: Path, out: Path, least: float) -> list[str]:
    """Write `out` from the checkpoint at `place`; give what a person is to read, line by line.

    Raises `WrongDonor` as `convert` does, `Misspelt` where `out` holds other things than a start
    or a path is no Unicode.
    """
    for path in (place, out):
        _check_unicode(path)
    if out.exists() and not (out.is_dir() and {p.name for p in out.iterdir()} <= _NAMES):
        raise Misspelt(f"{out}: holds other things than a start; name a folder of its own")
    made = convert_file(place, least)
    with whole_folder(out) as part:
        _write(part, made, place)
    return [*_lines(made), f"in an experiment of params.yaml, {line_of(out)}"]


NOTE = (
    "laid out as {name}'s public checkpoint, which is no proof of who trained it, or on what; "
    "labels, scaling, seen, license, citation and homepage are of the public checkpoint of this "
    "layout"
)
"""What a layout says, and what it does not."""
_NAMES = {WEIGHTS, ABOUT, KEYS}


def _check_unicode(path: Path) -> None:
    # start.json and params.yaml are UTF-8, and name these paths.
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise Misspelt(f"{str(path)!a}: this path is no Unicode; rename it") from None


def _write(folder: Path, made: Converted, place: Path) -> None:
    state = {key: value.contiguous() for key, value in sorted(made.state.items())}
    save_file(state, folder / WEIGHTS, metadata={"disclaimer": DISCLAIMER})
    facts = made.layout._asdict() | {"layout": made.layout.name}
    del facts["name"]
    facts |= {"labels": made.labels, "note": NOTE.format(name=made.layout.name)}
    about = Start(
        disclaimer=DISCLAIMER,
        donor=place.name,
        donor_sha256=_sha256(place),
        weights_sha256=_sha256(folder / WEIGHTS),
        coverage=made.coverage,
        **facts,
    )
    write_json(folder / ABOUT, about.model_dump(mode="json"))
    write_csv(folder / KEYS, Key._fields, made.keys)


def _lines(made: Converted) -> list[str]:
    counts = Counter(key.fate for key in made.keys)
    told = [f"laid out as {made.layout.name}: {made.coverage:.2%} of the body's tensors"]
    told += [f"{fate:>10} {counts[fate]:4d}" for fate in Fate if counts[fate]]
    for fate in (Fate.WIDENED, Fate.LEFT_OUT, Fate.MISSING):
        named = [key.source or key.target for key in made.keys if key.fate is fate]
        rest = f" and {len(named) - 3} more" if len(named) > 3 else ""  # noqa: PLR2004 - a few
        told += [f"{fate}: {', '.join(named[:3])}{rest}; all in {KEYS}"] if named else []
    return [
        *told,
        NOTE.format(name=made.layout.name),
        f"labels: {', '.join(made.labels) or 'none, for there is no last layer of their number'}",
        f"input: {made.layout.scaling}",
        f"seen: {', '.join(made.layout.seen)}",
        f"license: {made.layout.license}; cite {made.layout.citation}",
    ]


def _sha256(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()
