from pathlib import Path

import pandas as pd
from records import record, records

from manifests.contract.measured import with_measured, write_measured


def test_what_was_measured_is_joined_to_the_films_that_were(tmp_path: Path) -> None:
    seen = records([record("a", pediatric_score=0.25, lung_fraction=0.5), record("b")])
    write_measured(tmp_path, seen)
    found = with_measured(records([record("b"), record("a"), record("c")]), tmp_path)
    scores = found.set_index("record_id")["pediatric_score"]
    assert scores["cohen/a"] == 0.25
    assert scores[["cohen/b", "cohen/c"]].isna().tolist() == [True, True]


def test_a_stage_that_wrote_no_such_table_changes_nothing(tmp_path: Path) -> None:
    given = records([record("a")])
    pd.testing.assert_frame_equal(given, with_measured(given, tmp_path))
