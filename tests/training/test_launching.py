"""What a launcher may start several of, and what it may not."""

import os
import subprocess
import sys

import pytest
from project import ROOT


@pytest.mark.parametrize("command", [("evaluate", "a", "b", "c"), ("rate", "net", "a", "b")])
def test_a_command_for_one_process_says_so_to_several(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "training", *command], cwd=ROOT, text=True, capture_output=True,
        env=os.environ | {"WORLD_SIZE": "2", "RANK": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: `{command[0]}` is for one process")
    assert "Traceback" not in done.stderr


def test_help_is_for_any_number() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "training", "--help"], cwd=ROOT, text=True, capture_output=True,
        env=os.environ | {"WORLD_SIZE": "2"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "not for diagnosis" in done.stdout
