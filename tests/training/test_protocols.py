import json
from pathlib import Path

import pytest
from planted import TASK, prepared, row, rows, trained

from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow
from manifests.contract.vocabulary import Split
from training.checkpoint import read_about
from training.films import films_of, read_task
from training.stages import evaluate

PARAMS = evaluate.Params(bootstrap=100, confidence=0.95, sensitivity=0.9)
LOSO = "loso:sirm"


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Three splits of one source, a group of two sources, and films of a source never seen."""
    given = rows(train=16, val=4, test=8)
    given += [row(28 + n, split="external", finding=("normal", "covid19")[n % 2], source="figure1",
                  group_sources=["figure1"], paper_split="external") for n in range(4)]  # fmt: skip
    for film, source in zip(given[:4], ("sirm", "cohen", "sirm", "sirm"), strict=True):
        film |= {"source": source, "group_sources": ["cohen", "sirm"]}
    return prepared(tmp_path_factory.mktemp("protocols"), given)


def judged(films: Prepared, folder: Path, protocol: str) -> dict[str, dict[str, object]]:
    net = trained(films, folder / "net", epochs=1, protocol=protocol)
    assert read_about(net).protocol == protocol
    evaluate.main(films, net, folder, PARAMS)
    figures: dict[str, dict[str, object]] = json.loads((folder / "figures.json").read_text())
    return figures


def taken(films: Prepared, protocol: str, split: Split) -> set[str]:
    return set(films_of(films, read_task(TASK), split, protocol).rows["record_id"])


def test_films_of_sources_never_seen_have_figures_of_their_own(
    films: Prepared, tmp_path: Path
) -> None:
    figures = judged(films, tmp_path, "honest")
    assert (figures["test"]["n"], figures["val"]["n"], figures["external"]["n"]) == (8, 4, 4)
    headline = json.loads((tmp_path / "metrics.json").read_text())
    assert (headline["external"]["n"], headline["protocol"]) == (4, "honest")
    assert (headline["leaked_share"], headline["warning"]) == (0, None)
    said = read_arrow(tmp_path / "predictions.parquet").to_pylist()
    assert {line["source"] for line in said if line["split"] == "external"} == {"figure1"}


def test_the_papers_protocol_says_beside_its_figures_how_much_it_leaks(
    films: Prepared, tmp_path: Path
) -> None:
    figures = judged(films, tmp_path, "paper")
    # Every fifth film is judged on, and its group has two.
    assert (figures["test"]["n"], figures["val"]["n"], figures["external"]["n"]) == (6, 0, 4)
    about = figures["about"]
    assert about["protocol"] == "paper"
    assert about["leaked_share"] == 1
    assert "6 of 6 test films (100%)" in str(about["warning"])
    headline = json.loads((tmp_path / "metrics.json").read_text())
    assert headline["warning"] == about["warning"]


def test_a_source_held_out_is_judged_on_and_not_learnt_from(
    films: Prepared, tmp_path: Path
) -> None:
    figures = judged(films, tmp_path, LOSO)
    assert (figures["test"]["n"], figures["external"]["n"]) == (3, 4)
    assert figures["about"]["leaked_share"] == 0
    learnt = taken(films, LOSO, Split.TRAIN) | taken(films, LOSO, Split.VAL)
    assert not learnt & {f"cohen/{n:03d}" for n in (*range(4), *range(20, 32))}
    # They stand in training by the manifest's split; what is judged on is the protocol's side.
    said = read_arrow(tmp_path / "predictions.parquet").to_pylist()
    on_test = {line["record_id"] for line in said if line["split"] == "test"}
    assert on_test == {"cohen/000", "cohen/002", "cohen/003"}


@pytest.mark.parametrize("protocol", ["honest", "paper", LOSO, "loso:figure1"])
def test_no_protocol_learns_from_external_films(films: Prepared, protocol: str) -> None:
    outside = films.rows[films.rows["split"] == "external"]["record_id"]
    assert not taken(films, protocol, Split.TRAIN) & set(outside)
    assert not taken(films, protocol, Split.VAL) & set(outside)


def test_the_honest_films_are_those_of_the_split_whatever_the_papers_says(films: Prepared) -> None:
    table = films.rows
    for split in Split:
        assert taken(films, "honest", split) == set(table[table["split"] == split]["record_id"])
