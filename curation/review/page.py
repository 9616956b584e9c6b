"""The review page: two films at a time, an answer by one key, and the lines for `pairs.csv`."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from curation.duplicates.reviewed import Decision, Ruling
from curation.pages.page import page
from curation.review.films import WORDS, described
from curation.review.waiting import Waiting, Why
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

ROOM = Path(__file__).parent
KEYS = {Ruling.SAME: "s", Ruling.SAME_PATIENT: "p", Ruling.DIFFERENT: "d"}
MEANING = {
    Ruling.SAME: "One exposure; one of the two leaves.",
    Ruling.SAME_PATIENT: "Two exposures of one person or study; both stay, on one side.",
    Ruling.DIFFERENT: "Two people; nothing joins them.",
}


def review_page(
    pairs: Sequence[Waiting],
    rows: Mapping[str, Mapping[Any, object]],
    pictures: Mapping[str, str],
    total: int,
) -> str:
    """The page as HTML; equal pairs give equal bytes. `rows` holds every record by its id."""
    films = sorted({film for pair in pairs for film in (pair.a, pair.b)})
    shown = {name: {**described(rows[name]), "picture": pictures.get(name, "")} for name in films}
    named = "".join(f"{pair.a}\n{pair.b}\n" for pair in pairs)
    return page(
        "review.html.jinja",
        {
            "data": {
                "key": "cxr-review-" + hashlib.sha256(named.encode()).hexdigest()[:16],
                "header": list(Decision.model_fields),
                "keys": {key: ruling for ruling, key in KEYS.items()},
                "names": list(WORDS.values()),
                "films": shown,
                "pairs": [pair._asdict() for pair in pairs],
            },
            "rulings": [(ruling, KEYS[ruling], MEANING[ruling]) for ruling in Ruling],
            "count": len(pairs), "total": total, "conflict": Why.CONFLICT,
            "conflicts": sum(pair.why is Why.CONFLICT for pair in pairs),
            "disclaimer": DISCLAIMER, "drawn": DRAWN,
            "is_drawn": any(bool(rows[name]["is_drawn"]) for name in films),
        },
        ROOM,
    )  # fmt: skip
