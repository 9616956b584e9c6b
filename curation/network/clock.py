"""When a host may be asked next: on disk, so that all processes of a project share one pace."""

import time
from pathlib import Path

from filelock import FileLock


class HostClock:
    """One small file per host in `folder`; `max_wait` bounds what a clock of old may demand."""

    def __init__(self, folder: Path, max_wait: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._max_wait = max_wait

    def wait(self, host: str, pause: float) -> None:
        """Return when `host` may be asked, and let nobody ask it for `pause` seconds more."""
        with self._lock(host):
            # A boot sets this clock back, so what stands on disk is bounded.
            delay = min(self._next(host) - time.monotonic(), max(pause, self._max_wait))
            time.sleep(max(0.0, delay))
            self._set(host, time.monotonic() + pause)

    def postpone(self, host: str, seconds: float) -> None:
        """Let nobody ask `host` for `seconds` from now."""
        with self._lock(host):
            self._set(host, max(self._next(host), time.monotonic() + seconds))

    def _lock(self, host: str) -> FileLock:
        return FileLock(self._folder / f"{host}.lock")

    def _next(self, host: str) -> float:
        place = self._folder / f"{host}.next"
        try:
            return float(place.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    def _set(self, host: str, moment: float) -> None:
        (self._folder / f"{host}.next").write_text(f"{moment:.3f}", encoding="ascii")
