import logging
from pathlib import Path

import pandas as pd
import pytest
from divided import PARAMS, divided, sides
from pydantic import ValidationError
from records import record, records

from curation.stages import split as stage
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.table import check_records


def rows(count: int) -> list[Record]:
    return [record(f"{i:04d}", group=f"g{i // 3}") for i in range(count)]


def kept(given: list[Record], folder: Path, **params: object) -> pd.DataFrame:
    return divided(records(given), folder, **params).verdict.kept  # type: ignore[arg-type]


def test_no_group_stands_on_two_sides(tmp_path: Path) -> None:
    found = kept(rows(600), tmp_path)
    assert found.groupby("group")["split"].nunique().max() == 1
    assert set(found["split"]) == {"train", "val", "test"}


def test_the_shares_are_about_those_asked_for(tmp_path: Path) -> None:
    share = kept(rows(6000), tmp_path).groupby("group")["split"].first()
    share = share.value_counts(normalize=True)
    assert share["test"] == pytest.approx(0.2, abs=0.03)
    assert share["val"] == pytest.approx(0.15, abs=0.03)


def test_a_new_source_moves_no_old_record(tmp_path: Path) -> None:
    before = sides(kept(rows(300), tmp_path))
    more = rows(300) + [record(f"n{i}", source="sirm", group=f"s{i}") for i in range(200)]
    after = sides(kept(more, tmp_path))
    assert {name: after[name] for name in before} == before


def test_a_corrected_label_moves_no_film(tmp_path: Path) -> None:
    corrected = [
        record(f"{i:04d}", group=f"g{i // 3}", finding=("normal", "covid19")[i % 2])
        for i in range(300)
    ]
    assert sides(kept(rows(300), tmp_path)) == sides(kept(corrected, tmp_path))


def test_a_frozen_film_takes_its_group_to_test(tmp_path: Path) -> None:
    free = sides(kept(rows(30), tmp_path))
    chosen = next(name for name, side in free.items() if side == "train")
    (tmp_path / "sixty.txt").write_text(f"# thirty films\n{chosen}  # the first\n")
    held = kept(rows(30), tmp_path)
    group = held.set_index("record_id").loc[chosen, "group"]
    assert set(held[held["group"] == group]["split"]) == {"test"}


def test_a_list_called_external_fills_external(tmp_path: Path) -> None:
    (tmp_path / "external-60.txt").write_text("cohen/0004\n")
    found = sides(kept(rows(30), tmp_path))
    assert {name for name, side in found.items() if side == "external"} == {
        "cohen/0003", "cohen/0004", "cohen/0005",
    }  # fmt: skip


def test_a_frozen_film_that_is_gone_stops_the_stage(tmp_path: Path) -> None:
    (tmp_path / "sixty.txt").write_text("cohen/9999\n")
    with pytest.raises(Misspelt, match=r"sixty\.txt:1: cohen/9999"):
        kept(rows(30), tmp_path)


def test_a_frozen_film_may_be_here_as_the_copy_that_stayed(tmp_path: Path) -> None:
    (tmp_path / "sixty.txt").write_text("sirm/1\n")
    assert sides(kept([record("a", group="g", copies=("sirm/1",))], tmp_path)) == {
        "cohen/a": "test"
    }


def test_a_group_wanted_on_two_sides_stops_the_stage(tmp_path: Path) -> None:
    (tmp_path / "external-60.txt").write_text("cohen/0003\n")
    (tmp_path / "sixty.txt").write_text("cohen/0004\n")
    with pytest.raises(Misspelt, match=r"sixty\.txt:1: cohen/0004 is held in test, but its group"):
        kept(rows(30), tmp_path)


def test_a_source_held_out_takes_its_whole_groups_along_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = [
        record("a", group="g1"), record("b", source="figure1", group="g1"),
        record("c", group="g2"), record("d", group="g3", copies=("figure1/e",)),
    ]  # fmt: skip
    with caplog.at_level(logging.INFO):
        found = sides(kept(given, tmp_path, external=("figure1",)))
    outside = {name for name, side in found.items() if side == "external"}
    assert outside == {"cohen/a", "figure1/b", "cohen/d"}
    assert "3 films are external, 2 of them of other sources" in caplog.text


def test_a_source_held_out_of_which_no_film_is_here_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept(rows(3), tmp_path, external=("figure1",))
    assert "no film of figure1 is here" in caplog.text


def test_the_sources_of_a_group_count_those_of_its_copies(tmp_path: Path) -> None:
    given = [
        record("a", group="g1", copies=("sirm/1",)), record("b", source="figure1", group="g1"),
        record("c", group="g2"),
    ]  # fmt: skip
    found = kept(given, tmp_path).set_index("record_id")["group_sources"]
    assert list(found["cohen/a"]) == ["cohen", "figure1", "sirm"] == list(found["figure1/b"])
    assert list(found["cohen/c"]) == ["cohen"]


def test_the_papers_split_goes_by_image_and_stands_apart(tmp_path: Path) -> None:
    found = kept([*rows(3000), record("x", source="figure1", group="x")], tmp_path,
                 external=("figure1",))  # fmt: skip
    share = found["paper_split"].value_counts()
    assert share["test"] / 3000 == pytest.approx(0.2, abs=0.03)
    assert set(share.index) == {"train", "test", "external"}
    assert share["external"] == 1
    assert found.groupby("group")["paper_split"].nunique().max() == 2
    # Neither of the two splits follows from the other.
    among_train = found[found["split"] == "train"]["paper_split"].value_counts(normalize=True)
    assert among_train["test"] == pytest.approx(0.2, abs=0.04)


def test_another_salt_of_the_papers_split_leaves_the_honest_one(tmp_path: Path) -> None:
    one, other = (kept(rows(300), tmp_path, paper_salt=word) for word in ("one", "other"))
    assert sides(one) == sides(other)
    assert list(one["paper_split"]) != list(other["paper_split"])


def test_no_film_is_no_fault(tmp_path: Path) -> None:
    assert len(kept([], tmp_path)) == 0


def test_what_is_given_holds_the_rules_of_the_table(tmp_path: Path) -> None:
    found = kept(
        [record(f"{n}", group=f"g{n}", copies=(), patient_ill=False, pediatric_evidence="age")
         for n in range(9)],
        tmp_path,
    )  # fmt: skip
    check_records(found, "split")


def test_shares_that_leave_nothing_for_training_are_refused() -> None:
    with pytest.raises(ValidationError, match="leave nothing for training"):
        stage.Params.model_validate(PARAMS.model_dump() | {"val": 0.5, "test": 0.5})
