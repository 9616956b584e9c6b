"""Who works on many items, and how their results come in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")
Given_co = TypeVar("Given_co", covariant=True)
IN_FLIGHT = 2
"""Items for each core that are begun and not yet asked for."""


class Promise(Protocol[Given_co]):
    """What will be there."""

    def result(self) -> Given_co: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who works: `submit(function, item)` begins, and `most` may be begun at a time."""

    submit: Callable[[Callable[[Any], Any], Any], Promise[Any]]
    most: int


def in_order(begun: Iterable[Promise[Result]], most: int) -> Iterator[Result]:
    """What was promised, in order, with at most `most` on the way."""
    waiting: deque[Promise[Result]] = deque()
    for promise in begun:
        waiting.append(promise)
        if len(waiting) >= most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
