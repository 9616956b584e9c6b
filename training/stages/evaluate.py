"""Stage evaluate: what a trained network says of films it never saw, and how good that is."""

import logging
from pathlib import Path

from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Split
from training.answers import FILE, answers_of, write_answers
from training.checkpoint import load_for
from training.files import is_drawn, wording, write_json
from training.films import films_of
from training.judgement import Judging, headlines, judge, told_of
from training.leakage import protocol_facts
from training.operating import operating_points
from training.plots import write_plots
from training.prediction import said_of
from training.seed import seed_everything

log = logging.getLogger(__name__)


class Params(Judging):
    """How sure the figures must say they are."""


def main(prepared: Prepared, trained: Path, folder: Path, params: Params) -> None:
    """Write figures.json, metrics.json, predictions.parquet and three plots (CSV) to `folder`.

    metrics.json holds the headline figures of figures.json, so that `dvc metrics show` fits a
    screen. confusion.csv, roc.csv and reliability.csv hold the test films only; `external` films,
    of sources never trained on, have figures of their own. Both JSON name the protocol, and of one
    that leaks how much, with the words that must stand beside its figures. Raises `WrongCheckpoint`
    when the network in `trained` was not trained on this data.
    """
    net, about = load_for(prepared, trained)
    generator = seed_everything(about.seed)
    sides = {
        split: films_of(prepared, about.asked, split, about.protocol)
        for split in (Split.TEST, Split.VAL, Split.EXTERNAL)
    }
    said = {
        split: answers_of(films, said_of(net, films, about.look).probabilities)
        for split, films in sides.items()
    }
    figures = {
        split.value: judge(answers.said, params.bootstrap, params.confidence, generator)
        for split, answers in said.items()
    }
    facts = {
        **wording(prepared),
        "is_drawn": is_drawn(prepared),
        "experiment": about.experiment,
        "manifest_id": about.manifest_id,
        "recipe_id": about.recipe_id,
        "task": {label: list(findings) for label, findings in about.asked.items()},
        **protocol_facts(prepared, about.protocol, [about.asked], about.asked),
    }
    points = operating_points({split: own.said for split, own in said.items()}, params, generator)
    write_json(folder / "figures.json", {**figures, "operating": points, "about": facts})
    stamp = {name: facts[name] for name in ("manifest_id", "protocol", "leaked_share", "warning")}
    write_json(folder / "metrics.json", {**stamp, **headlines(figures)})
    write_answers(folder / FILE, said, wording(prepared))
    write_plots(folder, said[Split.TEST].said)
    for split in (Split.TEST, Split.EXTERNAL):
        told = told_of(figures[split.value])
        log.info("%s, protocol %s: %s %s", about.experiment, about.protocol, split, told)
    if facts["warning"]:
        log.warning("%s: %s", about.experiment, facts["warning"])
