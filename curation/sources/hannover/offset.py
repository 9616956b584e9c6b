"""What Hannover's `admission_offset` says: days from the film to the patient's admission.

Upstream counts from the film: -4 is an admission four days before it, and a POSITIVE offset is a
film taken BEFORE the admission. Our `offset_days` counts from the admission, as everywhere else, so
the sign turns: a film four days after the admission has upstream's -4 and our 4.
"""

import re
from typing import Literal, TypeAlias

OffsetRule: TypeAlias = Literal["covid_cxnet", "cohen", "cohen_may_2020", "cautious", "none"]
ILL, CLEAR, UNSAID = "COVID-19", "No Finding", "Unknown"
RULES: dict[OffsetRule, tuple[tuple[int, str], ...]] = {
    "covid_cxnet": ((14, CLEAR),),
    "cohen": ((14, CLEAR), (7, UNSAID)),
    "cohen_may_2020": ((0, CLEAR),),
    "cautious": ((14, CLEAR), (0, UNSAID)),
    "none": (),
}
"""What a film counts as that was taken more than so many days before admission; any other is ill.

- covid_cxnet: the paper's. More than 14 days before admission is normal.
- cohen: of the Cohen collection since June 2020. As above, but 8 to 14 days before is unknown.
- cohen_may_2020: the one it had first. Any film before admission is normal.
- cautious: only films from the day of admission on are ill; 1 to 14 days before is unknown, because
  the disease may have begun before it was noticed.
- none: every film is of a COVID-19 patient, whenever it was taken.
"""
# Upstream writes `0`, `-4` and, since blank cells stand in the column, `23.0`.
DAYS = re.compile(r"([+-]?\d{1,6})(?:\.0*)?")


def finding(offset: str, rule: OffsetRule) -> str:
    """The word for a film of that offset; none where no offset is given and the rule needs one."""
    days = DAYS.fullmatch(offset)
    if rule != "none" and not days:
        return ""
    before = int(days[1]) if days else 0
    return next((word for limit, word in RULES[rule] if before > limit), ILL)


def days_since(offset: str) -> str:
    """Days from admission to the film; what is no number of days is left for `ingest` to refuse."""
    days = DAYS.fullmatch(offset)
    return str(-int(days[1])) if days else offset
