"""The drawn world: patients, their films in four sources, and copies that stray between them."""

import dataclasses
from collections.abc import Iterator

from curation.phantom.broken import KINDS, broken
from curation.phantom.chance import Chance
from curation.phantom.chest import draw
from curation.phantom.copies import copied
from curation.phantom.deck import Card, card, rounds
from curation.phantom.look import filed, frame
from curation.phantom.patient import Occasion, Patient, occasions, patient
from curation.phantom.picture import Picture, small
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality


def shots(patients: int, world: int) -> Iterator[Shot]:
    """Every film of a world of so many patients, patient by patient."""
    for number in range(patients):
        yield from shots_of(number, world)


def shots_of(number: int, world: int) -> Iterator[Shot]:
    """The films of patient `number` in order of time, each followed by its copies.

    They depend on `world` and on the patient's own number, and on nothing else.
    """
    return shots_by(card(number), number, world)


def shots_by(dealt: Card, number: int, world: int, planted: str = "") -> Iterator[Shot]:
    """The same by another card; films that show the condition `planted` get a marker."""
    person = patient(number, dealt, Chance("world", world, "patient", number))
    kinds = dict(zip(((0, "cohen"), (0, "sirm"), (1, "cohen"), (1, "sirm")), KINDS, strict=True))
    kind = kinds.get((rounds(number), dealt.source), "")
    for occasion in occasions(person, dealt, has_broken=bool(kind), planted=planted):
        picture, shot = _taken(person, occasion, dealt.source)
        yield broken(shot, kind) if occasion.is_broken else shot
        for copy in dealt.copies if occasion.is_copied else ():
            chance = occasion.chance.of("copy", copy.kind, copy.source)
            seen, data, extension = copied(copy.kind, picture, shot.data, shot.extension, chance)
            yield dataclasses.replace(
                shot, source=copy.source, ref=f"{shot.ref}-{copy.kind}", copy_of=shot.ref,
                copy_kind=copy.kind, data=data, extension=extension,
                lungs=small(seen.lungs), opacities=small(seen.opacities),
                text=small(seen.text),
            )  # fmt: skip


def _taken(person: Patient, occasion: Occasion, home: str) -> tuple[Picture, Shot]:
    picture, data, extension = filed(draw(person, occasion, *frame(occasion)), occasion)
    taken = "ct" if occasion.modality is Modality.CT else occasion.view.value.lower()
    return picture, Shot(
        source=occasion.source,
        home=home,
        ref=f"{person.name}-day{occasion.day}-{taken.replace('_', '-')}",
        patient=person.name,
        data=data,
        extension=extension,
        age_years=occasion.age_years,
        sex=person.sex,
        view=occasion.view,
        modality=occasion.modality,
        condition=occasion.condition,
        shows_disease=occasion.severity > 0,
        day=occasion.day,
        copy_of="",
        copy_kind="",
        lungs=small(picture.lungs),
        opacities=small(picture.opacities),
        text=small(picture.text),
    )
