from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from curation.burned.markers import MARKERS, MONTHS, NAMESAKES, folded
from curation.burned.personal import judged, personal
from manifests.contract.vocabulary import PersonalText

NAME, DATE, NUMBER, UNREAD = PersonalText
NAMES = [
    "SMITH^JOHN", "Smith^John^^^", "SMITH ^ JOHN", "DOE^J", "Rossi, A.", "A. Rossi", "ROSSI A",
    "SCHMIDT K.", "Müller Hans", "müller hans", "GARCÍA PÉREZ", "Łukasz Nowak", "O'BRIEN P.",
    "Nguyen Van Tran", "Jean-Luc Dupont", "de la Cruz M.", "DA SILVA JOAO", "Rossi Anna R",
    "Dr. Novak", "MR SMITH", "Sig. Bianchi", "HERR WEBER", "Name: Li", "NOM: DUPONT", "Dr. Levy",
    "ROSSI ANNA 12/03/1965", "GARCIA LUIS 4471829", "AP ERECT SMITH JOHN", "R0SSI ANNA",
]  # fmt: skip
DATES = [
    "12/03/1965", "3/12/65", "12.03.65", "12. 3. 1965", "1965-03-12", "1965/03/12", "20200318",
    "2020/02/18, D14", "12-MAR-1965", "Mar 12, 1965", "12 March 1965", "März 1965", "17 Mai 2020",
    "12 février 2020", "15 Ago 2020", "1 dic. 2020", "03/2020", "12/65", "DOB 02/05/61",
    "geb. 1961", "Né le 12", "nacida 1961", "14:32", "14:32:05", "2:05 PM", "2 PM", "9h30",
    "0930 HRS", "14.32 Uhr", "AP ERECT 12/03/2020", "12.03.1956 MA", "12.03.1956 MS", "12-03-56 CM",
    "12.03.1956 %", "1.5.1956 MA LI", "3,19560412 MAS", "EI=12 03 56", "12, 03, 56", "12 03 ,56",
    "2 3 56", "3\u20134\u201356", "D.O.B. 12", "32:05", "W 2108 L 12.03.1956", "１２/０３/１９６５",  # noqa: RUF001 - wide digits
]  # fmt: skip
NUMBERS = [
    "4471829", "ID 4471829", "MRN 0093312", "No. 558210", "ACC12345678", "A123456", "A1B2C3D4",
    "12345", "44 71 82 9", "18032020", "Tel 555-0199", "067Y", "4471829 MS", "R 4471829",
    "1.234567890 MS", "IM: 4471829", "٤٤٧١٨٢٩",
]  # fmt: skip
FOR_A_PERSON = [
    "SMITH", "Lee", "Anna", "Xu Y", "JS", "MAY", "June", "1965", "1432", "F/67", "M 45", "67Y",
    "67 yo", "45 anni", "Иван", "王小明", "SM1TH J0HN", "ROSSIANNA",
    "LI MIN", "MA LI", "RAY LEVY", "LEVY, RAY", "A. LEVY", "PAGE, RAY", "R. WARD", "H. PORT",
    "IM, S. E.", "LE, T", "LI, M.", "LI M", "67 MA LI", "L^M", "LI 45/F", "S M I T H", "S.M.I.T.H.",
    "45F", "45 F", "45/F", "67M", "45 W", "5 M", "45, F", "12.03", "12-34", "12-03 MA", "12 03 MS",
    "12  03 MS", "12. 03 MS",
    "12 - 03 MA",
]  # fmt: skip
HARMLESS = [
    "R", "L", "RT", "LT", "PA", "AP", "L AP", "AP SUPINE", "AP ERECT 85 kV", "PORTABLE", "Upright",
    "SEMI-ERECT", "Semi upright", "DÉCUBITUS", "debout", "DROITE", "A LETTO", "SEDUTO", "DX",
    "BETTAUFNAHME", "liegend", "Sitzend", "zittend 90 grd", "SENTADO", "IZQUIERDA", "ESQUERDA",
    "PORTÁTIL", "UCI", "ICU BED 4", "CHEST AP", "LATERAL L", "day 4", "BOX2", "INSP", "85kV 2mAs",
    "120 kVp 3.2 mAs", "1800 mm", "SID 180 cm", "DAP 1.2 dGycm2", "DAP: 0,3 Gy·cm²", "EI 1450",
    "EXI: 1800", "WL 2048 WW 4096", "W 2108 : L 2723", "Page: 1 of 1", "Zoom 100%", "IM: 1",
    "DR CHEST", "DR AP", "CR/DR CHEST", "LI", "MIN", "PORT", "AP PORT", "X-RAY CHEST", "X RAY",
    "SE: 1 IM: 2", "L 85 kV 200 mA", "200 mA 5 ms", "125 kV / 2 mAs", "A.P.", "CHEST PA, LAT",
    "", "   ", "-", "+", "R 2",
]  # fmt: skip


@pytest.mark.parametrize("line", NAMES)
def test_a_name_is_told(line: str) -> None:
    assert judged(line) is NAME


@pytest.mark.parametrize("line", DATES)
def test_a_date_or_a_time_is_told(line: str) -> None:
    assert judged(line) is DATE


@pytest.mark.parametrize("line", NUMBERS)
def test_a_number_is_told(line: str) -> None:
    assert judged(line) is NUMBER


@pytest.mark.parametrize("line", FOR_A_PERSON)
def test_what_may_be_a_patients_waits_for_a_person(line: str) -> None:
    assert judged(line) is UNREAD


@pytest.mark.parametrize("line", HARMLESS)
def test_a_marker_names_nobody(line: str) -> None:
    assert judged(line) is None


@pytest.mark.parametrize("line", [*NAMES, *DATES, *NUMBERS, *FOR_A_PERSON])
@pytest.mark.parametrize("change", [str.upper, str.lower, "R {}".format, "AP SUPINE {}".format])
def test_neither_letters_nor_a_marker_beside_it_hide_it(change: object, line: str) -> None:
    assert callable(change)
    assert judged(change(line)) is not None


@given(some.lists(some.sampled_from([*NAMES, *DATES, *NUMBERS, *FOR_A_PERSON, *HARMLESS, None])))
def test_a_film_is_as_grave_as_its_gravest_line(lines: list[str | None]) -> None:
    each = [judged(line) for line in lines]
    assert personal(lines) is next((kind for kind in PersonalText if kind in each), None)


@given(some.text(max_size=30))
def test_any_words_are_judged_alike_with_space_around_them(line: str) -> None:
    assert judged(line) is judged(f"  {line} ")


@given(some.integers(10_000, 10**9))
def test_no_long_number_passes(number: int) -> None:
    assert judged(f"R {number}") in {NUMBER, DATE}


@given(some.dates(), some.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%d.%m.%y", "%Y-%m-%d", "%Y%m%d",
                                        "%d %b %Y", "%b %d, %Y", "%d-%B-%Y"]))  # fmt: skip
def test_no_date_passes(day: object, pattern: str) -> None:
    assert judged(format(day, pattern)) in {NUMBER, DATE}


def test_words_that_are_known_are_capitals_without_accents() -> None:
    known = MARKERS | MONTHS
    assert {folded(word) for word in known} == known
    assert all(word.isascii() and word.isalpha() for word in known)


def test_every_namesake_is_a_marker_and_harmless_alone() -> None:
    assert NAMESAKES
    assert NAMESAKES <= MARKERS
    assert {word for word in NAMESAKES if judged(word)} == set()


@given(some.sampled_from(sorted(NAMESAKES)), some.sampled_from(sorted(NAMESAKES)))
def test_no_two_namesakes_pass(family: str, given: str) -> None:
    assert judged(f"{family} {given}") is not None
    assert judged(f"{family}, {given}") is not None
    assert judged(f"{given[0]}. {family}") is not None


@given(
    some.dates(date(1900, 1, 1)),
    some.sampled_from(["MA", "mAs", "ms", "cm", "%", "kV", "MA LI", "days"]),
)
def test_no_unit_hides_a_date(day: date, unit: str) -> None:
    assert judged(f"{day:%d.%m.%Y} {unit}") is DATE
    assert judged(f"{day:%d %m %y} {unit}") is DATE


def test_folding_keeps_what_has_no_plain_form() -> None:
    assert folded("décubitus Łukasz ß ６７") == "DECUBITUS ŁUKASZ SS 67"  # noqa: RUF001 - wide digits
