"""Entry point of `cxr`: while commands are being imported, too, Ctrl-C is answered in a line."""

from curation.interrupted import told_in_a_line


def main() -> None:
    """Import the commands, and run the one that is named."""
    with told_in_a_line():
        from curation.__main__ import main as run  # noqa: PLC0415 - takes its time

        run()
