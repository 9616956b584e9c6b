"""A handful of small shots, as the phantom world hands them to a replica."""

import hashlib

import cv2
import numpy as np

from curation.phantom.deck import card
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality, Sex, View


def picture(name: str, extension: str = "png") -> bytes:
    """A file of 48x40 pixels, different for each `name`."""
    corner = np.frombuffer(hashlib.sha256(name.encode()).digest(), np.uint8).reshape(4, 8)
    pixels = np.kron(corner, np.ones((12, 5), np.uint8))
    return cv2.imencode(f".{extension}", pixels)[1].tobytes()


def shot(patient: int, day: int = 1, **given: object) -> Shot:
    """Patient p00N on a day; any field may be given."""
    name = f"p{patient:03}"
    extension = str(given.get("extension", "png"))
    ref = str(given.get("ref", f"{name}-day{day}-{given.get('view', 'PA')}"))
    blank = np.zeros((320, 320), np.uint8)
    usual: dict[str, object] = {
        "source": "radiopaedia", "home": card(patient).source, "ref": ref, "patient": name,
        "extension": extension,
        "data": picture(ref, extension), "age_years": 50.0 + patient, "sex": Sex.F,
        "view": View.PA, "modality": Modality.X_RAY, "condition": "covid19",
        "shows_disease": True, "day": day, "copy_of": "", "copy_kind": "",
        "lungs": blank, "opacities": blank, "text": blank,
    }  # fmt: skip
    return Shot(**{**usual, **given})  # type: ignore[arg-type]  # a test may give any field


def radiopaedia_shots() -> list[Shot]:
    """Every kind of case: both layouts, follow-up, lateral, CT, normal before, lobar, a copy."""
    first = shot(1)
    return [
        first,
        shot(1, view=View.L, extension="jpg"),
        shot(1, day=9, view=View.AP_SUPINE),
        shot(2, view=View.AP_ERECT),
        shot(2, modality=Modality.CT, view=View.UNKNOWN, ref="p002-day1-ct"),
        shot(3, day=-400, condition="normal", shows_disease=False),
        shot(3, day=5, extension="jpg"),
        shot(4, condition="cap"),
        shot(5, condition="normal", shows_disease=False, view=View.L),
        shot(6, condition="normal", shows_disease=False, age_years=1.5, sex=Sex.M),
        shot(7, shows_disease=False),
        shot(11, extension="jpg"),
        *(shot(number) for number in range(20, 32)),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data),
    ]


def sirm_shots() -> list[Shot]:
    """Patients in all four phrasings, a clear film, CT beside and apart, an infant."""
    return [
        shot(0, shows_disease=False, view=View.AP_SUPINE),
        shot(0, modality=Modality.CT, view=View.UNKNOWN, ref="p000-day1-ct", extension="jpg"),
        shot(0, day=4, view=View.L),
        shot(1, sex=Sex.M),
        shot(2, view=View.AP),
        shot(3, view=View.AP_ERECT),
        shot(4, age_years=0.7),
        shot(5, extension="jpg"),
        shot(10, modality=Modality.CT, view=View.UNKNOWN, ref="p010-day1-ct"),
        *(shot(number) for number in range(20, 26)),
    ]
