"""Trains on planted films in as many processes as there are, and says how it went.

    torchrun --nproc-per-node 2 together.py FOLDER MODEL OPTIMIZER [SICK [ROBUST]]

Process 0 writes said.json: what the validation films got, and the history. In process SICK the
network answers with what is no number.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import torch
from planted import TASK, lesson

from manifests.contract.prepared import read_prepared
from manifests.contract.vocabulary import Split
from training.films import films_of, read_task
from training.hardware import on_device, processes
from training.loop import train
from training.models import build
from training.prediction import predict
from training.seed import seed_everything

SIZE = 65


def main(folder: Path, model: str, optimizer: str, sick: int, robust: str) -> None:
    films = read_prepared(folder / "films")
    seen, val = (films_of(films, read_task(TASK), side) for side in (Split.TRAIN, Split.VAL))
    given = lesson(
        seen, val, model=model, optimizer=optimizer, size=SIZE, epochs=3, batch=10, accumulate=2,
        ema=0.5, learning_rate=1e-3, label_smoothing=0.1, augmentation="anatomical",
        precision="float32", robust=robust, robust_step=0.5,
    )  # fmt: skip
    seed_everything(1)
    net = on_device(build(model, classes=2, size=SIZE, pretrained=False))
    if processes().process_index == sick:
        net.register_forward_hook(lambda _, __, values: values * float("nan"))
    course = train(net, given)
    said = predict(net, val, given.look, torch.device("cpu"))
    if processes().is_main_process:
        about = {
            "processes": processes().num_processes,
            "values": said.tolist(),
            "history": [asdict(epoch) for epoch in course.history],
        }
        (folder / "said.json").write_text(json.dumps(about))


if __name__ == "__main__":
    more = [*sys.argv[4:], *("-1", "none")[len(sys.argv[4:]) :]]
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(more[0]), more[1])
