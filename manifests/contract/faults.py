"""What a person is told when something is wrong: one sentence and an exit code, no traceback."""

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from manifests.contract.folder import Busy, die_with_parent
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.table import BrokenTable

USAGE, UNAVAILABLE, INTEGRITY, LOCKED, DISK = 2, 3, 4, 7, 8
"""Exit codes; 1 is findings, 5 licence or permission, 6 a changed layout."""


@contextmanager
def told_in_sentences() -> Iterator[None]:
    """Turn the faults a person can answer into `error: …` and the exit code for it."""
    try:
        yield
    except (Misspelt, BrokenTable, Busy, Rejected, OSError, ValueError) as fault:
        code = _code(fault)
        if code is None:
            raise
        sys.stderr.write(f"error: {_sentence(fault)}\n")
        raise SystemExit(code) from None


def start_stage() -> None:
    """Quiet, line-by-line logs, and an end to this process when `dvc` is killed."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    die_with_parent()


def _code(fault: Exception) -> int | None:
    # Errors of a room carry their own code, so that this list need not know them.
    own = getattr(fault, "exit_code", None)
    if own is not None:
        return int(own)
    if isinstance(fault, OSError):
        return DISK if fault.errno in {errno.ENOSPC, errno.EDQUOT} else USAGE
    by_kind = {Misspelt: USAGE, BrokenTable: INTEGRITY, Busy: LOCKED, Rejected: 1}
    return by_kind.get(type(fault))


def _sentence(fault: Exception) -> str:
    if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
        return f"{fault.filename or 'the disk'}: no space left; free some and run again"
    if isinstance(fault, PermissionError):
        return f"{fault.filename}: not allowed to write or read it; check its owner and rights"
    if isinstance(fault, FileNotFoundError) and fault.filename:
        return f"{fault.filename}: not there; check params.yaml, or run `dvc repro`"
    if isinstance(fault, OSError) and fault.strerror and fault.filename:
        return f"{fault.filename}: {fault.strerror.lower()}; move it away or name another path"
    return str(fault)
