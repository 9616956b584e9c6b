import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.age import age_years


@pytest.mark.parametrize(
    ("text", "years"),
    [("65", 65), ("0", 0), ("0.03", 0.03), ("120", 120), (" 65 ", 65), ("65\u00a0", 65),
     ("058Y", 58), ("027Y", 27), ("000Y", 0), ("013M", 1.0833),
     ("009D", 0.0246), ("002W", 0.0383), ("000D", 0),
     ("50 years", 50), ("50 years old", 50), ("40-year-old", 40), ("1 year", 1), ("60 yo", 60),
     ("40 y/o", 40), ("age 65", 65), ("27Y", 27),
     ("18 months", 1.5), ("16month", 1.3333), ("3 weeks", 0.0575), ("64days", 0.1752),
     ("2 years 3 months", 2.25), ("2 years and 3 months", 2.25),
     ("75 anni", 75), ("di anni 53", 53), ("3 mesi", 0.25), ("1 anno e 6 mesi", 1.5)],
)  # fmt: skip
def test_an_age_is_read(text: str, years: float) -> None:
    assert age_years(text) == years


@pytest.mark.parametrize("text", ["50+", "50s", "50's", "early 50s", "mid 50s", "mid-50s",
                                  "late 50s", "50-60", "50\u201360", "50-60 years"])  # fmt: skip
def test_a_vague_age_is_its_lower_bound(text: str) -> None:
    assert age_years(text) == 50


@pytest.mark.parametrize(
    ("text", "years"),
    [("67+", 67), ("early 40s", 40), ("mid 50s", 50), ("late 20s", 20), ("30-40", 30), ("80+", 80)],
)  # fmt: skip
def test_nobody_becomes_older_by_a_vague_age(text: str, years: float) -> None:
    assert age_years(text) == years


@pytest.mark.parametrize("text", ["", "?", "Adult", "Child", "elderly", "414", "414Y", "121", "-3",
                                  "nan", "inf", "1e5", "65 M", "65M", "12 2", "fifty", "65 cats",
                                  "1/2"])  # fmt: skip
def test_what_is_no_age_or_no_possible_one_is_none(text: str) -> None:
    assert age_years(text) is None


@given(st.text(max_size=60))
def test_any_text_gives_none_or_a_possible_age(text: str) -> None:
    years = age_years(text)
    assert years is None or 0 <= years <= 120
