"""An age in years from the many ways in which sources write one."""

import re

MAX_YEARS = 120
DAYS_PER_YEAR = 365.25
UNITS = {
    **dict.fromkeys(("years", "year", "yrs", "yr", "yo", "y", "anni", "anno"), 1.0),
    **dict.fromkeys(("months", "month", "mos", "mo", "mesi", "mese"), 1 / 12),
    **dict.fromkeys(("weeks", "week", "wks", "wk", "settimane", "settimana"), 7 / DAYS_PER_YEAR),
    **dict.fromkeys(("days", "day", "giorni", "giorno"), 1 / DAYS_PER_YEAR),
}
# Three digits and a letter, nothing between: "65 M" elsewhere is a man of 65, not five years old.
DICOM = re.compile(r"(\d{3})([ymwd])")
DICOM_UNITS = {"y": "years", "m": "months", "w": "weeks", "d": "days"}
NUMBER = r"\d{1,6}(?:\.\d{1,6})?"
EXACT = re.compile(rf"({NUMBER}) ?([a-z]*)(?: (?:and |e )?|$)")
VAGUE = re.compile(
    rf"(?:early |mid |late )?({NUMBER}) ?(?:\+|'?s|[-\u2013] ?{NUMBER})(?: years| anni)?"
)
NOISE = re.compile(r"\b(?:old|of age|aged?|et\u00e0|di|circa|ca)\b|[,;:]|\.(?!\d)|-(?=[a-z])|y/o$")


def age_years(text: str) -> float | None:
    """The age in years, or None where the words give none (`Adult`) or an impossible one (`414`).

    A number alone is years; `058Y`, `013M`, `009D` is how DICOM writes; a vague age is its lower
    bound: `50+`, `50s`, `early 50s`, `mid 50s` and `50-60` are all 50, so that nobody becomes
    older, and an adult stays one.
    """
    words = " ".join(NOISE.sub(" ", text[:80].casefold()).split())
    read = (reader(words) for reader in (_dicom, _vague, _exact))
    years = next((years for years in read if years is not None), None)
    return round(years, 4) if years is not None and years <= MAX_YEARS else None


def _dicom(words: str) -> float | None:
    found = DICOM.fullmatch(words)
    return float(found[1]) * UNITS[DICOM_UNITS[found[2]]] if found else None


def _vague(words: str) -> float | None:
    found = VAGUE.fullmatch(re.sub(r"^(early|mid|late)[ -]*", r"\1 ", words))
    return float(found[1]) if found else None


def _exact(words: str) -> float | None:
    """`2 years 3 months` is a sum; anything beside numbers and units makes it None."""
    words = re.sub(r"^anni (\d+)$", r"\1", words)
    parts = EXACT.findall(words)
    units = [unit for _, unit in parts]
    if not parts or EXACT.sub("", words) or not set(units) <= {"", *UNITS}:
        return None
    if len(parts) > 1 and "" in units:
        return None
    return sum(float(number) * UNITS[unit or "years"] for number, unit in parts)
