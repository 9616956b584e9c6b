"""Whether words on a film look like a patient's (SEED row P8; HIPAA's names, dates and numbers).

A verdict is never "clean": what is not found may be there, so that a film without one was only
looked at by a machine. In doubt a person must look.
"""

import re
from collections.abc import Iterable

from curation.burned.markers import MARKERS, MONTHS, folded
from manifests.contract.vocabulary import PersonalText

LONG = 3
"""Letters of a word that may be part of a name; a shorter unknown one a person must read."""
_TECHNICAL = re.compile(
    r"\b\d{1,4}([.,]\d+)?\s*([CDMU]?GY\s?[*.]?\s?C?M2?|KVP?|MAS|MA|MSV|MS|CM|MM|D?GY|UGY|DAYS?|SEC|%)"
    r"(?![A-Z])|\b(EI|EXI|REX|LGM|SID|FFD|WL|WW)[:= ]\s*\d{1,4}(?!\d)|\bW \d+ ?[:/]? ?L \d+\b"
)
"""How the film was taken, and how it was shown."""
_DATE = re.compile(
    r"(?<!\d)(\d{1,4}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?\d{2,4}(?!\d)|(19|20)\d\d[01]\d[0-3]\d(?!\d)"
    r"|\d\d/\d)"
)
_TIME = re.compile(
    r"(?<!\d)[0-2]?\d\s?[:.]\s?[0-5]\d(\s?[:.]\s?[0-5]\d|\s?(HRS?|H|UHR|AM|PM)\b)"
    r"|(?<!\d)[0-2]?\d(\s?H\s?[0-5]\d(?!\d)|\s?(AM|PM)\b)|(?<!\d)[0-2]\d[0-5]\d\s?(HRS?|H|UHR)\b"
)
_CLOCK = re.compile(r"(?<!\d)[0-2]?\d:[0-5]\d(?!\d)")
_NAMED = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = re.compile(rf"\d[./\- ]{{0,2}}({_NAMED})(?![A-Z])|(?<![A-Z])({_NAMED})[.,/\- ]{{0,2}}\d")
_BORN = re.compile(r"\b(DOB|BORN|GEB|NATO|NATA|NACIDO|NACIDA|NE LE)\b")
_NUMBER = re.compile(r"\d(?:[ \-]?\d){4,}")
_CARET = re.compile(r"[A-Z]{2,}\s?\^")
_TITLE = re.compile(r"\b(MR|MRS|MS|DR|PROF|NAME|NOME|NOMBRE|NOM|SIG|HERR|FRAU)\b[.: ]+[A-Z]{2,}")
_WORD = re.compile(r"[A-Z]+(?:'[A-Z]+)?")
_YEARS = re.compile(r"\b[MF]\s?/?\s?\d{1,3}\b|\b\d{1,3}\s?(Y|YO|J|A)\b|(?<!\d)\d{4}(?!\d)")
"""An age, or four digits: a year, or a short number of a patient."""
Reading = str | None
"""The words of a line; None for a line that nobody could read and that is no marker."""


def personal(lines: Iterable[Reading]) -> PersonalText | None:
    """The gravest that the lines of one film look like; None where all are harmless."""
    found = {verdict for line in lines if (verdict := judged(line))}
    return next((kind for kind in PersonalText if kind in found), None)


def judged(line: Reading) -> PersonalText | None:
    """What one line looks like; None for a marker such as "R" or "AP ERECT 85 kV"."""
    if line is None:
        return PersonalText.UNREAD
    words = _TECHNICAL.sub(" ", folded(line))
    unknown = [word for word in _WORD.findall(words) if word not in MARKERS | MONTHS]
    long = [word for word in unknown if len(word) >= LONG]
    if _CARET.search(words) or _TITLE.search(words) or len(long) > 1:
        return PersonalText.NAME
    if long and (len(unknown) > 1 or _has_initial(words, long[0])):
        return PersonalText.NAME
    if any(sign.search(words) for sign in (_DATE, _TIME, _CLOCK, _MONTH, _BORN)):
        return PersonalText.DATE
    if _NUMBER.search(words) or any(map(_is_number, words.split())):
        return PersonalText.NUMBER
    return PersonalText.UNREAD if _is_doubtful(words, unknown) else None


def _is_doubtful(words: str, unknown: list[str]) -> bool:
    """Whether a person must look: initials, a month, an age or a year, letters not Latin."""
    is_foreign = any(sign.isalpha() and not sign.isascii() for sign in words)
    is_month = any(word in MONTHS for word in _WORD.findall(words))
    is_initial = any(len(word) > 1 for word in unknown)
    return is_foreign or is_month or is_initial or bool(_YEARS.search(words))


def _has_initial(words: str, name: str) -> bool:
    """Whether a single letter with a point or behind a comma stands beside `name`."""
    pattern = rf"(\b[A-Z]\.\s*{re.escape(name)}|{re.escape(name)}\s*[,.]?\s*\b[A-Z]\b)"
    return bool(re.search(pattern, words))


def _is_number(token: str) -> bool:
    """Many digits, or some mixed with letters, as in an accession number."""
    digits = sum(sign.isdigit() for sign in token)
    return digits >= 5 or (digits >= 3 and any(sign.isalpha() for sign in token))  # noqa: PLR2004 - as in `_NUMBER`
