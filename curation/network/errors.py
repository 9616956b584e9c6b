"""Why a fetch ends before its time: each a sentence and an exit code (2 usage to 8 disk)."""


class Stopped(ValueError):  # noqa: N818 - names a state, and is shown to a person as a sentence
    """The fetch cannot go on; what was fetched so far is kept."""

    exit_code = 1


class NoContact(Stopped):
    """Nobody is named whom the site's keepers could write to."""

    exit_code = 2


class Unavailable(Stopped):
    """The site does not answer now; try again later."""

    exit_code = 3


class Mismatch(Stopped):
    """What came is not what was published."""

    exit_code = 4


class BrokenLock(Stopped):
    """The lock holds a line that nobody wrote for it."""

    exit_code = 4


class NotPermitted(Stopped):
    """The source's terms rule the fetch out, and no permission is recorded."""

    exit_code = 5


class LayoutDrift(Stopped):
    """The site answers, but no longer in a shape that its scraper reads."""

    exit_code = 6


class TooMuch(Stopped):
    """The disk, or the budget for a file, is too small."""

    exit_code = 8


class Failed(Exception):  # noqa: N818 - a verdict on one request
    """One request brought nothing whole; another try may."""


class Cut(Failed):
    """The host answered, but not to the end."""


class TooSlow(Failed):
    """The answer was not whole at its deadline."""


class Refused(Exception):  # noqa: N818 - a verdict on one request
    """One address is not asked, or its answer not taken; another try would not help."""


class Disallowed(Refused):
    """The host's robots.txt rules the address out."""
