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
HEADER = ("log10_rate", "learning_rate", "loss", "mean_loss")


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
    columns = np.log10(found.rates), found.rates, found.losses, found.means
    rows = np.column_stack(columns).tolist()
    write_csv(folder / "rates.csv", HEADER, rows)
    chosen = None if found.chosen is None else float(f"{found.chosen:.3g}")
    write_json(folder / "metrics.json", {
        **wording(prepared), "chosen": chosen, "learning_rate": experiment.learning_rate,
        "steps": len(found.losses), "reason": found.reason or None,
        "manifest_id": prepared.manifest_id,
    })  # fmt: skip
    told = f"the loss falls fastest at {chosen:g}" if chosen else found.reason
    log.info(
        "%s: %s (the experiment has %g); %d of %d steps", experiment.model, told,
        experiment.learning_rate, len(found.losses), params.steps,
    )  # fmt: skip
