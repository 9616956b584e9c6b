"""`cxr release push` and `verify` as a person runs them: a process of its own, over HTTP."""

import os
import subprocess
import sys
from pathlib import Path

from hub.server import HubServer

from curation.network.hub import push as room
from curation.network.hub.gate import Wishes
from curation.network.hub.push import look
from curation.network.hub.repository import repository
from curation.publish.inventory import read_inventory

ROOT = Path(__file__).parents[2]
NAME = "team/little-set"
TOKEN = "hf_team"  # noqa: S105 - the server on loopback knows it
Done = subprocess.CompletedProcess[str]


def environment(hub: HubServer, home: Path, token: str = TOKEN) -> dict[str, str]:
    """What the library reads at its import; an empty home, so that nobody is logged in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    given = {"HF_TOKEN": token} if token else {}
    return {
        **kept, **given, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HOME": str(home),
        "HF_HOME": str(home), "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def cxr_release(hub: HubServer, work: Path, *words: str, token: str = TOKEN, **more: str) -> Done:
    """`cxr release …` in the folder `work`; `more` goes into its environment."""
    return subprocess.run(
        [sys.executable, "-m", "curation", "release", *words],
        cwd=work, env={**environment(hub, work / "home", token), **more},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def placed(hub: HubServer, releases: Path, version: str, *, is_public: bool = False) -> None:
    """Have a version on the Hub: pushed in this process, where a test is about what comes next."""
    folder = releases / version / "dataset"
    there, told = repository(NAME, "dataset", endpoint=hub.url, token=TOKEN), read_inventory(folder)
    before = look(there, folder, told)
    room.push(there, folder, told, before, Wishes(is_public=is_public))


def push(hub: HubServer, work: Path, releases: Path, version: str, *more: str) -> str:
    """What a push says that comes to its end."""
    done = cxr_release(
        hub, work, "push", NAME, "--version", version, "--releases", str(releases), *more
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def started(hub: HubServer, work: Path, *words: str) -> "subprocess.Popen[str]":
    """The same, and it is not waited for."""
    return subprocess.Popen(
        [sys.executable, "-m", "curation", "release", *words],
        cwd=work, env=environment(hub, work / "home"),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def on_hub(hub: HubServer, revision: str = "main", name: str = NAME) -> dict[str, str]:
    """Path -> SHA-256 of what a revision holds."""
    return {path: entry.sha256 for path, entry in hub.tree(name, revision).items()}
