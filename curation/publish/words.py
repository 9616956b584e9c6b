"""Words of strangers made safe for Markdown and for HTML."""

import re

from manifests.contract.cells import one_line

# What cannot begin a link, a tag, a cell or emphasis stays as it is: names are full of dashes.
_MARKDOWN = re.compile(
    r"[\\`*{}\[\]#|~^$@]|^[-+]|:(?!\s)|(?<=www)\.|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])",
    re.IGNORECASE,
)


class Ours(str):
    """Words that stand in this project's own files: they may hold Markdown."""

    __slots__ = ()


def markdown(words: object) -> str:
    """The words as plain text inside Markdown or HTML: no link, tag, table cell or heading."""
    if isinstance(words, Ours):
        return words
    text = one_line(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Character references stay text in every Markdown dialect, also where a bare address
    # would become a link.
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign.group())};", text)
