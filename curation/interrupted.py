"""Ctrl-C is a line and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPTED = 130
"""Exit code by which a shell knows that a person ended it."""


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """Turn an interrupt into `ended by Ctrl-C` and the exit code for it."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("ended by Ctrl-C\n")
        raise SystemExit(INTERRUPTED) from None
