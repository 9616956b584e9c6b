"""Ways in which a Hub fails, and at which request."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Manner(StrEnum):
    """How one request goes wrong."""

    STATUS = "answered with a status, without effect"
    CUT_REQUEST = "the connection ends in the middle of the request, without effect"
    CUT_ANSWER = "done, and the connection ends in the middle of the answer"
    HANG = "half of the request is read, and then nothing more happens"
    HOLD = "done only once the test lets it go"


class Fault(NamedTuple):
    """What happens instead of an answer."""

    manner: Manner
    status: int = 0
    headers: Mapping[str, str] = {}


def status(code: int, **headers: str) -> Fault:
    return Fault(Manner.STATUS, code, {k.replace("_", "-"): v for k, v in headers.items()})


CUT_REQUEST, CUT_ANSWER = Fault(Manner.CUT_REQUEST), Fault(Manner.CUT_ANSWER)
HANG, HOLD = Fault(Manner.HANG), Fault(Manner.HOLD)


@dataclass(slots=True, kw_only=True)
class Rule:
    """The fault of the requests from the `first` to the `last` that match; both counted from 1."""

    fault: Fault
    method: str = ".*"
    path: str = ".*"
    """A regular expression, found anywhere in the path."""
    first: int = 1
    last: int | None = 1
    """None: for ever."""
    seen: int = 0

    def takes(self, method: str, path: str) -> bool:
        if not (re.fullmatch(self.method, method) and re.search(self.path, path)):
            return False
        self.seen += 1
        return self.first <= self.seen and (self.last is None or self.seen <= self.last)


@dataclass(slots=True)
class Plan:
    """The rules in force, and how often one was used."""

    rules: list[Rule] = field(default_factory=list)
    injected: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    """Set when a request hangs or is held."""
    let_go: threading.Event = field(default_factory=threading.Event)
    """Set by the test: what is held goes on."""

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault for this request; every rule counts it, the first that takes it is used."""
        taking = [rule for rule in self.rules if rule.takes(method, path)]
        self.injected += bool(taking)
        return taking[0].fault if taking else None
