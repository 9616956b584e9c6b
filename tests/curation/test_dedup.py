import logging
from pathlib import Path

import pandas as pd
import pytest
from drawn import Drawn, drawn

from curation.duplicates.pair import COPIES, Pair
from curation.duplicates.withdrawn import left_in_merge
from curation.stages.dedup import Params, main
from curation.verdict import Verdict
from manifests.contract.params import Misspelt, section
from manifests.contract.record import Record
from manifests.contract.table import BrokenTable, check_records, frame, to_arrow
from manifests.contract.working import WorkingCopies

PARAMS = Params(candidates=10, copy_at_least=0.9, same_patient_at_least=0.6)
HEADER = "a_sha256,b_sha256,verdict,who,when\n"
KINDS = {"exact", "re-encoded", "resized", "cropped", "annotated"}
NONE = frame([], Record)
"""Nothing is withdrawn."""
# Between them they have copies of all kinds, and follow-ups.
PATIENTS = (0, 3, 4, 5, 8, 9, 20, 66, 80)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return drawn(tmp_path_factory.mktemp("films"), PATIENTS)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reviewed") / "pairs.csv"
    place.write_text(HEADER)
    return place


@pytest.fixture(scope="module")
def done(world: Drawn, reviewed: Path) -> tuple[Verdict, pd.DataFrame]:
    return main(world.records, NONE, world.copies, reviewed, PARAMS)


def exposure(world: Drawn, record_id: str) -> str:
    shot = world.shots[record_id]
    return shot.copy_of or shot.ref


def of(world: Drawn, kind: str) -> tuple[str, str]:
    """A copy of that kind, and its original."""
    copy = next(record_id for record_id, shot in world.shots.items() if shot.copy_kind == kind)
    original = exposure(world, copy)
    return copy, next(r for r, shot in world.shots.items() if shot.ref == original)


def test_what_came_in_was_kept_or_refused(world: Drawn, done: tuple[Verdict, pd.DataFrame]) -> None:
    ids = [*done[0].kept["record_id"], *done[0].rejected["record_id"]]
    assert sorted(ids) == sorted(world.records["record_id"])
    check_records(done[0].kept.assign(patient_ill=False), "dedup")


def test_the_drawn_films_have_copies_of_every_kind(world: Drawn) -> None:
    assert {shot.copy_kind for shot in world.shots.values()} >= KINDS


def test_one_film_of_every_exposure_stays(world: Drawn, done: tuple[Verdict, pd.DataFrame]) -> None:
    stayed = [exposure(world, record_id) for record_id in done[0].kept["record_id"]]
    assert sorted(stayed) == sorted({exposure(world, record_id) for record_id in world.shots})


def test_no_film_is_a_copy_of_another_patients(
    world: Drawn, done: tuple[Verdict, pd.DataFrame]
) -> None:
    pairs = done[1][done[1]["relation"].isin(list(COPIES))]
    assert all(
        world.shots[a].patient == world.shots[b].patient
        for a, b in zip(pairs["a"], pairs["b"], strict=True)
    )


def test_follow_ups_stay_and_share_the_group_of_the_patients_copies(
    world: Drawn, done: tuple[Verdict, pd.DataFrame]
) -> None:
    group = dict(zip(done[0].kept["record_id"], done[0].kept["group"], strict=True))
    films: dict[str, set[str]] = {}
    for record_id, group_name in group.items():
        films.setdefault(world.shots[record_id].patient, set()).add(group_name)
    assert all(len(groups) == 1 for groups in films.values())
    assert len(done[0].kept) > len(films)


def test_a_refusal_names_the_film_that_stayed_and_that_film_its_copies(
    world: Drawn, done: tuple[Verdict, pd.DataFrame]
) -> None:
    kept, rejected = done[0]
    copies = dict(zip(kept["record_id"], kept["copies"], strict=True))
    for gone, stays, detail in zip(
        rejected["record_id"], rejected["kept_id"], rejected["detail"], strict=True
    ):
        assert gone in copies[stays]
        assert exposure(world, gone) == exposure(world, stays)
        assert stays in detail


def test_the_pairs_are_sorted_and_as_declared(done: tuple[Verdict, pd.DataFrame]) -> None:
    pairs = done[1]
    assert len(to_arrow(pairs, Pair)) == len(pairs) > 0
    assert (pairs["a"] < pairs["b"]).all()
    assert pairs["a"].is_monotonic_increasing
    assert pairs.loc[pairs["relation"].isin(list(COPIES)), "kept_id"].notna().all()


def test_dedup_does_not_depend_on_order(
    world: Drawn, reviewed: Path, done: tuple[Verdict, pd.DataFrame]
) -> None:
    mixed = world.records.iloc[::-1]
    verdict, pairs = main(mixed, NONE, world.copies, reviewed, PARAMS)
    assert to_arrow(verdict.kept, Record).equals(to_arrow(done[0].kept, Record))
    pd.testing.assert_frame_equal(verdict.rejected, done[0].rejected)
    pd.testing.assert_frame_equal(pairs, done[1])


def test_what_was_deduplicated_has_no_more_copies(
    world: Drawn, reviewed: Path, done: tuple[Verdict, pd.DataFrame]
) -> None:
    again, _ = main(done[0].kept, NONE, world.copies, reviewed, PARAMS)
    assert list(again.kept["record_id"]) == list(done[0].kept["record_id"])
    assert len(again.rejected) == 0


def test_a_label_conflict_is_seen_in_the_refusal_and_among_the_pairs(
    world: Drawn, reviewed: Path
) -> None:
    copy, original = of(world, "annotated")
    rows = world.records[world.records["record_id"].isin([copy, original])].copy()
    rows["finding"] = ["normal", "covid19"]
    verdict, pairs = main(rows, NONE, world.copies, reviewed, PARAMS)
    assert "label conflict: " in verdict.rejected["detail"].iloc[0]
    assert pairs["findings_differ"].tolist() == [True]


def test_a_reviewer_keeps_both_films(world: Drawn, tmp_path: Path) -> None:
    copy, original = of(world, "cropped")
    rows = world.records[world.records["record_id"].isin([copy, original])]
    place = tmp_path / "pairs.csv"
    place.write_text(f"{HEADER}{','.join(rows['sha256'])},different,A. Rossi,2026-01-31\n")
    verdict, pairs = main(rows, NONE, world.copies, place, PARAMS)
    assert len(verdict.kept) == 2
    assert pairs["decided_by"].tolist() == ["A. Rossi"]


def test_a_reviewers_word_against_a_third_film_is_a_warning(
    world: Drawn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy, original = of(world, "cropped")
    exact, _ = of(world, "exact")
    rows = world.records[world.records["record_id"].isin([copy, original, exact])]
    sha = dict(zip(rows["record_id"], rows["sha256"], strict=True))
    end = "A. Rossi,2026-01-31\n"
    place = tmp_path / "pairs.csv"
    place.write_text(
        f"{HEADER}{sha[exact]},{sha[copy]},same,{end}{sha[exact]},{sha[original]},same,{end}"
        f"{sha[copy]},{sha[original]},different,{end}"
    )
    with caplog.at_level(logging.WARNING):
        main(rows, NONE, world.copies, place, PARAMS)
    assert "both are copies of a third film" in caplog.text


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_copies_of_a_withdrawn_film_leave_with_it(
    world: Drawn, reviewed: Path, kind: str
) -> None:
    copy, gone = of(world, kind)
    is_gone = world.records["record_id"] == gone
    rest = world.records[~is_gone]
    verdict, pairs = main(
        rest, left_in_merge(rest, [world.records]), world.copies, reviewed, PARAMS
    )
    left = verdict.rejected.set_index("record_id")
    assert left.loc[copy, "reason"] == "withdrawn"
    assert left["kept_id"].isna()[copy]
    assert f"{gone}, which was withdrawn" in str(left.loc[copy, "detail"])
    assert gone not in {*verdict.kept["record_id"], *left.index, *pairs["a"], *pairs["b"]}
    assert world.shots[gone].ref not in {exposure(world, r) for r in verdict.kept["record_id"]}
    assert len(verdict.kept) + len(left) == len(world.records) - 1


def test_a_reviewer_keeps_what_only_looks_like_a_withdrawn_film(
    world: Drawn, tmp_path: Path
) -> None:
    copy, gone = of(world, "cropped")
    pair = world.records[world.records["record_id"].isin([copy, gone])]
    is_gone = pair["record_id"] == gone
    place = tmp_path / "pairs.csv"
    place.write_text(f"{HEADER}{','.join(pair['sha256'])},different,A. Rossi,2026-01-31\n")
    verdict, pairs = main(pair[~is_gone], pair[is_gone], world.copies, place, PARAMS)
    assert verdict.kept["record_id"].tolist() == [copy]
    assert len(pairs) == 0


def test_a_record_without_a_picture_is_named(world: Drawn, reviewed: Path, tmp_path: Path) -> None:
    with pytest.raises(BrokenTable, match=r"records have no picture, such as \w+/.*run ingest"):
        main(world.records, NONE, WorkingCopies([tmp_path]), reviewed, PARAMS)


def test_an_empty_table_gives_empty_tables(world: Drawn, reviewed: Path) -> None:
    verdict, pairs = main(world.records.head(0), NONE, world.copies, reviewed, PARAMS)
    assert (len(verdict.kept), len(verdict.rejected), len(pairs)) == (0, 0, 0)
    assert list(pairs.columns) == list(Pair.model_fields)


def test_thresholds_in_the_wrong_order_are_named() -> None:
    given = {"candidates": 5, "copy_at_least": 0.5, "same_patient_at_least": 0.6}
    with pytest.raises(Misspelt, match="same_patient_at_least is above copy_at_least"):
        section({"dedup": given}, "dedup", Params)
