from pathlib import Path

import pytest

from curation.age import age_years
from curation.sources.sirm.english import ENGLISH
from curation.sources.sirm.italian import ITALIAN
from curation.sources.sirm.tongue import Tongue
from curation.terms import Terms
from manifests.contract.vocabulary import Modality, Sex, View

TERMS = Terms.load(Path(__file__).parents[2] / "manifests/terms.yaml", "sirm")


@pytest.mark.parametrize(
    ("text", "said"),
    [("Tampone positivo.", "tampone positivo"),
     ("Tampone naso-faringeo risultato positivo", "tampone positivo"),
     ("Primo tampone negativo, secondo positivo", "tampone positivo"),
     ("Tampone: negativo. Secondo tampone: positivo.", "tampone positivo"),
     ("Tamponi negativi", "tampone negativo"),
     ("Tampone negativo, RX positivo per addensamenti", "tampone negativo"),
     ("Tampone non positivo", "tampone negativo"),
     ("Tampone mai positivo", "tampone negativo"),
     ("Tampone non è mai risultato positivo", "tampone negativo"),
     ("Nessun tampone positivo", "tampone negativo"),
     ("Tampone: negativo il giorno 1, positivo il giorno 4", "tampone positivo"),
     ("tampone per influenza negativo; tampone SARS-CoV-2 positivo", "tampone positivo"),
     ("Tampone per influenza positivo, tampone SARS-CoV-2 negativo", "tampone negativo"),
     ("Tampone per influenza A e B: positivo", ""), ("Positivo al tampone per influenza", ""),
     ("Tampone: influenza positiva, SARS-CoV-2 negativo", "tampone negativo"),
     ("Tampone negativo per influenza e positivo per COVID-19", "tampone positivo"),
     ("Tampone non negativo", ""), ("Tampone in corso", ""), ("Tampone. Esame positivo", "")],
)  # fmt: skip
def test_a_swab_says_what_it_says(text: str, said: str) -> None:
    assert ITALIAN.swab(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [("RX torace negativo", "RX negativo"), ("RX torace nella norma", "RX negativo"),
     ("RX torace non negativo", ""), ("RX torace non del tutto negativo", ""),
     ("RX torace non nella norma", "")],
)  # fmt: skip
def test_a_film_that_is_not_negative_is_not_negative(text: str, said: str) -> None:
    assert ITALIAN.shown(text) == said


@pytest.mark.parametrize(
    ("title", "slug", "finding"),
    [("COVID-19: caso 7", "covid-19-caso-7", "COVID-19"), ("Caso 7", "covid19-caso-7", "COVID-19"),
     ("Polmonite non COVID-19", "caso-7", "Polmonite non COVID-19"),
     ("Sospetto COVID-19", "caso-7", "Sospetto COVID-19"),
     ("Caso 7", "non-covid-19-caso-7", "Caso 7"),
     ("Esiti di COVID-19", "caso-7", "Esiti di COVID-19")],
)  # fmt: skip
def test_a_post_that_doubts_its_illness_waits_for_a_person(
    title: str, slug: str, finding: str
) -> None:
    assert ITALIAN.illness(title, slug) == finding


@pytest.mark.parametrize(
    ("tongue", "text", "years"),
    [(ITALIAN, "Febbre da 4 giorni. Uomo di 51 anni", 51),
     (ITALIAN, "Iperteso da 10 anni, donna di 75 anni", 75),
     (ITALIAN, "Paziente di anni 53, tosse da 3 settimane", 53),
     (ITALIAN, "Donna, febbre da 3 giorni", None), (ITALIAN, "Paziente 53enne", 53),
     (ITALIAN, "Uomo, ricoverato 5 giorni fa, dopo 2 mesi di tosse", None),
     (ITALIAN, "Pz. di 61 aa", 61), (ITALIAN, "Neonato di 12 giorni", 0.0329),
     (ITALIAN, "Bambina di 8 mesi, febbre da 2 giorni", 0.6667),
     (ENGLISH, "A 65-year-old man with a 3-day history of fever", 65),
     (ENGLISH, "Fever for 3 days. Male, 51 years old", 51), (ENGLISH, "Patient aged 53", 53),
     (ENGLISH, "Smoker for 20 years, woman of 75 years", 75), (ENGLISH, "65 y.o. female", 65),
     (ENGLISH, "65 years of age, seen 5 days ago", 65), (ENGLISH, "8-month-old girl", 0.6667),
     (ENGLISH, "Man, after 5 days of fever", None), (ENGLISH, "Woman, 65yo", 65)],
)  # fmt: skip
def test_a_length_of_time_is_no_age(tongue: Tongue, text: str, years: float | None) -> None:
    assert age_years(tongue.age(text)) == years


@pytest.mark.parametrize(
    ("tongue", "text", "sex"),
    [(ITALIAN, "Paziente sta male, donna di 51 anni", Sex.F), (ITALIAN, "Bambino", Sex.M),
     (ITALIAN, "Paziente di sesso maschile", Sex.M), (ITALIAN, "Paziente di anni 53", None),
     (ENGLISH, "A 65-year-old woman", Sex.F), (ENGLISH, "Male patient", Sex.M),
     (ENGLISH, "A boy of 8 months", Sex.M), (ENGLISH, "An infant", None),
     (ENGLISH, "Female, 51 years", Sex.F), (ENGLISH, "Human coronavirus", None)],
)  # fmt: skip
def test_the_sex_is_read_in_each_tongue(tongue: Tongue, text: str, sex: Sex | None) -> None:
    assert TERMS.sex(tongue.sex(text)) is sex


@pytest.mark.parametrize(
    ("tongue", "text", "view"),
    [(ITALIAN, "RX torace antero-posteriore", View.AP),
     (ITALIAN, "RX in ortostatismo", View.FRONTAL),
     (ITALIAN, "RX torace in proiezione laterale", View.L), (ITALIAN, "RX supino", View.AP_SUPINE),
     (ITALIAN, "RX torace AP: addensamento in sede laterale", View.AP),
     (ITALIAN, "RX torace PA: opacità bilaterale e postero-laterale", View.PA),
     (ENGLISH, "Chest X-ray, AP at bedside", View.AP_SUPINE), (ENGLISH, "Lateral view", View.L),
     (ENGLISH, "X-ray: opacity in the lateral segment", View.UNKNOWN),
     (ENGLISH, "Postero-anterior X-ray, bilateral opacities", View.PA),
     (ENGLISH, "X-ray AP standing", View.AP_ERECT), (ENGLISH, "X-ray PA upright", View.PA),
     (ENGLISH, "Supine X-ray", View.AP_SUPINE), (ENGLISH, "Chest X-ray", View.UNKNOWN)],
)  # fmt: skip
def test_the_projection_is_read_in_each_tongue(tongue: Tongue, text: str, view: View) -> None:
    assert TERMS.view(tongue.view(text)) is view


@pytest.mark.parametrize(
    ("tongue", "text", "modality"),
    [*((ITALIAN, text, Modality.X_RAY) for text in (
        "RX torace", "Rx del torace", "radiografia del torace", "Radiogramma")),
     *((ENGLISH, text, Modality.X_RAY) for text in ("Chest X-ray", "Radiographs", "CXR", "RX")),
     (ITALIAN, "HRCT", Modality.CT), (ITALIAN, "TC torace", Modality.CT),
     (ITALIAN, "ecografia", Modality.OTHER), (ENGLISH, "Chest CT", Modality.CT),
     (ENGLISH, "computed tomography", Modality.CT), (ENGLISH, "Ultrasound", Modality.OTHER),
     (ENGLISH, "He told us", Modality.UNKNOWN), (ITALIAN, "Febbre", Modality.UNKNOWN)],
)  # fmt: skip
def test_the_modality_is_read_in_each_tongue(tongue: Tongue, text: str, modality: Modality) -> None:
    assert TERMS.modality(tongue.modality(text)) is modality


@pytest.mark.parametrize(
    ("text", "shows"),
    [("Chest X-ray: negative.", False), ("The chest X-ray was normal.", False),
     ("X-ray: no evident lesions.", False), ("X-ray negative for effusion; opacity.", None),
     ("Chest X-ray: bilateral opacities.", True), ("CT: negative.", None),
     ("X-ray: not normal.", None), ("X-ray: abnormal.", None), ("X-ray: no opacities.", None),
     ("Swab negative. X-ray: consolidation.", True), ("X-ray: ground-glass. CT negative", True)],
)  # fmt: skip
def test_a_negative_film_is_told_in_english_too(text: str, *, shows: bool | None) -> None:
    assert TERMS.abnormal(ENGLISH.shown(text)) is shows


@pytest.mark.parametrize(
    ("tongue", "text", "is_positive"),
    [(ENGLISH, "Positive swab.", True), (ENGLISH, "Swab: negative.", False),
     (ENGLISH, "First swab negative, second positive", True), (ENGLISH, "PCR pending", None),
     (ENGLISH, "The swab was never positive", False), (ENGLISH, "Swab not negative", None),
     (ENGLISH, "Positive for opacities on CT", None), (ENGLISH, "Positive RT-PCR", True),
     (ENGLISH, "Swab negative, X-ray positive for opacities", False),
     (ITALIAN, "Paziente positivo al tampone", True), (ITALIAN, "Tampone negativo", False)],
)  # fmt: skip
def test_a_swab_is_read_in_each_tongue(
    tongue: Tongue, text: str, *, is_positive: bool | None
) -> None:
    assert TERMS.pcr(tongue.swab(text)) is is_positive


@pytest.mark.parametrize(
    ("title", "slug", "finding"),
    [("COVID-19: case 7", "covid-19-case-7", "COVID-19"), ("Case 7", "covid-19-case-7", "COVID-19"),
     ("Suspected COVID-19", "case-7", "Suspected COVID-19"),
     ("Non-COVID-19 pneumonia", "case-7", "Non-COVID-19 pneumonia")],
)  # fmt: skip
def test_an_english_post_that_doubts_waits_for_a_person(
    title: str, slug: str, finding: str
) -> None:
    assert ENGLISH.illness(title, slug) == finding


@pytest.mark.parametrize(
    ("tongue", "text", "shown"),
    [(ENGLISH, "Chest X-ray shows bilateral opacities with normal heart size.", "opacities"),
     (ENGLISH, "Chest X-ray: consolidation in the right lower lobe, pleura unremarkable.",
      "consolidation"),
     (ITALIAN, "RX torace: addensamento basale destro, ombra cardiaca nella norma.",
      "addensamento"),
     (ENGLISH, "Chest X-ray: normal heart size.", ""), (ENGLISH, "X-ray: heart unremarkable.", ""),
     (ITALIAN, "RX torace: pleure regolari.", ""), (ITALIAN, "RX torace, ili nella norma.", ""),
     (ITALIAN, "Rx torace: versamento destro, polmoni nella norma.", ""),
     (ITALIAN, "RX torace negativo, tranne un nodulo apicale.", ""),
     (ITALIAN, "RX torace negativo. Nodulo apicale destro.", ""),
     (ITALIAN, "RX torace: non versamento, addensamento a destra.", "addensamento"),
     (ITALIAN, "RX torace: non versamento, addensamenti o pneumotorace.", ""),
     (ITALIAN, "RX torace: polmoni regolari, non versamento.", "RX negativo"),
     (ITALIAN, "RX torace in proiezione PA: negativo. TC: addensamenti.", "RX negativo"),
     (ITALIAN, "RX torace negativo. Tampone positivo, addensamenti alla TC.", "RX negativo"),
     (ENGLISH, "Normal chest X-ray, without effusion.", "negative X-ray"),
     (ENGLISH, "Lungs unremarkable on chest X-ray.", "negative X-ray")],
)  # fmt: skip
def test_a_clear_word_counts_for_the_film_only(tongue: Tongue, text: str, shown: str) -> None:
    assert tongue.shown(text) == shown


@pytest.mark.parametrize(
    ("tongue", "text", "age", "child"),
    [(ITALIAN, "Bambina di 8 mesi, la madre di 30 anni", "8 mesi", "bambina"),
     (ITALIAN, "Neonato di 10 giorni nato da madre di 33 anni", "10 giorni", "neonato"),
     (ITALIAN, "Neonata, nata da donna di 33 anni", "", "neonata"),
     (ITALIAN, "Madre positiva, bambina di 8 mesi", "8 mesi", "bambina"),
     (ITALIAN, "La madre, 30 anni, è positiva. Lattante di 3 mesi", "3 mesi", "lattante"),
     (ITALIAN, "Donna di 33 anni, il figlio di 2 anni. Tosse", "33 anni", ""),
     (ITALIAN, "Donna, madre di un bambino di 3 anni", "", ""),
     (ITALIAN, "Tosse e febbre, 4 giorni. Uomo di 51 anni", "51 anni", ""),
     (ITALIAN, "Febbre, 4 giorni. Bambino di 5 anni", "5 anni", "bambino"),
     (ENGLISH, "8-month-old boy, mother 30 years old", "8 month", ""),
     (ENGLISH, "8-month-old infant of a 30-year-old mother", "8 month", "infant"),
     (ENGLISH, "Newborn, born to a 33-year-old woman", "", "newborn"),
     (ENGLISH, "A 45-year-old man, his son aged 12 has fever", "45 year", ""),
     (ENGLISH, "Child with fever; father aged 40", "", "child"),
     (ENGLISH, "A woman, mother of a child of 3 years", "", "")],
)  # fmt: skip
def test_the_age_is_the_patients_own(tongue: Tongue, text: str, age: str, child: str) -> None:
    assert (tongue.age(text), tongue.child(text)) == (age, child)
    assert TERMS.child(child) is (True if child else None)
