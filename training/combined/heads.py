"""Heads of one kind over other inputs: the network's chances, what stands beside, both, the masks.

N films, C classes, D inputs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from manifests.contract.vocabulary import Split
from training.combined.floor import too_few
from training.combined.gain import auc_gain
from training.combined.weighing import fitted, said
from training.films import Whole
from training.judgement import Judging, judge
from training.metrics import Floats
from training.predictions import Predictions
from training.seed import seed_everything

DIGITS = 6
JUDGED_ON = (Split.TEST, Split.EXTERNAL)


class Head(StrEnum):
    """What a head is given."""

    PIXELS = "pixels"
    """The logarithms of the network's chances."""
    METADATA = "metadata"
    """What is known beside the pixels, and whether it is."""
    BOTH = "both"
    MASKS = "masks"
    """Only whether it is known: who wrote down what gives a source away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The films of one side, and what each head may be given of them."""

    films: Predictions
    """`probabilities` are not looked at."""
    inputs: dict[Head, Floats]
    """float64[N, D]; a head without inputs is not there."""

    def only(self, targets: Whole, labels: tuple[str, ...]) -> "Side":
        """The films whose target (int64[N], a number in `labels`) is not negative."""
        kept = np.flatnonzero(targets >= 0)
        films = Predictions(
            labels=labels,
            actual=targets[kept],
            probabilities=np.zeros((len(kept), len(labels))),
            groups=[self.films.groups[int(n)] for n in kept],
        )
        return Side(films=films, inputs={head: own[kept] for head, own in self.inputs.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the heads learn, and how they are judged."""

    least_groups: int
    strength: float
    judging: Judging
    seed: int


def judged(sides: Mapping[Split, Side], learn_from: Split, asking: Asking) -> dict[str, object]:
    """Every head that `learn_from` has inputs for, learnt there, judged on test and external.

    `gain` says by how much both are better than the pixels alone. Under the floor there are no
    heads, and `reason` says why. It holds for the test films too: judged on few, a head says
    nothing.
    """
    learnt, test = sides[learn_from], sides[Split.TEST]
    short = (
        too_few(side.films, asking.least_groups, f"{name} films")
        for name, side in ((learn_from, learnt), (Split.TEST, test))
    )
    reason = next((why for why in short if why), None)
    facts: dict[str, object] = {
        "n": len(learnt.films.actual), "groups": len(set(learnt.films.groups)), "reason": reason,
    }  # fmt: skip
    if reason:
        return facts
    answers = {head: _answers(head, learnt, sides, asking) for head in learnt.inputs}
    facts |= {head.value: _figures(found, asking) for head, found in answers.items()}
    if {Head.PIXELS, Head.BOTH} <= answers.keys():
        both, alone = (answers[head][Split.TEST] for head in (Head.BOTH, Head.PIXELS))
        facts["gain"] = auc_gain(both, alone, asking.judging, asking.seed)
    return facts


def _answers(
    head: Head, learnt: Side, sides: Mapping[Split, Side], asking: Asking
) -> dict[Split, Predictions]:
    model = fitted(learnt.inputs[head], learnt.films.actual, asking.strength)
    found = {}
    for split in JUDGED_ON:
        films = sides[split].films
        chances = np.round(said(model, sides[split].inputs[head]), DIGITS)
        found[split] = replace(films, probabilities=chances)
    return found


def _figures(answers: Mapping[Split, Predictions], asking: Asking) -> dict[str, object]:
    generator, judging = seed_everything(asking.seed), asking.judging
    return {
        split.value: judge(told, judging.bootstrap, judging.confidence, generator)
        for split, told in answers.items()
    }
