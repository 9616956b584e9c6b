"""Which addresses may be asked, and where: canonical names outside, mirrors inside."""

from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

from curation.network.errors import Refused
from curation.network.signed import unsigned
from curation.sources.base import Source
from manifests.contract.params import Misspelt


class Addresses:
    """The hosts a source declares, and the mirrors that its user named for them.

    What is recorded is always the canonical address; only the wire sees the mirror's.
    """

    def __init__(self, source: Source) -> None:
        self._hosts = frozenset(source.about.hosts)
        self._mirrors = {
            origin.rstrip("/"): base.rstrip("/") for origin, base in source.mirrors.items()
        }
        for base in self._mirrors.values():
            if not _is_address(base):
                raise Misspelt(
                    f"params.yaml: {base!r} under mirrors is no address like http://127.0.0.1:8080"
                )

    def trusted(self) -> frozenset[tuple[str, int]]:
        """Host and port of every mirror: the only ones that may be private."""
        return frozenset(map(_host_and_port, map(urlsplit, self._mirrors.values())))

    def canonical(self, url: str) -> str:
        """The address as it is recorded, with https. Raises `Refused` when it may not be asked."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as fault:
            raise Refused(f"{unsigned(url)[:200]}: is no address ({fault})") from None
        is_plain = parts.username is None and port in {None, 80, 443}
        if parts.scheme not in {"http", "https"} or host not in self._hosts or not is_plain:
            hosts = ", ".join(sorted(self._hosts))
            raise Refused(f"{unsigned(url)[:200]}: is not on {hosts}; not asked")
        return parts._replace(scheme="https", netloc=host, fragment="").geturl()

    def actual(self, url: str) -> str:
        """Where a canonical address is really asked."""
        parts = urlsplit(url)
        base = self._mirrors.get(f"https://{parts.hostname}", "")
        return url if not base else base + parts._replace(scheme="", netloc="").geturl()

    def target(self, url: str, location: str) -> str:
        """The canonical address to which the answer for `url` sends us."""
        try:
            there = location if urlsplit(location).netloc else urljoin(url, location)
        except ValueError as fault:
            raise Refused(f"{unsigned(location)[:200]}: is no address ({fault})") from None
        return self.canonical(_unmirrored(there, self._mirrors))


def _unmirrored(url: str, mirrors: Mapping[str, str]) -> str:
    for origin, base in mirrors.items():
        if url == base or url.startswith(base + "/"):
            return origin + url.removeprefix(base)
    return url


def _is_address(base: str) -> bool:
    try:
        parts = urlsplit(base)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
