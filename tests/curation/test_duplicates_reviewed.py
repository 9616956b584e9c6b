import logging
from pathlib import Path

import pytest
from records import record, records

from curation.duplicates.pair import MACHINE, Edge, Link
from curation.duplicates.reviewed import Decision, read, ruled
from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Relation

HEADER = ",".join(Decision.model_fields)
A, B, C = record("a"), record("b"), record("c")
AB: Edge = ("cohen/a", "cohen/b")
COPY = Link(relation=Relation.REVIEWED_COPY, score=0.95)


def table(folder: Path, *lines: str) -> Path:
    place = folder / "pairs.csv"
    place.write_text("\n".join([HEADER, *lines, ""]))
    return place


def line(verdict: str, one: str = A.sha256, other: str = B.sha256) -> str:
    return f"{one},{other},{verdict},A. Rossi,2026-01-31"


def test_the_table_of_the_project_is_one_that_can_be_read() -> None:
    read(Path(__file__).parents[2] / "manifests/pairs.csv")


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (line("sane"), "pairs.csv:3: verdict is 'sane'"),
        (line("same", "xyz"), "pairs.csv:3: a_sha256 is 'xyz'"),
        (f"{A.sha256},{B.sha256},same", "pairs.csv:3: 3 cells found, 5 needed"),
        (line("same").replace("2026-01-31", "yesterday"), "pairs.csv:3: when is 'yesterday'"),
        (line("same", B.sha256), "pairs.csv:3: a film is compared with itself"),
        (line("different", B.sha256, A.sha256), "pairs.csv:3: says different .*pairs.csv:2 calls"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, bad: str, named: str) -> None:
    with pytest.raises(Misspelt, match=named):
        read(table(tmp_path, line("same"), bad))


def test_a_wrong_header_is_named(tmp_path: Path) -> None:
    (tmp_path / "pairs.csv").write_text("a,b\n")
    with pytest.raises(Misspelt, match=r"pairs.csv:1: the header is a,b; it must be a_sha256"):
        read(tmp_path / "pairs.csv")


def test_a_decision_that_stands_twice_counts_once(tmp_path: Path) -> None:
    assert len(read(table(tmp_path, line("same"), line("same", B.sha256, A.sha256)))) == 1


@pytest.mark.parametrize(
    ("verdict", "relation"),
    [
        ("same", Relation.REVIEWED_COPY),
        ("same_patient", Relation.SAME_PATIENT_OR_SERIES),
        ("different", Relation.DIFFERENT),
    ],
)
@pytest.mark.parametrize("links", [{}, {AB: COPY}], ids=["unseen", "seen"])
def test_a_reviewer_beats_the_machine(
    tmp_path: Path, verdict: str, relation: Relation, links: dict[Edge, Link]
) -> None:
    decided = ruled(links, read(table(tmp_path, line(verdict))), records([A, B]))
    assert decided == {AB: Link(relation=relation, score=1, decided_by="A. Rossi")}


def test_a_decision_holds_for_every_file_with_the_same_pixels(tmp_path: Path) -> None:
    twin = record("a0", pixel_sha256=A.pixel_sha256)
    links: dict[Edge, Link] = {("cohen/a0", "cohen/b"): COPY}
    decided = ruled(links, read(table(tmp_path, line("different"))), records([A, twin, B]))
    assert [made.relation for made in decided.values()] == [Relation.DIFFERENT]


@pytest.mark.parametrize("verdict", ["same_patient", "different"])
def test_a_line_that_keeps_equal_pixels_apart_is_named(tmp_path: Path, verdict: str) -> None:
    twin = record("b", pixel_sha256=A.pixel_sha256)
    with pytest.raises(Misspelt, match=r"pairs.csv:2: both files hold the same pixels"):
        ruled({}, read(table(tmp_path, line(verdict))), records([A, twin]))


def test_lines_that_contradict_by_way_of_equal_pixels_are_both_named(tmp_path: Path) -> None:
    twin = record("a0", pixel_sha256=A.pixel_sha256)
    lines = line("different"), line("same", B.sha256, twin.sha256)
    for mixed in (lines, lines[::-1]):
        place = table(tmp_path, *mixed)
        with pytest.raises(Misspelt, match=r"pairs.csv:3: says .* that .*pairs.csv:2 calls"):
            ruled({}, read(place), records([A, twin, B]))


def test_what_nobody_reviewed_stays_as_the_machine_saw_it(tmp_path: Path) -> None:
    links: dict[Edge, Link] = {("cohen/a", "cohen/c"): COPY}
    decided = ruled(links, read(table(tmp_path, line("different"))), records([A, B, C]))
    assert decided["cohen/a", "cohen/c"].decided_by == MACHINE


def test_a_decision_on_a_film_that_is_gone_waits_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert ruled({}, read(table(tmp_path, line("same"))), records([A])) == {}
    assert f"pairs.csv:2: no film here has sha256 {B.sha256}" in caplog.text
