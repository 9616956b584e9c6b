"""The same work on a Dask cluster: workers get bytes and give bytes, and need no shared disk."""

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from curation.work.crew import IN_FLIGHT, Crew, Promise
from curation.work.kind import code_of

Item = TypeVar("Item")
Result = TypeVar("Result")
SECONDS = 20
"""How long a cluster may take to answer."""


class NoCluster(OSError):  # noqa: N818 - names what is not there, and is shown to a person
    """No cluster does the work; the sentence says why."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """An item that a cluster works on."""

    future: Any
    address: str

    def result(self) -> Any:  # noqa: ANN401 - whatever the function gives
        """What the function gave. Raises `NoCluster` where workers or scheduler died of it."""
        from distributed import KilledWorker  # noqa: PLC0415 - an extra, there by now

        try:
            return self.future.result()
        except (KilledWorker, CancelledError) as fault:
            found = str(fault).splitlines()[0][:200]
            raise NoCluster(
                f"{self.address}: the cluster died over its work ({found}); look at its logs and "
                "memory and run again, or empty compute.scheduler in params.yaml"
            ) from None


@contextmanager
def crew_of(address: str) -> Iterator[Crew]:
    """The workers of the cluster. Raises `NoCluster` where it is not there, or has none."""
    client = _client(address)
    try:
        cores = sum(client.nthreads().values())
        if not cores:
            raise NoCluster(f"{address}: the cluster has no worker; start one, `dask worker`")

        def submit(function: Callable[[Any], Any], item: object) -> Promise[Any]:
            code = code_of(function.__module__)
            # What a worker once computed is not the cluster's to remember: `pure` is off.
            return Sent(client.submit(_done, function, item, code, pure=False), address)

        yield Crew(submit=submit, most=IN_FLIGHT * cores)
    finally:
        client.close()


def _client(address: str) -> Any:  # noqa: ANN401 - the library has no types
    try:
        # An extra, which most never need.
        from distributed import Client  # noqa: PLC0415
    except ImportError:
        raise NoCluster(
            f"compute.scheduler in params.yaml is {address}, and Dask is not installed; "
            "run `pip install cxr[cluster]`, or empty compute.scheduler"
        ) from None
    try:
        connect: Any = Client
        return connect(address, timeout=SECONDS, set_as_default=False)
    # Another server at that port, or one that wants certificates, ends in the last two.
    except (OSError, ValueError, TypeError, MemoryError) as fault:
        raise NoCluster(
            f"{address}: no Dask scheduler answers there ({fault}); start one, or empty "
            "compute.scheduler in params.yaml"
        ) from None


def _done(function: Callable[[Item], Result], item: Item, code: str) -> Result:
    """On a worker. A worker with other code would give other bytes, so it gives none."""
    found = code_of(function.__module__)
    if found != code:
        raise NoCluster(
            f"a worker of the cluster has another version of {function.__module__}, or of a "
            f"library (its code is {found}, ours {code}); install the same there, or empty "
            "compute.scheduler in params.yaml"
        )
    return function(item)
