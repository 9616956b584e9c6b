"""The members alone beside what they say together, so that one sees whether it helps."""

import math
from collections.abc import Sequence

import numpy as np

from manifests.contract.vocabulary import Split
from training.answers import Answers
from training.combined.gain import auc_gain
from training.combined.members import Member
from training.judgement import Judging, judge
from training.metrics import scores
from training.seed import seed_everything

LEAST = 1e-6
"""A chance is written with six digits, and none of them may cost without end."""
SHOWN = ("auc", "auc_low", "auc_high")


def peers(members: Sequence[Member], judging: Judging, seed: int) -> dict[str, object]:
    """Of each member its AUC on every side, judged as the whole is."""
    generator = seed_everything(seed)
    found: dict[str, object] = {}
    for member in members:
        sides: dict[str, object] = {}
        for split, answers in member.answers.items():
            figures = judge(answers.said, judging.bootstrap, judging.confidence, generator)
            sides[split.value] = {name: figures[name] for name in SHOWN}
        found[member.name] = sides
    return found


def gain(
    members: Sequence[Member], whole: Answers, judging: Judging, seed: int
) -> dict[str, object]:
    """By how much the test AUC of `whole` is larger than that of the best member.

    The best on the validation films: the best on the test films would be chosen by what it is
    judged on. Of several of one AUC, as of perfect ones on few films, it is the one with the least
    loss there. Without a validation AUC there is none.
    """
    best = _best(members)
    if best is None or not len(whole):
        return {"over": None, "auc": None, "low": None, "high": None}
    theirs = best.answers[Split.TEST].said
    return {"over": best.name, **auc_gain(whole.said, theirs, judging, seed)}


def _best(members: Sequence[Member]) -> Member | None:
    ranks = [_rank(member.answers[Split.VAL]) for member in members]
    if np.isnan(ranks).any():
        return None
    return members[max(range(len(members)), key=lambda number: ranks[number])]


def _rank(answers: Answers) -> tuple[float, float]:
    """AUC, and the log loss with its sign turned; NaN without films of all labels."""
    if not len(answers):
        return math.nan, math.nan
    said, films = answers.said, np.arange(len(answers))
    auc = float(scores(np.ones((1, len(films))), said.actual, said.probabilities)["auc"][0])
    return auc, float(np.log(np.maximum(said.probabilities[films, said.actual], LEAST)).mean())
