"""Words that are printed on films everywhere and name nobody.

They stand in `markers.txt` and `months.txt`, in capitals and without accents, several languages
together, since films travel. A word that is missing costs a look of a person, and nothing else.
"""

import unicodedata
from pathlib import Path


def _words(name: str) -> frozenset[str]:
    return frozenset(Path(__file__).with_name(name).read_text(encoding="utf-8").split())


MARKERS, MONTHS = _words("markers.txt"), _words("months.txt")


def folded(words: str) -> str:
    """The words in capitals and without accents."""
    plain = unicodedata.normalize("NFKD", words)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).upper()
