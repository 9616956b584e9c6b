"""Ctrl-C, at whatever moment, is answered in one line."""

import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT

INTERRUPT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {moment!r}:
            os.kill(os.getpid(), signal.SIGINT)
        return None

# A shell starts what runs in the background deaf to it.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Interrupt())
"""
"""Sends it when a module is imported, so that the moment is the same on every machine."""


@pytest.mark.parametrize("moment", ["curation.__main__", "typer", "curation.rebuild_commands",
                                    "curation.rebuilding.rebuild"])  # fmt: skip
def test_an_interrupt_is_one_line_and_130(tmp_path: Path, moment: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPT.format(moment=moment))
    done = subprocess.run(
        [sys.executable, "-c", "from curation.started import main; main()",
         "rebuild", "nowhere", "--out", "out"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 130
    assert done.stdout == ""
    assert done.stderr in {"", "ended by Ctrl-C\n"}
    assert done.stderr or moment == "curation.rebuilding.rebuild"
