"""Entry point of `cxr`: while commands are being imported, too, Ctrl-C is answered in a line."""

import sys

INTERRUPTED = 130
"""Exit code by which a shell knows that a person ended it."""


def main() -> None:
    """Import the commands, and run the one that is named."""
    try:
        from curation.__main__ import main as run  # noqa: PLC0415 - takes its time

        run()
    except KeyboardInterrupt:
        sys.stderr.write("ended by Ctrl-C\n")
        raise SystemExit(INTERRUPTED) from None
