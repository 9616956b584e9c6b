from pathlib import Path

import pytest

from curation.sources.eurorad.captions import films
from curation.sources.eurorad.film import modality, shown, view
from curation.sources.eurorad.words import patient
from curation.terms import Terms
from manifests.contract.vocabulary import Modality, View

TERMS = Path(__file__).parents[2] / "manifests" / "terms.yaml"
PAIR = {"a": "PA radiograph", "b": "lateral radiograph"}


@pytest.mark.parametrize(
    ("caption", "made"),
    [
        ("AP chest radiograph on admission", Modality.X_RAY),
        ("CXR: normal", Modality.X_RAY),
        ("Follow-up radiograph, compared with the CT", Modality.X_RAY),
        ("A patient with a history of fever. Chest X-ray", Modality.X_RAY),
        ("HRCT", Modality.CT),
        ("CTPA shows no embolus", Modality.CT),
        ("Coronal reconstruction, lung window", Modality.CT),
        ("CT two days after the chest X-ray", Modality.CT),
        ("X-ray computed tomography", Modality.CT),
        ("Lung ultrasound", Modality.OTHER),
        ("Transthoracic echo", Modality.OTHER),
        ("US of the chest", Modality.OTHER),
        ("MRI", Modality.OTHER),
        ("PET/CT", Modality.OTHER),
        ("Histology of the specimen", Modality.OTHER),
        ("Photograph of the rash", Modality.OTHER),
        ("Bilateral opacities", Modality.UNKNOWN),
        ("Left lung, lower lobe", Modality.UNKNOWN),
        ("", Modality.UNKNOWN),
    ],
)
def test_what_is_no_radiograph_is_not_taken_for_one(caption: str, made: Modality) -> None:
    assert Terms.load(TERMS, "eurorad").modality(modality(caption)) == made


@pytest.mark.parametrize(
    ("caption", "seen"),
    [
        ("PA chest radiograph", View.PA),
        ("Posteroanterior conventional chest X-ray", View.PA),
        ("Antero-posterior chest film", View.AP),
        ("Supine AP chest X-ray", View.AP_SUPINE),
        ("AP semi-erect chest X-ray", View.AP_ERECT),
        ("Portable chest radiograph", View.AP),
        ("Supine chest radiograph", View.AP_SUPINE),
        ("Frontal chest radiograph", View.FRONTAL),
        ("Upright chest radiograph", View.FRONTAL),
        ("Left lateral chest x-ray", View.L),
        ("Lateral view", View.L),
        ("PA chest X-ray, opacity in the lateral segment", View.PA),
        ("PA chest X-ray, bilateral opacities, lateral opacities", View.PA),
        ("Chest X-ray: dilated AP window", View.UNKNOWN),
        ("Chest radiograph", View.UNKNOWN),
    ],
)
def test_a_projection_is_read_and_never_guessed(caption: str, seen: View) -> None:
    assert Terms.load(TERMS, "eurorad").view(view(caption)) == seen


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("CXR: normal", "normal"),
        ("Chest X-ray on admission: clear lungs", "normal"),
        ("Follow-up chest X-ray shows a normal study, with resolution of the opacity", "normal"),
        ("Chest X-ray without consolidation", ""),
        ("Increase of the parenchymal opacity", "opacity"),
        ("Peripheral ground-glass opacities", "ground glass"),
        ("Normal heart size. Bilateral consolidations", "consolidations"),
        ("Lungs are clear after the consolidation", ""),
        ("Chest X-ray", ""),
        ("Chest X-ray: interstitial thickening. Lungs clear at the apices", ""),
        ("Lungs clear at the apices", ""),
        ("Chest X-ray: clear lungs are not seen", ""),
        ("Chest X-ray shows clear lungs apart from a nodule", ""),
        ("Chest X-ray: clear lungs, large mediastinal mass", ""),
        ("Left lateral chest X-ray on day 1: clear lungs", "normal"),
        ("Chest X-ray; the lungs are clear on CT", ""),
        ("Chest X-ray: no effusion, bilateral opacities", "opacities"),
        ("Chest X-ray: no effusion, opacity or nodule", ""),
        ("Initial chest X-ray: no significant abnormality", "normal"),
    ],
)
def test_what_a_film_shows_is_said_only_where_it_is_sure(caption: str, said: str) -> None:
    assert shown(caption) == said


def told(caption: str) -> dict[str, str]:
    return {letter: str(film) for letter, film in films(caption).items()}


@pytest.mark.parametrize(
    ("caption", "panels"),
    [
        ("PA (a) and lateral (b) chest radiographs", PAIR),
        ("(a) PA radiograph. (b) Lateral.", PAIR),
        ("(Fig. 1a) PA radiograph, (Fig. 1b) lateral", PAIR),
        ("a) AP chest X-ray; b) axial CT", {"a": "AP radiograph", "b": "CT"}),
        ("A: PA X-ray. B: lateral X-ray", PAIR),
        ("Chest X-ray (a) and CT (b)", {"a": "radiograph", "b": "CT"}),
        ("Frontal (A), lateral (B) X-ray and CT (C)",
         {"a": "frontal radiograph", "b": "lateral radiograph", "c": "CT"}),
        ("PA radiographs on day 1 (a) and day 5 (b), axial CT (c, d)",
         {"a": "PA radiograph", "b": "PA radiograph", "c": "CT", "d": "CT"}),
        ("Axial CT (a\u2013c), coronal (d)", {"a": "CT", "b": "CT", "c": "CT", "d": "CT"}),
        ("PA X-ray (left) and lateral X-ray (right)",
         {"left": "PA radiograph", "right": "lateral radiograph"}),
        ("Chest radiographs: hilar mass (arrows in A), nodes (+ in B)",
         {"a": "radiograph", "b": "radiograph"}),
        ("Chest X-ray of a patient in A&amp;E", {"": "radiograph"}),
        ("PA chest X-ray with a nodule (a)", {"": "PA radiograph"}),
        ("PA and lateral chest radiographs", {}),
        ("Chest X-ray (frontal and lateral projections)", {}),
        ("PA and AP chest radiographs", {}),
        ("Chest radiograph and corresponding axial CT", {}),
        ("Chest X-ray, coronal CT", {}),
        ("Chest radiograph, confirmed on CT", {"": "radiograph"}),
    ],
)  # fmt: skip
def test_the_panels_of_a_caption_are_told_apart(caption: str, panels: dict[str, str]) -> None:
    assert told(caption) == panels


@pytest.mark.parametrize(
    ("caption", "said"),
    [("AP chest radiograph of the patient 2 days after admission", ""),
     ("Same patient 10 days later", ""), ("The patient 2-3 weeks later", ""),
     ("Chest X-ray of the patient 12-hours after", ""), ("Patient 5. Chest X-ray", "patient 5"),
     ("Patient 2, day 3", "patient 2"), ("Case no. 12: 3 days later", "patient 12"),
     ("Patient 1 - 2 days after admission", "")],
)  # fmt: skip
def test_a_number_of_days_is_no_number_of_a_patient(caption: str, said: str) -> None:
    assert patient(caption) == said
