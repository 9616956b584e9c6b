import pytest

from curation.sources.base_pcr import pcr


@pytest.mark.parametrize(
    ("text", "result"),
    [("RT-PCR for SARS-CoV-2 was positive.", "positive"),
     ("A positive nasopharyngeal RT-PCR.", "positive"),
     ("Positive for COVID-19 at RT-PCR", "positive"),
     ("RT-PCR, performed on admission, was positive", "positive"),
     ("PCR was negative.", "negative"), ("COVID-19 positive (RT-PCR)", "positive"),
     ("Blood cultures were positive.", ""), ("RT-PCR is pending. D-dimer: positive", "")],
)  # fmt: skip
def test_a_result_is_read_where_its_clause_names_the_test(text: str, result: str) -> None:
    assert pcr(text) == result


@pytest.mark.parametrize(
    "text",
    ["The first PCR was negative; a second PCR was positive.", "PCR was negative, then positive",
     "RT-PCR: negative on day 1, positive on day 4", "negative PCR then positive PCR",
     "PCR was negative, the second was positive", "First PCR negative but positive on day 3"],
)  # fmt: skip
def test_one_positive_test_of_several_counts(text: str) -> None:
    assert pcr(text) == "positive"


@pytest.mark.parametrize(
    ("text", "result"),
    [("PCR for influenza A was positive, COVID-19 excluded", ""),
     ("PCR for influenza A and B was positive", ""), ("PCR for influenza: positive", ""),
     ("PCR for influenza negative. SARS-CoV-2 PCR positive", "positive"),
     ("PCR: influenza positive, SARS-CoV-2 negative", "negative"),
     ("PCR was negative for influenza and positive for SARS-CoV-2", "positive"),
     ("PCR negative, influenza positive", "negative"), ("Respiratory panel PCR: negative", ""),
     ("SARS-CoV-2 virus RT-PCR positive", "positive")],
)  # fmt: skip
def test_a_test_of_another_germ_says_nothing(text: str, result: str) -> None:
    assert pcr(text) == result


@pytest.mark.parametrize(
    "text",
    ["PCR was not positive.", "No positive PCR", "PCR was never positive",
     "PCR pending in a patient with positive contact history"],
)  # fmt: skip
def test_what_is_denied_or_no_result_says_nothing(text: str) -> None:
    assert pcr(text) == ""
