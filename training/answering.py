"""What a trained network says of pictures that a person brought: labels, chances, heat maps.

N pictures, C classes.
"""

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import nn

from manifests.contract.answers import HEAT, Answer, write_answers
from manifests.contract.network import Network
from manifests.contract.packing import png
from manifests.contract.prepared import Prepared
from training import overlay
from training.checkpoint import Checkpoint, load_to_ask
from training.data import batch, portions
from training.explained.gradcam import Heat, heat
from training.explained.layers import Unexplained
from training.films import Films
from training.frames import shown
from training.hardware import device
from training.metrics import Floats
from training.prediction import probabilities
from training.predictions import DIGITS
from training.seed import seed_everything

log = logging.getLogger(__name__)
FILMS_AT_ONCE = 8


def answer(prepared: Prepared, trained: Path, folder: Path) -> list[Answer]:
    """Write predictions.json, predictions.csv and the heat maps into `folder`; give the answers.

    They come in the order of the rows. Raises `WrongCheckpoint` where the stacks are not made as
    those that the network learnt from.
    """
    net, about = load_to_ask(prepared, trained)
    seed_everything(about.seed)
    films = all_films(prepared, about)
    chances = np.round(probabilities(net, films, about.look), DIGITS)
    (folder / HEAT).mkdir()
    heats = _heat_maps(net, films, about, chances, folder)
    answers = [_answer(films, n, chances[n], heats[n]) for n in range(len(films))]
    write_answers(folder, answers, described(about), about.labels)
    return answers


def described(about: Network) -> dict[str, object]:
    """What is said of a network beside its answers."""
    return {
        "warnings": list(about.warnings), "experiment": about.experiment,
        "protocol": about.protocol, "manifest_id": about.manifest_id, "recipe_id": about.recipe_id,
    }  # fmt: skip


def all_films(prepared: Prepared, about: Checkpoint) -> Films:
    """Every row, in order; nobody knows a label, and no `target` is looked at."""
    count = len(prepared.rows)
    return Films(
        prepared=prepared, labels=about.labels, places=np.arange(count, dtype=np.int64),
        targets=np.zeros(count, np.int64),
    )  # fmt: skip


def _heat_maps(
    net: nn.Module, films: Films, about: Checkpoint, chances: Floats, folder: Path
) -> list[str | None]:
    """Write a picture for each film; its place below `folder`, or None from such a network."""
    places: list[str | None] = []
    for part in portions(len(films), FILMS_AT_ONCE):
        named = [int(n) for n in chances[part].argmax(1)]
        try:
            maps = heat(net, batch(films, part, about.look, device()), named)
        except Unexplained as fault:
            log.warning("there are no heat maps: %s", fault)
            return [None] * len(films)
        for n, found in zip(part, maps, strict=True):
            place = f"{HEAT}/{_name(films, int(n))}"
            (folder / place).write_bytes(_picture(films, int(n), chances[n], found, about))
            places.append(place)
    return places


def _picture(films: Films, n: int, chances: Floats, found: Heat, about: Checkpoint) -> bytes:
    best, name = int(chances.argmax()), str(films.prepared.rows["record_id"].iloc[n])
    label = films.labels[best]
    spoke = f"what spoke for {label}" if found.any() else f"nothing spoke for {label}"
    said = f"{label}, probability {chances[best]:.3f}. Left: what the network saw; right: {spoke}"
    words = [name, said, *about.warnings]
    return png(overlay.picture(shown(films.prepared, n, overlay.S), found, words))


def _name(films: Films, n: int) -> str:
    """A file name of its own for each picture, in which a person finds the picture's."""
    stem = Path(str(films.prepared.rows["record_id"].iloc[n])).stem
    return f"{n + 1:04d}-{re.sub(r'[^A-Za-z0-9._-]+', '_', stem)[:60]}.png"


def _answer(films: Films, n: int, chances: Sequence[float] | Floats, heat: str | None) -> Answer:
    known = films.prepared.rows.iloc[n]
    said = {label: float(chance) for label, chance in zip(films.labels, chances, strict=True)}
    label = films.labels[int(np.argmax(chances))]
    return Answer(
        path=str(known["record_id"]), sha256=str(known["sha256"]), label=label,
        probability=said[label], probabilities=said, heat=heat, shown=str(known["crop"]),
    )  # fmt: skip
