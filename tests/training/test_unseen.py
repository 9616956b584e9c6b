"""The AUC of a label on sides of films, and differences over the same groups, of invented runs."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.metrics import roc_auc_score

from training.judgement import Judging
from training.unseen import Answers, compared, together

JUDGING = Judging(bootstrap=300, confidence=0.95, sensitivity=0.9)


def judged(sides: Mapping[str, Answers]) -> dict[str, dict[str, Any]]:
    return {name: dict(own) for name, own in compared(sides, JUDGING, 1).items()}


def said(force: float, count: int = 80, seeds: int = 2, noise: int = 0) -> Answers:
    """Answers of `seeds` networks that lean towards the truth with `force`; two films a group."""
    has_label = np.arange(count) % 3 == 0
    rows = [np.random.default_rng(noise + seed).normal(size=count) for seed in range(seeds)]
    return Answers(
        record_ids=tuple(f"a/{n}" for n in range(count)),
        groups=tuple(str(n // 2) for n in range(count)), has_label=has_label,
        chances=np.array([1 / (1 + np.exp(-row - force * has_label)) for row in rows]),
        networks=np.zeros(count, np.int64),
    )  # fmt: skip


def test_the_figure_is_the_mean_over_the_seeds_inside_its_interval() -> None:
    own = said(1.0)
    found = judged({"as_it_is": own})["as_it_is"]
    expected = np.mean([roc_auc_score(own.has_label, chance) for chance in own.chances])
    assert found["auc"] == pytest.approx(expected, abs=1e-6)
    assert found["low"] < found["auc"] < found["high"]
    assert found["reason"] is None
    assert found["difference"] is None


@settings(max_examples=10, deadline=None)
@given(force=some.floats(0, 3), other=some.floats(0, 3))
def test_a_difference_is_that_of_the_figures_and_turns_its_sign(force: float, other: float) -> None:
    sides = {"a": said(force), "b": said(other, noise=7)}
    found = judged(sides)
    turned = judged(dict(reversed(sides.items())))
    assert found["b"]["difference"] == pytest.approx(
        found["b"]["auc"] - found["a"]["auc"], abs=2e-6
    )
    assert turned["a"]["difference"] == -found["b"]["difference"]
    assert turned["a"]["difference_low"] == pytest.approx(-found["b"]["difference_high"], abs=2e-6)


def test_a_difference_of_the_same_answers_is_nought_without_a_doubt() -> None:
    found = judged({"a": said(1.0), "b": said(1.0)})["b"]
    assert (found["difference"], found["difference_low"]) == (0, None)


def test_a_difference_over_the_same_groups_is_surer_than_its_figures() -> None:
    base, better = said(0.5), said(0.6)
    found = judged({"a": base, "b": better})["b"]
    assert 0 < found["difference_low"] < found["difference"] < found["difference_high"]
    assert found["difference_high"] - found["difference_low"] < (found["high"] - found["low"]) / 2


def test_groups_of_alike_films_are_drawn_whole() -> None:
    alone = said(0.5, count=300, seeds=1)
    pairs = Answers(
        record_ids=(*alone.record_ids, *alone.record_ids), groups=alone.record_ids * 2,
        has_label=np.tile(alone.has_label, 2), chances=np.tile(alone.chances, 2),
        networks=np.tile(alone.networks, 2),
    )  # fmt: skip
    spans = []
    for own in (Answers(record_ids=alone.record_ids, groups=alone.record_ids,
                        has_label=alone.has_label, chances=alone.chances,
                        networks=alone.networks), pairs):  # fmt: skip
        found = judged({"a": own})["a"]
        spans.append((found["auc"], found["low"], found["high"]))
    # Every film twice, in the group of its twin, tells no more.
    assert spans[0] == spans[1]


@pytest.mark.parametrize(
    ("has_label", "reason"),
    [([], "there is no film"), ([True, True], "all films have the label"),
     ([False, False], "all films lack the label")],
)  # fmt: skip
def test_what_does_not_exist_has_a_reason(has_label: list[bool], reason: str) -> None:
    names = tuple(f"a/{n}" for n in range(len(has_label)))
    own = Answers(record_ids=names, groups=names, has_label=np.array(has_label, np.bool_),
                  chances=np.full((2, len(names)), 0.5),
                  networks=np.zeros(len(names), np.int64))  # fmt: skip
    found = judged({"a": own, "b": own})
    for figures in found.values():
        assert figures["reason"] == reason
        assert {value for name, value in figures.items() if name != "reason"} == {None}


def part(own: Answers, keep: npt.NDArray[np.bool_]) -> Answers:
    names = tuple(np.array(own.record_ids)[keep])
    return Answers(
        record_ids=names, groups=tuple(np.array(own.groups)[keep]), has_label=own.has_label[keep],
        chances=own.chances[:, keep], networks=own.networks[keep],
    )  # fmt: skip


def test_films_of_two_networks_are_never_compared() -> None:
    own = said(1.0)
    first = np.arange(80) < 40
    parts = [part(own, first), part(own, ~first)]
    found = judged({"a": together(parts)})["a"]["auc"]
    # One network that is surer of everything changes nothing, though its films now all come first.
    surer = dataclasses.replace(parts[0], chances=parts[0].chances * 0.1)
    assert judged({"a": together([surer, parts[1]])})["a"]["auc"] == found


def test_sources_of_one_label_each_have_no_auc_not_even_together() -> None:
    own = said(1.0)
    both = together([part(own, own.has_label), part(own, ~own.has_label)])
    figures = judged({"a": both})["a"]
    assert figures["auc"] is None
    assert figures["reason"] == "no network was asked about films with the label and without"
