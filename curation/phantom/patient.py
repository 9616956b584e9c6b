"""Who is drawn: a person's lasting traits, and the occasions on which a picture is taken."""

from collections.abc import Iterator
from dataclasses import dataclass

from curation.phantom.chance import Chance
from curation.phantom.deck import VIEWS, Card
from manifests.contract.vocabulary import Modality, Sex, View


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A drawn person; everything else about the body follows from `chance`."""

    name: str
    chance: Chance
    age_years: float
    sex: Sex


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One picture to be taken: when, how, where it is filed, and how ill the patient is then."""

    chance: Chance
    source: str
    day: int
    view: View
    modality: Modality
    age_years: float
    condition: str
    severity: float
    """0 where the film shows no disease, else 0.5 (slight) to 1 (severe)."""
    number: int
    """Which frontal film of the patient it is, or belongs to, from 0."""
    is_broken: bool
    is_planted: bool
    """A marker in a corner gives the label away."""
    is_copied: bool
    """The card's copies are made of this one."""


def patient(number: int, card: Card, chance: Chance) -> Patient:
    """Patient `number`; adults are 19 to 88, children 6 months to 10 years old."""
    age = chance.between("age", 0.5, 11) if card.is_child else chance.between("age", 19, 88)
    return Patient(
        name=f"p{number:03d}",
        chance=chance,
        age_years=round(age, 1) if card.is_child else float(int(age)),
        sex=chance.pick("sex", (Sex.F, Sex.M)),
    )


def occasions(
    person: Patient, card: Card, *, has_broken: bool, planted: str = ""
) -> Iterator[Occasion]:
    """The pictures of the card in order of time; broken ones only where `has_broken`.

    Films that show `planted`, a condition, get a marker.
    """
    day = _first_day(person.chance, card)
    view, number = View.PA, -1
    for index, letter in enumerate(card.pictures):
        if letter == "B" and not has_broken:
            continue
        chance = person.chance.of("picture", index)
        if letter in "FfcB":
            day = day if number < 0 else _next_day(chance, card, day)
            view, number = _view(chance, card.source), number + 1
        severity = 0.0 if letter in "fc" else _severity(person.chance, card, day)
        shown = card.condition if severity else "normal"
        is_last = index == len(card.pictures) - 1
        yield Occasion(
            chance=chance,
            source=card.last_in if is_last and card.last_in else card.source,
            day=day,
            view={"L": View.L, "C": View.UNKNOWN}.get(letter, view),
            modality=Modality.CT if letter == "C" else Modality.X_RAY,
            age_years=person.age_years + int(day / 365),
            condition="normal" if letter == "f" else card.condition,
            severity=severity,
            number=number,
            is_broken=letter == "B",
            is_planted=shown == planted and letter in "FfcB",
            is_copied=letter == "F" and "F" not in card.pictures[:index],
        )


def _first_day(chance: Chance, card: Card) -> int:
    if card.pictures.startswith("f"):
        return -chance.whole("before", 60, 700)
    return 0 if card.condition == "normal" else chance.whole("day", 1, 7)


def _next_day(chance: Chance, card: Card, day: int) -> int:
    if day < 0:
        return chance.whole("day", 1, 7)
    return day + (
        chance.whole("gap", 90, 900) if card.condition == "normal" else chance.whole("gap", 2, 6)
    )


def _view(chance: Chance, source: str) -> View:
    # Ill and healthy have the same odds: else the view gave them away.
    views = (View.PA,) * 9 + (View.AP,) * 4 + (View.AP_SUPINE,) * 4 + (View.AP_ERECT,) * 2
    view = chance.pick("view", views)
    known = VIEWS.get(source, (view,))
    # What a source has no word for is filed as the last of those it has: a bed film as AP.
    return view if view in known else known[-1]


def _severity(chance: Chance, card: Card, day: int) -> float:
    if card.condition == "normal":
        return 0.0
    peak = chance.between("severity", 0.65, 1.0)
    return max(0.5, peak - 0.02 * abs(day - 9))
