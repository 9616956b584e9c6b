"""Where per-image work is done, and where its results are remembered."""

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from curation.work.cache import Cache
from curation.work.crew import Crew, Promise, in_order
from curation.work.each import crew, each
from curation.work.kind import Kind
from manifests.contract.packing import batches

Item = TypeVar("Item")
AT_A_TIME = 32
"""Results looked up and kept together; also the films that are in memory."""
GB = 10**9


class Params(BaseModel):
    """Section `compute` of params.yaml. It changes how fast results come, and none of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheduler: str = Field(pattern=r"^$|^(tcp|tls)://.+:\d+$")
    """Address of a Dask scheduler, `tcp://host:8786`; empty for all cores of this machine."""
    cache: Path
    """Folder of what is remembered of every film."""
    max_gb: float = Field(gt=0)
    """What was not used for longest is dropped above this, GB."""
    launcher: str
    """What starts a training on several processes; curation starts none."""


@dataclass(frozen=True, slots=True)
class Known:
    """A result that was there before it was asked for."""

    value: bytes

    def result(self) -> bytes:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """All cores or a cluster, and a cache."""

    cache: Cache | None = None
    cluster: str = ""

    def each(self, function: Callable[[Item], bytes], items: Iterable[Item]) -> Iterator[bytes]:
        """`function` of each item, in order; nothing is remembered."""
        return each(function, items, cluster=self.cluster)

    def results(
        self,
        kind: Kind,
        function: Callable[[Item], bytes],
        asked: Iterable[tuple[bytes, Item]],
        at_a_time: int = AT_A_TIME,
    ) -> Iterator[bytes]:
        """The result of every (key, item), in order: remembered, or made by `function` and kept."""
        line: deque[tuple[bytes, bool]] = deque()

        def begun(workers: Crew) -> Iterator[Promise[bytes]]:
            for some in batches(asked, at_a_time):
                known = self.known(key for key, _ in some)
                for key, item in some:
                    line.append((key, key in known))
                    yield (Known(known[key]) if key in known else workers.submit(function, item))

        made: dict[bytes, bytes] = {}
        with crew(self.cluster) as workers:
            for result in in_order(begun(workers), workers.most):
                key, is_known = line.popleft()
                if not is_known:
                    made[key] = result
                if len(made) >= at_a_time:
                    self.keep(kind, made)
                    made = {}
                yield result
        self.keep(kind, made)

    def known(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """What is remembered of `keys`."""
        return self.cache.get_many(keys) if self.cache else {}

    def keep(self, kind: Kind, made: Mapping[bytes, bytes]) -> None:
        if self.cache:
            self.cache.put_many(kind.name, made)


ALONE = Bench()
"""This machine, and nothing remembered."""


@contextmanager
def bench(params: Params) -> Iterator[Bench]:
    """The bench that `params` describe; what is too much is dropped from the cache at the end."""
    with closed(Cache(params.cache)) as cache:
        yield Bench(cache=cache, cluster=params.scheduler)
        cache.prune(int(params.max_gb * GB))


@contextmanager
def closed(cache: Cache) -> Iterator[Cache]:
    """`cache`, closed at the end."""
    try:
        yield cache
    finally:
        cache.close()


@contextmanager
def for_now(given: Bench) -> Iterator[Bench]:
    """`given`, with a cache that lasts as long as this where it has none."""
    if given.cache:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder, closed(Cache(Path(folder))) as cache:
        yield Bench(cache=cache, cluster=given.cluster)
