"""Whether words on a film look like a patient's (SEED row P8; HIPAA's names, dates and numbers).

A verdict is never "clean": what is not found may be there, so that a film without one was only
looked at by a machine. In doubt a person must look.
"""

import re
from collections.abc import Iterable

from curation.burned.markers import MARKERS, MONTHS, NAMESAKES, folded
from manifests.contract.vocabulary import PersonalText

LONG = 3
"""Letters of a word that may be part of a name; a shorter unknown one a person must read."""
_BETWEEN = r"(?:\s*[./,\-]\s*|\s+)"
"""Between the parts of a date."""
_TECHNICAL = re.compile(
    # No part of a date or of a longer number: neither starts behind one, nor goes on.
    r"(?<![\d.,/:\-])(?<!\d )(?<!\d[.,/:\-] )(?<!\d [.,/:\-] )\b\d{1,4}([.,]\d{1,3})?\s*"
    r"([CDMU]?GY\s?[*.]?\s?C?M2?|KVP?|MAS|MA|MSV|MS|CM|MM|D?GY|UGY|DAYS?|SEC|%)(?![A-Z])"
    rf"|\b(EI|EXI|REX|LGM|SID|FFD|WL|WW)[:= ]\s*\d{{1,4}}(?!\d|{_BETWEEN}\d)"
    r"|\bW \d{1,4} ?[:/]? ?L \d{1,4}\b(?![./,\-]\d)"
)
"""How the film was taken, and how it was shown."""
_DATE = re.compile(
    r"(?<!\d)(\d{1,4}\s*[./,\-]\s*\d{1,2}\s*[./,\-]\s*\d{2,4}(?!\d)"
    rf"|[0-3]?\d{_BETWEEN}[0-3]?\d{_BETWEEN}(\d\d|\d{{4}})(?!\d)"
    r"|(19|20)\d\d[01]\d[0-3]\d(?!\d)|\d\d/\d)"
)
_PART = re.compile(rf"(?<!\d)\d{{1,2}}{_BETWEEN}\d\d(?!\d)")
"""What may be left of a date."""
_TIME = re.compile(
    r"(?<!\d)[0-2]?\d\s?[:.]\s?[0-5]\d(\s?[:.]\s?[0-5]\d|\s?(HRS?|H|UHR|AM|PM)\b)"
    r"|(?<!\d)[0-2]?\d(\s?H\s?[0-5]\d(?!\d)|\s?(AM|PM)\b)|(?<!\d)[0-2]\d[0-5]\d\s?(HRS?|H|UHR)\b"
)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}:[0-5]\d(?!\d)")
"""The hour may be cut off: "32:05" is the end of a time."""
_NAMED = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = re.compile(rf"\d[./\- ]{{0,2}}({_NAMED})(?![A-Z])|(?<![A-Z])({_NAMED})[.,/\- ]{{0,2}}\d")
_BORN = re.compile(r"\b(D\.?\s?O\.?\s?B|BORN|GEB|NATO|NATA|NACIDO|NACIDA|NE LE)\b")
_NUMBER = re.compile(r"\d(?:[ \-]?\d){4,}")
_CARET = re.compile(r"[A-Z]{2,}\s?\^")
_TITLE = re.compile(
    r"\b(?:MR|MRS|MS|DR|PROF|NAME|NOME|NOMBRE|NOM|SIG|HERR|FRAU)\b[.: ]+([A-Z]{2,})"
)
_PHRASE = re.compile(rf"\bX[ \-]?RAYS?\b|\b(SE|IM)\s?:\s?\d{{1,3}}(?!\d|{_BETWEEN}\d)")
"""Markers that would look like names."""
_SPELT = re.compile(r"(?<![A-Z])[A-Z](?:[^A-Z\d]+[A-Z](?![A-Z])){2,}")
"""Single letters in a row: a word that is set wide apart."""
_WORD = re.compile(r"[A-Z]+(?:'[A-Z]+)?")
_YEARS = re.compile(
    r"\b[MFW]\s?[/,.\-]?\s?\d{1,3}\b|(?<!\d)\d{1,3}\s?[/,.\-]?\s?(YO|[YJAMFWHVK])(?![A-Z])"
    r"|(?<!\d)\d{4}(?!\d)"
)
"""An age, with or without the sex, or four digits: a year, or a short number of a patient."""
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
    whole = _PHRASE.sub(" ", " ".join(folded(line).split()))
    words = _TECHNICAL.sub(" ", whole)
    unknown = [word for word in _WORD.findall(words) if word not in MARKERS | MONTHS]
    if _is_name(words, unknown):
        return PersonalText.NAME
    # Of the whole line: a unit behind a date or a long number makes no dose of it.
    if any(sign.search(whole) for sign in (_DATE, _TIME, _CLOCK, _MONTH, _BORN)):
        return PersonalText.DATE
    if _NUMBER.search(whole) or any(map(_is_number, words.split())):
        return PersonalText.NUMBER
    is_doubtful = _is_doubtful(words, unknown) or _are_namesakes(whole, words)
    return PersonalText.UNREAD if is_doubtful else None


def _is_name(words: str, unknown: list[str]) -> bool:
    """Whether there are two words of a name, or one with a sign of it."""
    long = [word for word in unknown if len(word) >= LONG]
    # "DR" is digital radiography too.
    titled = [word for word in _TITLE.findall(words) if word not in MARKERS - NAMESAKES]
    if _CARET.search(words) or titled or len(long) > 1:
        return True
    return bool(long) and (len(unknown) > 1 or _has_initial(words, long[0]))


def _is_doubtful(words: str, unknown: list[str]) -> bool:
    """Whether a person must look: initials, a month, an age or part of a date, foreign letters."""
    is_foreign = any(sign.isalpha() and not sign.isascii() for sign in words)
    is_month = any(word in MONTHS for word in _WORD.findall(words))
    is_initial = any(len(word) > 1 for word in unknown)
    is_sign = any(sign.search(words) for sign in (_YEARS, _PART, _SPELT)) or "^" in words
    return is_foreign or is_month or is_initial or is_sign


def _are_namesakes(whole: str, words: str) -> bool:
    """Whether markers may name somebody: two that are names, or one with an initial or a comma."""
    # Of the whole line: behind a number, "MA LI" may be a person as well as a current.
    if sum(word in NAMESAKES for word in _WORD.findall(whole)) > 1:
        return True
    found = _WORD.findall(words)
    names = [word for word in found if word in NAMESAKES]
    is_initial = any(len(word) == 1 for word in found)
    return any(is_initial or re.search(rf"\b{name}\s*,", words) for name in names)


def _has_initial(words: str, name: str) -> bool:
    """Whether a single letter with a point or behind a comma stands beside `name`."""
    pattern = rf"(\b[A-Z]\.\s*{re.escape(name)}|{re.escape(name)}\s*[,.]?\s*\b[A-Z]\b)"
    return bool(re.search(pattern, words))


def _is_number(token: str) -> bool:
    """Many digits, or some mixed with letters, as in an accession number."""
    digits = sum(sign.isdigit() for sign in token)
    return digits >= 5 or (digits >= 3 and any(sign.isalpha() for sign in token))  # noqa: PLR2004 - as in `_NUMBER`
