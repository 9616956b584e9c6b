"""The card's Markdown as HTML, as narrow as the Hub's: no HTML of a stranger, no script address."""

import functools

from markdown_it import MarkdownIt
from markupsafe import Markup


def html(words: str) -> Markup:
    """Headings, lists, tables, code and links; everything else is text."""
    reader = _reader()
    tokens = reader.parse(words)
    for token in tokens:
        # A page that allows no style of a stranger allows none in an attribute.
        if token.attrs.pop("style", "") == "text-align:right":
            token.attrs["class"] = "number"
    # The library escapes what it does not know, and drops links of other kinds than http(s).
    made = reader.renderer.render(tokens, reader.options, {})
    return Markup(made)  # noqa: S704 - see above


@functools.cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
