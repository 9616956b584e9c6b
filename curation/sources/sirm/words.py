"""The Italian words in which SIRM's posts describe patient, picture and film."""

import re

_SEX = re.compile(
    r"\b(?:sesso\s+(femminile|maschile)|(maschio|femmina|uomo|donna|bambin[oa]|neonat[oa]"
    r"|ragazz[oa]|signora|lattante))\b",
    re.IGNORECASE,
)
# "75 anni" in "sesso femminile, 75 anni", "Maschio, 51 anni", "Uomo di 51 anni"; "anni 53".
_AGE = re.compile(r"\b(\d{1,3})\s*(anni|anno|mesi|mese|settimane|giorni)\b", re.IGNORECASE)
_AGE_AFTER = re.compile(r"\b(?:anni|età)\s+(?:di\s+)?(\d{1,3})\b", re.IGNORECASE)
_MODALITY = re.compile(
    r"(?<![a-z])(?:(rx|radiografi[ae]|radiogramm[ai]|lastra|x-?ray)"
    r"|(tc|hrct|angio-?tc|tac|ct)|(ecografi[ae]|eco|us))(?![a-z])",
    re.IGNORECASE,
)
_WORDS = ("RX", "TC", "ecografia")
_LATERAL = re.compile(r"latero-?laterale|laterale|(?<![a-z])LL(?![a-z])", re.IGNORECASE)
_SIDE = re.compile(
    r"(antero-?posteriore|(?<![a-z])ap(?![a-z]))|(postero-?anteriore|(?<![a-z])pa(?![a-z]))",
    re.IGNORECASE,
)
_LYING = re.compile(r"a\s+letto|supin[oa]|clinostatismo", re.IGNORECASE)
_UPRIGHT = re.compile(r"ortostatismo|in piedi|ortostatic[oa]", re.IGNORECASE)
_SIGN = re.compile(
    r"opacità|addensament[oi]|consolidament[oi]|consolidazion[ei]|vetro smerigliato", re.IGNORECASE
)
_DENIED = re.compile(
    r"\b(?:non|senza|assenza di|negativ[oa] per|risoluzione)\b[^.;]*", re.IGNORECASE
)
_CLEAR = re.compile(
    r"\bnegativ[oa]\b(?!\s+per\b)|nella norma|non (?:evidenti )?lesioni", re.IGNORECASE
)
_OTHER = re.compile(r"(?<![a-z])(?:tc|hrct|tac|tampone)(?![a-z])", re.IGNORECASE)
# What is said of a swab ends with its sentence, or where another examination begins.
_SWAB = re.compile(
    r"\b(?:(nessun|mai|mai un|senza)\s+)?tampon[ei]\b"
    r"((?:(?!\b(?:rx|tc|hrct|tac|radiografi|ecografi|sierologi))[^.;]){0,120})",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"(?:\b(non|mai|né|nessun)\b[^,]{0,30}?)?\b(positiv|negativ)[oi]\b", re.IGNORECASE
)
_NOT_CLEAR = re.compile(r"\bnon\b(?:\s+\w+){0,2}\s+(?:negativ[oa]|nella norma)\b", re.IGNORECASE)
_COVID = re.compile(r"covid[- ]?19", re.IGNORECASE)
_DOUBTED = re.compile(
    r"\b(?:non?|mai|senza|sospett\w*|dubbi\w*|possibil\w*|probabil\w*|presunt\w*|esclu\w*|simil\w*"
    r"|mim\w+|simula\w*|negativ\w*|pregress\w*|guari\w+|risol\w+|esit[io]|post|dopo|falso|vaccin\w*"
    r"|differenziale)\b|\?",
    re.IGNORECASE,
)


def sex(text: str) -> str:
    """The first word of the text for the patient's sex."""
    found = _SEX.search(text)
    return (found[1] or found[2]).lower() if found else ""


def age(text: str) -> str:
    """The age with its unit, such as "65 anni" or "8 mesi"."""
    found = _AGE.search(text)
    if found:
        return f"{found[1]} {found[2].lower()}"
    found = _AGE_AFTER.search(text)
    return f"{found[1]} anni" if found else ""


def modality(text: str, *, is_last: bool = False) -> str:
    """`RX`, `TC` or `ecografia`, by the first word for one of them; by the last if asked."""
    found = list(_MODALITY.finditer(text))
    if not found:
        return ""
    groups = found[-1 if is_last else 0].groups()
    return next(word for word, group in zip(_WORDS, groups, strict=True) if group)


def view(text: str) -> str:
    """The projection in SIRM's words: `latero-laterale`, `AP a letto`, `AP`, `PA`, `a letto`."""
    if _LATERAL.search(text):
        return "latero-laterale"
    side = _SIDE.search(text)
    words = ["AP" if side[1] else "PA"] if side else []
    if lying := _LYING.search(text):
        words.append("a letto" if "letto" in lying[0].lower() else "supino")
    elif _UPRIGHT.search(text):
        words.append("in ortostatismo")
    return " ".join(words)


def of_the_film(text: str) -> str:
    """The sentences that speak of the radiograph, each up to its word for a CT or a swab."""
    sentences = [part for part in re.split(r"[.;]\s", text) if modality(part) == "RX"]
    return "; ".join(_OTHER.split(sentence)[0] for sentence in sentences)


def shown(text: str) -> str:
    """What the text says of the radiograph: `RX negativo`, the first sign it names, or nothing."""
    said = of_the_film(text)
    if _CLEAR.search(_NOT_CLEAR.sub("", said)):
        return "RX negativo"
    found = _SIGN.search(_DENIED.sub("", said))
    return found[0].lower() if found else ""


def illness(title: str, slug: str) -> str:
    """`COVID-19` where title or address name it and neither doubts it, else the title as it is."""
    words = f"{title} {slug.replace('-', ' ')}"
    return "COVID-19" if _COVID.search(words) and not _DOUBTED.search(words) else title


def swab(text: str) -> str:
    """`tampone positivo`, `tampone negativo`, or nothing; one positive swab of several counts.

    A swab that is not, or was never, positive is negative; one that is "not negative" says nothing.
    """
    found = {
        "negativo" if is_denied else f"{result.lower()}o"
        for before, told in _SWAB.findall(text)
        for denied, result in _RESULT.findall(told)
        if not (is_denied := bool(before or denied)) or result.lower() == "positiv"
    }
    return f"tampone {max(found)}" if found else ""
