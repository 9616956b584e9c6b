"""What one fetch did, for the person who started it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class FetchReport:
    """Counts of one fetch; `str` is the sentence that is shown."""

    key: str
    requests: int = 0
    files: int = 0
    """Pictures, or archives, that are in the folder now."""
    lost: Counter[str] = field(default_factory=Counter)
    """Reason -> rows that could not be had."""
    examples: dict[str, str] = field(default_factory=dict)
    """Reason -> the first sentence that said it."""
    changed: list[str] = field(default_factory=list)
    """Addresses of files whose content differs from what the lock said before."""
    turned_away: list[str] = field(default_factory=list)
    """Addresses that gave nothing usable this time; a smaller copy may stand in for a picture."""

    def lose(self, reason: str, detail: str) -> None:
        """Count one row that could not be had."""
        self.lost[reason] += 1
        self.examples.setdefault(reason, detail)

    def __str__(self) -> str:
        lost = ", ".join(
            f"{count} {reason} (such as {self.examples[reason]})"
            for reason, count in sorted(self.lost.items())
        )
        told = f"{self.key}: {self.files} files here, {self.requests} requests"
        told += f"; not to be had: {lost}" if lost else ""
        if self.turned_away:
            told += f"; turned away {len(self.turned_away)} times, first at {self.turned_away[0]}: "
            told += "look at it in a browser, or fetch again later"
        return told + (f"; changed upstream: {', '.join(self.changed)}" if self.changed else "")
