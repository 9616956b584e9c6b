"""Commands of `training` from here, as DVC runs them: another process, and never an import."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from manifests.contract.params import Misspelt


class Ended(Exception):  # noqa: N818 - it names what happened
    """A command of training ended with a fault, and has told it in a sentence."""

    def __init__(self, code: int) -> None:
        super().__init__(f"it ended with exit code {code}")
        self.code = code


def require() -> None:
    """Raise `Misspelt` where networks cannot run."""
    if find_spec("torch") is None:
        raise Misspelt("a network needs torch, which is not here: `pip install -e '.[train]'`")


def run(*words: str | Path, is_told: bool = True) -> None:
    """`python -m training WORDS…`; what it says goes where we speak. Raises `Ended`.

    What is not told is its result; faults are, always.
    """
    # -P: a folder called `training` in which a person happens to work is not ours.
    command = [sys.executable, "-P", "-m", "training", *map(str, words)]
    # Nothing of it is a shell's, and the words are paths that this program made or checked.
    out = None if is_told else subprocess.DEVNULL
    code = subprocess.run(command, check=False, stdout=out).returncode  # noqa: S603
    if code:
        raise Ended(code)
