"""Starts a training on several processes: this command once more, in each, by a launcher."""

import logging
import os
import shlex
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from manifests.contract.params import Misspelt

LAUNCHED = "CXR_LAUNCHED"
"""Set in what a launcher starts, so that it does not start itself again."""
SHARED = ("train", "repeat", "remedy")
"""Commands that several processes do together."""
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
    if LAUNCHED in os.environ or "WORLD_SIZE" in os.environ:
        _check(launcher)
        return
    words = _words(launcher)
    if not words:
        return
    os.environ[LAUNCHED] = "1"
    try:
        # It is the owner of this folder who names it.
        os.execvp(words[0], [*words, "-m", "training", *arguments])  # noqa: S606
    except OSError as fault:
        raise Misspelt(
            f"params.yaml: 'compute.launcher' asks for {words[0]}, which cannot be run "
            f"({fault.strerror}); name torchrun, say, or empty it"
        ) from None


def check_shared(command: str | None) -> None:
    """Raise `Misspelt` where several processes were started for a `command` that is for one."""
    if os.environ.get("WORLD_SIZE", "1") != "1" and command not in SHARED:
        raise Misspelt(
            f"`{command}` is for one process, and a launcher started several, which would all "
            f"write the same; call it without (only {', '.join(SHARED)} are for several)"
        )


def _words(launcher: str) -> list[str]:
    """The launcher and its options, with variables of the shell replaced."""
    try:
        words = [os.path.expandvars(word) for word in shlex.split(launcher) if word.strip()]
    except ValueError as fault:
        raise Misspelt(f"params.yaml: 'compute.launcher': {fault}; close what it opens") from None
    unknown = next((word for word in words if "$" in word), None)
    if unknown:
        raise Misspelt(
            f"params.yaml: 'compute.launcher' has {unknown}, which is not set here; `export` it"
        )
    return words


def _check(launcher: str) -> None:
    from training.hardware import processes  # noqa: PLC0415 - torch takes seconds to come

    # torchrun says how many it starts; one, on a machine with one GPU say, is what was asked for.
    is_told = "WORLD_SIZE" in os.environ
    if LAUNCHED in os.environ and not is_told and processes().num_processes == 1:
        raise Misspelt(
            f"params.yaml: 'compute.launcher' is '{launcher}', and it started one process only; "
            "name `torchrun --standalone --nproc-per-node 2`, say, or empty it"
        )
    if not processes().is_main_process:
        # One of them speaks for all; what goes wrong in one alone is an error, and still said.
        logging.getLogger().setLevel(logging.ERROR)
