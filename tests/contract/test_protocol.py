import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel, ValidationError

from manifests.contract.params import Misspelt
from manifests.contract.protocol import (
    PAPER,
    Leak,
    Protocol,
    chosen_by,
    leak,
    protocols,
    sides,
    warning,
)

SOURCES = ("cohen", "sirm", "figure1")


class Experiment(BaseModel):
    protocol: Protocol


def table(films: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Films as (source, group, split, paper_split); each group knows its sources."""
    rows = pd.DataFrame(films, columns=["source", "group", "split", "paper_split"])
    own = rows.groupby("group")["source"].agg(lambda sources: sorted(set(sources))).to_dict()
    rows["group_sources"] = [own[group] for group in rows["group"]]
    return rows


FILMS = table([
    ("cohen", "g1", "train", "train"), ("sirm", "g1", "train", "test"),
    ("cohen", "g2", "val", "train"), ("sirm", "g3", "test", "train"),
    ("sirm", "g4", "train", "train"), ("cohen", "g5", "test", "test"),
    ("figure1", "g6", "external", "external"),
])  # fmt: skip


def said(protocol: str) -> list[str | None]:
    found = sides(FILMS, protocol)
    return [None if pd.isna(side) else str(side) for side in found]


def test_the_honest_protocol_is_the_split() -> None:
    assert said("honest") == list(FILMS["split"])


def test_the_papers_protocol_is_the_split_by_image_and_chooses_on_its_test_films() -> None:
    assert said("paper") == list(FILMS["paper_split"])
    assert (chosen_by("paper"), chosen_by("honest"), chosen_by("loso:sirm")) == (
        "test", "val", "val",
    )  # fmt: skip


def test_a_source_held_out_is_judged_on_and_those_beside_it_are_left_out() -> None:
    assert said("loso:sirm") == [None, "test", "val", "test", "test", None, "external"]
    assert said("loso:cohen") == ["test", None, "test", None, "train", "test", "external"]
    assert said("loso:figure1") == ["train", "train", "val", None, "train", None, "test"]


def test_a_copy_of_the_source_held_out_is_not_learnt_from() -> None:
    known = pd.Series([["cohen", "nih"]] * 7)
    rows = FILMS.assign(group_sources=known, source=["nih", *["cohen"] * 6])
    found = sides(rows, "loso:nih")
    assert list(found.dropna()) == ["test"]


@given(
    some.lists(
        some.tuples(
            some.sampled_from(SOURCES), some.integers(0, 5), some.sampled_from(["train", "test"])
        ),
        min_size=1,
    ),
    some.lists(some.sampled_from(["train", "val", "test", "external"]), min_size=6, max_size=6),
)
def test_no_protocol_but_the_papers_has_a_group_on_two_sides(
    films: list[tuple[str, int, str]], placed: list[str]
) -> None:
    rows = table([(source, f"g{n}", placed[n], paper) for source, n, paper in films])
    for protocol in protocols(rows):
        found = sides(rows, protocol)
        if protocol != PAPER:
            assert found.groupby(rows["group"]).nunique().max() <= 1
            assert leak(rows["group"], found).leaked == 0
            # No film of the honest test set is ever learnt from.
            learnt = found.isin(["train", "val"])
            assert set(rows["split"][learnt]) <= {"train", "val"}


def test_the_leak_is_the_share_of_test_films_whose_group_is_learnt_from() -> None:
    groups = pd.Series(["a", "a", "b", "c", "c"])
    found = pd.Series(["train", "test", "test", "test", "val"])
    assert leak(groups, found) == Leak(films=3, leaked=1)
    assert Leak(films=0, leaked=0).share == 0


def test_a_protocol_that_leaks_carries_its_warning() -> None:
    told = warning("paper", Leak(films=4, leaked=2))
    assert told is not None
    assert "2 of 4 test films (50%)" in told
    assert warning("honest", Leak(films=4, leaked=0)) is None


def test_a_source_without_films_cannot_be_held_out() -> None:
    with pytest.raises(Misspelt, match="'loso:nih': there is no film of that source; there are:"):
        sides(FILMS, "loso:nih")


@pytest.mark.parametrize("wrong", ["honst", "loso:", "loso:Cohen", "paper "])
def test_a_misspelt_protocol_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Experiment(protocol=wrong)
