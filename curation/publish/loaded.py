"""What `datasets.load_dataset` makes of a staged folder, in a process that has no network."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from manifests.contract.table import BrokenTable


class Loaded(NamedTuple):
    """One configuration as a user gets it."""

    splits: dict[str, int]
    """The Hub's name of a split -> films."""
    content: str
    """`content_id` of its rows."""


def loaded(folder: Path, configs: Sequence[str]) -> dict[str, Loaded]:
    """Every configuration, loaded from `folder` alone with an empty cache; every picture decoded.

    Raises `BrokenTable` with the library's last words where one cannot be loaded.
    """
    return {config: _loaded(folder, config) for config in configs}


def _loaded(folder: Path, config: str) -> Loaded:
    with TemporaryDirectory() as home:
        # An empty home: nothing that was loaded before can stand in for what is not there.
        places = {"HF_HOME": home, "HOME": home, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        done = subprocess.run(  # noqa: S603 - our own module, and paths that we made
            [sys.executable, "-P", "-m", "curation", "load-alone", str(folder.resolve()), config],
            capture_output=True, text=True, check=False, env={**os.environ, **places},
        )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise BrokenTable(f"{folder}: `datasets` cannot load {config} offline: {said[-1]}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Loaded(splits=found["splits"], content=found["content"])
