"""Members of an ensemble, invented: what stage evaluate would have left of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from manifests.contract.vocabulary import DISCLAIMER, DRAWN, Split
from training.answers import FILE, Answers, write_answers
from training.files import write_json
from training.predictions import Predictions

TASK = {"normal": ["normal"], "cap": ["pneumonia"], "covid19": ["covid19"]}
Floats = npt.NDArray[np.float64]


def answers(side: str, actual: Sequence[int], chances: Floats, films_in_group: int = 2) -> Answers:
    """Films of `side`, `films_in_group` to a group, of whom `chances` are said."""
    count = len(actual)
    said = Predictions(
        labels=tuple(TASK), actual=np.array(actual, np.int64), probabilities=chances,
        groups=tuple(f"{side}{n // films_in_group}" for n in range(count)),
    )  # fmt: skip
    ids = tuple(f"cohen/{side}{n:03d}" for n in range(count))
    return Answers(ids=ids, sources=("cohen",) * count, said=said)


def member(folder: Path, said: Mapping[Split, Answers], **about: object) -> Path:
    """`folder` with figures.json and predictions.parquet, as far as they are read again."""
    folder.mkdir(parents=True)
    facts = {
        "disclaimer": DISCLAIMER, "drawn": DRAWN, "is_drawn": True, "manifest_id": "m1",
        "task": TASK, "protocol": "honest", "leaked_share": 0.0, "warning": None,
    }  # fmt: skip
    write_json(folder / "figures.json", {"about": facts | about})
    write_answers(folder / FILE, said, {"disclaimer": DISCLAIMER})
    return folder


def leaning(seed: int, actual: Sequence[int], force: float) -> Floats:
    """Chances of noise that lean towards the truth; the harder, the larger `force`."""
    noise = np.random.default_rng(seed).normal(size=(len(actual), len(TASK)))
    noise[np.arange(len(actual)), list(actual)] += force
    grown = np.exp(noise)
    return np.asarray(np.round(grown / grown.sum(1, keepdims=True), 6), np.float64)
