"""The Italian words in which SIRM's posts describe patient, picture and film."""

import re

from curation.sources.base_words import CLEAR_FILM, denial
from curation.sources.sirm.tongue import Tongue

_UNIT = r"(?:anni|anno|aa|mesi|mese|settiman[ae]|giorn[io])"

_KIN = (
    r"(?:madre|padre|mamma|papà|genitor[ei]|figli[oaie]|fratell\w+|sorell[ae]|nonn[oaie]|zi[oa]"
    r"|moglie|marito|coniuge|convivente|compagn[oa]|cugin[oa]|nipot[ei]|suocer[oa]|amic[oa]"
    r"|collega|nat[oa]\s+da(?:lla)?(?:\s+(?:una\s+)?donna)?)"
)
_CHILD = r"(?:neonat[oa]|lattante|bambin[oa])"
_KIN_CHILD = (
    rf"\b(?:{_KIN}\s+(?:di|del|della)|(?:contatt|assist)\w+(?:\s+\w+)?)"
    rf"\s+(?:un[oa]?\s+)?{_CHILD}\b"
)
_ADULT = r"(?:uomo|donna|signor[ae]|adult[oa])"


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("".join(patterns), re.IGNORECASE)


ITALIAN = Tongue(
    sexes=_words(
        r"\b(?:sesso\s+(femminile|maschile)|(maschio|femmina|uomo|donna|bambin[oa]|neonat[oa]"
        r"|ragazz[oa]|signora|signore|lattante))\b",
    ),
    # "febbre da 3 giorni", "dopo 2 settimane", "iperteso da 10 anni", "5 giorni fa".
    spans=_words(
        r"\b(?:da|dopo|per|in|entro|tra|ogni|quasi|(?:a\s+)?distanza\s+di|ultimi)\s+"
        rf"(?:circa\s+|oltre\s+|almeno\s+)?\d{{1,3}}(?:\s*-\s*\d{{1,3}})?\s*{_UNIT}\b"
        rf"|\b\d{{1,3}}\s*{_UNIT}\s+(?:fa|prima|dopo|or\s+sono|di\s+(?:febbre|tosse|ricovero"
        r"|degenza|terapia|sintom\w+|dispnea|malattia))\b",
    ),
    # "75 anni" in "sesso femminile, 75 anni", "Maschio, 51 anni", "Uomo di 51 anni".
    ages=_words(r"\b(\d{1,3})\s*(anni|anno|mesi|mese|settiman[ae]|giorn[io])\b"),
    # "Paziente di anni 53", "53enne", "53 aa".
    ages_after=_words(
        r"\b(?:anni|età)\s*:?\s*(?:di\s+)?(\d{1,3})\b|\b(\d{1,3})\s*-?\s*(?:enne|aa)\b"
    ),
    # "la madre di 30 anni", "nato da donna di 33 anni"; "madre di un bambino".
    kin_before=_words(rf"(?:{_KIN_CHILD}|\b{_KIN}\b)((?:[^\w.;]+(?!\d)\w+){{0,3}}[^\w.;]*)$"),
    kin_after=_words(rf"\s*(?:d'età\s+)?(?:la|il)\s+{_KIN}\b"),
    kin_child=_words(_KIN_CHILD),
    children=_words(rf"\b(?:({_CHILD})|{_ADULT})\b"),
    years="anni",
    modalities=_words(
        r"(?<![a-z])(?:(rx|radiografi[ae]|radiogramm[ai]|lastra|x-?ray)"
        r"|(tc|hrct|angio-?tc|tac|ct)|(ecografi[ae]|eco|us))(?![a-z])",
    ),
    modality_words=("RX", "TC", "ecografia"),
    # An opacity may be lateral, too.
    laterals=_words(
        r"latero-?laterale|(?:proiezion[ei]|vista|radiogramma|rx|torace|in)\s+laterale\b"
        r"|(?<![a-z])LL(?![a-z])",
    ),
    lateral="latero-laterale",
    sides=_words(
        r"(antero-?posteriore|(?<![a-z])ap(?![a-z]))|(postero-?anteriore|(?<![a-z])pa(?![a-z]))",
    ),
    lying=(
        (_words(r"\ba\s+letto\b"), "a letto"),
        (_words(r"\bsupin[oa]\b|clinostatismo"), "supino"),
        (_words(r"ortostatismo|\bin piedi\b|ortostatic[oa]"), "in ortostatismo"),
    ),
    signs=_words(r"opacità|addensament[oi]|consolidament[oi]|consolidazion[ei]|vetro smerigliato"),
    denied=denial(r"\b(?:non|senza|assenza di|negativ[oa] per|risoluzione)\b"),
    clear=_words(CLEAR_FILM.pattern, r"|\bnon (?:evidenti )?lesioni\b(?!\s+(?:ossee|costali))"),
    clear_word="RX negativo",
    others=_words(r"(?<![a-z])(?:tc|hrct|tac|tampone)(?![a-z])"),
    # What is said of a swab ends with its sentence, or where another examination begins.
    swabs=(
        _words(
            r"\b(?:(nessun|mai|mai un|senza)\s+)?tampon[ei]\b"
            r"((?:(?!\b(?:rx|tc|hrct|tac|radiografi|ecografi|sierologi))[^.;]){0,120})",
        ),
        _words(r"(?:\b(non|mai)\s+(?:\w+\s+)?)?\b((?:positiv|negativ)[oa])\s+al\s+tampone"),
    ),
    results=_words(r"(?:\b(non|mai|né|nessun)\b[^,]{0,30}?)?\b(positiv|negativ)[oia]\b"),
    positive="positiv",
    swab_words=("tampone positivo", "tampone negativo"),
    doubts=_words(
        r"\b(?:non?|mai|senza|sospett\w*|dubbi\w*|possibil\w*|probabil\w*|presunt\w*|esclu\w*"
        r"|simil\w*|mim\w+|simula\w*|negativ\w*|pregress\w*|guari\w+|risol\w+|esit[io]|post|dopo"
        r"|falso|vaccin\w*|differenziale)\b|\?",
    ),
)
