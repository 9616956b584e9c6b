"""The illnesses that a caption names: those it is sure of, and those it doubts."""

import re
from typing import NamedTuple

from curation.sources.base_pcr import pcr

NEAR = 120
"""Letters before and after the name of an illness in which a word may deny or doubt it."""
_ILLNESS = {
    "COVID-19": r"covid[- ]?19(?:[- ](?:related|associated))?(?: pneumonia)?|covid pneumonia"
    r"|sars[- ]cov[- ]2(?: pneumonia)?|2019[- ]ncov(?: pneumonia)?|novel coronavirus pneumonia"
    r"|coronavirus disease 2019(?: \(covid-19\))?",
    "SARS": r"severe acute respiratory syndrome(?! coronavirus)|(?-i:SARS)(?![- ]cov)",
    "MERS": r"middle east respiratory syndrome|mers(?:-cov)?",
    "bacterial pneumonia": r"(?:bacterial|pneumococcal|streptococcal|staphylococcal|legionella"
    r"|klebsiella|mycoplasma) pneumonia",
    "viral pneumonia": r"(?:viral|influenza|varicella|h1n1) pneumonia",
    "aspiration pneumonia": r"aspiration pneumonia",
    "lipoid pneumonia": r"lipoid pneumonia",
    "pneumocystis pneumonia": r"pneumocystis(?: jirovec\w+)? pneumonia",
    "tuberculosis": r"tuberculosis",
    "ARDS": r"acute respiratory distress syndrome|ards",
    "pneumonia": r"(?:lobar |community[- ]acquired )?pneumonia",
}
_NAMED = re.compile(
    rf"(?<![a-z])(?:{'|'.join(f'({words})' for words in _ILLNESS.values())})(?![a-z])",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;]\s|$")
# A few words may stand between, none of which begins another thought: "no effusion in a man with".
_BETWEEN = (
    r"(?:\W+(?!(?:with|due|from|in|but|who|after|caused|man|woman|patient)\b)[\w-]+){0,4}\W*$"
)
_DENIED = re.compile(
    r"\b(?:no|not|non|without|never|negative|free of|absence of|exclud\w+|rul\w+ out|unlike"
    rf"|other than|before|prior to|instead of)\b{_BETWEEN}|\bno (?:signs?|evidence) of\b{_BETWEEN}"
    rf"|\bnot (?:due to|caused by|related to|consistent with|suggestive of|from)\b{_BETWEEN}"
    r"|\bnegative\b[^.;]{0,30}\bfor\W+(?:\w+\W+){0,2}$|\bnon-$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^\W*(?:pneumonia\W+)?(?:infection\W+)?(?:(?:was|were|is|has been|pcr|rt-pcr|test\w*)\W+){0,3}"
    r"(?:excluded|ruled out|negative|unlikely|not)\b", re.IGNORECASE)  # fmt: skip
_DOUBTED = re.compile(
    r"\b(?:suspect\w*|suspicio\w+|possib\w+|probabl\w+|presum\w+|likely|may|might|could"
    r"|suggest\w*|(?:consistent|compatible) with|concern\w+ for|(?:typical|characteristic) of"
    rf"|mimick?\w*|differential|versus|vs|resembl\w+|initially|misdiagnos\w+|\?)\b{_BETWEEN}",
    re.IGNORECASE,
)
_DOUBTED_AFTER = re.compile(
    r"^\W*(?:pneumonia\W+|infection\W+)?(?:(?:was|is)\W+)?(?:suspected|possible|likely|probable"
    r"|presumed|\?)", re.IGNORECASE)  # fmt: skip


class Told(NamedTuple):
    """Illnesses as the columns `finding` and `uncertain` want them, and the test."""

    finding: str
    uncertain: str
    pcr: str


def told(caption: str) -> Told:
    """What the caption says the patient has."""
    sure: dict[str, None] = {}
    doubted: dict[str, None] = {}
    start = 0
    for end in _CLAUSE.finditer(caption):
        clause = caption[start : end.end()]
        start = end.end()
        for found in _NAMED.finditer(clause):
            name = list(_ILLNESS)[(found.lastindex or 1) - 1]
            before = clause[max(0, found.start() - NEAR) : found.start()]
            after = clause[found.end() : found.end() + NEAR]
            if _DENIED.search(before) or _DENIED_AFTER.search(after):
                continue
            is_doubted = _DOUBTED.search(before) or _DOUBTED_AFTER.search(after)
            (doubted if is_doubted else sure)[name] = None
    unsure = {name: None for name in doubted if name not in sure}
    return Told(_joined(sure), _joined(unsure), pcr(caption))


def _joined(names: dict[str, None]) -> str:
    """The names apart by "; ", without a bare "pneumonia" beside a kind of it."""
    kinds = [name for name in names if name != "pneumonia"]
    return "; ".join(kinds or names)
