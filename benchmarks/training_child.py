"""One training in a process of its own, as stage train does it; says what it took as JSON.

    PYTHONPATH=.:tests/support [torchrun ...] python benchmarks/training_child.py SHARDS WHAT

WHAT is JSON: the fields of an experiment that differ from those of tests/support/planted.py.
"""

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import torch
from planted import TASK, params

from manifests.contract.prepared import read_prepared
from training.course import Epoch
from training.experiment import ready
from training.films import read_task
from training.hardware import processes
from training.loop import train
from training.owned import owner_of
from training.resuming import Unfinished

KINDS = ("RssAnon", "RssFile")
STATUS = Path("/proc/self/status")


class Watch(threading.Thread):
    """The most memory this process has held since it was started, in MB, by kind.

    RssAnon is its own; RssFile is files it has mapped, which the kernel takes back when it must.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.before, self.most = memory(), memory()

    def run(self) -> None:
        while True:
            now = memory()
            self.most = {kind: max(now[kind], self.most[kind]) for kind in KINDS}
            time.sleep(0.01)


def memory() -> dict[str, float]:
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines() if ":" in line)
    return {kind: int(lines[kind].split()[0]) / 1024 for kind in KINDS}


def main(shards: Path, what: dict[str, object]) -> None:
    torch.set_num_threads(1)
    experiment = params(**what)
    net, lesson, _ = ready(read_prepared(shards), experiment, read_task(TASK))
    ends: list[float] = []

    def told(_: Epoch) -> None:
        ends.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        unfinished = Unfinished(place=Path(folder) / "state", owner=owner_of(what))
        watch = Watch()
        watch.start()
        train(net, lesson, unfinished, told)
    if processes().is_main_process:
        said = {"before": watch.before, "most": watch.most, "ends": ends}
        print("\n" + json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
