"""What a text says of a film: that it is clear, or its first sign of disease, and nothing unsure.

For sources that tell in sentences, in English or in Italian.
"""

import re
from collections.abc import Mapping
from re import Pattern

_ORGANS = (
    r"heart|cardi|card[ií]ac|cuore|ombra|silhouette|mediastin|pleur|hil(?:a|ar|um)\b|ili\b|ilo\b"
    r"|diaphragm|diaframm|emidiaframm|hemidiaphragm|aort|contour|vascul|vascol|vessel|bon[ey]"
    r"|skelet|oss(?:a|ea|eo)\b|ribs?\b|cost(?:al|e\b|ophren|ofren)|sinus|seni\b|trache|size|tip\b"
    r"|tube|line\b|catheter|cateter|position\b|posizion|abdom|addom|ecg\b|blood|ematochim|sangue"
    r"|saturat|saturaz|auscult|labor|temperatur"
)
_NOT = r"\b(?:not|never|non|mai|no longer|neither|né)\b|n't\b"
_FILM = r"(?:rx|cxrs?|x[- ]?rays?|radiogra\w+|films?|chest|torace|lungs?|lung fields?|polmon\w+)\b"
_CLEAR = (
    r"\b(?:clear|normal[ei]?|unremarkable|nella norma|regolar[ei]|negativ(?:e|[oai]))\b"
    r"(?!\s+(?:per|for)\b)"
)
# "Normal heart size" speaks of the heart; "normal, and the heart is large" of the film as well.
_OF_ORGAN = rf"\s+(?:(?!and\b|e\b)\w+\s+){{0,3}}(?:{_ORGANS})"
_GAP = rf"(?:(?!{_ORGANS}|{_NOT})[^.;,])"
CLEAR_FILM: Pattern[str] = re.compile(
    # "lungs are clear", "RX torace nella norma"; "X-ray, AP at bedside: negative"; "clear lungs".
    rf"\b{_FILM}{_GAP}{{0,60}}?{_CLEAR}(?!{_OF_ORGAN})"
    rf"|\b{_FILM}(?:(?!{_ORGANS}|{_NOT})[^.;]){{0,80}}?[:,]\s*{_CLEAR}(?=\s*(?:[.,;]|$))"
    rf"|{_CLEAR}\s+(?:(?:adult|frontal|portable|pa|ap|l[ao]|il|i)\s+){{0,3}}{_FILM}"
    # A text that says no more.
    rf"|(?:^|(?<=[.;]\s)){_CLEAR}(?:\s+(?:study|film|examination|appearances?))?(?=\s*(?:[.;]|$))",
    re.IGNORECASE,
)
"""A word for clear that is said of the film or the lungs, not of the heart beside them."""

_DISEASE = re.compile(
    r"\b(?:mass(?:es|e|a)?|nodul\w+|shadow(?:s|ing)|effusions?|versament\w+|pneumothora\w+"
    r"|pneumotorac\w+|cavit\w+|cavern\w*|escava\w+|thicken\w+|ispessiment\w+|fibro\w+|atele\w+"
    r"|collapse\w*|o?edema|congest\w+|lesion\w*|abnormal\w*|opaci\w+|addens\w+|consolid\w+"
    r"|ground[- ]glass|vetro smerigliato|infiltrat\w+|reticul\w+|reticol\w+|interstiti\w+"
    r"|interstizi\w+|bronchi?ectas\w+|bronchiettas\w+|cardiomegal\w+|enlarge\w*|ingrandit\w+"
    r"|\w*adenopath\w+|\w*adenopati\w+|calcifi\w+|tree[- ]in[- ]bud|haz[ye]\w*|bronchogra\w+"
    r"|broncogra\w+|pneumonia\w*|polmonit\w+|blunt\w*|emphysem\w+|enfisem\w+|hyperinflat\w+"
    r"|densit\w+|patchy|disventil\w+|sfumat\w+|velat\w+|accentuat\w+|tumou?rs?|tumor[ei])\b"
    r"|\b(?:apart from|except\w*|aside from|other than|save for|but for|tranne|eccett\w+|salvo"
    r"|ad eccezione|a parte|fatta eccezione)\b",
    re.IGNORECASE,
)
"""Disease, and words that except something: beside any of them no film is clear."""

_PART = re.compile(
    rf"{_NOT}|\b(?:(?:hr)?ct|otherwise|elsewhere|remain(?:ing|der)|rest of"
    r"|ap(?:ices|ex|ical)|bas(?:es|al)"
    r"|zones?|upper|lower|(?:right|left)(?! lateral)|almost|nearly|partial\w*|more|previous\w*"
    r"|prior|abnormal|restant\w+|apic[ei]|basi|superior[ei]|inferior[ei]|destr[oa]|sinistr[oa]|quasi"
    r"|precedent[ei]|per il resto|altrove)\b",
    re.IGNORECASE,
)
"""A clear part, a clear film of another day, and what is denied: none says that a film is clear."""

_CLAUSE = re.compile(r"[.,;]\s|\b(?:but|however|ma|però)\b", re.IGNORECASE)


def denial(words: str) -> Pattern[str]:
    """What `words` deny: up to a comma, "but" or "with", and on through a list that ends in "or".

    "No pneumothorax, bilateral opacities" denies the first, "no mass, opacity or nodule" all three.
    """
    ends = r"(?:(?!\b(?:but|with|however|ma|però|con)\b)[^.;,])"
    listed = r"(?:,\s*\w[\w-]*(?:\s(?!or\b|o\b)\w[\w-]*){0,2}?)*,?\s(?:or|nor|o|né)\s[\w -]*"
    return re.compile(rf"(?:{words}){ends}*(?:{listed})?", re.IGNORECASE)


def shown(
    text: str, clear: Mapping[str, Pattern[str]], signs: Pattern[str], denied: Pattern[str]
) -> str:
    """The word in `clear` of the first that fits, else the first sign, or nothing.

    `clear` says film or lungs are clear. A text that says so, and names any disease that it does
    not deny, says nothing.
    """
    sign = signs.search(denied.sub(" ", text))
    named = [word for word, said in clear.items() if said.search(text)]
    if not named:
        return sign[0].lower() if sign else ""
    if sign or affirms_disease(text, denied):
        return ""
    return next((word for word in named if _is_said(text, clear[word])), "")


def affirms_disease(text: str, denied: Pattern[str]) -> bool:
    """Whether the text names a disease, or excepts something, and does not deny it."""
    return _DISEASE.search(denied.sub(" ", text)) is not None


def _is_said(text: str, clear: Pattern[str]) -> bool:
    """Whether `clear` is said of the whole film, in a clause that takes nothing of it back."""
    for found in clear.finditer(text):
        before = _CLAUSE.split(text[: found.start()])[-1]
        after = _CLAUSE.split(text[found.end() :])[0]
        if not _PART.search(f"{before} | {after}"):
            return True
    return False
