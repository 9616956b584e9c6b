"""Stage fuse: what is known beside the pixels, alone and with a network (paper 6.1).

A shortcut test before anything else: what tells the label without a look at the film would tell it
in these collections only.
"""

import logging
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Split
from training.combined.beside import Column, missing
from training.combined.heads import Asking, Head, judged
from training.combined.members import read_member
from training.combined.outcomes import Outcome, filled, targets_of, words_of
from training.combined.sides import Known, known_sides
from training.files import wording, write_json
from training.judgement import Judging

log = logging.getLogger(__name__)
LEARN_FROM = (Split.VAL, Split.TRAIN)
SHOWN = ("auc", "auc_low", "auc_high")
READING = {
    "pixels": "the network's own chances, through a head like the others'",
    "metadata": "what is known beside the pixels, and whether it is, without a look at the film",
    "masks": "only whether each thing is known: above 0.5, who wrote it down gives the label away",
    "both": "pixels and metadata; `gain` is its AUC less that of the pixels, on the same resamples",
    "val": "heads learnt from validation films: of training films a network's chances are too good",
    "train": "the controls that need no network, learnt from the training films",
}


class Params(BaseModel):
    """What is known beside the pixels, and how it is asked; the key is that of an experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    """What the experiment learns from."""
    columns: tuple[Column, ...] = Field(min_length=1)
    """Columns of the record."""
    facts: dict[str, tuple[str, ...]]
    """Further numbers: a name, and the sources' own keys for it in `facts`."""
    outcomes: dict[str, Outcome]
    """What else is asked, of the films that have it."""
    least_groups: int = Field(ge=1, le=100_000)
    """Groups of each label to learn from, and on test; with fewer the stage says so."""
    strength: float = Field(gt=0, le=1e6)
    """sklearn's C, of all heads; the smaller, the less they trust what they learn."""
    seed: int = Field(ge=0, lt=2**32)
    """Draws the resamples of groups."""


def main(
    prepared: Prepared, evaluated: Path, folder: Path, params: Params, judging: Judging
) -> None:
    """Write fused.json, with all figures, and metrics.json, with the AUCs, into `folder`.

    Where there are too few films, there are no figures but a `reason`. Raises `BrokenTable` where
    the network in `evaluated` was asked about other films than those of `prepared`.
    """
    member = read_member(evaluated)
    known = known_sides(prepared, member, params.columns, params.facts)
    asking = Asking(
        least_groups=params.least_groups, strength=params.strength, judging=judging,
        seed=params.seed,
    )  # fmt: skip
    sides = {split: one.side for split, one in known.items()}
    label = {split.value: judged(sides, split, asking) for split in LEARN_FROM}
    outcomes = {name: _outcome(known, outcome, asking) for name, outcome in params.outcomes.items()}
    about = member.about
    facts = {
        "manifest_id": about.manifest_id, "protocol": about.protocol,
        "leaked_share": about.leaked_share, "warning": about.warning,
        "missing": {split.value: missing(one.beside) for split, one in known.items()},
    }  # fmt: skip
    write_json(folder / "fused.json", {
        **wording(prepared), **facts, "reading": READING, "label": label, "outcomes": outcomes,
    })  # fmt: skip
    write_json(folder / "metrics.json", {
        **facts, "label": _headlines(label),
        "outcomes": {name: _headlines(found) for name, found in outcomes.items()},
    })  # fmt: skip
    for split, told in label.items():
        log.info("%s: heads learnt from %s: %s", evaluated.name, split, _told(told))


def _outcome(known: Mapping[Split, Known], outcome: Outcome, asking: Asking) -> dict[str, object]:
    words = {split: words_of(one.rows, outcome.of) for split, one in known.items()}
    sides = {
        split: one.side.only(targets_of(words[split], outcome), tuple(outcome.labels))
        for split, one in known.items()
    }
    found = {split.value: judged(sides, split, asking) for split in LEARN_FROM}
    return {**filled(words, outcome), **found}


def _headlines(found: Mapping[str, object]) -> dict[str, object]:
    """The same with the AUCs alone of every head."""
    return {
        name: {key: _aucs(value) if key in set(Head) else value for key, value in told.items()}
        if name in set(Split) and isinstance(told, dict) else told
        for name, told in found.items()
    }  # fmt: skip


def _aucs(figures: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    return {split: {name: one[name] for name in SHOWN} for split, one in figures.items()}


def _told(found: Mapping[str, object]) -> str:
    if found["reason"]:
        return str(found["reason"])
    heads = ((head, found[head]) for head in Head if head in found)
    return ", ".join(
        f"{head} {figures['test']['auc']}" for head, figures in heads if isinstance(figures, dict)
    )
