"""A copy of the project in an empty folder, and `dvc` run in it as a user would."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml
from project import ROOT

WITHOUT_SOCKET = """
import socket

def _closed(self, address, *rest):
    if self.family != socket.AF_UNIX:
        raise OSError(f"the socket is closed: {address}")

socket.socket.connect = _closed
socket.socket.connect_ex = _closed
"""
"""Put on PYTHONPATH as sitecustomize.py: every Python of the run goes offline."""


def copy_project(folder: Path, *, only: Sequence[str] = (), **changes: dict[str, object]) -> Path:
    """A fresh checkout of the working tree in `folder`, with its own git and params changed.

    `changes` are sections of params.yaml, merged one level deep; with `only` it has these sources.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    for section, values in changes.items():
        params[section] = {**params[section], **values}
    if only:
        params["sources"] = {key: params["sources"][key] for key in only}
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    (folder / "offline").mkdir()
    (folder / "offline" / "sitecustomize.py").write_text(WITHOUT_SOCKET)
    (folder / "home").mkdir()
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run(["git", *command], cwd=folder, check=True, env=environment(folder))
    return folder


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a run in `folder` may see: its own HOME, no network, one thread."""
    known = {key: value for key, value in os.environ.items() if key in {"LANG", "TERM"}}
    return known | {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder / "home"),
        "PYTHONPATH": f"{folder}:{folder / 'offline'}",
        "DVC_SITE_CACHE_DIR": str(folder / "home" / "dvc"),
        "DVC_NO_ANALYTICS": "1", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1",
        "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org",
    } | more  # fmt: skip


def run(folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`; the caller looks at the exit code."""
    return subprocess.run(
        command, cwd=folder, env=environment(folder, **more), capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def succeed(folder: Path, *command: str, **more: str) -> str:
    """Run a command that must succeed, and give all it said."""
    done = run(folder, *command, **more)
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr
