"""Stage rate: at which learning rate an experiment would learn fastest (paper 5.1, figure 10)."""

import logging
from pathlib import Path

import numpy as np

from manifests.contract.prepared import Prepared
from training.experiment import Experiment, ready
from training.files import wording, write_csv, write_json
from training.films import read_task
from training.lr_finder import Ramp, ramped

log = logging.getLogger(__name__)
HEADER = ("log10_rate", "learning_rate", "loss")
NEVER = "the loss never fell on the way up; take more steps, or look at the films"


class Params(Ramp):
    """From which rate to which, for one experiment."""

    recipe: str
    """What the experiment learns from."""


def main(
    prepared: Prepared, folder: Path, params: Params, experiment: Experiment,
    task: dict[str, list[str]],
) -> None:  # fmt: skip
    """Write rates.csv (the curve) and metrics.json (the rate to take) into `folder`.

    The network is thrown away: what it costs is `params.steps` steps. Nothing is changed for the
    experiment, whose own rate stands beside the one found.
    """
    net, lesson, _ = ready(prepared, experiment, read_task(task))
    found = ramped(net, lesson, params)
    rows = zip(np.log10(found.rates).tolist(), found.rates.tolist(), found.losses.tolist(),
               strict=True)  # fmt: skip
    write_csv(folder / "rates.csv", HEADER, rows)
    reason = NEVER if found.chosen is None else None
    chosen = None if found.chosen is None else float(f"{found.chosen:.3g}")
    write_json(folder / "metrics.json", {
        **wording(prepared), "chosen": chosen, "learning_rate": experiment.learning_rate,
        "steps": len(found.losses), "reason": reason, "manifest_id": prepared.manifest_id,
    })  # fmt: skip
    log.info(
        "%s: the loss falls fastest at %s (the experiment has %g), %d of %d steps",
        experiment.model, reason or chosen, experiment.learning_rate, len(found.losses),
        params.steps,
    )  # fmt: skip
