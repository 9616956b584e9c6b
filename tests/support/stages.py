"""`python -m training COMMAND net films net` in a folder of its own, alone or by a launcher."""

import subprocess
import sys
from pathlib import Path

import yaml
from planted import TASK, prepared, rows
from project import ROOT

from training.stages import train

SUPPORT = Path(__file__).parent
ALONE, TORCHRUN = (sys.executable,), ("torchrun", "--standalone", "--nproc-per-node", "2")
STAGE = ("-m", "training")
KILLED = str(SUPPORT / "killed.py")
NAMED = ("net", "films", "net")
ENVIRONMENT = {
    "PYTHONPATH": f"{ROOT}:{SUPPORT}", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1",
    "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
}  # fmt: skip


def project(folder: Path, experiment: train.Params, **sections: object) -> Path:
    """`folder`, with films and a params.yaml whose only experiment is called net."""
    prepared(folder / "films", rows(), 65)
    asked = yaml.safe_load((ROOT / "params.yaml").read_text())
    asked |= {"experiments": {"net": experiment.model_dump(mode="json")}, "tasks": {"binary": TASK}}
    (folder / "params.yaml").write_text(yaml.safe_dump(asked | sections))
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )  # fmt: skip
