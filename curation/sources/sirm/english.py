"""The English words in which SIRM's translated posts describe patient, picture and film."""

import re

from curation.sources.base_words import CLEAR_FILM, denial
from curation.sources.sirm.tongue import Tongue

_UNIT = r"(?:years?|months?|weeks?|days?)"

_KIN = (
    r"(?:mother|father|mom|mum|dad|parents?|sons?|daughters?|brothers?|sisters?|siblings?"
    r"|grand(?:mother|father|son|daughter|parents?)|aunt|uncle|nephew|niece|cousin|wife|husband"
    r"|spouse|partner|friend|colleague|born\s+(?:to|from|of)(?:\s+(?:a\s+)?woman)?)"
)
_CHILD = r"(?:newborn|infant|neonate|baby|child)"
_KIN_CHILD = rf"\b(?:{_KIN}\s+(?:of|to)|contact\s+with|caring\s+for)\s+(?:an?\s+|the\s+)?{_CHILD}\b"
_ADULT = r"(?:man|woman|gentleman|lady|adult)"


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("".join(patterns), re.IGNORECASE)


ENGLISH = Tongue(
    sexes=_words(r"\b(female|woman|girl|lady|male|man|boy|gentleman|infant|newborn)\b"),
    # "for 3 days", "a 3-day history", "5 days ago", "smoker for 20 years".
    spans=_words(
        r"\b(?:for|since|after|in|within|over|every|than|past|last|previous)\s+"
        rf"(?:about\s+|almost\s+|over\s+|the\s+|last\s+|past\s+)*\d{{1,3}}[- ]*{_UNIT}\b"
        rf"|\b\d{{1,3}}[- ]*{_UNIT}[- ]+(?:history|ago|later|earlier|before|prior|after"
        r"|of(?!\s+age))\b",
    ),
    # "65-year-old man", "Male, 51 years old", "woman of 51 years", "65 y.o."; "8 months".
    ages=_words(r"\b(\d{1,3})[- ]*(years?|months?|weeks?|days?)\b"),
    # "aged 53", "age: 53", "65 y.o.", "65yo", "65 y/o".
    ages_after=_words(r"\bage[sd]?\b\W{0,3}(?:of\s+)?(\d{1,3})\b|\b(\d{1,3})\s*y(?:\.|/)?\s?o\b"),
    # "mother 30 years old", "born to a 33-year-old woman"; "30-year-old mother".
    kin_before=_words(rf"(?:{_KIN_CHILD}|\b{_KIN}\b)((?:[^\w.;]+(?!\d)\w+){{0,3}}[^\w.;]*)$"),
    kin_after=_words(rf"[-\s]*old[-\s]+{_KIN}\b"),
    kin_child=_words(_KIN_CHILD),
    children=_words(rf"\b(?:({_CHILD})|{_ADULT})\b"),
    years="years",
    modalities=_words(
        r"(?<![a-z])(?:(rx|cxr|x-?rays?|radiographs?|radiography|plain films?)"
        r"|(ct|hrct|mdct|ctpa|computed tomography)|(ultrasounds?|ultrasonography|lus))(?![a-z])",
    ),
    modality_words=("X-ray", "CT", "ultrasound"),
    # A segment and an opacity may be lateral, too.
    laterals=_words(
        r"latero-?lateral|(?:projection|view|x-?ray|radiograph|in)\s+lateral\b"
        r"|\blateral\s+(?:projection|view|x-?ray|radiograph|film|chest)|(?<![a-z])LL(?![a-z])",
    ),
    lateral="lateral",
    sides=_words(
        r"(antero-?posterior|(?<![a-z])ap(?![a-z]))|(postero-?anterior|(?<![a-z])pa(?![a-z]))",
    ),
    lying=(
        (_words(r"\bbed-?side\b|\b(?:in|at) bed\b"), "bedside"),
        (_words(r"\bsupine\b"), "supine"),
        (_words(r"\bupright\b|\bstanding\b|\berect\b|orthostat\w+"), "erect"),
    ),
    signs=_words(
        r"\bopacit(?:y|ies)\b|consolidations?|infiltrates?|ground[- ]glass"
        r"|parenchymal thickenings?",
    ),
    denied=denial(r"\b(?:no|not|without|absence of|negative for|resolution)\b"),
    clear=_words(
        CLEAR_FILM.pattern,
        r"|\bno (?:evident |visible )?(?:lesion|abnormalit|alteration)\w*(?!\s+of\b)",
    ),
    clear_word="negative X-ray",
    others=_words(r"(?<![a-z])(?:ct|hrct|mdct|computed tomography|swab|pcr|rt-pcr)(?![a-z])"),
    # What is said of a swab ends with its sentence, or where another examination begins.
    swabs=(
        _words(
            r"\b(?:(no|never|never a|without)\s+)?(?:swabs?|rt-?pcr|pcr)\b"
            r"((?:(?!\b(?:x-?ray|cxr|ct|hrct|radiograph|ultraso|serolog))[^.;]){0,120})",
        ),
        _words(
            r"(?:\b(no|not|never)\s+(?:an?\s+)?)?\b((?:positiv|negativ)e)"
            r"\s+(?:\w+[- ]){0,2}(?:swab|rt-?pcr|pcr)",
        ),
    ),
    results=_words(r"(?:\b(not|never|nor|no)\b[^,]{0,30}?)?\b(positiv|negativ)e\b"),
    positive="positiv",
    swab_words=("positive swab", "negative swab"),
    doubts=_words(
        r"\b(?:no|not|non|never|without|suspect\w*|doubt\w*|possibl[ey]|probabl[ey]|presum\w*"
        r"|exclu\w*|like|mim\w+|simulat\w*|negative|previous|recover\w*|resol\w+|sequela\w*|post"
        r"|after|false|vaccin\w*|differential)\b|\?",
    ),
)
