import copy

import pandas as pd
import pytest
from records import record, records

from curation.publish.tables import (
    AGES,
    age_bands,
    check_contents,
    check_flow,
    contents,
    flat,
    flow,
)
from manifests.contract.record import STAGES
from manifests.contract.rejection import Rejection
from manifests.contract.table import BrokenTable, frame


def little_world() -> pd.DataFrame:
    return records([
        record("a", age_years=4.9), record("b", age_years=None, finding="normal"),
        record("c", age_years=40.0, view="AP", source="sirm"), record("d", age_years=64.9),
        record("e", age_years=50.0),
    ])  # fmt: skip


def left(name: str, stage: str, reason: str) -> Rejection:
    source = name.partition("/")[0]
    return Rejection(record_id=name, source=source, stage=stage, reason=reason, detail="x")


@pytest.mark.parametrize(
    ("years", "band"),
    [(0.0, "<5"), (4.99, "<5"), (5.0, "5-17"), (17.99, "5-17"), (18.0, "18-39"), (40.0, "40-64"),
     (64.99, "40-64"), (65.0, ">=65"), (120.0, ">=65"), (None, "unknown")],
)  # fmt: skip
def test_every_age_has_one_band(years: float | None, band: str) -> None:
    assert age_bands(pd.Series([years], dtype="Float64")).tolist() == [band]
    assert band in {*AGES, "unknown"}


def test_the_table_counts_every_film_once() -> None:
    made = contents(little_world())
    assert made == {
        "covid19": {"cohen": {"PA": {"40-64": 2, "<5": 1}}, "sirm": {"AP": {"40-64": 1}}},
        "normal": {"cohen": {"PA": {"unknown": 1}}},
    }
    assert sum(number for _, number in flat(made)) == 5


def test_a_table_that_lost_a_film_is_broken() -> None:
    rows = little_world()
    made = copy.deepcopy(contents(rows))
    made["covid19"]["cohen"]["PA"]["40-64"] = 1
    with pytest.raises(BrokenTable, match="the table's finding adds up to"):
        check_contents(made, rows.assign(age_band=age_bands(rows["age_years"])))


def test_films_moved_between_two_cells_break_a_margin() -> None:
    rows = little_world()
    made = copy.deepcopy(contents(rows))
    made["covid19"]["cohen"]["PA"] = {"40-64": 1, "<5": 2}
    with pytest.raises(BrokenTable, match="the table's age_band adds up to"):
        check_contents(made, rows.assign(age_band=age_bands(rows["age_years"])))


def test_the_flow_tells_where_every_film_of_a_source_went() -> None:
    gone = frame(
        [left("cohen/x", "ingest", "blocked"), left("cohen/y", "filter", "pediatric"),
         left("cohen/z", "filter", "pediatric")],
        Rejection,
    )  # fmt: skip
    made = flow(little_world(), gone, {"cohen": 7, "sirm": 1, "figure1": 0}, STAGES)
    assert made["cohen"] == {
        "came_in": 7, "kept": 4,
        "rejected": {"ingest": {"blocked": 1}, "filter": {"pediatric": 2}},
    }  # fmt: skip
    assert made["figure1"] == {"came_in": 0, "kept": 0, "rejected": {}}


def test_a_source_that_lost_a_film_is_broken() -> None:
    with pytest.raises(BrokenTable, match=r"of cohen 5 came in, 4 kept \+ 0 rejected"):
        flow(little_world(), frame([], Rejection), {"cohen": 5, "sirm": 1}, STAGES)
    with pytest.raises(BrokenTable, match="of sirm 1 came in"):
        check_flow({"sirm": {"came_in": 1, "kept": 0, "rejected": {}}})
