"""Stage combine: one answer made of several networks' (paper 6.2), and whether it is better."""

import logging
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.vocabulary import Split
from training.answers import FILE, Answers, write_answers
from training.combined.floor import too_few
from training.combined.members import Member, chances_of, read_members
from training.combined.peers import gain, peers
from training.combined.spread import spread
from training.combined.together import Kind, Together, together
from training.files import write_json
from training.judgement import Judging, headlines, judge, told_of
from training.plots import write_plots
from training.seed import seed_everything

log = logging.getLogger(__name__)


class Params(BaseModel):
    """One entry under `combined`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    members: tuple[str, ...] = Field(min_length=2)
    """Experiments of one task and one protocol."""
    least_groups: int = Field(ge=1, le=100_000)
    """Validation groups of each label; with fewer nothing is fitted, and the stage says so."""
    strength: float = Field(gt=0, le=1e6)
    """Of a stack: sklearn's C; the smaller, the less it trusts what it learns."""
    seed: int = Field(ge=0, lt=2**32)
    """Draws the resamples of groups."""


def main(evaluated: Path, folder: Path, params: Params, judging: Judging) -> None:
    """Write figures.json, metrics.json, predictions.parquet and three plots (CSV) to `folder`.

    All as stage evaluate does, and beside each film how far the members are apart over it. Where
    weights are fitted, figures of `val` are of the films that they were fitted on, and too good.
    Where there are too few such films, every figure is None and `reason` says why: no other kind
    steps in. Raises `Misspelt` and `BrokenTable` as `read_members` does.
    """
    members = read_members(evaluated, params.members)
    known = members[0].answers
    is_fitted = params.kind is not Kind.EQUAL
    reason = (
        too_few(known[Split.VAL].said, params.least_groups, "validation films")
        if is_fitted
        else None
    )
    made = None if reason else together(members, params.kind, params.strength)
    shown = _shown(known, made)
    generator = seed_everything(params.seed)
    figures = {
        split.value: judge(one.said, judging.bootstrap, judging.confidence, generator)
        | ({"reason": reason} if reason else {})
        for split, one in shown.items()
    }
    facts = _facts(members, params, made)
    write_json(folder / "figures.json", {**figures, "about": facts})
    stamp = {name: facts[name] for name in ("manifest_id", "protocol", "leaked_share", "warning")}
    write_json(folder / "metrics.json", {
        **stamp, "kind": params.kind.value, "reason": reason, "weights": facts.get("weights"),
        **headlines(figures),
        "members": peers(members, judging, params.seed),
        "gain": gain(members, shown[Split.TEST], judging, params.seed),
    })  # fmt: skip
    more = {} if made is None else {
        split: spread(chances_of(members, split), whole) for split, whole in made.chances.items()
    }  # fmt: skip
    write_answers(folder / FILE, shown, members[0].wording, more)
    write_plots(folder, shown[Split.TEST].said)
    log.info("%s of %s: test %s", params.kind, ", ".join(params.members), told_of(figures["test"]))


def _shown(known: dict[Split, Answers], made: Together | None) -> dict[Split, Answers]:
    """The films of each side with what all say of them; no film where nothing was fitted."""
    if made is None:
        return {split: answers.none() for split, answers in known.items()}
    return {split: answers.with_chances(made.chances[split]) for split, answers in known.items()}


def _facts(members: Sequence[Member], params: Params, made: Together | None) -> dict[str, object]:
    about = members[0].about.model_dump(mode="json", exclude_none=True)
    return {
        **about,
        "warning": members[0].about.warning,
        "kind": params.kind.value,
        "members": list(params.members),
        "fitted_on": None if params.kind is Kind.EQUAL else Split.VAL.value,
        **({} if made is None else made.weighing),
    }
