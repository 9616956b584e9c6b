"""Starts a training on several processes: this command once more, in each, by a launcher."""

import logging
import os
import shlex
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from manifests.contract.params import Misspelt

LAUNCHED = "CXR_LAUNCHED"
"""Set in what a launcher starts, so that it does not start itself again."""
log = logging.getLogger(__name__)


class Compute(BaseModel):
    """What training takes from the section `compute`; the rest is curation's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    launcher: str
    """torchrun, accelerate launch or srun with its options; empty: this one process."""


def launched(launcher: str, arguments: Sequence[str]) -> None:
    """Become `launcher -m training` with the `arguments` of this command, where one is named.

    Returns in the processes that it started, and where none is named. Raises `Misspelt` where it
    is not to be found, or started one process only: `accelerate launch --cpu` does so silently.
    """
    if not launcher:
        return
    if LAUNCHED in os.environ:
        _check(launcher)
        return
    words = [os.path.expandvars(word) for word in shlex.split(launcher)]
    os.environ[LAUNCHED] = "1"
    try:
        # It is the owner of this folder who names it.
        os.execvp(words[0], [*words, "-m", "training", *arguments])  # noqa: S606
    except FileNotFoundError:
        raise Misspelt(
            f"params.yaml: 'compute.launcher' asks for {words[0]}, which is not to be found; name "
            "torchrun, say, or empty it"
        ) from None


def _check(launcher: str) -> None:
    from training.hardware import processes  # noqa: PLC0415 - torch takes seconds to come

    if processes().num_processes == 1:
        raise Misspelt(
            f"params.yaml: 'compute.launcher' is '{launcher}', and it started one process only; "
            "name `torchrun --standalone --nproc-per-node 2`, say, or empty it"
        )
    if not processes().is_main_process:
        # One of them speaks for all; what goes wrong in one alone is an error, and still said.
        logging.getLogger().setLevel(logging.ERROR)
