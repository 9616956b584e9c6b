"""The words in which Radiopaedia says what a case is and what a study shows."""

import re

_ILLNESS = re.compile(
    r"covid[- ]?19(?: pneumonia)?|covid pneumonia|severe acute respiratory syndrome"
    r"|middle east respiratory syndrome|(?:lobar|viral|bacterial|round|community[- ]acquired"
    r"|pneumocystis|aspiration|lipoid|varicella|influenza|legionella|klebsiella|mycoplasma"
    r"|streptococcal|staphylococcal) pneumonia|pneumonia|tuberculosis"
    r"|normal (?:frontal )?(?:adult )?chest (?:x-ray|radiograph)",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"clear lungs|lungs are clear|normal chest (?:x-ray|radiograph)|unremarkable|no abnormality",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"opacity|opacities|consolidations?|ground[- ]glass|infiltrates?|opacification", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:no|without|free of|resolved)\b[^.;]*", re.IGNORECASE)
_BEFORE = re.compile(
    r"prior to|before|baseline|previous|(?:months?|years?) (?:ago|earlier)", re.IGNORECASE
)
_DAY = re.compile(r"\bday\s+(-?\d+)", re.IGNORECASE)
_PCR = re.compile(
    r"\bPCR\b\W+(?:(?:test|swab|was|is|for \S+)\W+)*(positive|negative)", re.IGNORECASE
)


def illness(title: str, tags: str, certainty: str) -> str:
    """The diagnosis named in the title, else in the tags, else the title as it is.

    A diagnosis that its contributor calls less than certain carries that word along.
    """
    named = _ILLNESS.search(title) or _ILLNESS.search(tags)
    doubt = certainty.strip().lower()
    said = " ".join(named[0].split()) if named else title
    return f"{said}, {doubt}" if doubt and "certain" not in doubt.split() else said


def pcr(text: str) -> str:
    """`positive`, `negative`, or nothing."""
    found = _PCR.search(text)
    return found[1].lower() if found else ""


def said_of_study(caption: str, findings: str, diagnosis: str) -> dict[str, str]:
    """Finding, abnormality and day of the films of one study.

    Before the illness, a normal study is a normal film; during it, a clear film of an ill patient.
    A text that names both clear lungs and a sign says nothing sure.
    """
    words = f"{caption}. {findings}"
    clear, sign = _CLEAR.search(words), _SIGN.search(_DENIED.sub("", words))
    day = _DAY.search(caption)
    said = {"finding": diagnosis, "abnormal": "", "offset_days": day[1] if day else ""}
    if clear and not sign:
        said["abnormal"] = clear[0].lower()
        if _BEFORE.search(caption):
            said["finding"] = clear[0].lower()
    elif sign and not clear:
        said["abnormal"] = sign[0].lower()
    return said
