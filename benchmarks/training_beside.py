"""Whole trainings in processes of their own: beside timm's train.py, on two processes, in memory.

What a process takes to start is left out: an epoch is a training of two less one of one.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import torch
from training_films import SIZE, TRAIN, VAL, as_pictures, noise
from training_rate import told

from manifests.contract.prepared import Prepared
from training.hardware import Precision, chosen

CHILD = Path(__file__).with_name("training_child.py")
MODEL, SIDE, BATCH, RATE = "densenet121", 128, 16, 1e-4
HEAVY = {"model": MODEL, "size": SIDE, "batch": BATCH, "learning_rate": RATE}
# It sees films of 320 pixels made smaller: what grows with their number grows so as well.
LIGHT = {"model": "base_cnn", "size": 96, "batch": BATCH, "epochs": 1, "precision": "float32"}
TWO = ("torchrun", "--standalone", "--nproc-per-node", "2")
OPTIONS = (
    ("--workers", "0", "--no-prefetcher"),
    ("--workers", "0", "--no-prefetcher", "--channels-last"),
    ("--workers", "1"),
)


def ours(
    shards: Path, what: dict[str, object], launcher: Sequence[str] = (sys.executable,)
) -> dict[str, Any]:
    """What training_child.py says of one training."""
    said = _run([*launcher, str(CHILD), str(shards), json.dumps(what)])
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    return found


def _run(command: Sequence[str]) -> str:
    alone = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, env=alone, text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    return done.stdout


def peer(films: Prepared, folder: Path, script: Path, rounds: int) -> None:
    """CPU seconds of an epoch by timm's train.py over those of ours."""
    files = folder / "pictures"
    as_pictures(films, files)
    precisions = ["float32"]
    if chosen(Precision.AUTO, torch.device("cpu")) is Precision.BFLOAT16:
        precisions.append("bfloat16")
    mine = {name: partial(_ours, folder / "films", name) for name in precisions}
    command = _timms(script, files, folder / "out")
    timms = {" ".join(some): partial(_timm, [*command, *some]) for some in OPTIONS}
    spent = _spent(mine | timms, rounds)
    print(f"{MODEL} size={SIDE} batch={BATCH}: an epoch of {TRAIN} films, with {VAL} to judge by "
          f"and all that it keeps; n={rounds}")  # fmt: skip
    for name in mine:
        print(f"  ours, {name}: {statistics.median(spent[name]):.1f} CPU s")
        for other in timms:
            print(f"    timm, float32, {other:45} / it {told(spent[other], spent[name])}")
    has_both = len(precisions) > 1
    print("  goal: 1 in float32; 2 in bfloat16"
          + ("" if has_both else ", for which this CPU has no matrix units: not run"),
          flush=True)  # fmt: skip


def _ours(shards: Path, precision: str, epochs: int) -> None:
    ours(shards, HEAVY | {"epochs": epochs, "precision": precision})


def _timm(command: Sequence[str], epochs: int) -> None:
    _run([*command, "--epochs", str(epochs)])


def _timms(script: Path, files: Path, output: Path) -> list[str]:
    """The same network, films, size, batch and optimizer, nothing varied, in timm's words."""
    return [
        sys.executable, str(script), "--data-dir", str(files), "--output", str(output),
        "--model", MODEL, "--num-classes", "2", "--input-size", "3", str(SIDE), str(SIDE),
        "--batch-size", str(BATCH), "--validation-batch-size", "32", "--opt", "adam",
        "--lr", str(RATE), "--weight-decay", "0", "--warmup-epochs", "0", "--smoothing", "0",
        "--no-aug", "--crop-pct", "1", "--device", "cpu", "--log-interval", "1000",
    ]  # fmt: skip


def _spent(
    kinds: Mapping[str, Callable[[int], None]], rounds: int
) -> dict[str, list[float]]:  # fmt: skip
    """CPU seconds of an epoch of each kind, in each round."""
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for number in range(rounds):
        # Who comes first differs from round to round: others use the machine as well.
        for name in [*kinds][:: 1 if number % 2 else -1]:
            once, twice = (_cpu_seconds(partial(kinds[name], epochs)) for epochs in (1, 2))
            spent[name].append(twice - once)
    return spent


def _cpu_seconds(task: Callable[[], None]) -> float:
    """Of the processes that `task` starts, and of those that they start."""
    before = getrusage(RUSAGE_CHILDREN)
    task()
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def processes(shards: Path, rounds: int) -> None:
    """What two processes on this machine do in the time of one; whoever else uses it is in it."""
    what = HEAVY | {"epochs": 2, "precision": "float32"}
    seconds: dict[Sequence[str], list[float]] = {(sys.executable,): [], TWO: []}
    for _ in range(rounds):
        for launcher, spent in seconds.items():
            first, second = ours(shards, what, launcher)["ends"]
            spent.append(second - first)
    print(f"{MODEL} size={SIDE} batch={BATCH}: rate of two processes / one "
          f"{told(*seconds.values())}, n={rounds}; wall time on {os.cpu_count()} cores, load "
          f"{os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip


def memory(folder: Path, counts: Sequence[int]) -> None:
    """Peak memory of a training on few films and on many."""
    print(f"{LIGHT['model']} size={LIGHT['size']} batch={BATCH}: MB at the peak of an epoch over "
          f"films of {SIZE} pixels")  # fmt: skip
    for count in counts:
        shards = folder / f"noise{count}"
        noise(shards, count)
        said = ours(shards, LIGHT)
        own, mapped = (said["most"][kind] for kind in ("RssAnon", "RssFile"))
        print(f"  {count:6} films: {own:.0f} of its own, {said['before']['RssAnon']:.0f} of them "
              f"before the first step; {mapped:.0f} of mapped files", flush=True)  # fmt: skip
