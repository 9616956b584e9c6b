"""Why the Hub and we part before the work is done: each a sentence and an exit code."""

from collections.abc import Mapping

from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from curation.network.errors import Stopped
from manifests.contract.cells import one_line

UNAUTHORISED, FORBIDDEN, MISSING = 401, 403, 404
CONFLICT, PRECONDITION = 409, 412
_SHOWN = 200
"""Characters of what the Hub says that are handed on."""
HIDING = (RuntimeError, LocalEntryNotFoundError)
"""What the library raises in place of what came to it while it sent or fetched one file."""
LOG_IN = "not logged in, or the token was refused: `hf auth login`"
OFFLINE = (
    "HF_HUB_OFFLINE is set, so that nothing may go to the Hub; unset it and repeat the command"
)


class Unanswered(Exception):  # noqa: N818 - a verdict on one request
    """One request brought no answer; another try may."""

    def __init__(self, said: str, after: float | None = None) -> None:
        """`after`: the seconds for which the Hub asks to be left alone."""
        super().__init__(said)
        self.after = after


FAULTS = (
    Unanswered,
    HfHubHTTPError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    PermissionError,
    *HIDING,
    ValueError,
)
"""All that `sentence` has words for; a disk that is full has its own."""


class Offline(Stopped):
    """The person has ruled the network out."""

    exit_code = 2


class NotThere(Stopped):
    """There is no such repository, revision or file, or it does not show itself to us."""

    exit_code = 2


class Unwanted(Stopped):
    """The Hub takes what was asked for no request."""

    exit_code = 2


class StillInUse(Stopped):
    """What would be taken away is work of others that is not finished."""

    exit_code = 2


class OtherContent(Stopped):
    """What is there is not what it must be."""

    exit_code = 4


class NotAllowed(Stopped):
    """Who is logged in may not do this, or nobody is logged in."""

    exit_code = 5


class Overtaken(Stopped):
    """Somebody else changed the repository in between."""

    exit_code = 7


def sentence(fault: Exception, repository: str) -> Stopped | Unanswered:
    """What a person is told of a fault of the library; an `Unanswered` may be asked again.

    No address goes into it, and of the Hub's words one short line, so that no token can.
    """
    if isinstance(fault, (Stopped, Unanswered)):
        return fault
    if isinstance(fault, HIDING):
        # What the library says in its place is of no use to anybody.
        inner = fault.__cause__
        return sentence(inner, repository) if isinstance(inner, Exception) else _lost(fault)
    # The store of large files says so when a token has run out.
    is_refused = isinstance(fault, PermissionError) and not fault.filename
    if is_refused or isinstance(fault, LocalTokenNotFoundError):
        return NotAllowed(f"{repository}: {LOG_IN}")
    if isinstance(fault, HfHubHTTPError):
        return _of_status(fault, repository)
    is_offline = isinstance(fault, OfflineModeIsEnabled)
    return Offline(OFFLINE) if is_offline else Unwanted(f"{repository}: {one_line(fault)[:_SHOWN]}")


def _lost(fault: Exception) -> Unanswered:
    return Unanswered(one_line(fault)[:_SHOWN])


def _of_status(fault: HfHubHTTPError, repository: str) -> Stopped:
    status = fault.response.status_code
    if isinstance(fault, GatedRepoError):
        return NotAllowed(f"{repository} is gated: ask for access on its page, then repeat this")
    if status == UNAUTHORISED:
        return NotAllowed(f"{repository}: {LOG_IN}")
    if isinstance(
        fault, (RemoteEntryNotFoundError, RevisionNotFoundError, RepositoryNotFoundError)
    ):
        return NotThere(f"{repository}: {_MISSING[_kind(fault)]}")
    said = one_line(fault.server_message or f"status {status}")[:_SHOWN]
    by_status: Mapping[int, Stopped] = {
        FORBIDDEN: NotAllowed(
            f"{repository}: this token may not do that ({said}); make one that may write there, "
            "then `hf auth login`"
        ),
        MISSING: NotThere(f"{repository}: not there, or not for this token ({said})"),
        CONFLICT: Overtaken(f"{repository}: somebody else was there first ({said}); repeat this"),
        PRECONDITION: Overtaken(f"{repository}: somebody else changed it meanwhile; repeat this"),
    }
    return by_status.get(status, Unwanted(f"{repository}: the Hub refused this: {said}"))


_MISSING: Mapping[type[HfHubHTTPError], str] = {
    RepositoryNotFoundError: "no such repository, or not for this token",
    RevisionNotFoundError: "has no such version",
    RemoteEntryNotFoundError: "has no such file in that version",
}


def _kind(fault: HfHubHTTPError) -> type[HfHubHTTPError]:
    return next(kind for kind in _MISSING if isinstance(fault, kind))
