"""The words in which EuroRad says who the patient is and what the case turned out to be."""

import re

_UNIT = r"(?:years?|yrs?|y|months?|mos?|weeks?|wks?|days?)(?:[- ]?old)?"
_AGE = re.compile(rf"\d{{1,3}}(?: ?[-\u2013] ?\d{{1,3}})?\+?[- ]?(?:{_UNIT})?|adult")
_TWO = re.compile(rf"\d{{1,3}}[- ]?{_UNIT}(?: and)? \d{{1,2}}[- ]?{_UNIT}")
_SEX = re.compile(r"(?:fe)?male|(?:wo)?man|boy|girl|[mf]|other")
_LABEL = re.compile(r"^(?:patient(?:'s)?\s*)?(?:age|sex|gender|patient)?\s*:?\s*", re.IGNORECASE)
# What may stand beside the name of an illness and change nothing.
_HARMLESS = re.compile(
    r"\b(?:severe|mild|moderate|critical|typical|acute|early|extensive|diffuse|multifocal"
    r"|multilobar|bilateral|unilateral|right|left|upper|middle|lower|lobe|lung|pulmonary"
    r"|radiographically|rt|pcr|confirmed|proven|laboratory|infection|disease|case|of|a|an|the)\b",
    re.IGNORECASE,
)
_ILLNESS = re.compile(
    r"((?:covid[- ]?19(?: \(sars[- ]cov[- ]2\))?|sars[- ]cov[- ]2|coronavirus disease 2019"
    r"(?: \(covid-19\))?|2019[- ]ncov)(?:[- ](?:related|associated))?(?: pneumonia)?)"
    r"|severe acute respiratory syndrome|middle east respiratory syndrome"
    r"|(?:lobar|viral|bacterial|round|community[- ]acquired|pneumocystis(?: jirovec\w+)?"
    r"|aspiration|(?:exogenous )?lipoid|varicella(?:[- ]zoster)?|influenza|h1n1|legionella"
    r"|klebsiella|mycoplasma|streptococcal|pneumococcal|staphylococcal) pneumonia"
    r"|pneumonia|(?:post-?primary |miliary )?tuberculosis"
    r"|normal chest (?:x-ray|radiograph)",
    re.IGNORECASE,
)
# "The patient 2 days after admission" is not the second of a series.
_PATIENT = re.compile(
    r"\b(?:patient|case)\s*(?:no\.?|number|#)?\s*(\d{1,3})\b"
    r"(?![- \u2013]*(?:\d+[- \u2013]*)?(?:minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|months?"
    r"|mos?|years?|yrs?|y)\b)",
    re.IGNORECASE,
)


def who(text: str, *, is_sure: bool) -> tuple[str, str]:
    """Age and sex of a line such as "47 years, male", in any order; either may be missing.

    Where it is not `is_sure` that the line speaks of the patient, it must give both and no more.
    """
    age = sex = ""
    is_whole = True
    for part in re.split(r"[,;|/•·]", text):
        word = _LABEL.sub("", " ".join(part.split())).strip(" .").lower()
        if _SEX.fullmatch(word) and not sex:
            sex = word
        elif (_AGE.fullmatch(word) or _TWO.fullmatch(word)) and not age:
            age = word
        elif word:
            is_whole = False
    return (age, sex) if is_sure or (age and sex and is_whole) else ("", "")


def illness(diagnosis: str) -> str:
    """The illness that a Final Diagnosis names, without words for where and how severe it is.

    A diagnosis that says anything beyond that (a doubt, a second illness, a cause) stays as it
    is, so that a person reads it and adds it to the vocabulary.
    """
    found = list(_ILLNESS.finditer(diagnosis))
    rest = _HARMLESS.sub("", _ILLNESS.sub("", diagnosis))
    if len(found) != 1 or rest.strip(" ,.-"):
        return diagnosis
    return "COVID-19" if found[0][1] else " ".join(found[0][0].split())


def patient(caption: str) -> str:
    """`patient 5`, where a case shows a series of patients and the caption says whose this is."""
    found = _PATIENT.search(caption)
    return f"patient {found[1]}" if found else ""
