"""What every source is: a folder that is read, and `Draft`s in the source's own words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from curation.sources.base_draft import Box, Draft, Lost
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

__all__ = ["About", "Box", "Draft", "Importer", "Lost", "Page", "Remote", "Scraper", "Source",
           "Web", "ask", "same"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a person must know of a source before using it."""

    title: str
    homepage: str
    license: str
    """SPDX id, `LicenseRef-…`, or NOASSERTION: what holds where a film does not say its own."""
    license_url: str
    citation: str
    paper: str
    """Section of the paper (COVID-CXNet) that uses it, such as "§3.1, positives 1"."""
    hosts: tuple[str, ...]
    """Hosts that `cxr fetch` may ask, nothing else."""
    needs_permission: bool = False
    """True where the site's terms rule out copying: a live fetch needs a permission record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One recorded response: `url` as asked, `final_url` after redirects, `data` undecoded."""

    url: str
    final_url: str
    status: int
    content_type: str
    data: bytes
    retrieved: str = ""
    """ISO date of the response, empty for a drawn one."""

    @property
    def text(self) -> str:
        """The body as UTF-8; what is not UTF-8 shows as U+FFFD."""
        return self.data.decode("utf-8", errors="replace")


class Web(Protocol):
    """Where a scraper gets its pages: recorded responses in a stage, the real site in `fetch`."""

    def page(self, url: str) -> Page:
        """The response for `url`. Raises `Rejected` (missing, blocked, too large)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A file that `cxr fetch` brings: stored as `name` in the source's folder."""

    url: str
    name: str
    sha256: str = ""
    """Known hash, where upstream or we have published one."""
    cure: str = ""
    """What to do when it is not there, of a file without which nothing else can be named."""


class Source(BaseModel):
    """One entry of `params.yaml`'s `sources`; a subclass adds its own parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    about: ClassVar[About]

    files: Path
    """Folder laid out as upstream lays it out; see `Scraper` and `Importer`."""
    mirrors: dict[str, str] = {}
    """Origin -> base address asked in its place (a caching proxy, a replica); may be absent."""


class Scraper(Source):
    """A site: `files` holds its recorded responses (see `curation.network.store`)."""

    permission: Path | None = Field(None)
    """Your permission record (YAML); `cxr fetch` refuses without one where it is needed."""
    max_cases: int = Field(ge=1, le=1_000_000)
    """Case pages read, in the order of the site."""

    def listing(self, web: Web) -> Iterator[str | Lost]:
        """Addresses of the case pages, in the order of the site, through all listing pages."""
        raise NotImplementedError

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        """The films of one case page; `web` gives further documents that the page refers to."""
        raise NotImplementedError

    def read(self, web: Web) -> Iterator[Draft | Lost]:
        """All that the cases give, each case once; one walk for recorded and for live pages."""
        pages = set[str]()
        for address in self._addresses(web, pages):
            page = address if isinstance(address, Lost) else ask(web, address, same(address))
            if isinstance(page, Lost):
                yield page
                continue
            if same(page.final_url) in pages - {same(page.url)}:
                continue
            for film in self.parse(page, web):
                yield film
                # A redirect to a sign-in page is no case: only one with films counts as read.
                if isinstance(film, Draft):
                    pages.add(same(page.final_url))

    def _addresses(self, web: Web, seen: set[str]) -> Iterator[str | Lost]:
        """The listing without repeats, at most `max_cases` long; `seen` takes every address."""
        cases, is_told = 0, False
        for address in self.listing(web):
            if isinstance(address, Lost):
                is_told = True
                yield address
            elif same(address) not in seen:
                seen.add(same(address))
                cases += 1
                yield address
            if cases == self.max_cases:
                return
        if not (cases or is_told):
            detail = f"{self.about.homepage}: its listing names no case; mend the scraper"
            yield Lost(source_ref="listing", reason=Reason.LAYOUT_CHANGED, detail=detail)


class Importer(Source):
    """An archive or a clone: `files` holds it as upstream publishes it."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        """The files to fetch into `files`. When the next is asked for, the last one is there.

        So a source first gives its table, then reads it to name the pictures.
        """
        raise NotImplementedError

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        """Everything in the folder; archives are streamed, never unpacked."""
        raise NotImplementedError


def same(url: str) -> str:
    """What stays of an address when http, www, query and a last slash are taken for nothing."""
    place = re.sub(r"^https?://(www\.)?", "", re.split(r"[?#]", url, maxsplit=1)[0])
    host, slash, path = place.partition("/")
    return (host.lower() + slash + path).rstrip("/")


def ask(web: Web, url: str, ref: str) -> Page | Lost:
    """The page at `url`, or the row that says why there is none; `ref` names that row."""
    try:
        return web.page(url)
    except Rejected as verdict:
        return Lost(source_ref=ref, reason=verdict.reason, detail=verdict.detail)
