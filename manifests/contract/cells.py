"""Words of strangers in one cell of a table that a spreadsheet may open."""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def one_line(words: object) -> str:
    """The words without line breaks, control characters and signs that turn the reading round."""
    return _CONTROL.sub(" ", str(words)).strip()


def cell(words: object) -> str:
    """The words as a CSV cell that no spreadsheet takes for a formula."""
    text = one_line(words)
    return f"'{text}" if text.startswith(_FORMULA) else text
