"""Drafts in a form that can be compared."""

from dataclasses import fields
from pathlib import Path

from curation.network.recorded import Recorded
from curation.sources.base import Draft, Lost, Page, Scraper
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason


class Shelf:
    """A `Web` of a few pages written in a test."""

    def __init__(self, **bodies: str) -> None:
        self.bodies = bodies

    def page(self, url: str) -> Page:
        for part, body in self.bodies.items():
            if part in url:
                return page(url, body)
        raise Rejected(Reason.MISSING_IMAGE, f"{url}: not on the shelf")


def page(url: str, body: str, final_url: str = "") -> Page:
    return Page(
        url=url, final_url=final_url or url, status=200, content_type="text/html",
        data=body.encode(), retrieved="2026-01-02",
    )  # fmt: skip


def said(item: Draft | Lost) -> dict[str, object]:
    """All that the draft says, with the picture's bytes in place of the function."""
    told = {f.name: getattr(item, f.name) for f in fields(item)}
    if isinstance(item, Draft):
        try:
            told["image"] = item.image()
        except Rejected as verdict:
            told["image"] = str(verdict.reason)
    told.pop("retrieved", None)
    return told


def read(source: Scraper, folder: Path) -> list[dict[str, object]]:
    return [said(item) for item in source.read(Recorded(folder))]
