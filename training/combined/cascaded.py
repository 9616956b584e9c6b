"""What two networks say of films, one after the other.

N films, C classes.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Split
from training.answers import Answers, answers_of
from training.checkpoint import Checkpoint
from training.combined.routes import Route, joint_chances, step_by_step
from training.films import Films, films_of
from training.judgement import Judging, judge
from training.metrics import Floats
from training.prediction import probabilities
from training.predictions import DIGITS


class Net(NamedTuple):
    """A network in evaluation mode, and what is known of it."""

    net: nn.Module
    about: Checkpoint


class Cascaded(NamedTuple):
    """The films of one side, their joint chances, and how often single words are right."""

    answers: Answers
    word_by_word: float | None
    """Accuracy where each network says one word and no chance; None without films."""


def cascaded(first: Net, second: Net, routes: Mapping[str, Route], films: Films) -> Cascaded:
    """What both say of `films`, which have the labels of `routes`."""
    steps = _chances(first, films), _chances(second, films)
    words = step_by_step(routes, *steps).argmax(1)
    return Cascaded(
        answers=answers_of(films, np.round(joint_chances(routes, *steps), DIGITS)),
        word_by_word=round(float((words == films.targets).mean()), DIGITS) if len(films) else None,
    )


def _chances(net: Net, films: Films) -> Floats:
    """float64[N, C]: the chances of the network's own classes."""
    if not len(films):
        return np.zeros((0, len(net.about.labels)))
    return probabilities(net.net, films, net.about.look)


def alone(
    net: Net, prepared: Prepared, judging: Judging, generator: torch.Generator
) -> dict[str, object]:
    """Figures of one network on the test films of its own task."""
    films = films_of(prepared, net.about.asked, Split.TEST, net.about.protocol)
    said = answers_of(films, _chances(net, films)).said
    figures = judge(said, judging.bootstrap, judging.confidence, generator)
    return {
        name: figures[name] for name in ("n", "groups", "accuracy", "auc", "auc_low", "auc_high")
    }
