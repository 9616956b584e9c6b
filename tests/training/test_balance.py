"""Which films come how often, as labels and sources are balanced."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from planted import TASK, lesson, params, prepared, row
from pydantic import ValidationError

from manifests.contract.vocabulary import Split
from training.balance import Draw, draw_of
from training.films import Films, films_of, read_task
from training.plan import Balance

SIZE = 65
SIZES = some.dictionaries(
    some.tuples(some.sampled_from(["normal", "covid19"]), some.sampled_from("abcdef")),
    some.integers(1, 40), min_size=1,
)  # fmt: skip


def films(folder: Path, sizes: dict[tuple[str, str], int]) -> Films:
    """So many films of each label and source."""
    pairs = [pair for pair, count in sizes.items() for _ in range(count)]
    rows = [
        row(n, split="train", finding=finding, source=source, record_id=f"{source}/{n:04d}")
        for n, (finding, source) in enumerate(pairs)
    ]
    return films_of(prepared(folder, rows, SIZE), read_task(TASK), Split.TRAIN)


def drawn(seen: Films, draw: Draw, seed: int = 1) -> Counter[tuple[str, str]]:
    """Films of each label and source in one epoch."""
    sources = seen.sources
    numbers = draw.epoch(torch.Generator().manual_seed(seed)).tolist()
    return Counter((seen.labels[seen.targets[n]], sources[n]) for n in numbers)


@settings(max_examples=25, deadline=None)
@given(sizes=SIZES)
def test_within_a_label_every_source_is_drawn_as_often_and_labels_nearly_so(
    sizes: dict[tuple[str, str], int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    seen = films(tmp_path_factory.mktemp("films"), sizes)
    draw = draw_of(seen, Balance.SOURCES)
    found = drawn(seen, draw)
    assert set(found) == set(sizes)
    labels, sources = Counter[str](), Counter[str]()
    for (label, _), times in found.items():
        labels[label] += times
        sources[label] += 1
    for (label, _), times in found.items():
        assert times * sources[label] == labels[label]
        # As many draws as films, but for what rounding up adds: less than one for each source.
        assert 0 <= labels[label] - len(seen) / len(labels) < sources[label]
    assert draw.drawn == sum(found.values())


@settings(max_examples=25, deadline=None)
@given(sizes=SIZES, balance=some.sampled_from(Balance))
def test_no_film_comes_twice_as_often_as_another_of_its_group_and_rates_say_how_often(
    sizes: dict[tuple[str, str], int], balance: Balance, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seen = films(tmp_path_factory.mktemp("films"), sizes)
    draw = draw_of(seen, balance)
    numbers = draw.epoch(torch.Generator().manual_seed(1))
    times = np.bincount(numbers, minlength=len(seen))
    for group in np.unique(draw.groups):
        own = times[draw.groups == group]
        assert own.max() - own.min() <= 1
        assert own.mean() == pytest.approx(draw.rates[draw.groups == group].mean())
    if balance is not Balance.SOURCES:
        assert times.min() >= 1


def test_a_large_source_shows_other_films_in_the_next_epoch(tmp_path: Path) -> None:
    seen = films(tmp_path, {("normal", "a"): 30, ("normal", "b"): 2, ("covid19", "b"): 4})
    draw, generator = draw_of(seen, Balance.SOURCES), torch.Generator().manual_seed(1)
    epochs = [set(draw.epoch(generator).tolist()) for _ in range(20)]
    assert epochs[0] != epochs[1]
    assert set().union(*epochs) == set(range(36))


def test_what_rounding_leaves_between_labels_their_weights_make_good(tmp_path: Path) -> None:
    seen = films(tmp_path, {("normal", key): 3 for key in "abc"} | {("covid19", "d"): 1})
    given = lesson(seen, size=SIZE, balance="sources")
    # Of ten films five for each label; the five of three sources are two for each.
    assert drawn(seen, given.draw) == {
        ("normal", "a"): 2, ("normal", "b"): 2, ("normal", "c"): 2, ("covid19", "d"): 5,
    }  # fmt: skip
    assert given.weights().tolist() == pytest.approx([11 / 12, 11 / 10])


def test_balanced_labels_are_drawn_equally_often_and_weigh_the_same(tmp_path: Path) -> None:
    seen = films(tmp_path, {("normal", "a"): 7, ("covid19", "a"): 3})
    given = lesson(seen, size=SIZE, balance="labels", batch=4, epochs=1)
    numbers = np.concatenate([batch for step in given.order() for batch in step])
    assert np.bincount(seen.targets[numbers]).tolist() == [7, 7]
    assert sorted(np.bincount(numbers, minlength=10).tolist()) == [1] * 7 + [2, 2, 3]
    assert given.weights().tolist() == [1, 1]
    assert given.steps == len(list(given.order())) == 4


@pytest.mark.parametrize("balance", ["labels", "sources"])
def test_a_label_without_films_is_left_out(tmp_path: Path, balance: str) -> None:
    given = lesson(films(tmp_path, {("normal", "a"): 4}), size=SIZE, balance=balance)
    assert given.weights().tolist() == [1, 0]
    assert given.drawn == 4


@pytest.mark.parametrize("balance", [Balance.LABELS, Balance.SOURCES])
def test_who_comes_again_follows_the_generator(tmp_path: Path, balance: Balance) -> None:
    draw = draw_of(films(tmp_path, {("normal", "a"): 20, ("covid19", "b"): 13}), balance)
    first, second, other = (
        draw.epoch(torch.Generator().manual_seed(seed)).tolist() for seed in (1, 1, 2)
    )
    assert first == second != other


def test_an_unknown_balance_is_refused() -> None:
    with pytest.raises(ValidationError, match="'none', 'labels' or 'sources'"):
        params(balance="source")
