"""Learning on whatever is there: one CPU, a GPU, many GPUs on many machines, by accelerate.

Every process holds the whole network and shows it its own part of each batch; gradients are
averaged, so that all stay alike, and whatever is counted is counted over all.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import broadcast_object_list, gather_object
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from manifests.contract.folder import whole_folder
from manifests.contract.params import Misspelt
from training.films import Whole
from training.hardware import Precision, chosen, device, processes
from training.shared_norm import with_shared_norms

OF_ACCELERATE = {
    Precision.FLOAT32: "no", Precision.BFLOAT16: "bf16", Precision.FLOAT16: "fp16",
}  # fmt: skip


class Machine:
    """The device, precision and processes of one training."""

    def __init__(self, precision: Precision = Precision.AUTO) -> None:
        self.device = device()
        precision = chosen(precision, self.device)
        if precision is Precision.FLOAT16 and self.device.type != "cuda":
            raise Misspelt(
                "params.yaml: `precision: float16` needs a GPU, and there is none; set auto, "
                "float32 or bfloat16"
            )
        asked = OF_ACCELERATE[precision]
        # accelerate allows one precision in a process; trainings one after the other may differ.
        if AcceleratorState._shared_state and AcceleratorState().mixed_precision != asked:  # noqa: SLF001 - it has no public way
            AcceleratorState._reset_state()  # noqa: SLF001 - the same
        self._accelerate = Accelerator(mixed_precision=asked, cpu=self.device.type == "cpu")

    @property
    def count(self) -> int:
        """Processes that train together."""
        return int(self._accelerate.num_processes)

    @property
    def number(self) -> int:
        """Which of them this is, from 0; number 0 writes."""
        return int(self._accelerate.process_index)

    def shown(self, net: nn.Module, *, is_compiled: bool = False) -> nn.Module:
        """What films are shown to while it learns: `net`, whose weights it shares.

        With several processes batch normalisation is over the films of all of them.
        """
        learning: nn.Module = net
        if self.count > 1:
            with_shared_norms(net, self.device)
        if is_compiled:
            learning = cast("nn.Module", torch.compile(net))
        if self.count > 1:
            own = [self.device] if self.device.type == "cuda" else None
            learning = DistributedDataParallel(learning, device_ids=own)
        return learning

    def optimizer(self, plain: torch.optim.Optimizer) -> torch.optim.Optimizer:
        """`plain`, which undoes the scaling of float16 before it steps."""
        ready: torch.optim.Optimizer = self._accelerate.prepare_optimizer(plain)
        return ready

    @property
    def scaler(self) -> torch.amp.GradScaler | None:
        """What scales losses, where they need it."""
        found: torch.amp.GradScaler | None = self._accelerate.scaler
        return found

    def autocast(self) -> AbstractContextManager[None]:
        """Within it a network computes in the precision asked for."""
        within: AbstractContextManager[None] = self._accelerate.autocast()
        return within

    def backward(self, loss: Tensor) -> None:
        self._accelerate.backward(loss)

    def alone(self, learning: nn.Module, *, is_last: bool) -> AbstractContextManager[None]:
        """Within it gradients stay with their process, until the last batch of a step."""
        alone: AbstractContextManager[None] = (
            nullcontext() if is_last else self._accelerate.no_sync(learning)
        )
        return alone

    def own(self, picked: Whole) -> slice:
        """Which of the films `picked` this process is shown, nearly as many as every other."""
        edges = np.linspace(0, len(picked), self.count + 1).round().astype(int)
        return slice(int(edges[self.number]), int(edges[self.number + 1]))

    def is_any(self, *, found: bool) -> bool:
        """True in all processes where it is true in one."""
        if self.count == 1:
            return found
        flag = torch.tensor([float(found)], device=self.device)
        return bool(self._accelerate.reduce(flag, "sum").item())

    def summed(self, own: Tensor) -> Tensor:
        """What all processes hold, added up, on the CPU of each."""
        if self.count == 1:
            return own
        total: Tensor = self._accelerate.reduce(own.to(self.device), "sum")
        return total.cpu()

    def gathered(self, own: list[Any]) -> list[Any]:
        """The lists of all processes, one after the other, in each of them."""
        every: list[Any] = gather_object(own) if self.count > 1 else own
        return every

    def told(self, what: Any) -> Any:  # noqa: ANN401 - whatever process 0 has to say
        """What process 0 holds, in all of them."""
        return broadcast_object_list([what])[0] if self.count > 1 else what


@contextmanager
def one_writer(place: Path) -> Iterator[Path]:
    """A folder that becomes `place` in process 0; the others write into one that is thrown away."""
    if processes().is_main_process:
        with whole_folder(place) as part:
            yield part
    else:
        with TemporaryDirectory() as folder:
            yield Path(folder)
