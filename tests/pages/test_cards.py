"""Model cards: their headings, where each figure comes from, and that words stay words."""

import dataclasses
import re

import numpy as np
import pytest
from limits import LIMITS
from page_inputs import HOSTILE_MARKDOWN, Inputs

from curation.pages.cards import Card, cards, text
from curation.stages import report
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

PARAMS = report.Params(samples=0, pairs=0, enhanced=0)
HEADINGS = [
    "Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data",
    "Quantitative analyses", "Ethical considerations", "Caveats and recommendations",
]  # fmt: skip


def part(card: Card, title: str) -> str:
    found = next(one for one in card.parts if one.title == title)
    return "\n".join(found.sentences)


@pytest.fixture
def card(inputs: Inputs) -> Card:
    (made,) = cards(inputs())
    return made


def test_a_card_has_the_headings_of_mitchell_et_al(card: Card) -> None:
    assert [one.title for one in card.parts] == HEADINGS
    assert re.findall(r"^## (.+)$", text(card), re.MULTILINE) == HEADINGS


def test_it_says_what_the_network_is_not_for(inputs: Inputs, card: Card) -> None:
    assert DISCLAIMER in part(card, "Intended use")
    assert "Out of scope: any decision about a patient" in part(card, "Intended use")
    assert DRAWN not in part(card, "Intended use")
    given = inputs()
    about = {**(given.experiments[0].checkpoint or {}), "is_drawn": True}
    drawn = dataclasses.replace(given.experiments[0], checkpoint=about)
    made = cards(dataclasses.replace(given, experiments=[drawn]))[0]
    assert DRAWN in part(made, "Intended use")


def test_figures_stand_with_their_intervals_and_films(card: Card) -> None:
    told = text(card)
    assert "| test films | accuracy | 0.750 | 0.400 to 0.950 |" in told
    assert "| films of sources never trained on | accuracy | 0.625 | 0.400 to 0.950 |" in told
    assert "| test films | AUC | 0.812 | none |" in told
    assert "| test films | precision of normal | 0.500 | 0.250 to 0.875 |" in told
    assert "| test films | AUC of normal | 0.700 | none |" in told
    assert "4 test films of 3 groups." in part(card, "Evaluation data")
    assert "leaks harmless" in part(card, "Evaluation data")
    assert "Expected calibration error 0.120" in part(card, "Quantitative analyses")


def test_the_strictest_licence_and_failing_probes_are_named(inputs: Inputs) -> None:
    given = inputs()
    about = {**(given.experiments[0].checkpoint or {}), "params": {"task": "harmless"}}
    own = dataclasses.replace(given.experiments[0], checkpoint=about)
    made = cards(dataclasses.replace(given, experiments=[own]))[0]
    assert "channel pointers holds 1 film of the manifest." in part(made, "Training data")
    told = part(made, "Caveats and recommendations")
    assert "Shortcut file statistics: fails, allowed by name, 0.930." in told
    assert "Of these shortcuts nothing is known: lungs blacked out." in told
    assert "do not tell the label" not in told


def test_only_probes_that_passed_are_said_to_tell_nothing(inputs: Inputs) -> None:
    given = inputs()
    about = {**(given.experiments[0].checkpoint or {}), "params": {"task": "harmless"}}
    own = dataclasses.replace(given.experiments[0], checkpoint=about)
    probes = given.audits["harmless"].scores["probes"]
    probes["file_statistics"]["verdict"] = "not_told"
    given = dataclasses.replace(given, experiments=[own])
    untold = part(cards(given)[0], "Caveats and recommendations")
    assert "nothing is known: file statistics, lungs blacked out." in untold
    assert "without looking at a lung" not in untold
    probes["file_statistics"]["verdict"] = "passed"
    passed = part(cards(given)[0], "Caveats and recommendations")
    assert "do not tell the label without looking at a lung: file statistics." in passed
    assert "nothing is known: lungs blacked out." in passed


def test_no_reason_is_invented_and_the_setting_of_personal_text_is_named(card: Card) -> None:
    assert "No figure is given apart for ages, sexes or views." in part(card, "Factors")
    told = part(card, "Ethical considerations")
    assert "whether a release has their pixels follows release.personal_text" in told


def test_one_film_is_not_called_films(inputs: Inputs) -> None:
    given = inputs()
    about = {**(given.experiments[0].checkpoint or {}), "params": {"task": "harmless"}}
    metrics = {"test": {"n": 1, "groups": 1}, "external": {"n": 2, "groups": 1}}
    own = dataclasses.replace(given.experiments[0], checkpoint=about, metrics=metrics)
    figures = {**given.figures, "personal_text": {"name": 1}}
    records = given.records.assign(age_years=[40.0, np.nan, np.nan], sex=["F", np.nan, np.nan])
    given = dataclasses.replace(given, experiments=[own], figures=figures, records=records)
    told = text(cards(given)[0])
    assert re.findall(r"\b1 (?:films|groups)", told) == []
    assert "1 test film of 1 group." in told
    assert "2 films of sources never trained on of 1 group." in told
    assert "Ages, known of 1 film:" in told
    assert "On 1 film burned" in told


def test_inflation_of_its_own_repeats_stands_there(inputs: Inputs) -> None:
    given = inputs()
    own = dataclasses.replace(given.experiments[0], name="covid_cxnet")
    made = cards(dataclasses.replace(given, experiments=[own]))[0]
    gain = "protocol paper less honest: accuracy +0.250 (\N{MINUS SIGN}0.050 to +0.500)."
    assert gain in part(made, "Quantitative analyses")


def test_a_network_that_was_not_trained_has_no_card(inputs: Inputs) -> None:
    given = inputs()
    nothing = dataclasses.replace(given.experiments[0], checkpoint=None)
    given = dataclasses.replace(given, experiments=[nothing])
    assert cards(given) == []
    assert "No network was trained yet" in report.main(given, PARAMS, LIMITS)


@pytest.mark.parametrize("words", HOSTILE_MARKDOWN)
def test_words_of_strangers_stay_words(inputs: Inputs, words: str) -> None:
    harmless, made = (text(cards(inputs(given))[0]) for given in ("harmless", words))
    assert harmless.count("\n") == made.count("\n")
    for sign in ("<", "](", "| ---"):
        assert harmless.count(sign) == made.count(sign), sign
