"""Who made a post: its first paragraph, where that names people or a hospital and no patient."""

import re

_NAMES = re.compile(
    # "A. Rossi", "Rossi A."; the initials of a patient stand alone.
    r"(?<![\w.])[A-Z]\.\s?(?:[A-Z]\.\s?)?[A-ZÀ-Ý][\w'\u2019]+|(?<!\w)[A-ZÀ-Ý][\w'\u2019]+\s[A-Z]\.(?!\s?\w\.)"
    r"|\b(?:U\.\s?O|S\.\s?C|UOC|Ospedal[ei]|Radiologia|Dipartimento|Azienda|Hospital|Department"
    r"|Università|University)\b",
)
_PATIENT = re.compile(
    r"\b(?:pazient[ei]|patients?|pz|sig(?:\.|nor[ae])|m(?:rs?|s)\b\.?|person[ae]?|sogget\w+"
    # Admission, and what is done there.
    r"|ricover\w+|acced\w+|access[oi]|giun\w+|arriv\w+|present\w+|trasferit\w+|dimess\w+|recat\w+"
    r"|portat[oa]|viaggi\w+|rientr\w+|provenient\w+|contatt\w+|esegu\w+|sottopost\w+|decedut\w+"
    r"|admi(?:tted|ssions?)|arrived|came|brought|referred|transferred|discharged|travel\w*"
    r"|return\w+|trips?|contacts?|underwent|died"
    # Symptoms and illnesses.
    r"|febbr\w+|tosse|dispn\w+|asteni\w+|faringodini\w+|dolor\w+|sintom\w+|diarrea|anosmi\w+"
    r"|cefalea|mialgi\w+|polmonit\w+|insufficienza|anamnesi|tampon\w+|positiv\w+|negativ\w+"
    r"|fever\w*|cough\w*|dyspn\w+|short(?:ness)? of breath|fatigue|pains?|symptom\w*|diarrh\w+"
    r"|headache|myalgia|pneumonia|history|swabs?|diabet\w+|iperte\w+|hypertens\w+|fumator\w+"
    r"|smoker|affett[oa]|suffer\w+"
    # Days.
    r"|(?:19|20)\d\d|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{1,3}\s*(?:giorn|settiman|mes[ei]|ann[oi]"
    r"|days?|weeks?|months?|years?)\w*"
    r"|gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre"
    r"|dicembre|january|february|march|april|may|june|july|august|september|october|november"
    r"|december|ieri|oggi|yesterday|today)(?!\w)",
    re.IGNORECASE,
)


def credit(first: str) -> str:
    """The first paragraph of a post where it names authors or a hospital; nothing where unsure.

    What is said of a patient must not be published word for word, so that any word which may
    speak of one leaves the credit out.
    """
    return first if _NAMES.search(first) and not _PATIENT.search(first) else ""
