"""Stage cascade: two networks, one after the other, as one (normal or ill, then which pneumonia).

The paper's repository trains such a pair and adds up its two confusion matrices by hand; here both
are asked about the same films.
"""

import logging
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Split
from training.answers import FILE, write_answers
from training.checkpoint import Checkpoint, load_for
from training.combined.cascaded import Net, alone, cascaded
from training.combined.routes import routes_of
from training.files import is_drawn, wording, write_json
from training.films import films_of, read_task
from training.judgement import Judging, headlines, judge, told_of
from training.leakage import protocol_facts
from training.plots import write_plots
from training.seed import seed_everything

log = logging.getLogger(__name__)


class Params(BaseModel):
    """One entry under `cascades`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    """What both networks learnt from."""
    first: str
    """The experiment that tells one label of the task from the other two."""
    second: str
    """The experiment that tells those two apart; it is asked about all films."""
    task: str
    """The task of three labels that both answer together."""
    seed: int = Field(ge=0, lt=2**32)
    """Draws the resamples of groups."""


def main(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    prepared: Prepared, trained: tuple[Path, Path], folder: Path, params: Params,
    task: dict[str, list[str]], judging: Judging,
) -> None:  # fmt: skip
    """Write figures.json, metrics.json, predictions.parquet and three plots (CSV) to `folder`.

    All as stage evaluate does; metrics.json has each network on films of its own task beside, and
    how often the two are right when each says one word and no chance. Raises `Misspelt` where the
    tasks do not fit together or the networks learnt from other films, `WrongCheckpoint` for other
    data than theirs.
    """
    joint = read_task(task)
    one, other = (Net(*load_for(prepared, place)) for place in trained)
    protocol = _protocol(one.about, other.about)
    routes = routes_of(joint, one.about.asked, other.about.asked)
    generator = seed_everything(params.seed)
    found = {
        split: cascaded(one, other, routes, films_of(prepared, joint, split, protocol))
        for split in (Split.TEST, Split.VAL, Split.EXTERNAL)
    }
    figures = {
        split.value: judge(side.answers.said, judging.bootstrap, judging.confidence, generator)
        for split, side in found.items()
    }
    learnt = [one.about.asked, other.about.asked]
    facts = {
        **wording(prepared), "is_drawn": is_drawn(prepared), "manifest_id": prepared.manifest_id,
        "recipe_id": prepared.recipe_id, "first": params.first, "second": params.second,
        "task": {label: list(findings) for label, findings in joint.items()},
        **protocol_facts(prepared, protocol, learnt, joint),
    }  # fmt: skip
    write_json(folder / "figures.json", {**figures, "about": facts})
    stamp = {name: facts[name] for name in ("manifest_id", "protocol", "leaked_share", "warning")}
    write_json(folder / "metrics.json", {
        **stamp, **headlines(figures),
        "word_by_word": {split.value: side.word_by_word for split, side in found.items()},
        "steps": {
            name: alone(net, prepared, judging, generator)
            for name, net in ((params.first, one), (params.second, other))
        },
    })  # fmt: skip
    shown = {split: side.answers for split, side in found.items()}
    write_answers(folder / FILE, shown, wording(prepared))
    write_plots(folder, shown[Split.TEST].said)
    log.info("%s, then %s: test %s", params.first, params.second, told_of(figures["test"]))


def _protocol(one: Checkpoint, other: Checkpoint) -> str:
    """The one that both learnt by: a film that either learnt from must not be judged on."""
    if one.protocol != other.protocol:
        raise Misspelt(
            f"params.yaml: {one.experiment} learnt by protocol {one.protocol}, {other.experiment} "
            f"by {other.protocol}; a film that one of them learnt from would be judged on"
        )
    return one.protocol
