"""What the replicas of scraped sites share: a recorded response, and numbers of patients."""

import re

from curation.sources.base import Page

HEAD = "<!DOCTYPE html>\n<html><!-- Drawn by a computer, not data -->\n"


def page(
    url: str,
    body: str | bytes,
    content_type: str = "text/html; charset=utf-8",
    *,
    final_url: str = "",
    status: int = 200,
) -> Page:
    """A drawn response: like a recorded one, but without a date."""
    data = body.encode() if isinstance(body, str) else body
    return Page(
        url=url, final_url=final_url or url, status=status, content_type=content_type, data=data
    )


def file_type(extension: str) -> str:
    return "image/png" if extension == "png" else "image/jpeg"


def number_of(patient: str) -> int:
    """17 for "p017": upstream's numbers follow from it, so a larger world moves none of them."""
    return int(re.sub(r"\D", "", patient))
