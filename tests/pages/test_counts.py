import pandas as pd
from records import record, records

from curation.pages.charts import MOST_POINTS, thinned, ticks
from curation.pages.counts import Cross, guessed, stops, telling
from curation.pages.films import chosen_pairs, sampled
from curation.pages.flow import drawn


def rejected(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "stage", "reason"])


def test_every_stage_keeps_what_it_does_not_reject() -> None:
    kept = records([record("a"), record("b", source="sirm")])
    gone = rejected(("cohen", "ingest", "blocked"), ("sirm", "filter", "pediatric"))
    line = stops(kept, gone)
    assert [(s.stage, s.came_in, s.kept) for s in line] == [
        ("ingest", 4, 3), ("merge", 3, 3), ("dedup", 3, 3), ("filter", 3, 2), ("split", 2, 2),
    ]  # fmt: skip


def test_the_drawing_has_a_ribbon_for_every_film_that_left() -> None:
    kept = records([record("a")])
    gone = rejected(("cohen", "dedup", "duplicate"), ("sirm", "filter", "pediatric"))
    flow = drawn(kept, gone, ["cohen", "sirm"])
    assert [band.title for band in flow.bands if band.kind == "ribbon leaving"] == [
        "cohen: 1 left at dedup",
        "sirm: 1 left at filter",
    ]


def test_a_finding_from_one_source_is_called_telling() -> None:
    table = Cross(rows=["covid19", "normal", "sars", "unknown"], columns=["cohen", "nih_cxr14"],
                  cells=[[9, 1], [5, 5], [2, 0], [9, 0]])  # fmt: skip
    assert telling(table) == [("covid19", "cohen", 0.9)]


def test_a_source_that_gives_the_finding_away_raises_the_guess() -> None:
    table = Cross(rows=["covid19", "normal"], columns=["cohen", "nih"], cells=[[5, 0], [0, 5]])
    assert guessed(table) == (0.5, 1.0)


def test_the_order_of_the_records_does_not_choose_the_samples() -> None:
    rows = [record(str(n), finding="covid19" if n % 3 else "normal") for n in range(9)]
    table = records(rows)
    assert sampled(table, 4) == sampled(table.iloc[::-1], 4)
    assert {"covid19", "normal"} == set(
        table.set_index("record_id").loc[sampled(table, 2), "finding"]
    )


def test_the_least_certain_pair_of_each_relation_comes_first() -> None:
    pairs = pd.DataFrame({
        "a": list("abcd"), "b": list("efgh"), "score": [0.99, 0.85, 0.6, 0.9],
        "relation": ["adjusted", "adjusted", "same_patient_or_series", "same_patient_or_series"],
    })  # fmt: skip
    assert list(chosen_pairs(pairs, 3)["a"]) == ["b", "c", "a"]


def test_a_long_line_is_thinned_to_its_ends() -> None:
    line = [(float(n), float(n)) for n in range(5000)]
    made = thinned(line)
    assert (MOST_POINTS, line[0], line[-1]) == (len(made), made[0], made[-1])


def test_ticks_are_round_and_hold_the_values() -> None:
    assert ticks(0.0, 4.43) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert ticks(1, 6, whole=True) == [1, 2, 3, 4, 5, 6]
    assert ticks(3, 3, whole=True) == [3, 4]
