import pytest

from curation.sources.sirm.italian import ITALIAN


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
