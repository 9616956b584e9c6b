"""The mix of the drawn world: sixty cards, dealt to the patients in turn, again and again.

A patient's card follows from its number alone, so a larger world keeps the smaller one as it is.
As in life, some sources hold one class only: SIRM, Hannover and the lists COVID-19, the sets for
tuberculosis normals. The first thirty cards, of four sources, do not let the source give the label
away; the second thirty bring the other eleven, and with them that shortcut.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import count, islice

from manifests.contract.vocabulary import View

NIH, COHEN, RADIOPAEDIA, SIRM = "nih_cxr14", "cohen", "radiopaedia", "sirm"
ACTUALMED, CHEXPERT, COVIDGR, CXNET = "actualmed", "chexpert", "covidgr", "covid_cxnet"
EURORAD, FIGURE1, HANNOVER, JOURNALS = "eurorad", "figure1", "hannover", "journals"
KERMANY, LISTED, NLM = "kermany", "listed", "nlm_tb"
PA_OR_AP = (View.PA, View.AP)
VIEWS: dict[str, tuple[View, ...]] = {
    NIH: PA_OR_AP, ACTUALMED: PA_OR_AP, CHEXPERT: PA_OR_AP, CXNET: PA_OR_AP, HANNOVER: PA_OR_AP,
    COVIDGR: (View.PA,), NLM: (View.PA,), KERMANY: (View.AP,),
}  # fmt: skip
"""The frontal views that a source has words for; any other source has words for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One more file of the patient's first F film, and the source that holds it."""

    kind: str
    """exact | re-encoded | resized | cropped | annotated."""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a patient has and which pictures are taken, one letter for each, in order of time.

    F: frontal film on a further day; f: the same, before the illness; c: frontal film that is
    clear although the patient is ill; L: lateral film and C: CT slice, on the day of the film
    before; B: a frontal film whose file is broken.
    """

    source: str
    condition: str
    pictures: str
    is_child: bool = False
    last_in: str = ""
    """Another source that holds the patient's last picture, or empty."""
    copies: tuple[Copy, ...] = ()


def _card(source: str, condition: str, pictures: str, *copies: tuple[str, str]) -> Card:
    made = tuple(Copy(kind=kind, source=where) for kind, where in copies)
    return Card(source=source, condition=condition, pictures=pictures, copies=made)


DECK = (
    _card(NIH, "normal", "F", ("exact", NIH)),
    _card(COHEN, "covid19", "FFF"),
    _card(RADIOPAEDIA, "cap", "FL"),
    _card(SIRM, "covid19", "cCF", ("exact", COHEN)),
    _card(NIH, "cap", "FF"),
    _card(RADIOPAEDIA, "covid19", "FL", ("re-encoded", COHEN)),
    _card(COHEN, "normal", "F", ("cropped", COHEN)),
    _card(NIH, "normal", "FF"),
    _card(SIRM, "covid19", "FF", ("resized", COHEN)),
    Card(source=RADIOPAEDIA, condition="normal", pictures="F", is_child=True),
    _card(COHEN, "cap", "FL"),
    _card(NIH, "normal", "F"),
    _card(RADIOPAEDIA, "covid19", "fF"),
    _card(COHEN, "covid19", "FBC"),
    Card(source=NIH, condition="normal", pictures="F", is_child=True),
    _card(NIH, "cap", "F"),
    _card(RADIOPAEDIA, "normal", "FL"),
    _card(SIRM, "covid19", "FB"),
    _card(NIH, "normal", "F"),
    _card(COHEN, "cap", "FF"),
    Card(source=RADIOPAEDIA, condition="covid19", pictures="FF", last_in=COHEN,
         copies=(Copy(kind="annotated", source=COHEN),)),
    _card(NIH, "normal", "F"),
    _card(COHEN, "normal", "F", ("re-encoded", COHEN)),
    _card(RADIOPAEDIA, "cap", "FF"),
    Card(source=COHEN, condition="cap", pictures="F", is_child=True),
    _card(NIH, "cap", "FF"),
    _card(RADIOPAEDIA, "normal", "FF"),
    _card(COHEN, "covid19", "F"),
    _card(COHEN, "normal", "F"),
    _card(RADIOPAEDIA, "normal", "F", ("cropped", COHEN)),
    _card(EURORAD, "covid19", "FL"),
    _card(HANNOVER, "covid19", "FFF", ("cropped", CXNET)),
    _card(NLM, "normal", "F"),
    Card(source=KERMANY, condition="normal", pictures="F", is_child=True),
    _card(JOURNALS, "covid19", "FF", ("resized", CXNET)),
    _card(COVIDGR, "covid19", "F"),
    _card(CHEXPERT, "normal", "FL"),
    _card(NLM, "normal", "F"),
    _card(EURORAD, "cap", "FL"),
    _card(FIGURE1, "covid19", "F", ("exact", CXNET)),
    _card(COVIDGR, "normal", "F"),
    _card(HANNOVER, "covid19", "FF", ("resized", COHEN)),
    _card(CHEXPERT, "normal", "FF"),
    _card(LISTED, "covid19", "FFF", ("re-encoded", CXNET)),
    Card(source=KERMANY, condition="cap", pictures="F", is_child=True),
    _card(ACTUALMED, "covid19", "F"),
    _card(CXNET, "covid19", "cF"),
    _card(EURORAD, "cap", "F"),
    _card(JOURNALS, "cap", "F"),
    _card(CHEXPERT, "cap", "F"),
    _card(COVIDGR, "covid19", "c"),
    _card(EURORAD, "covid19", "FC"),
    _card(NLM, "normal", "F"),
    Card(source=CXNET, condition="covid19", pictures="F", is_child=True),
    _card(FIGURE1, "cap", "F"),
    _card(HANNOVER, "covid19", "F"),
    _card(COVIDGR, "normal", "F"),
    _card(CHEXPERT, "cap", "FF"),
    _card(LISTED, "covid19", "F"),
    _card(ACTUALMED, "normal", "F"),
)  # fmt: skip


EVEN = tuple(_card(COHEN, word, "F") for word in ("normal", "cap", "covid19"))
"""No shortcut: every label in one source, as often, and one film of each patient."""
TUBERCULOSIS = _card(NLM, "tuberculosis", "F")
"""A film with a mask and a label that no task asks for."""


class Deal(StrEnum):
    """Which cards are dealt."""

    UPSTREAM = "upstream"
    """`DECK`; the masked films are of its normals."""
    EVEN = "even"
    """`EVEN`; the masked films show a tuberculosis, so that they tell of no label."""


def card(number: int) -> Card:
    """The card of patient `number`, counted from 0, of the whole deck."""
    return DECK[number % len(DECK)]


def dealt(deal: Deal, patients: int, masked: int) -> Iterator[tuple[int, Card]]:
    """The cards of `patients`, and of so many after them who have a masked film, by number."""
    if deal is Deal.EVEN:
        yield from ((n, EVEN[n % len(EVEN)]) for n in range(patients))
        yield from ((n, TUBERCULOSIS) for n in range(patients, patients + masked))
        return
    yield from ((n, card(n)) for n in range(patients))
    later = ((n, card(n)) for n in count(patients))
    yield from islice((one for one in later if one[1].source == NLM), masked)


def rounds(number: int) -> int:
    """How often the whole deck was dealt before patient `number`."""
    return number // len(DECK)
