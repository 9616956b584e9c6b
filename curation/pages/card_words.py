"""What every model card says: what a network is for, what it is not for, and whom it may harm."""

from collections.abc import Mapping
from typing import Any

from curation.pages.page import many
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

INTENDED = (
    "Intended: research on how networks learn from public chest films, by people who compare "
    "methods and look for shortcuts."
)
OUT_OF_SCOPE = (
    "Out of scope: any decision about a patient, screening, triage, a second reading, and films "
    "of children, laterals, other body parts and other devices than those of its training films."
)
PROBABILITY = (
    "A probability says how sure the network is, not how often it is right; it knows its labels "
    "alone and answers whatever it is shown."
)
HARM = (
    "A wrong answer harms most where it is believed: a network that knows a source may look right "
    "for the wrong reason."
)
SHOW_NOBODY = "The films are drawn and show nobody; what follows is of real ones."
NOT_ASKED = (
    "The films are patients', published by their sources; nobody was asked again for this use."
)


def use(about: Mapping[str, Any]) -> list[str]:
    """What the network of this checkpoint.json is for and not for."""
    drawn = [DRAWN] if about.get("is_drawn") else []
    return [DISCLAIMER, *drawn, INTENDED, OUT_OF_SCOPE, PROBABILITY]


def ethics(figures: Mapping[str, Any]) -> list[str]:
    """Whose films they are and what protects them; `figures` is the content of summary.json."""
    personal = sum(figures["personal_text"].values())
    stays = (
        f"On {many(personal, 'film')} burned-in words look like a patient's or were not read: "
        "whether a release has their pixels follows release.personal_text, and no word of them is "
        "repeated here."
    )
    return [SHOW_NOBODY if figures["is_drawn"] else NOT_ASKED, stays, HARM]
