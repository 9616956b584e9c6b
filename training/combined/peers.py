"""The members alone beside what they say together, so that one sees whether it helps."""

from collections.abc import Sequence

import numpy as np

from manifests.contract.vocabulary import Split
from training.answers import Answers
from training.combined.gain import auc_gain
from training.combined.members import Member
from training.judgement import Judging, judge
from training.metrics import scores
from training.seed import seed_everything

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
    judged on. Without a validation AUC there is none.
    """
    best = _best(members)
    if best is None or not len(whole):
        return {"over": None, "auc": None, "low": None, "high": None}
    theirs = best.answers[Split.TEST].said
    return {"over": best.name, **auc_gain(whole.said, theirs, judging, seed)}


def _best(members: Sequence[Member]) -> Member | None:
    aucs = [_auc(member.answers[Split.VAL]) for member in members]
    return None if np.isnan(aucs).any() else members[int(np.argmax(aucs))]


def _auc(answers: Answers) -> float:
    if not len(answers):
        return float("nan")
    said = answers.said
    return float(scores(np.ones((1, len(answers))), said.actual, said.probabilities)["auc"][0])
