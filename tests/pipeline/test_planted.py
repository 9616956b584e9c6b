"""A shortcut planted in drawn films is named, shown, and mended; without it nothing is."""

import pytest
from shortcut_road import Ran, ran

CORNERS = ("corners", "border")
GOOD = 0.8

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran(tmp_path_factory.mktemp("clean"), "")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return ran(tmp_path_factory.mktemp("planted"), "covid19")


def test_without_a_shortcut_the_gate_is_open_and_heat_points_at_the_disease(clean: Ran) -> None:
    assert not clean.gate
    assert {clean.probes[name]["verdict"] for name in CORNERS} == {"passed"}
    for scores in clean.scores.values():
        assert scores["pointing_game"] >= GOOD
        assert scores["pointing_game_low"] > scores["opacities_in_frame"]


def test_the_audit_names_a_planted_marker_and_the_gate_stops_the_road(planted: Ran) -> None:
    for name in CORNERS:
        assert planted.probes[name]["verdict"] == "failed"
        assert name in planted.gate
    assert planted.probes["metadata"]["verdict"] == "passed"


def test_the_pointing_game_falls_where_a_marker_is_planted(clean: Ran, planted: Ran) -> None:
    fallen, held = (road.scores["whole"] for road in (planted, clean))
    assert fallen["pointing_game"] < held["pointing_game_low"]
    assert fallen["pointing_game_high"] < held["pointing_game"]


def test_a_lung_crop_mends_the_audit_and_the_pointing_game(clean: Ran, planted: Ran) -> None:
    # The corners of a crop show lung, and so disease: as much of it with the marker as without.
    with_it, without = planted.cropped_corners, clean.cropped_corners
    assert with_it.low is not None
    assert without.high is not None
    assert with_it.low <= without.high
    mended = planted.scores["cropped"]
    assert mended["pointing_game"] >= GOOD
    assert mended["pointing_game_low"] > planted.scores["whole"]["pointing_game_high"]
