"""What a caption says of a picture, in its own words; what is denied or doubted is not said."""

import re
from itertools import pairwise

RADIOGRAPH = "radiograph"
_OTHER_PART = re.compile(
    r"\b(?:abdom\w+|knee|hand|wrist|foot|dental|panoramic|periapical|pelvi\w+|hip|skull|spin\w+"
    r"|sinus|shoulder)(?: and \w+)? (?:plain )?(?:x-?rays?|radio\w+)", re.IGNORECASE)  # fmt: skip
_MADE = {
    RADIOGRAPH: r"(?:x[- ]?rays?|roentgen)(?! (?:diffract|crystal|photoel|comput|struct|spectro"
    r"|absorp|scatter))|radiographs?|radiograms?|radiographic (?:film|image)s?|roentgenograms?"
    r"|cxrs?|(?:plain|chest) films?",
    "CT": r"(?:x-ray )?computed tomogra\w+|(?:hr|ce)?ct(?:pa)?s?",
    "MRI": r"mri|magnetic resonance",
    "ultrasound": r"ultraso\w+|sonogra\w+|echocardiogra\w+",
    "other": r"histolog\w*|histopatholog\w*|photomicrograph\w*|photograph\w*|electrocardiogra\w+"
    r"|ecg|angiogra\w+|scintigra\w+|bronchoscop\w+|endoscop\w+|flow ?chart|diagram|roc curves?",
}
_MODALITY = re.compile(
    rf"(?<![a-z])(?:{'|'.join(f'({words})' for words in _MADE.values())})(?![a-z])", re.IGNORECASE
)
_PLURAL = re.compile(r"\b(?:x[- ]?rays|radiographs|radiograms|cxrs|films)\b", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:,|,? ?and|&|/|\+|with)\s*(?:\w+\s+){0,2}", re.IGNORECASE)
_MARK = re.compile(
    r"\(\s*((?:panels?\s+)?[A-Ha-h](?:\s*(?:,|and|&|-|\u2013)\s*[A-Ha-h])*)\s*\)"
    r"|(?:^|(?<=[.;]\s))([A-H](?:\s*(?:,|and|&|-|\u2013)\s*[A-H])*)(?:[,:)](?=\s)|\.(?=\s+[A-Z]))"
    r"|\(([1-9]|i{1,3}|iv|v)\)"
    r"|\b[Pp]anels?\s+([A-H])\b"
    r"|\((left|right|top|bottom|upper|lower)(?: (?:image|panel|row))?\)"
)
_VIEWS = {
    "PA": re.compile(r"\bpostero[- ]?anterior\b|(?-i:\bPA\b)(?! pressure)", re.IGNORECASE),
    "AP": re.compile(r"\bantero[- ]?posterior\b|(?-i:\bAP\b)(?! diameter)", re.IGNORECASE),
    "lateral": re.compile(
        r"\blateral (?:chest|view|projection|x-?ray|radiograph|film)|"
        r"(?:view|radiograph)[,:]? lateral\b|\band lateral\b",
        re.IGNORECASE,
    ),
}
_FRONTAL = re.compile(r"\bfrontal\b", re.IGNORECASE)
_HOW = {
    "supine": re.compile(r"\bsupine\b", re.IGNORECASE),
    "erect": re.compile(r"\b(?:erect|upright|standing)\b", re.IGNORECASE),
    "portable": re.compile(r"\b(?:portable|bedside|mobile)\b", re.IGNORECASE),
}
_AGE = re.compile(
    r"\b(\d{1,3})[- ]?(year|month|week|day)s?[- ]old\b|\b(\d{1,3})[- ]?(?:yo|y/o)\b"
    r"|\baged? (\d{1,3})(?: (year|month)s?)?\b(?!\s*(?:-|\u2013|to )\d)"
    r"|\bin (?:his|her|their|the) ((?:early |mid |mid-|late )?\d0)'?s\b|\b(elderly)\b",
    re.IGNORECASE,
)
_SEX = {
    "female": re.compile(r"\b(?:woman|female|girl|lady)\b", re.IGNORECASE),
    "male": re.compile(r"\b(?:man|male|boy|gentleman)\b", re.IGNORECASE),
}
_CHILD = re.compile(r"\b(child|infant|newborn|neonate|toddler)\b", re.IGNORECASE)
_DAY = re.compile(
    r"\bday (\d{1,3}) (?:after|since|from|of) (?:the )?(?:onset|symptom|illness)"
    r"|\b(\d{1,3}) days (?:after|since|from) (?:the )?(?:onset|symptom)",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"\b(?:opacit(?:y|ies)|consolidations?|ground[- ]glass|infiltrates?|opacifications?)\b",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    r"\b(?:normal|unremarkable) (?:chest|x-?ray|radiograph|cxr|pa|ap|frontal)\b"
    r"|\bclear lungs\b|\b(?:is|was|are|were|appears) (?:normal|clear|unremarkable)\b"
    r"|\bno (?:\w+ )?abnormalit\w+", re.IGNORECASE)  # fmt: skip
_NOT = re.compile(r"\b(?:no|without|free of|resol\w+|disappear\w+|absence of)\b[^.;]*",
                  re.IGNORECASE)  # fmt: skip
_HEALTHY = re.compile(r"\bhealthy (?:\d+[- ]year[- ]old )?\w+|\bhealthy\b", re.IGNORECASE)
# A father's age in the caption of his child is not the child's.
_KIN = re.compile(r"\b(?:mother|father|parent|husband|wife|spouse|son|daughter)s?\b", re.IGNORECASE)
_DRAWN_ON = re.compile(
    r"\b(?:roc curves?|heat ?maps?|grad-?cam\w*|saliency|confusion matri\w+|flow ?charts?|networks?"
    r"|data ?sets?|architectures?)\b", re.IGNORECASE)  # fmt: skip
_ARROW = re.compile(r"\barrow(?:s|heads?)?\b", re.IGNORECASE)


def speaks_of_radiograph(text: str) -> bool:
    """It names a radiograph, and is neither a chart nor what a program has made of one."""
    is_named = any(made == RADIOGRAPH for made, _, _ in _modalities(text))
    return is_named and not _DRAWN_ON.search(text)


def panels(text: str) -> dict[str, str]:
    """Letter -> what is said of that part of the picture; empty where no two letters stand."""
    marks = list(_MARK.finditer(text))
    head = text[: marks[0].start()].strip(" .,:;") if marks else ""
    # "(A) film. (B) slice." names the letter first; "film (A) and slice (B)" names it last.
    is_before = bool(marks) and (not head or text[marks[-1].end() :].strip(" .,;") != "")
    edges = [mark.start() for mark in marks] + [len(text)]
    told: dict[str, str] = {}
    for place, mark in enumerate(marks):
        last = marks[place - 1].end() if place else 0
        part = text[mark.end() : edges[place + 1]] if is_before else text[last : mark.start()]
        for letter in _letters(next(group for group in mark.groups() if group)):
            told.setdefault(letter, " ".join(f"{head if is_before else ''} {part}".split()))
    return told if len(told) > 1 else {}


def several(text: str) -> str:
    """Why the picture under this caption holds several pictures; empty where it holds one."""
    if letters := panels(text):
        return f"panels {', '.join(letters)}"
    sides = [name for name, words in _VIEWS.items() if words.search(text)]
    front = ["frontal"] if _FRONTAL.search(text) and not {"PA", "AP"} & set(sides) else []
    if len(sides + front) > 1:
        return f"the views {' and '.join(sides + front)}"
    for (one, _, end), (other, start, _) in pairwise(_modalities(text)):
        if one != other and _JOINED.fullmatch(text[end:start]):
            return f"{one} and {other}"
    return "several films" if _PLURAL.search(_OTHER_PART.sub("", text)) else ""


def said(text: str) -> dict[str, str]:
    """The columns of a draft that the caption of one picture gives; silence is empty."""
    clear, sign = _CLEAR.search(text), _SIGN.search(_NOT.sub("", text))
    day, child = _DAY.search(text), _CHILD.search(text)
    age, sex = ("", "") if _KIN.search(text) else _who(text)
    return {
        "age": age,
        "child": child[1].lower() if child else "",
        "sex": sex,
        "view": _view(text),
        "modality": next((made for made, _, _ in _modalities(text)), ""),
        "abnormal": "" if clear and sign else "normal" if clear else sign[0] if sign else "",
        "offset_days": (day[1] or day[2]) if day else "",
    }


def is_healthy(text: str) -> bool:
    """A normal film of a person whom the caption calls healthy; a clear film alone is not that."""
    return bool(_HEALTHY.search(text) and _CLEAR.search(text))


def arrows(text: str) -> str:
    """`yes` where the caption speaks of arrows, which are then burnt into the picture."""
    return "yes" if _ARROW.search(text) else ""


def _modalities(text: str) -> list[tuple[str, int, int]]:
    names = list(_MADE)
    # Blanked, not cut out, so that places stay what they are.
    text = _OTHER_PART.sub(lambda found: "_" * len(found[0]), text)
    return [
        (names[(found.lastindex or 1) - 1], found.start(), found.end())
        for found in _MODALITY.finditer(text)
    ]


def _letters(said_there: str) -> list[str]:
    words = re.sub(r"panels?", "", said_there, flags=re.IGNORECASE).strip().lower()
    if not re.search(r"\b[a-h]\b", words):
        return [words]
    letters = re.findall(r"\b[a-h]\b", words)
    if re.search("[-\u2013]", words) and len(letters) > 1:
        return [chr(code) for code in range(ord(letters[0]), ord(letters[-1]) + 1)]
    return letters


def _view(text: str) -> str:
    sides = [name for name, words in _VIEWS.items() if words.search(text)]
    if len(sides) > 1:
        return ""
    if "lateral" in sides:
        return "lateral"
    front = sides or (["frontal"] if _FRONTAL.search(text) else [])
    how = next((name for name, words in _HOW.items() if words.search(text)), "")
    return " ".join([*front, *filter(None, [how])])


def _age(found: re.Match[str]) -> str:
    number, unit, short, aged, months, decade, vague = found.groups()
    if number:
        return f"{number} {unit.lower()}s"
    if decade:
        return f"{decade.lower()}s"
    return vague.lower() if vague else f"{short or aged} {(months or 'year').lower()}s"


def _who(text: str) -> tuple[str, str]:
    """Age and sex, each only where the caption gives one."""
    ages = {_age(found) for found in _AGE.finditer(text)}
    return _only(ages), _only({sex for sex, words in _SEX.items() if words.search(text)})


def _only(found: set[str]) -> str:
    """The one that is said; of several, nobody knows which is meant."""
    return found.pop() if len(found) == 1 else ""
