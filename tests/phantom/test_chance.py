import numpy as np

from curation.phantom.chance import Chance

KNOWN_SERIES = [0.644488, 0.489303, 0.507379]
KNOWN_UNIT = 0.516675


def test_the_same_names_give_the_same_values_and_other_names_give_others() -> None:
    first, again, other = Chance("a", 1), Chance("a", 1), Chance("a", 2)
    assert first.unit("x") == again.unit("x") != other.unit("x")
    assert np.array_equal(first.grain("g", 8, 16), again.of().grain("g", 8, 16))


def test_values_are_known_so_that_no_release_of_a_library_moves_the_world() -> None:
    assert [round(v, 6) for v in Chance("world", 1).series("s", 3, 0, 1)] == KNOWN_SERIES
    assert round(Chance("world", 1).unit("u"), 6) == KNOWN_UNIT


def test_grain_has_mean_zero_and_deviation_one() -> None:
    grain = Chance("grain").grain("g", 256, 256)
    assert abs(float(grain.mean())) < 0.02
    assert abs(float(grain.std()) - 1) < 0.02


def test_clouds_are_smooth_and_of_unit_size() -> None:
    clouds = Chance("clouds").clouds("c", 128, 128, 32.0, octaves=2)
    assert 0.5 < float(clouds.std()) < 1.6
    assert float(np.abs(np.diff(clouds, axis=0)).mean()) < 0.2


def test_whole_numbers_reach_both_ends() -> None:
    drawn = {Chance("n", number).whole("w", 2, 4) for number in range(60)}
    assert drawn == {2, 3, 4}
