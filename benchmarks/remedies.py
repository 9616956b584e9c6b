"""What each remedy against the marks of sources does to COVID-CXNet, on sources seen and unseen.

    PYTHONPATH=. OMP_NUM_THREADS=1 python benchmarks/remedies.py PREPARED [SEEDS]

PREPARED: `data/prepare` with its recipes, after `dvc exp run -S +profiles=sample prepare`. What is
trained is the profile's `remedies.covid_cxnet`, as by stage remedy; prints a Markdown table of the
AUC of COVID-19 with its interval, and what lies between it and the experiment as it is.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import yaml

from manifests.contract.prepared import read_prepared
from training.experiment import Experiment
from training.films import check_same
from training.judgement import Judging
from training.remedies import Tried, runs_of, sides_of
from training.stages.remedy import Params
from training.unseen import Figures, compared

NAME = "covid_cxnet"
ROOT = Path(__file__).parents[1]


def main() -> None:
    given = argparse.ArgumentParser(description="what each remedy does on sources unseen")
    given.add_argument("prepared", type=Path)
    given.add_argument("seeds", type=int, nargs="?", default=1)
    asked = given.parse_args()
    demo, profile = (
        yaml.safe_load((ROOT / place).read_text())
        for place in ("params.yaml", "profiles/sample.yaml")
    )
    entry = Params.model_validate(profile["remedies"][NAME])
    usual = Experiment.model_validate(profile["experiments"][NAME])
    recipes = sorted({one.recipe for one in entry.remedies.values()})
    films = {recipe: read_prepared(asked.prepared / recipe) for recipe in recipes}
    for recipe in recipes:
        check_same(films[recipes[0]], recipe, films[recipe])
    with tempfile.TemporaryDirectory() as folder:
        tried = Tried(
            experiment=usual.model_copy(update={"size": entry.size, "epochs": entry.epochs}),
            task=demo["tasks"][usual.task], held_out=entry.held_out, seeds=asked.seeds,
            cache=Path(folder),
        )  # fmt: skip
        sides: dict[str, Any] = {}
        for name, remedy in entry.remedies.items():
            sides[name] = sides_of(runs_of(films, name, remedy, tried), entry.label)
            print(f"{name}: trained", flush=True)
    judging = Judging.model_validate(demo["evaluate"])
    print_table({
        side: compared({name: own[side] for name, own in sides.items()}, judging, usual.seed)
        for side in next(iter(sides.values()))
    })  # fmt: skip


def print_table(found: dict[str, dict[str, Figures]]) -> None:
    print(f"| remedy | {' | '.join(found)} |")
    print(f"|---|{'---|' * len(found)}")
    for name in next(iter(found.values())):
        cells = [told(own[name]) for own in found.values()]
        print(f"| {name.replace('_', ' ')} | {' | '.join(cells)} |")


def told(own: Figures) -> str:
    if own["auc"] is None:
        return f"none ({own['reason']})"
    words = f"{own['auc']:.3f}"
    if own["low"] is not None:
        words += f" ({own['low']:.3f} to {own['high']:.3f})"
    if own["difference"] is not None:
        words += f"; {own['difference']:+.3f}"
    if own["difference_low"] is not None:
        words += f" ({own['difference_low']:+.3f} to {own['difference_high']:+.3f})"
    return words


if __name__ == "__main__":
    main()
