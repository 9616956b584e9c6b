"""What each way of varying films does to COVID-CXNet: the default beside the paper's.

    PYTHONPATH=. OMP_NUM_THREADS=1 python benchmarks/augmentation.py PREPARED [SEEDS]

PREPARED: stacks of the sample, `data/prepare/plain` after `dvc exp run -S +profiles=sample report`.
The experiment is the profile's covid_cxnet; only `augmentation` and the seed differ. Honest
protocol; means over the seeds on test films and on films of sources never trained on.
"""

import argparse
import tempfile
from pathlib import Path

import yaml

from manifests.contract.prepared import read_prepared
from manifests.contract.vocabulary import Split
from training.augmentation import Augmentation
from training.experiment import Experiment
from training.films import read_task
from training.judgement import Judging
from training.repeating import run_of
from training.runs import judged, over

JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
ROOT = Path(__file__).parents[1]


def main() -> None:
    given = argparse.ArgumentParser(description="what each way of varying films does")
    given.add_argument("prepared", type=Path)
    given.add_argument("seeds", type=int, nargs="?", default=2)
    asked = given.parse_args()
    prepared = read_prepared(asked.prepared)
    profile = yaml.safe_load((ROOT / "profiles" / "sample.yaml").read_text())
    usual = Experiment.model_validate(profile["experiments"]["covid_cxnet"])
    task = read_task(yaml.safe_load((ROOT / "params.yaml").read_text())["tasks"][usual.task])
    with tempfile.TemporaryDirectory() as folder:
        for kind in Augmentation:
            runs = []
            for seed in range(usual.seed, usual.seed + asked.seeds):
                own = usual.model_copy(update={"augmentation": kind, "seed": seed})
                made = run_of(prepared, own, task, Path(folder) / f"{kind}-{seed}")
                runs.append(judged(made, JUDGING))
            told = [
                f"{split} n {runs[0].figures[split]['n']}: accuracy "
                f"{over([one.figures[split]['accuracy'] for one in runs])['mean']}, AUC "
                f"{over([one.figures[split]['auc'] for one in runs])['mean']}"
                for split in (Split.TEST, Split.EXTERNAL)
            ]
            print(f"{kind:10} seeds {asked.seeds}: {'; '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
