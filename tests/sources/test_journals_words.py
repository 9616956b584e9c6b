"""What is taken from an id and from a caption, and what is not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from articles import CONVERTER, Printed, fig

from curation.sources.journals import jats
from curation.sources.journals.caption import panels, said, several, speaks_of_radiograph
from curation.sources.journals.doi import Article, article, question
from curation.sources.journals.illness import told
from curation.sources.journals.layouts import best
from manifests.contract.rejection import Rejected


@pytest.mark.parametrize(
    "text",
    [
        "10.1007/s00330-020-06731-x",
        "doi:10.1007/S00330-020-06731-X",
        "https://doi.org/10.1007/s00330-020-06731-x",
        "http://dx.doi.org/10.1007%2Fs00330-020-06731-x",
        "https://doi.org/10.1007%252Fs00330-020-06731-x",
        "https://doi-org.cyber.usask.ca/10.1007/s00330-020-06731-x",
        "https://login.proxy.example.edu/login?url=https://doi.org/10.1007/s00330-020-06731-x",
        "https://link.springer.com/article/10.1007%2Fs00330-020-06731-x#ref-CR3",
        "https://link.springer.com/article/10.1007/s00330-020-06731-x/full?journalCode=x",
        " https://link.springer.com/content/pdf/10.1007/s00330-020-06731-x.pdf ",
    ],
)
def test_an_article_has_one_doi_however_it_is_written(text: str) -> None:
    assert article(text) == Article("10.1007/s00330-020-06731-x", "")


@pytest.mark.parametrize(
    ("text", "pmcid", "version"),
    [
        ("pmc7141645", "PMC7141645", ""),
        ("PMC7141645.2", "PMC7141645", "2"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7141645/figure/F1/", "PMC7141645", ""),
        ("https://europepmc.org/article/PMC/PMC7141645?x=1", "PMC7141645", ""),
    ],
)
def test_a_pmcid_is_found_in_an_address(text: str, pmcid: str, version: str) -> None:
    assert article(text) == Article("", pmcid, version)


@pytest.mark.parametrize("text", ["", "7141645", "https://www.nejm.org/", "XPMC12"])
def test_an_id_that_names_no_article_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="holds no DOI and no PMCID"):
        article(text)


def test_an_ending_that_belongs_to_the_doi_stays() -> None:
    assert article("https://doi.org/10.1000/a.full").doi == "10.1000/a.full"


def test_a_doi_is_one_file_name_and_one_parameter() -> None:
    asked = question("10.1002/(sici)1<2::aid>3.0.co;2-2")
    assert asked.url.startswith(f"{CONVERTER}?ids=10.1002%2F%28sici%291%3C2")
    assert "/" not in asked.name.removeprefix("idconv/")


@pytest.mark.parametrize(
    ("caption", "column", "word"),
    [
        ("Chest radiograph of a 50-year-old man.", "age", "50 years"),
        ("Chest X-ray of an 8-month-old infant.", "age", "8 months"),
        ("Chest X-ray of a patient aged 54.", "age", "54 years"),
        ("Chest X-ray of a man in his late 60s.", "age", "late 60s"),
        ("Chest X-ray of a patient in their 60s.", "age", "60s"),
        ("CXR of an elderly woman.", "age", "elderly"),
        ("A 50-year-old man and a 60-year-old man.", "age", ""),
        ("Chest radiograph, 12 days after a 3-day stay.", "age", ""),
        ("Chest X-ray of a woman.", "sex", "female"),
        ("Chest X-ray of the man and the woman.", "sex", ""),
        ("Chest X-ray of a human.", "sex", ""),
        ("Chest X-ray of a newborn whose mother, a 30-year-old woman, was ill.", "age", ""),
        ("Chest X-ray of a newborn whose mother, a 30-year-old woman, was ill.", "sex", ""),
        ("Chest X-ray of an infant.", "child", "infant"),
        ("Posteroanterior chest radiograph", "view", "PA"),
        ("AP supine chest radiograph", "view", "AP supine"),
        ("Portable chest radiograph", "view", "portable"),
        ("Lateral chest radiograph", "view", "lateral"),
        ("Radiograph with a dilated PA. Opacity of the lateral segment", "view", "PA"),
        ("Chest radiograph with opacity in the lateral segment", "view", ""),
        ("Chest radiograph", "view", ""),
        ("Chest CT after a radiograph", "modality", "CT"),
        ("Chest radiograph before CT", "modality", "radiograph"),
        ("Chest radiograph shows bilateral opacities", "abnormal", "opacities"),
        ("Chest radiograph without opacities", "abnormal", ""),
        ("Normal chest radiograph", "abnormal", "normal"),
        ("Radiograph on day 7 after symptom onset", "offset_days", "7"),
    ],
)
def test_a_caption_says_this_and_no_more(caption: str, column: str, word: str) -> None:
    assert said(caption)[column] == word


@pytest.mark.parametrize(
    ("caption", "finding", "uncertain"),
    [
        ("Radiograph of a man with COVID-19 pneumonia.", "COVID-19", ""),
        ("COVID-19. Pneumonia of both lungs.", "COVID-19", ""),
        ("Lobar pneumonia.", "pneumonia", ""),
        ("Klebsiella pneumonia and ARDS.", "bacterial pneumonia; ARDS", ""),
        ("Infection with SARS-CoV-2.", "COVID-19", ""),
        ("Severe acute respiratory syndrome coronavirus 2.", "", ""),
        ("No pneumonia.", "", ""),
        ("No signs of pneumonia.", "", ""),
        ("No pleural effusion in a man with COVID-19.", "COVID-19", ""),
        ("A man without COVID-19.", "", ""),
        ("A patient negative for COVID-19.", "", ""),
        ("COVID-19 was excluded.", "", ""),
        ("Non-COVID-19 pneumonia.", "", ""),
        ("Suspected COVID-19.", "", "COVID-19"),
        ("Findings may represent pneumonia.", "", "pneumonia"),
        ("Possible pneumonia; COVID-19 by RT-PCR.", "COVID-19", "pneumonia"),
        ("Radiograph taken before COVID-19.", "", ""),
        ("Fever that was not due to pneumonia.", "", ""),
        ("Consistent with COVID-19 pneumonia.", "", "COVID-19"),
        ("Suggestive of COVID-19. RT-PCR proved COVID-19.", "COVID-19", ""),
        ("Chest radiograph.", "", ""),
    ],
)
def test_an_illness_that_is_denied_or_doubted_is_none(
    caption: str, finding: str, uncertain: str
) -> None:
    assert told(caption)[:2] == (finding, uncertain)


@pytest.mark.parametrize(
    "caption",
    [
        "(A) Chest radiograph. (B) CT.",
        "Chest radiograph (a) and CT (b).",
        "A, Chest radiograph. B, Axial CT.",
        "A: Chest radiograph. B: Axial CT.",
        "Panel A shows a chest radiograph, panel B a CT.",
        "(A, B) Chest radiograph; (C\u2013E) CT.",
        "Chest radiograph (left) and CT (right).",
        "Chest radiograph and CT of the same day.",
        "PA and lateral chest radiograph.",
        "Chest radiographs of three days.",
        "(1) Chest radiograph. (2) CT.",
        "Chest X-ray: (i) first day, (ii) second day.",
    ],
)
def test_a_caption_of_several_pictures_is_known(caption: str) -> None:
    assert several(caption)


@pytest.mark.parametrize(
    "caption",
    [
        "Chest radiograph of a 50-year-old man (arrow).",
        "(A) Chest radiograph.",
        "Chest radiograph obtained on admission, before CT was done.",
        "Chest X-ray. A small effusion is seen.",
        "Chest X-ray. B. pertussis was excluded. A. baumannii grew.",
        "AP chest radiograph of a man with hepatitis (B).",
    ],
)
def test_a_caption_of_one_picture_is_known(caption: str) -> None:
    assert several(caption) == ""


def test_each_letter_has_its_own_words() -> None:
    assert panels("Man of 50. (A, B) Chest film. (C) CT.") == {
        "a": "Man of 50 Chest film.", "b": "Man of 50 Chest film.", "c": "Man of 50 CT.",
    }  # fmt: skip
    assert panels("Chest radiograph (A) and CT (B).") == {"a": "Chest radiograph", "b": "and CT"}
    assert list(panels("(A\u2013C) Chest radiograph.")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Chest X-ray", True), ("CXR on admission", True), ("Chest radiograph", True),
        ("Chest film", True), ("X-ray computed tomography", False), ("Knee radiograph", False),
        ("X-ray diffraction pattern", False), ("Axial CT", False), ("Radiographer at work", False),
        ("Heat map over a chest X-ray", False), ("ROC curve of chest X-ray reading", False),
    ],
)  # fmt: skip
def test_only_a_radiograph_of_the_chest_is_looked_for(caption: str, expected: bool) -> None:  # noqa: FBT001 - a table of cases
    assert speaks_of_radiograph(caption) is expected


@pytest.mark.parametrize(
    ("names", "href", "expected"),
    [
        (["a.jpg"], "a", "a.jpg"), (["A.JPG"], "a", "A.JPG"), (["a.gif", "a.jpg"], "a", "a.jpg"),
        (["a.gif"], "a", "a.gif"), (["a.jpg"], "a.tif", "a.jpg"), (["a.pdf"], "a", ""),
        (["a.b.jpg"], "a.b", "a.b.jpg"), (["a.b.jpg"], "a", ""), (["ab.jpg"], "a", ""),
    ],
)  # fmt: skip
def test_a_graphic_is_found_by_its_name_without_extension(
    names: list[str], href: str, expected: str
) -> None:
    assert best(names, href) == expected


def figures(xml: str) -> Iterator[tuple[str, str]]:
    found = jats.read(Printed(figures=xml).xml(), "x")
    return ((figure.caption, " ".join(figure.pictures)) for figure in found.figures)


def test_letters_in_bold_type_are_panels() -> None:
    ((caption, _),) = figures(
        fig("<bold>a</bold> Chest X-ray. <bold>b</bold> CT <italic>x</italic>")
    )
    assert several(caption) == "panels a, b"


def test_one_picture_in_several_forms_is_one() -> None:
    forms = '<alternatives><graphic xlink:href="a"/><graphic xlink:href="b"/></alternatives>'
    ((_, names),) = figures(fig("x").replace('<graphic xlink:href="abc-01-g001"/>', forms))
    assert names == "a"


def test_figures_of_a_reply_to_the_article_are_not_its_own() -> None:
    reply = f"<sub-article><body>{fig('reply')}</body></sub-article>"
    assert [caption for caption, _ in figures(fig("own") + reply)] == ["own"]


def test_an_article_in_an_envelope_is_read_and_other_xml_is_not() -> None:
    data = Printed(figures=fig("x"), head="").xml().split(b"\n", 1)[1]
    wrapped = b'<record xmlns="http://www.openarchives.org/OAI/2.0/">' + data + b"</record>"
    assert jats.read(wrapped, "x").figures[0].caption == "x"
    with pytest.raises(Rejected, match="no article"):
        jats.read(b"<html><body/></html>", "x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE article [<!ENTITY a "b">]><article/>'
    )
    with pytest.raises(Rejected, match="declares XML entities"):
        jats.read(text.encode(encoding), "x")


@pytest.mark.parametrize("data", [b"", b"\0", b"<a", b"\xff\xfe", b"[" * 99, b"<a>" * 9999])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(Rejected, match="is no whole XML"):
        jats.read(data, "x")


def test_nothing_outside_the_file_is_read(tmp_path: Path) -> None:
    dtd = tmp_path / "own.dtd"
    dtd.write_text('<!ENTITY secret "taken">')
    head = f'<!DOCTYPE article SYSTEM "{dtd}">'
    ((caption, _),) = (
        (figure.caption, 0)
        for figure in jats.read(Printed(head=head, figures=fig("x &secret; y")).xml(), "x").figures
    )
    assert "taken" not in caption
