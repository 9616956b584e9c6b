"""The words in which EuroRad says what one picture is: modality, projection, disease, day."""

import re
from typing import NamedTuple

from curation.sources import base_words
from curation.sources.base_words import CLEAR_FILM, denial

RADIOGRAPH = "radiograph"
_WORDS = {
    "PET-CT": r"pet(?:[-/ ]?ct)?|scintigra\w+|v/q",
    "CT": r"x-ray computed tomography|(?:hr|ce|md)?ct(?:pa)?|computed tomograph\w+",
    "MRI": r"mri|(?-i:MR)|mra|magnetic resonance",
    # Where a word means two things, its capitals decide.
    "ultrasound": r"ultraso\w+|sonogra\w+|echo(?:cardiogra\w+)?|doppler|(?-i:US)|ecograph\w+",
    "histology": r"histolog\w*|histopatholog\w*|microscop\w+|photomicrograph\w*|ha?ematoxylin"
    r"|cytolog\w+|autopsy|specimen|h&e",
    "other": r"bronchoscop\w+|endoscop\w+|photograph\w*|electrocardiogra\w+|ecg|angiogra\w+|table"
    r"|graph|diagram|drawing|scheme",
    RADIOGRAPH: r"x[- ]?rays?|radiographs?|radiograms?|radiograph(?:y|ic)|roentgenograms?|cxrs?"
    r"|(?:plain|chest) films?",
}
_MODALITY = re.compile(
    rf"(?<![a-z])(?:{'|'.join(f'({words})' for words in _WORDS.values())})(?![a-z])", re.IGNORECASE
)
# Planes and windows of a slice, where the caption names no modality.
_SLICE = re.compile(
    r"\b(?:axial|coronal|sagittal|lung window|mediastinal window|mip|mpr)\b", re.IGNORECASE
)
_PA = re.compile(
    r"\bpostero[- ]?anterior\b|(?-i:\bPA\b)(?!\s+(?:pressure|trunk|diameter))", re.IGNORECASE
)
_AP = re.compile(r"\bantero[- ]?posterior\b|(?-i:\bAP\b)(?!\s+(?:window|diameter))", re.IGNORECASE)
# "the lateral segment" is a place in the lung and no projection.
_LATERAL = re.compile(
    r"\b(?:latero-?)?lateral\b(?!\s+(?:chest wall|(?:basal |costal )?(?:segment|aspect|wall|part"
    r"|portion|border|margin|zone|recess|lung|costophrenic|region|side|rib|displacement|opacit"
    r"|consolid|predomina|distribut|thora)))|\bprofile (?:view|projection)|(?-i:\bLL\b)",
    re.IGNORECASE,
)
_FRONTAL = re.compile(r"\bfrontal\b", re.IGNORECASE)
_HOW = {
    "supine": re.compile(r"\bsupine\b|\brecumbent\b", re.IGNORECASE),
    "semi erect": re.compile(r"\bsemi-?\s?(?:erect|upright|recumbent|sitting)\b", re.IGNORECASE),
    "erect": re.compile(r"\berect\b|\bupright\b|\bstanding\b", re.IGNORECASE),
    "portable": re.compile(r"\bportable\b|\bbedside\b|\bmobile\b", re.IGNORECASE),
}
_CLEAR = re.compile(
    rf"{CLEAR_FILM.pattern}"
    r"|\b(?:a|initial|is|was) normal (?:study|chest|cxr|x-?ray|radiograph|examination)"
    r"|\bno (?:(?:acute|significant|obvious|lung|pulmonary|parenchymal) ){0,2}abnormalit\w+"
    r"(?! of\b)",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"\b(?:opacit(?:y|ies)|consolidations?|ground[- ]glass|infiltrates?|opacifications?)\b",
    re.IGNORECASE,
)
_DENIED = denial(r"\b(?:no|not|without|free of|resolved|resolution|disappear\w+|absence of)\b")
_ONSET = re.compile(
    r"\b(?:day (\d{1,3})|(\d{1,3}) days) (?:after|since|from|of) (?:the )?"
    r"(?:onset\b|symptom|illness)",
    re.IGNORECASE,
)


class Film(NamedTuple):
    """What the caption says of one picture, in the words of `terms.yaml`."""

    modality: str
    view: str
    abnormal: str
    offset_days: str

    def __str__(self) -> str:
        """For the sentence that asks a person to look."""
        return " ".join(filter(None, (self.view, self.modality))) or "?"


def film(text: str, made: str) -> Film:
    """What `text` says of a picture whose modality is `made`."""
    day = _ONSET.search(text)
    days = (day[1] or day[2]) if day else ""
    is_radiograph = made == RADIOGRAPH
    return Film(
        made, view(text) if is_radiograph else "", shown(text) if is_radiograph else "", days
    )


def modalities(text: str) -> list[tuple[str, int, int]]:
    """Every word for a modality: its class, and where it begins and ends."""
    names = list(_WORDS)
    return [
        (names[(found.lastindex or 1) - 1], found.start(), found.end())
        for found in _MODALITY.finditer(text)
    ]


def modality(text: str, *, is_last: bool = False) -> str:
    """The class of the first word for a modality, of the last if asked; nothing where none is."""
    found = modalities(text)
    if not found:
        return "CT" if _SLICE.search(text) else ""
    return found[-1 if is_last else 0][0]


def view(text: str) -> str:
    """The projection: `lateral`, `PA`, `AP supine`, `portable`, `frontal`, or nothing."""
    if _LATERAL.search(text):
        return "lateral"
    side = "PA" if _PA.search(text) else "AP" if _AP.search(text) else ""
    front = "frontal" if _FRONTAL.search(text) and not side else ""
    how = next((name for name, words in _HOW.items() if words.search(text)), "")
    return " ".join(filter(None, (side or front, how)))


def names_two_views(text: str) -> bool:
    """PA beside AP, or a frontal film beside a lateral one."""
    sides = [bool(words.search(text)) for words in (_PA, _AP, _LATERAL)]
    is_frontal = _FRONTAL.search(text) is not None and not (sides[0] or sides[1])
    return sum(sides) + is_frontal > 1


def shown(text: str) -> str:
    """`normal`, the first sign of disease, or nothing; a text that names both says nothing."""
    return base_words.shown(text, {"normal": _CLEAR}, _SIGN, _DENIED).replace("-", " ")
