from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from divided import PARAMS, divided, sides
from hypothesis import given
from hypothesis import strategies as some
from records import record, records

from curation.splits import ledger
from curation.splits.freezing import Frozen, frozen
from curation.splits.moves import merged_groups
from curation.splits.placement import in_turn
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.vocabulary import Finding, Split

FINDINGS = ("covid19", "normal", "pneumonia", "sars")


def rows(count: int, source: str = "cohen") -> list[Record]:
    return [
        record(f"{n:04d}", source=source, group=f"{source}/{n // 2 * 2:04d}",
               finding=FINDINGS[n % 97 % 4])
        for n in range(count)
    ]  # fmt: skip


def freeze(given: list[Record], folder: Path, **params: object) -> Frozen:
    """Take the records into the ledger of `folder`."""
    table = records(given)
    place = folder / "ledger.csv"
    now = divided(table, folder, **params)  # type: ignore[arg-type]
    made = frozen(now.verdict.kept, ledger.read(place) or {}, now.ruled, PARAMS)
    ledger.write(place, made.known)
    return made


def split_of(given: list[Record], folder: Path, **params: object) -> dict[str, str]:
    return sides(divided(records(given), folder, **params).verdict.kept)  # type: ignore[arg-type]


@given(some.dictionaries(some.text("abcdef", min_size=1), some.sampled_from(list(Finding))))
def test_from_nothing_every_class_is_within_one_group_of_its_shares(
    classes: dict[str, Finding],
) -> None:
    found = in_turn(classes, {}, PARAMS)
    assert set(found) == set(classes)
    for finding, total in Counter(classes.values()).items():
        have = Counter(found[group] for group in classes if classes[group] == finding)
        assert all(abs(have[side] - PARAMS.wished[side] * total) < 1 for side in PARAMS.wished)
        assert total < 2 or (have[Split.TRAIN] and have[Split.TEST])
        assert total < 4 or have[Split.VAL]


@given(
    some.dictionaries(some.text("abcdef", min_size=1), some.sampled_from(list(Finding))),
    some.dictionaries(some.text("abcdef", min_size=1), some.sampled_from(list(Finding))),
)
def test_what_is_held_is_never_placed_again(
    old: dict[str, Finding], new: dict[str, Finding]
) -> None:
    held = in_turn(old, {}, PARAMS)
    assert not held.keys() & in_turn(new | old, held, PARAMS).keys()


def test_the_order_of_the_groups_is_no_matter() -> None:
    classes = {f"g{n}": Finding(FINDINGS[n % 4]) for n in range(200)}
    assert in_turn(classes, {}, PARAMS) == in_turn(dict(reversed(classes.items())), {}, PARAMS)


def test_what_was_frozen_stays_whatever_comes_and_goes(tmp_path: Path) -> None:
    freeze(rows(400), tmp_path)
    before = split_of(rows(400), tmp_path)
    after = split_of(rows(300) + rows(400, "sirm"), tmp_path)
    assert all(after[name] == side for name, side in before.items() if name in after)
    freeze(rows(300) + rows(400, "sirm"), tmp_path)
    assert split_of(rows(400), tmp_path) == before


def test_freezing_twice_changes_nothing(tmp_path: Path) -> None:
    first = freeze(rows(200), tmp_path)
    data = (tmp_path / "ledger.csv").read_bytes()
    second = freeze(rows(200), tmp_path)
    assert (first.added, second.added, second.moved, second.mended) == (200, 0, 0, 0)
    assert (tmp_path / "ledger.csv").read_bytes() == data


def test_a_film_that_a_newcomer_renames_the_group_of_stays(tmp_path: Path) -> None:
    freeze(rows(40), tmp_path)
    before = split_of(rows(40), tmp_path)
    for word in "abcdefgh":
        joined = [row.model_copy(update={"group": f"sirm/{word}{row.group}"}) for row in rows(40)]
        assert split_of(joined, tmp_path) == before


def test_a_copy_of_a_frozen_film_that_takes_its_place_stands_where_it_stood(
    tmp_path: Path,
) -> None:
    freeze(rows(40), tmp_path)
    before = split_of(rows(40), tmp_path)
    better = [record(name.replace("/", "-"), source="sirm", group=f"sirm/{name}", copies=(name,))
              for name in before]  # fmt: skip
    assert list(split_of(better, tmp_path).values()) == [before[name] for name in sorted(before)]


def test_a_copy_stands_where_the_frozen_film_stood_that_is_gone(tmp_path: Path) -> None:
    both = [row.model_copy(update={"copies": (row.record_id.replace("cohen", "sirm"),)})
            for row in rows(40)]  # fmt: skip
    freeze(both, tmp_path)
    before = split_of(both, tmp_path)
    alone = split_of(rows(40, "sirm"), tmp_path)
    assert alone == {name.replace("cohen", "sirm"): side for name, side in before.items()}


def test_a_film_that_filter_refuses_still_holds_its_group(tmp_path: Path) -> None:
    refused = [row for row in rows(80) if row.record_id == row.group]
    freeze(refused, tmp_path)
    before, others = split_of(refused, tmp_path), [r for r in rows(80) if r not in refused]
    now = divided(records(others), tmp_path, deduped=records(rows(80)))
    found = now.verdict.kept
    stands = dict(zip(found["group"], found["split"], strict=True))
    assert stands == before
    known = ledger.read(tmp_path / "ledger.csv") or {}
    assert frozen(found, known, now.ruled, PARAMS, now.everyone).mended == 0
    held = divided(records(others[:1] + rows(2, "figure1")[1:]), tmp_path,
                   deduped=records([refused[0].model_copy(update={"source": "sirm",
                   "record_id": "sirm/1"}), *others[:1]]), external=("sirm",))  # fmt: skip
    assert sides(held.verdict.kept)["cohen/0001"] == "external"


def test_two_groups_proved_to_be_one_go_to_test_and_it_is_told(tmp_path: Path) -> None:
    ledger.write(tmp_path / "ledger.csv", {"cohen/a": Split.TRAIN, "cohen/b": Split.TEST,
                                           "cohen/c": Split.VAL})  # fmt: skip
    joined = [record("a", group="g"), record("b", group="g"), record("c", group="h")]
    moved = divided(records(joined), tmp_path).moved
    assert moved.to_dict("records") == [{
        "record_id": "cohen/a", "group": "g", "was": "train", "now": "test",
        "why": "one group with cohen/b, which stood in test",
    }]  # fmt: skip
    assert freeze(joined, tmp_path).mended == 1
    assert len(divided(records(joined), tmp_path).moved) == 0


def test_a_group_that_is_parted_stays_on_its_side(tmp_path: Path) -> None:
    freeze(rows(200), tmp_path)
    alone = [row.model_copy(update={"group": row.record_id}) for row in rows(200)]
    assert split_of(alone, tmp_path) == split_of(rows(200), tmp_path)


def test_external_and_frozen_films_get_no_line(tmp_path: Path) -> None:
    (tmp_path / "sixty.txt").write_text("cohen/0000\n")
    known = freeze(rows(40) + rows(2, "figure1"), tmp_path, external=("figure1",)).known
    assert len(known) == 38
    assert not known.keys() & {"cohen/0000", "cohen/0001", "figure1/0000", "figure1/0001"}


def test_a_film_that_becomes_external_is_told_to_have_moved(tmp_path: Path) -> None:
    freeze(rows(4) + rows(2, "figure1"), tmp_path)
    moved = divided(records(rows(4) + rows(2, "figure1")), tmp_path, external=("figure1",)).moved
    assert list(moved["record_id"]) == ["figure1/0000", "figure1/0001"]
    assert set(moved["now"]) == {"external"}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("record_id,split\ncohen/a,external\n", r"ledger\.csv:2: split 'external' is none of"),
        ("record_id,split\ncohen/a,test\ncohen/a,val\n", r"ledger\.csv:3: cohen/a stands twice"),
        ("record_id,side\n", r"ledger\.csv:1: the header is"),
    ],
)
def test_what_is_wrong_in_the_ledger_is_named(tmp_path: Path, data: str, found: str) -> None:
    (tmp_path / "ledger.csv").write_text(data)
    with pytest.raises(Misspelt, match=found):
        split_of(rows(2), tmp_path)


def test_groups_that_are_joined_are_named_and_new_ones_are_not() -> None:
    before = pd.DataFrame({"record_id": list("abcd"), "group": ["a", "b", "c", "d"]})
    after = pd.DataFrame({"record_id": list("abcxy"), "group": ["b", "b", "c", "c", "y"]})
    assert merged_groups(before, after) == {"b": ("a", "b")}
