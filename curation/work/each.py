"""One function for many items: results in order, on all cores or on a cluster, with equal bytes.

The functions spend their time in NumPy, OpenCV, Pillow and hashlib, which let go of the
interpreter: threads use all cores, and nothing is copied between processes.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import cv2

from curation.work.crew import IN_FLIGHT, Crew, in_order

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def crew(cluster: str = "") -> Iterator[Crew]:
    """All cores, or the Dask cluster whose scheduler has this address. Raises `NoCluster`."""
    if cluster:
        # The library is an extra, and takes its time to import.
        from curation.work.cluster import crew_of  # noqa: PLC0415

        with crew_of(cluster) as workers:
            yield workers
        return
    # OpenCV's own threads would fight with ours, and ours waste less.
    cv2.setNumThreads(1)
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        try:
            yield Crew(submit=pool.submit, most=IN_FLIGHT * cores)
        finally:
            pool.shutdown(cancel_futures=True)


def each(
    function: Callable[[Item], Result], items: Iterable[Item], *, cluster: str = ""
) -> Iterator[Result]:
    """`function` of each item, in order; a bounded number is in memory.

    For a cluster the function stands in a module and the items hold bytes, never paths. An item's
    exception is raised when its turn comes.
    """
    with crew(cluster) as workers:
        yield from in_order((workers.submit(function, item) for item in items), workers.most)
