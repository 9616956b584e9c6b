"""The words in which Radiopaedia says what a case is and what a study shows."""

import re

from curation.sources.base_words import CLEAR_FILM, denial, shown

_ILLNESS = re.compile(
    r"covid[- ]?19(?: pneumonia)?|covid pneumonia|severe acute respiratory syndrome"
    r"|middle east respiratory syndrome|(?:lobar|viral|bacterial|round|community[- ]acquired"
    r"|pneumocystis(?: jirovec\w+)?|pjp|aspiration|lipoid|varicella|chicken ?pox"
    r"|influenza|legionella|klebsiella|mycoplasma|streptococcal"
    r"|staphylococcal) pneumonia|pneumonia|tuberculosis"
    r"|\bnormal (?:frontal )?(?:adult )?chest (?:x-ray|radiograph)",
    re.IGNORECASE,
)
# What may stand beside the name of an illness and change nothing.
_HARMLESS = re.compile(
    r"\b(?:severe|mild|moderate|typical|acute|early|extensive|diffuse|multifocal|multilobar"
    r"|bilateral|unilateral|right|left|upper|middle|lower|lobes?|lungs?|lingular?|pulmonary|chest"
    r"|(?:post-?)?primary|active|miliary|confirmed|proven|infection|disease|case|patient|child"
    r"|children|adult|p(?:a)?ediatric|male|female|man|woman|boy|girl|years?|months?|old|frontal"
    r"|lateral|pa|ap|x-rays?|radiographs?|sars|mers|on|of|in|an?|the|\d+)\b",
    re.IGNORECASE,
)
# Words beside which a name of an illness may be what the film does not show, or no longer.
_DOUBTED = re.compile(
    r"\b(?:no|not|non|never|nor|without|absent|un(?:likely|confirmed|proven)|negative|mimic\w*"
    r"|simulat\w+|masquerad\w+|resembl\w+|pseudo\w*|instead of|rather than|other than|versus|vs"
    r"|differential|possibl[ey]|probabl[ey]|likely|suspect\w*|suspicious|presum\w+"
    r"|quer(?:y|ied)|questionable|rul(?:e|ed|ing)[- ]out|exclu\w+|healed"
    # "Pneumonia and recovery" tells of both; each study then says what its own films show.
    r"|resol(?!ution)\w+|recover(?!y)\w*|(?:resolution|recovery) (?:of|from)"
    r"|sequela\w*|after|following|history of|prior|previous\w*|past"
    r"|(?<!year.)(?<!years.)old|long[- ]covid|vaccin\w*|pandemic|era"
    r"|(?:organi[sz]ing|eosinophilic|(?<!covid-19 )interstitial) pneumonia"
    r"|(?:non|post)covid|post(?![- ](?:primary|intubation|extubation|admission))|ex)\b|-like\b|\?",
    re.IGNORECASE,
)
_CLEAR = {
    "clear lungs": re.compile(r"\bclear lungs\b", re.IGNORECASE),
    "lungs are clear": re.compile(r"\blungs are clear\b", re.IGNORECASE),
    "normal chest x-ray": re.compile(r"\bnormal chest x-ray\b", re.IGNORECASE),
    "normal chest radiograph": re.compile(r"\bnormal chest radiograph\b", re.IGNORECASE),
    "no abnormality": re.compile(r"\bno abnormality\b(?! of\b)", re.IGNORECASE),
    "unremarkable": CLEAR_FILM,
}
_SIGN = re.compile(
    r"opacity|opacities|consolidations?|ground[- ]glass|infiltrates?|opacification", re.IGNORECASE
)
_DENIED = denial(r"\b(?:no|not|without|free of|resolved)\b")
_BEFORE = re.compile(
    r"\b(?:before|prior to|previous to|preceding)\s+(?:(?:the|any|his|her|their|this|current|first"
    r"|covid|covid-19)\s+)*(?:infection|illness|disease|covid|sars|pneumonia|symptom|onset"
    r"|admission|hospitali[sz]ation|presentation|diagnosis)|\bpre-?(?:covid|infection|illness"
    r"|admission|morbid)|^\W*baseline\b"
    r"|\b(?:months?|years?)\s+(?:earlier|before|prior)\b(?!\s+(?:to\s+)?\w)",
    re.IGNORECASE,
)
_DAY = re.compile(r"\bday\s+(-?\d+)", re.IGNORECASE)


def illness(title: str, tags: str, certainty: str) -> str:
    """The diagnosis named in the title, else in the tags, else the title as it is.

    A title that denies or doubts ("Non-COVID-19 viral pneumonia", "Post-COVID-19 fibrosis"), or
    that says more of an illness than is known here ("Radiation pneumonia"), stays as it is, so
    that a person reads it. A diagnosis that its contributor calls less than certain carries that
    word along.
    """
    doubt = certainty.strip().lower()
    tagged = "" if _ILLNESS.search(title) else _tagged(tags)
    said = title if _DOUBTED.search(title) else _named(title) or tagged or title
    return f"{said}, {doubt}" if doubt and "certain" not in doubt.split() else said


def _tagged(tags: str) -> str:
    """The first illness of the tags, COVID-19 before any other; nothing where one is in doubt."""
    found = (
        [] if _DOUBTED.search(tags) else [name for tag in tags.split(",") if (name := _named(tag))]
    )
    return next((name for name in found if "covid" in name.lower()), found[0] if found else "")


def _named(text: str) -> str:
    """COVID-19 where `text` names it, or the one illness beside which it says nothing more."""
    found = [" ".join(name[0].split()) for name in _ILLNESS.finditer(text)]
    rest = _HARMLESS.sub("", _ILLNESS.sub("", text))
    is_plain = len(found) == 1 and not re.search(r"\w", rest)
    return next((name for name in found if "covid" in name.lower()), found[0] if is_plain else "")


def said_of_study(caption: str, findings: str, diagnosis: str) -> dict[str, str]:
    """Finding, abnormality and day of the films of one study.

    Before the illness, a normal study is a normal film; during it, a clear film of an ill patient.
    A text that names both clear lungs and a disease says nothing sure.
    """
    # "Before the pneumonia" says when the film was taken, not what it shows.
    words = f"{_BEFORE.sub(' ', caption)}. {findings}"
    day = _DAY.search(caption)
    found = shown(words, _CLEAR, _SIGN, _DENIED)
    is_normal = found in _CLEAR and _BEFORE.search(caption) is not None
    return {
        "finding": found if is_normal else diagnosis,
        "abnormal": found,
        "offset_days": day[1] if day else "",
    }
