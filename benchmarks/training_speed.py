"""What training costs beside what it need cost: loading, timm's own script, memory.

    PYTHONPATH=.:tests/support OMP_NUM_THREADS=1 \
        python benchmarks/training_speed.py WHAT ../shared/data [ROUNDS] [--peer TRAIN.PY]

WHAT: `loading`, the rate on prepared shards of real films over that of the same steps on the same
batches held in memory, and the share of a step that reading takes; `precision`, steps in bfloat16
beside those in float32; `peer`, timm's train.py over ours, on the same stacks as PNG files
(train.py is not in timm's wheel: take it from its repository,
https://github.com/huggingface/pytorch-image-models); `memory`, the peak of a training on 1,000
films and on 10,000 (3 GB on disk); `processes`, one process and two; or `all`.

Ratios are of one run over the same films, of all rounds together, with the range of the single
ones: half of them where they are many. On a CPU they are of CPU seconds with one thread, since
others may use the machine at the same time; `loading` on a GPU is in wall time.
"""

import argparse
import tempfile
from pathlib import Path

import torch
from training_beside import MODEL, memory, peer, processes
from training_films import SIZE, TRAIN, VAL, real
from training_rate import loading, precisions

from manifests.contract.prepared import Prepared

WHAT = ("loading", "precision", "peer", "memory", "processes")


def on_cpu(films: Prepared, rounds: int) -> None:
    """A light network, whose loading weighs most, and a heavy one."""
    for model, size, more in (("base_cnn", SIZE, 3), (MODEL, 128, 2), (MODEL, 224, 1)):
        loading(films, rounds * more, model=model, size=size, batch=16, precision="float32")


def on_gpu(films: Prepared, rounds: int) -> None:
    for batch in (64, 128):
        for compiled in (False, True):
            loading(films, 5 * rounds, model=MODEL, size=SIZE, batch=batch, precision="bfloat16",
                    compiled=compiled)  # fmt: skip


def main() -> None:
    given = argparse.ArgumentParser(description="what training costs")
    given.add_argument("what", choices=[*WHAT, "all"])
    given.add_argument("pictures", type=Path)
    given.add_argument("rounds", type=int, nargs="?", default=2)
    given.add_argument("--peer", type=Path, help="timm's train.py")
    asked = given.parse_args()
    chosen = WHAT if asked.what == "all" else (asked.what,)
    torch.set_num_threads(1)
    has_gpu = torch.cuda.is_available()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        if set(chosen) - {"memory"}:
            films = real(asked.pictures, folder / "films", 4 * 128 if has_gpu else TRAIN, VAL)
        if "loading" in chosen:
            (on_gpu if has_gpu else on_cpu)(films, asked.rounds)
        if "precision" in chosen:
            for size in (128, 224):
                precisions(films, asked.rounds, model=MODEL, size=size, batch=16)
        if "peer" in chosen and asked.peer is None:
            print("peer: left out; name timm's train.py by --peer")
        elif "peer" in chosen:
            peer(films, folder, asked.peer, asked.rounds)
        if "processes" in chosen:
            processes(folder / "films", asked.rounds)
        if "memory" in chosen:
            memory(folder, (1000, 10_000))


if __name__ == "__main__":
    main()
