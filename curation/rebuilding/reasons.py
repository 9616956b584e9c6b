"""Why a film that was published is not here, and what its user can do about it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from curation.network.errors import NotPermitted, Stopped, Unavailable


class Why(StrEnum):
    """The reasons of gap.csv."""

    PERMISSION = "needs permission"
    NOT_FETCHED = "not fetched"
    UNREACHABLE = "unreachable"
    STOPPED = "fetch stopped"
    CHANGED = "changed upstream"
    GONE = "withdrawn upstream"
    NOT_IN_FOLDER = "not in the folder"
    CLOSED = "closed to machines"
    UNREADABLE = "unreadable"
    UNKNOWN = "no such source here"
    WITHDRAWN = "withdrawn since"


CURES = {
    Why.PERMISSION: "ask {homepage} for permission, write the record that `cxr fetch` wants "
    "(source, granted_by, granted_to, date, scope, reference), then --permission {key}=FILE "
    "--fetch; or --from {key}=FOLDER with a copy that you may use",
    Why.NOT_FETCHED: "add --from {key}=FOLDER with a copy that you may use, or --fetch",
    Why.UNREACHABLE: "run the same command again later; what came is kept",
    Why.STOPPED: "do what the detail says, then run the same command again",
    Why.CHANGED: "the published film is not there any more; look for a copy of its sha256, or do "
    "without it",
    Why.GONE: "do without it: who published it took it back",
    Why.NOT_IN_FOLDER: "name a complete copy of {homepage} with --from {key}=FOLDER",
    Why.CLOSED: "get it by hand at source_url if its terms allow, then --from {key}=FOLDER",
    Why.UNREADABLE: "look at the file; bring it again, or name another copy with --from {key}=…",
    Why.WITHDRAWN: "do without it: a newer version says that it must not be used any more",
    Why.UNKNOWN: "use a version of this program that knows the source",
}


class Missing(NamedTuple):
    """One film that is not here."""

    record_id: str
    why: Why
    detail: str


def of_fault(fault: Exception) -> Why:
    """What a fetch that did not come to its end means for the films that it did not bring."""
    if isinstance(fault, Unavailable):
        return Why.UNREACHABLE
    return Why.PERMISSION if isinstance(fault, NotPermitted) else Why.STOPPED


def exit_code(faults: Sequence[Exception], *, has_gap: bool) -> int:
    """0 when nothing is missing; else 3 where another try may help, the fault's code, or 1."""
    if not has_gap:
        return 0
    codes = [fault.exit_code for fault in faults if isinstance(fault, Stopped)]
    return Unavailable.exit_code if Unavailable.exit_code in codes else max([1, *codes])
