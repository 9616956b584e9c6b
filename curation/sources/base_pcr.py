"""The result of a PCR test for SARS-CoV-2, read from what a page tells of a patient.

A text is read clause by clause. A result counts where its own clause names the PCR, or where the
clause says no more than a result and goes on from one that does ("RT-PCR: negative on day 1,
positive on day 4"). A test for another germ says nothing of this one.
"""

import re

_CLAUSE = re.compile(
    r"[.;:,()\n]|\b(?:then|and|but|while|whereas|followed by|despite|(?:al)?though|however)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    # "Positive pressure ventilation", "a negative chest radiograph" and the like are no results.
    r"\b(positive|negative)\b(?!\s+(?:contacts?|history|pressure|airway|end|chest|x-ray|ct)\b)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not?|never|nor|no longer|without)\b(?:\s+\w+){0,3}?\s+(?:positive|negative)\b",
    re.IGNORECASE,
)
_PCR = re.compile(r"\b(?:RT-?|r)?PCR\b", re.IGNORECASE)
_OURS = re.compile(r"sars[- ]?cov[- ]?2|covid|2019[- ]?ncov|novel coronavirus", re.IGNORECASE)
_OTHER = re.compile(
    r"influenza|\bflu\b|\bh\d+n\d+|\brsv\b|syncytial|adenovirus|rhinovirus|enterovirus|pneumovirus"
    r"|\bhiv\b|herpes|varicella|\b(?:vzv|hsv|cmv|ebv|tb|pjp|pcp|mers|sars(?![- ]?cov[- ]?2))\b"
    r"|cytomegalovirus|epstein|hepatitis|dengue|measles|hantavirus|pneumocystis|mycoplasma"
    r"|legionella|chlamyd|tubercul|mycobacter|pneumoni\w+ae|pneumococc|streptococc|staphylococc"
    r"|bordetella|aspergill|fung|bacteri|\bpanel\b|\b(?:respiratory|other)\W+vir|\bviruses\b"
    # The other kinds of test.
    r"|\bantigen|antibod|serolog|cultures?\b|\bsmear",
    re.IGNORECASE,
)
# What may stand beside the result in a clause that only goes on from the one before.
_FILLER = re.compile(
    r"\b(?:it|which|that|this|the|an?|was|were|is|are|has|had|been|came|come|back|turned|became"
    r"|returned|resulted|tested|again|also|finally|later|initially|first|second|third|one|two"
    r"|repeat(?:ed)?|another|next|day|days|hours|week|weeks|after|on|at|in|of|for|result|test"
    r"|swab|admission|follow-?up|\d+)\b|[-\s]",
    re.IGNORECASE,
)
# An aside between a test and its result: ", performed on admission,".
_ASIDE = re.compile(
    r"\s*(?:$|(?:which|performed|done|taken|obtained|collected|on|at|from|after|by|using)\b)",
    re.IGNORECASE,
)


def pcr(text: str) -> str:
    """`positive`, `negative`, or nothing; one positive test of several counts."""
    results, is_ours = set[str](), False
    for clause in _CLAUSE.split(text):
        names_other, names_ours = bool(_OTHER.search(clause)), bool(_OURS.search(clause))
        told = {found[1].lower() for found in _RESULT.finditer(_DENIED.sub("", clause))}
        if _PCR.search(clause):
            is_ours = not names_other
        elif told and not names_other and _goes_on(clause):
            is_ours = is_ours or (names_ours and bool(_PCR.search(text)))
        elif names_other or not _ASIDE.match(clause):
            is_ours, told = False, set()
        results |= told if is_ours else set()
    return max(results, default="")


def _goes_on(clause: str) -> bool:
    """Does the clause hold a result and nothing else?"""
    return not _FILLER.sub("", _OURS.sub("", _RESULT.sub("", clause)))
