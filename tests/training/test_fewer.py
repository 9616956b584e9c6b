from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from planted import TASK, prepared, row, with_lungs

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import sides
from manifests.contract.vocabulary import Split
from training.fewer import Taken, taken
from training.films import films_of, read_task

BOTH = ("paper", "honest")
SPLITS = ["train"] * 12 + ["val"] * 4 + ["test"] * 4
ASKED = {"normal": 30, "covid19": 15}


def many() -> list[dict[str, object]]:
    """200 films: half of each label, 60 % train, 20 % val and test; 20 % of the paper's test."""
    films = [
        row(n, split=SPLITS[n // 2 % 20], finding=("normal", "covid19")[n % 2])
        for n in range(200)
    ]  # fmt: skip
    outside = {"split": "external", "paper_split": "external", "source": "figure1"}
    return [*films, row(200, finding="normal", **outside), row(201, split="train", finding="sars")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(tmp_path_factory.mktemp("fewer"), many(), 32)


def chosen(whole: Prepared, **asked: int) -> Taken:
    return taken(whole, read_task(TASK), BOTH, asked)


def ids(films: Prepared, *, external: bool = False) -> set[str]:
    rows = films.rows
    return set(rows["record_id"][(rows["split"] == "external") == external])


def test_as_many_are_taken_as_are_asked_for_and_all_of_a_label_not_named(whole: Prepared) -> None:
    assert Counter(chosen(whole, **ASKED).films.rows["finding"]) == {"normal": 31, "covid19": 15}
    few = chosen(whole, covid19=15)
    assert Counter(few.films.rows["finding"]) == {"normal": 101, "covid19": 15}
    assert (few.found, few.shortfall) == ({"normal": 100, "covid19": 100}, "")


@pytest.mark.parametrize("protocol", BOTH)
def test_every_side_keeps_its_share_of_every_label_and_no_film_moves(
    whole: Prepared, protocol: str
) -> None:
    films, task = chosen(whole, **ASKED).films, read_task(TASK)
    for split in (Split.TRAIN, Split.VAL, Split.TEST):
        before, after = (films_of(given, task, split, protocol) for given in (whole, films))
        for label, n in before.named_counts.items():
            assert after.named_counts[label] == pytest.approx(n * ASKED[label] / 100, abs=2)
    side_of = dict(zip(whole.rows["record_id"], sides(whole.rows, protocol), strict=True))
    now = dict(zip(films.rows["record_id"], sides(films.rows, protocol), strict=True))
    assert now == {name: side_of[name] for name in now}


def test_films_of_sources_never_trained_on_all_stay(whole: Prepared) -> None:
    assert ids(chosen(whole, normal=1, covid19=1).films, external=True) == {"cohen/200"}


def test_more_films_hold_all_that_fewer_hold(whole: Prepared) -> None:
    assert ids(chosen(whole, normal=20, covid19=20).films) < ids(
        chosen(whole, normal=60, covid19=60).films
    )


def test_the_order_of_the_rows_does_not_matter(whole: Prepared, tmp_path: Path) -> None:
    other = prepared(tmp_path, many()[::-1], 32)
    assert ids(chosen(whole, **ASKED).films) == ids(chosen(other, **ASKED).films)


def test_a_film_keeps_its_pixels_and_its_lungs(tmp_path: Path) -> None:
    lungs = np.zeros((32, 32), np.bool_)
    lungs[4:20, 4:12] = True
    whole = with_lungs(tmp_path, many()[:40], lungs)
    films = chosen(whole, normal=5, covid19=5).films
    places = {name: n for n, name in enumerate(whole.rows["record_id"])}
    assert len(films.rows) == 10
    for n, name in enumerate(films.rows["record_id"]):
        assert np.array_equal(films.stack(n), whole.stack(places[name]))
        found = films.lungs(n)
        assert found is not None
        assert np.array_equal(found, lungs)


def test_where_there_are_too_few_all_are_taken_and_a_sentence_says_so(whole: Prepared) -> None:
    found = chosen(whole, normal=3200, covid19=428)
    assert len(ids(found.films)) == 200
    assert found.shortfall == (
        "The manifest holds only 100 of the 3,200 normal films and 100 of the 428 covid19 films "
        "asked for."
    )
    assert "covid19" not in chosen(whole, normal=3200, covid19=10).shortfall


def test_a_label_that_the_task_lacks_is_named(whole: Prepared) -> None:
    with pytest.raises(Misspelt, match=r"'cap', and its task has normal, covid19"):
        chosen(whole, cap=3)
