"""Words of strangers made safe for Markdown, for HTML and for a spreadsheet."""

import re

# What cannot begin a link, a tag, a cell or emphasis stays as it is: names are full of dashes.
_MARKDOWN = re.compile(
    r"[\\`*{}\[\]#|~^$@]|^[-+]|:(?!\s)|(?<=www)\.|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Ours(str):
    """Words that stand in this project's own files: they may hold Markdown."""

    __slots__ = ()


def one_line(words: object) -> str:
    """The words without line breaks, control characters and signs that turn the reading round."""
    return _CONTROL.sub(" ", str(words)).strip()


def markdown(words: object) -> str:
    """The words as plain text inside Markdown or HTML: no link, tag, table cell or heading."""
    if isinstance(words, Ours):
        return words
    text = one_line(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Character references stay text in every Markdown dialect, also where a bare address
    # would become a link.
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign.group())};", text)


def cell(words: object) -> str:
    """The words as a CSV cell that no spreadsheet takes for a formula."""
    text = one_line(words)
    return f"'{text}" if text.startswith(_FORMULA) else text
