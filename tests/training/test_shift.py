import dataclasses
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from planted import prepared, row
from scipy.stats import ks_2samp
from threadpoolctl import threadpool_limits

from manifests.contract.prepared import Prepared
from manifests.contract.table import BrokenTable
from training.classifier import out_of_fold
from training.grey_levels import between, by_chance, distance, shares, to_the_rest
from training.parts import Part, seen
from training.seed import seed_everything
from training.stages import shift
from training.telling import Asking, told_apart

SIDE = 32
ASKING = {"components": 16, "folds": 5, "bootstrap": 100, "confidence": 0.95, "seed": 1}
PARAMS = shift.Params(
    recipes=("plain", "matched"), within=("normal",), least_groups=5, films=200, side=16, **ASKING
)
Stack = npt.NDArray[np.uint8]


def levels(*values: int) -> npt.NDArray[np.int64]:
    return np.bincount(values, minlength=256).astype(np.int64)


def test_a_histogram_holds_shares_of_equal_bins() -> None:
    found = shares(np.stack([levels(0, 3, 4, 255), np.zeros(256, np.int64)]), 64)
    assert [found[0, [0, 1, 63]].tolist(), float(found[1].sum())] == [[0.5, 0.25, 0.25], 0.0]


def test_the_distance_is_the_largest_gap_between_the_shares_of_darker_pixels() -> None:
    # Up to level 0: 1/2 and 1/4; up to 10: 1/2 and 3/4; up to 20: both all.
    assert distance(levels(0, 0, 20, 20), levels(0, 10, 10, 20)) == 0.25
    assert distance(levels(0, 1), levels(2, 3)) == 1.0
    assert distance(levels(5, 6), levels(5, 5, 6, 6)) == 0.0
    with pytest.raises(ValueError, match="without pixels"):
        distance(levels(0), np.zeros(256, np.int64))


@pytest.mark.parametrize("seed", range(5))
def test_the_distance_is_scipys(seed: int) -> None:
    chance = np.random.default_rng(seed)
    one = chance.integers(0, 200, chance.integers(50, 3000))
    other = chance.binomial(255, 0.4, chance.integers(50, 3000))
    expected = ks_2samp(one, other, method="asymp").statistic
    assert distance(levels(*one), levels(*other)) == pytest.approx(expected, abs=1e-12)


def test_each_source_is_compared_with_all_others_and_with_each() -> None:
    own = np.stack([levels(0, 0), levels(0, 9), levels(9, 9, 9, 9)])
    assert to_the_rest(own).tolist() == [1 - 1 / 6, pytest.approx(1 / 2 - 1 / 3), 1 - 1 / 4]
    assert between(own).tolist() == [[0, 0.5, 1], [0.5, 0, 0.5], [1, 0.5, 0]]


def test_chance_keeps_a_source_that_differs_apart_and_one_that_does_not_within() -> None:
    chance = np.random.default_rng(2)
    targets = np.repeat([0, 1, 2], 20).astype(np.int64)
    # Two films a group, which stay together: alone they would lie closer to each other.
    groups = [f"g{n // 2}" for n in range(60)]
    own = np.repeat(chance.integers(60, 140, 30), 2)
    alike = np.stack([levels(*chance.integers(low, low + 80, 300)) for low in own])
    apart = np.stack([levels(*chance.integers(60 * t, 60 * t + 80, 300)) for t in targets])
    for counts, is_apart in ((alike, False), (apart, True)):
        found = to_the_rest(np.stack([counts[targets == n].sum(0) for n in range(3)])).mean()
        drawn = by_chance(counts, targets, groups, 200, seed_everything(3))
        assert (found > np.quantile(drawn, 0.99)) == is_apart
        assert (drawn == by_chance(counts, targets, groups, 200, seed_everything(3))).all()
    torn = by_chance(alike, targets, [str(n) for n in range(60)], 200, seed_everything(3))
    whole = by_chance(alike, targets, groups, 200, seed_everything(3))
    assert np.median(torn) < np.median(whole)


def films(folder: Path, mark: Callable[[Stack, bool], None], count: int = 400) -> Prepared:
    """Noise of two sources, of which `mark` changes what it likes; a patient has two films."""
    known = [
        row(n, split="train", finding=("normal", "covid19")[n // 4 % 2],
            source=("cohen", "sirm")[n // 2 % 2])
        for n in range(count)
    ]  # fmt: skip
    made = prepared(folder, known, side=SIDE)
    chance, stacks = np.random.default_rng(3), []
    for film in known:
        stack = chance.integers(60, 120, (SIDE, SIDE, 3)).astype(np.uint8)
        mark(stack, film["source"] == "sirm")
        stacks.append(stack)
    return dataclasses.replace(made, pixels=[np.stack(stacks)])


def no_mark(_stack: Stack, _is_second: bool) -> None:  # noqa: FBT001 - as films calls it
    return


def corner_mark(stack: Stack, is_second: bool) -> None:  # noqa: FBT001 - as films calls it
    if is_second:
        stack[:5, :5] = 200


def run(folder: Path, plain: Prepared, matched: Prepared, **given: object) -> Any:
    folder.mkdir(parents=True)
    shift.main({"plain": plain, "matched": matched}, folder, PARAMS.model_copy(update=given))
    return json.loads((folder / "shift.json").read_text())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("shift")
    marked, noise = (films(folder / n, m) for n, m in (("a", corner_mark), ("b", no_mark)))
    return run(folder / "out", marked, noise)


def test_a_mark_of_the_source_is_found_and_noise_is_guessed(told: Any) -> None:
    marked, noise = (told["recipes"][name] for name in ("plain", "matched"))
    for among in ("every_film", "normal"):
        found = marked["among"][among]["parts"]["whole_film"]
        assert found["auc"] > 0.97
        guessed = noise["among"][among]["parts"]["whole_film"]
        assert guessed["auc"] == pytest.approx(0.5, abs=0.15)
        assert guessed["low"] < guessed["auc"] < guessed["high"]
    assert marked["ks"]["mean"] > 0.02 > noise["ks"]["mean"]


def test_the_films_that_were_compared_are_counted(told: Any) -> None:
    assert told["sources"] == [
        {"source": key, "films": 200, "groups": 100} for key in ("cohen", "sirm")
    ]
    normal = told["recipes"]["plain"]["among"]["normal"]
    assert (normal["films"], normal["groups"], normal["sources"]) == (200, 100, ["cohen", "sirm"])


def test_the_histogram_of_each_source_and_recipe_is_kept_to_be_drawn(told: Any) -> None:
    for recipe in ("plain", "matched"):
        drawn = told["recipes"][recipe]["histograms"]
        assert list(drawn) == ["cohen", "sirm"]
        assert {64} == {len(bins) for bins in drawn.values()}
        assert [pytest.approx(sum(bins), abs=1e-3) for bins in drawn.values()] == [1.0, 1.0]


def test_a_source_with_few_groups_is_left_out_and_named(tmp_path: Path) -> None:
    given = films(tmp_path / "films", no_mark, 40)
    given.rows["source"] = ["figure1" if n < 8 else s for n, s in enumerate(given.rows["source"])]
    found = run(tmp_path / "out", given, given)
    assert found["left_out"] == [{"source": "figure1", "films": 8, "groups": 4}]
    assert [line["source"] for line in found["sources"]] == ["cohen", "sirm"]


def test_one_source_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    given = films(tmp_path / "films", no_mark, 40)
    given.rows["source"] = "cohen"
    found = run(tmp_path / "out", given, given)["recipes"]["plain"]
    assert found["ks"] == {"mean": None, "chance": None, "sources": {}, "pairs": []}
    assert "all of one source" in found["among"]["every_film"]["parts"]["whole_film"]["reason"]


def test_other_films_in_another_recipe_are_refused(tmp_path: Path) -> None:
    some, more = films(tmp_path / "a", no_mark, 40), films(tmp_path / "b", no_mark, 44)
    with pytest.raises(BrokenTable, match="recipe matched holds other films"):
        run(tmp_path / "out", some, more)


def test_equal_films_give_equal_bytes_on_any_number_of_threads(told: Any, tmp_path: Path) -> None:
    marked, noise = (films(tmp_path / n, m) for n, m in (("a", corner_mark), ("b", no_mark)))
    with threadpool_limits(2):
        again = run(tmp_path / "out", marked, noise)
    digests = [hashlib.sha256(json.dumps(given).encode()).hexdigest() for given in (told, again)]
    assert digests[0] == digests[1]


def test_a_mark_in_a_corner_is_seen_outside_the_lungs_and_not_inside() -> None:
    chance = np.random.default_rng(5)
    small = chance.normal(100, 10, (120, 16, 16)).astype(np.float32)
    targets = np.arange(120) // 2 % 2
    small[targets == 1, :3, :3] += 60
    lungs = np.zeros((120, 16, 16), np.float32)
    lungs[:, 6:12, 3:13] = 1
    lungs[0] = np.nan
    groups = [f"g{n // 2}" for n in range(120)]
    counts = chance.integers(0, 9, (120, 256))
    found = {
        part: told_apart(seen(part, small, counts, lungs), targets, groups, Asking(**ASKING))
        for part in Part
    }
    assert (found[Part.OUTSIDE].auc or 0) > 0.97
    assert found[Part.INSIDE].auc == pytest.approx(0.5, abs=0.15)
    assert [found[part].films for part in Part] == [120, 120, 119, 119]


def test_a_part_with_fewer_directions_than_components_does_not_feel_rounding() -> None:
    chance = np.random.default_rng(5)
    shares = chance.dirichlet(np.ones(32), 120).astype(np.float32)
    targets = np.arange(120, dtype=np.int64) % 3
    in_fold = np.arange(120, dtype=np.int64) // 3 % 5
    one = out_of_fold(shares, targets, in_fold, 3, 48)
    other = out_of_fold(shares[:, ::-1].copy(), targets, in_fold, 3, 48)
    assert np.abs(one - other).max() < 1e-3
