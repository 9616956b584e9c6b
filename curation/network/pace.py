"""How much slower than agreed one host is asked: after its refusals, and while it answers slowly.

Refusals count double, as in TCP; slow answers count as in Heritrix and Scrapy's AutoThrottle, which
leave a host alone for as long as it took.
"""

from dataclasses import dataclass

GOOD_IN_A_ROW = 10
"""Answers after which a pace that refusals had slowed is doubled again."""
REST = 1.0
"""Rest after an answer, as a multiple of the time it took: the host works half of the time."""


@dataclass(slots=True)
class Pace:
    """The pace towards one host; never faster than the pause that is agreed."""

    slower: float = 1.0
    """Multiple of the agreed pause."""
    took: float = 0.0
    """Seconds until an answer begins: rises at once, falls by halves."""
    _good: int = 0

    def pause(self, agreed: float) -> float:
        """Seconds between two requests, where `agreed` is what we and the host wish."""
        return agreed * self.slower

    def rest(self) -> float:
        """Seconds without any request after an answer."""
        return self.took * REST

    def answered(self, seconds: float, *, is_good: bool) -> None:
        """Note an answer that began after `seconds`; a quick refusal is no sign of health."""
        if not is_good:
            self.took = max(self.took, seconds)
            self._good = 0
            return
        self.took = max(seconds, (self.took + seconds) / 2)
        self._good += 1
        if self._good == GOOD_IN_A_ROW:
            self._good, self.slower = 0, max(1.0, self.slower / 2)

    def refused(self) -> None:
        """Note that the host asks for a slower pace."""
        self._good, self.slower = 0, self.slower * 2
