"""What loading costs a step of training: on real shards, and on the same batches in memory."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import torch
from planted import TASK, params

from manifests.contract.prepared import Prepared
from training.data import stacks
from training.experiment import ready
from training.films import Whole, read_task
from training.learner import Learner, optimizer_of, to_learn
from training.lecture import Lecture, Step, lecture
from training.machine import Machine

STEPS = 4


@dataclass(kw_only=True)
class Costs:
    """Seconds of each step: CPU seconds on a CPU, wall time on a GPU."""

    shards: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)


class Pupil:
    """A network that takes some steps again and again, with its films read or held in memory."""

    def __init__(self, prepared: Prepared, **what: object) -> None:
        experiment = params(**what)
        net, lesson, _ = ready(prepared, experiment, read_task(TASK))
        self.machine = Machine(experiment.precision)
        self.given: Lecture = lecture(net, lesson, self.machine)
        self.learn = Learner(net, optimizer_of(net, experiment), experiment, 1000, self.machine)
        to_learn(self.given.learning)
        self.order = [*islice(lesson.order(), STEPS)]
        self.held: list[Step] = [
            (picked, [films.to(self.machine.device) for films in read])
            for picked, read in self.given.steps(self.order)
        ]

    def take(self, step: Step) -> None:
        self.given.gather(step)
        self.learn.step()

    def spent(self, task: Callable[[], object]) -> float:
        """CPU seconds on a CPU, which others use too; on a GPU, where one waits for it, seconds."""
        if self.machine.device.type != "cuda":
            start = time.process_time()
            task()
            return time.process_time() - start
        torch.cuda.synchronize()
        start = time.perf_counter()
        task()
        torch.cuda.synchronize()
        return time.perf_counter() - start

    def costs(self, rounds: int) -> Costs:
        """Each step with films that are read meanwhile, and beside it with those in memory."""
        costs = Costs()
        self.take(self.held[0])  # the first step sets kernels up
        for _ in range(rounds):
            coming = self.given.steps(self.order)
            for number, (picked, held) in enumerate(zip(self.order, self.held, strict=True)):
                tasks: list[tuple[Callable[[], object], list[float]]] = [
                    (lambda: self.take(next(coming)), costs.shards),  # noqa: B023 - called below
                    (lambda: self.take(held), costs.memory),  # noqa: B023
                ]
                # Who comes first differs from step to step: a machine grows warm, or busy.
                for task, spent in tasks[:: 1 if number % 2 else -1]:
                    spent.append(self.spent(task))
                costs.reading.append(self.spent(lambda: self._read(picked)))  # noqa: B023
        return costs

    def _read(self, batches: list[Whole]) -> None:
        for films in batches:
            stacks(self.given.lesson.train, films)


def loading(prepared: Prepared, rounds: int, **what: object) -> None:
    pupil = Pupil(prepared, **what)
    costs = pupil.costs(rounds)
    share = statistics.median(costs.reading) / statistics.median(costs.shards)
    rate = int(str(what["batch"])) / statistics.median(costs.shards)
    name = " ".join(f"{word}={value}" for word, value in what.items())
    print(f"{name}: n={len(costs.shards)} steps on {len(prepared.rows)} films")
    print(f"  rate on shards / in memory  {told(costs.memory, costs.shards)}  (goal >= 0.95)")
    print(f"  reading / step              {100 * share:.2f} %  (goal <= 1)")
    print(f"  films per second            {rate:.1f}", flush=True)


def precisions(prepared: Prepared, rounds: int, **what: object) -> None:
    """The same steps on films in memory, in float32 and in bfloat16, in turn."""
    pupils = {name: Pupil(prepared, precision=name, **what) for name in ("float32", "bfloat16")}
    spent: dict[str, list[float]] = {name: [] for name in pupils}
    for pupil in pupils.values():
        pupil.take(pupil.held[0])
    for _ in range(rounds):
        for name, pupil in pupils.items():
            spent[name] += [pupil.spent(partial(pupil.take, held)) for held in pupil.held]
    name = " ".join(f"{word}={value}" for word, value in what.items())
    print(f"{name}: rate in bfloat16 / float32 {told(*spent.values())}, n={len(spent['float32'])}",
          flush=True)  # fmt: skip


def told(above: list[float], below: list[float]) -> str:
    """The ratio of all seconds, and between what the single ratios lie: half of them, if many."""
    ratios = [one / other for one, other in zip(above, below, strict=True)]
    low, high = min(ratios), max(ratios)
    if len(ratios) > STEPS:
        low, _, high = statistics.quantiles(ratios, n=4)
    return f"{sum(above) / sum(below):.3f} [{low:.3f}-{high:.3f}]"
