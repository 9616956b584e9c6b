"""Words that are printed on films everywhere, and those of them that are people's names as well.

They stand in `markers.txt` and `months.txt`, in capitals and without accents, several languages
together, since films travel. A word that is missing there costs a look of a person, and nothing
else. Those of `namesakes.txt` are markers alone, and may name somebody together: "LI", "MIN". One
that is missing there lets a name pass.
"""

import unicodedata
from pathlib import Path


def _words(name: str) -> frozenset[str]:
    return frozenset(Path(__file__).with_name(name).read_text(encoding="utf-8").split())


MARKERS, MONTHS = _words("markers.txt"), _words("months.txt")
NAMESAKES = _words("namesakes.txt")


def folded(words: str) -> str:
    """The words in capitals and without accents, every dash a hyphen."""
    plain = unicodedata.normalize("NFKD", words)
    plain = "".join("-" if _is_dash(sign) else sign for sign in plain)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).upper()


def _is_dash(sign: str) -> bool:
    return unicodedata.category(sign) == "Pd" or sign == "\N{MINUS SIGN}"
