import dataclasses
from typing import Any

import pytest
from limits import LIMITS
from page_inputs import Inputs

from curation.pages.chexnet import chexnet, wanted
from curation.stages import report

PARAMS = report.Params(samples=0, pairs=0, enhanced=0)


def told(manifest_id: str, words: str = "harmless") -> dict[str, Any]:
    return {
        "asked": True, "manifest_id": manifest_id, "layout": words, "checkpoint_sha256": "ab" * 32,
        "labels": ["Pneumonia", words],
        "films": [
            {"record_id": "cohen/a", "finding": "covid19", "maybe_seen": False,
             "chances": [0.75, 0.125]},
            {"record_id": "cohen/b", "finding": "normal", "maybe_seen": True,
             "chances": [0.0625, 0.25]},
        ],
    }  # fmt: skip


def section(html: str) -> str:
    start = html.index('<section id="chexnet"')
    return html[start : html.index("</section>", start)]


def test_two_films_stand_side_by_side_with_every_chance(inputs: Inputs) -> None:
    given = inputs()
    probed = told(given.figures["manifest_id"])
    page = section(report.main(dataclasses.replace(given, probed=probed), PARAMS, LIMITS))
    assert page.count("<article") == 2
    assert page.count("<meter") == 4
    assert page.count("<img") == 2
    assert 'value="0.7500" aria-label="Pneumonia"' in page
    assert page.count("may have learnt from this film") == 1
    assert "another manifest" not in page


def test_a_film_that_is_not_shown_elsewhere_has_its_picture() -> None:
    assert {"cohen/a", "cohen/b"} == wanted(told("x"))
    assert set() == wanted(None) == wanted({"asked": False})


def test_where_nobody_was_asked_a_sentence_says_so(inputs: Inputs) -> None:
    for probed in (None, {"asked": False}):
        given = dataclasses.replace(inputs(), probed=probed)
        assert "No CheXNet is named" in section(report.main(given, PARAMS, LIMITS))


def test_another_manifest_is_called_out_and_an_unknown_film_has_no_picture() -> None:
    found = chexnet(told("other"), "mine", {}, {})
    assert found is not None
    assert found.is_other_manifest
    assert [one.film for one in found.films] == [None, None]


def test_words_of_a_checkpoint_stay_words(inputs: Inputs) -> None:
    given = inputs()
    hostile = told(given.figures["manifest_id"], '"><script>window.hurt=1</script>')
    page = section(report.main(dataclasses.replace(given, probed=hostile), PARAMS, LIMITS))
    assert "<script" not in page


@pytest.mark.browser
def test_a_long_name_fits_a_telephone(inputs: Inputs, visit: Any) -> None:
    given = inputs()
    probed = told(given.figures["manifest_id"])
    probed["films"][0]["record_id"] = "chexpert/train/patient00043/study1/view1_frontal_again.jpg"
    page = visit(report.main(dataclasses.replace(given, probed=probed), PARAMS, LIMITS), 390).page
    page.locator("#chexnet").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
