"""What a reading says of a film's patient; the radiologist's own sentences are left out.

Montgomery writes a form, Shenzhen one line, and neither keeps to it: the apostrophe is typographic
or not; "femal 32yrs", "female24yrs", "male , 29yrs", "16month", "64days", "male 42".
"""

import re
from typing import NamedTuple

SEX = re.compile(r"^\W*patient\W{0,3}s\s+sex\s*:[^\S\n]*(\w*)", re.IGNORECASE | re.MULTILINE)
AGE = re.compile(r"^\W*patient\W{0,3}s\s+age\s*:[^\S\n]*(\w*)", re.IGNORECASE | re.MULTILINE)
LINE = re.compile(
    r"^[^\w\n]*(female?|male)[^\w\n]*(\d{1,3}(?:\.\d+)?[^\S\n]*[a-z]*)?[^\w\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
TWIN = re.compile(r"same\s+(?:pt|patient)\s+as\s+(\w+)", re.IGNORECASE)


class Reading(NamedTuple):
    """Words of one reading; "" where it says nothing, or nothing that can be made out."""

    sex: str = ""
    age: str = ""
    twin: str = ""
    """The film of the same patient that this reading refers to."""

    @property
    def says_nothing(self) -> bool:
        return not any(self)


def reading(text: str) -> Reading:
    """The first reading in `text`: a second one, of another patient, follows in some files."""
    twin = TWIN.search(text)
    form = list(SEX.finditer(text))
    if form or AGE.search(text):
        # An age behind the next patient's sex is that patient's.
        own = text[: form[1].start()] if len(form) > 1 else text
        age = AGE.search(own)
        return Reading(form[0][1] if form else "", age[1] if age else "", twin[1] if twin else "")
    line = LINE.search(text)
    sex, age_words = (line[1], line[2] or "") if line else ("", "")
    return Reading(sex, age_words.strip(), twin[1] if twin else "")


def patient_of(film: str, twins: dict[str, str]) -> str:
    """The name under which the patient of `film` is known: the film that the others refer to."""
    seen = [film]
    while (film := twins.get(film, "")) and film not in seen:
        seen.append(film)
    # Films that refer to each other in a ring: any of them will do, as long as it is one.
    return min(seen[seen.index(film) :]) if film else seen[-1]
