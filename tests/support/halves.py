"""Two processes that share the films of a batch, each with a network of its own."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
import torch.distributed
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn

from training.shared_norm import with_shared_norms

Build = Callable[[], nn.Module]
Shown = dict[str, Tensor]


def shown(net: nn.Module, films: Tensor) -> Shown:
    """What `net` answers, what flows back, and its statistics afterwards."""
    given = films.clone().requires_grad_()
    answers = net(given)
    # Each answer weighs otherwise, or normalisation would leave no gradient.
    torch.autograd.backward((answers * films.cos()).sum())
    assert given.grad is not None
    statistics = {name: value.clone() for name, value in net.named_buffers()}
    return {"answers": answers.detach(), "gradient": given.grad, **statistics}


def both(given: Sequence[tuple[Build, Tensor]]) -> list[list[Shown]]:
    """What each of two processes is `shown`: the first a third of the films, the second the rest.

    One after the other of `given`, each a network and films for it.
    """
    with tempfile.TemporaryDirectory() as folder:
        spawn(_one, (given, folder), nprocs=2)  # type: ignore[no-untyped-call]
        return [torch.load(Path(folder, str(number))) for number in range(2)]


def _one(number: int, given: Sequence[tuple[Build, Tensor]], folder: str) -> None:
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=number, world_size=2
    )
    told = []
    for build, films in given:
        net, edge = build(), len(films) // 3
        with_shared_norms(net, torch.device("cpu"))
        told.append(shown(net, (films[:edge], films[edge:])[number]))
    torch.save(told, Path(folder, str(number)))
    torch.distributed.destroy_process_group()
