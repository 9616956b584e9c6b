"""The curves of a training, written while it runs, as DVC draws them (`dvc plots show`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from dvclive.live import Live

from training.course import Epoch


class _Offline(Live):
    """Every stage is offline: nothing is told to DVC Studio, also where a token for it is set."""

    def _init_studio(self) -> None:
        self._studio_events_to_skip.update(("start", "data", "done"))


@contextmanager
def curves(folder: Path) -> Iterator[Callable[[Epoch], None]]:
    """Give a function that takes one epoch after the other, from the first.

    It writes `folder`/metrics.json, the last epoch, and `folder`/plots/metrics/, a table of `step`
    and value for each figure. No clock is in them.
    """
    with _Offline(str(folder), save_dvc_exp=False, dvcyaml=None, report=None) as live:

        def told(epoch: Epoch) -> None:
            figures = asdict(epoch)
            live.step = figures.pop("epoch")
            for name, value in figures.items():
                if value is not None:
                    live.log_metric(name, value)
            live.make_summary()

        yield told
