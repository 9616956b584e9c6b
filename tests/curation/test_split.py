from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError
from records import record, records

from curation.stages import split as stage
from manifests.contract.params import Misspelt
from manifests.contract.record import Record

PARAMS = stage.Params(val=0.15, test=0.2, salt="one")


def rows(count: int) -> list[Record]:
    return [record(f"{i:04d}", group=f"g{i // 3}") for i in range(count)]


def sides(table: pd.DataFrame) -> dict[str, str]:
    return dict(zip(table["record_id"], table["split"], strict=True))


def test_no_group_stands_on_two_sides(tmp_path: Path) -> None:
    kept = stage.main(records(rows(600)), tmp_path, PARAMS).kept
    assert kept.groupby("group")["split"].nunique().max() == 1
    assert set(kept["split"]) == {"train", "val", "test"}


def test_the_shares_are_about_those_asked_for(tmp_path: Path) -> None:
    kept = stage.main(records(rows(6000)), tmp_path, PARAMS).kept
    share = kept.groupby("group")["split"].first().value_counts(normalize=True)
    assert share["test"] == pytest.approx(0.2, abs=0.03)
    assert share["val"] == pytest.approx(0.15, abs=0.03)


def test_a_new_source_moves_no_old_record(tmp_path: Path) -> None:
    before = sides(stage.main(records(rows(300)), tmp_path, PARAMS).kept)
    more = rows(300) + [record(f"n{i}", source="sirm", group=f"s{i}") for i in range(200)]
    after = sides(stage.main(records(more), tmp_path, PARAMS).kept)
    assert {name: after[name] for name in before} == before


def test_a_frozen_film_takes_its_group_to_test(tmp_path: Path) -> None:
    free = sides(stage.main(records(rows(30)), tmp_path, PARAMS).kept)
    chosen = next(name for name, side in free.items() if side == "train")
    (tmp_path / "external.txt").write_text(f"# thirty films\n{chosen}  # the first\n")
    held = stage.main(records(rows(30)), tmp_path, PARAMS).kept
    group = held.set_index("record_id").loc[chosen, "group"]
    assert set(held[held["group"] == group]["split"]) == {"test"}


def test_a_frozen_film_that_is_gone_stops_the_stage(tmp_path: Path) -> None:
    (tmp_path / "external.txt").write_text("cohen/9999\n")
    with pytest.raises(Misspelt, match=r"external\.txt:1: cohen/9999"):
        stage.main(records(rows(30)), tmp_path, PARAMS)


def test_shares_that_leave_nothing_for_training_are_refused() -> None:
    with pytest.raises(ValidationError, match="leave nothing for training"):
        stage.Params(val=0.5, test=0.5, salt="x")
