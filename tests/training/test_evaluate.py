import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from planted import prepared, rows, trained

from manifests.contract.prepared import Prepared
from manifests.contract.table import metadata, read_arrow
from training.stages import evaluate

PARAMS = evaluate.Params(bootstrap=100, confidence=0.95, sensitivity=0.9)
FILES = ("figures.json", "metrics.json", "predictions.parquet", "confusion.csv", "roc.csv",
         "reliability.csv")  # fmt: skip


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(tmp_path_factory.mktemp("evaluate"), rows())


@pytest.fixture(scope="module")
def net(films: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluate") / "net"
    return trained(films, folder, epochs=6, learning_rate=3e-3)


def lines(place: Path) -> list[dict[str, str]]:
    with place.open() as source:
        return list(csv.DictReader(source))


def test_planted_squares_are_told_apart(films: Prepared, net: Path, tmp_path: Path) -> None:
    evaluate.main(films, net, tmp_path, PARAMS)
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["test"]["accuracy"] > 0.8
    assert figures["test"]["auc"] > 0.8
    assert (figures["test"]["n"], figures["test"]["groups"]) == (8, 4)
    assert figures["about"]["manifest_id"] == "m1"
    assert "not for diagnosis" in figures["about"]["disclaimer"]


def test_every_figure_follows_from_the_stored_predictions(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    evaluate.main(films, net, tmp_path, PARAMS)
    said = read_arrow(tmp_path / "predictions.parquet").to_pylist()
    test = [row for row in said if row["split"] == "test"]
    figures = json.loads((tmp_path / "figures.json").read_text())
    right = sum(row["label"] == row["predicted"] for row in test)
    assert figures["test"]["accuracy"] == pytest.approx(right / len(test))
    assert Counter((row["label"], row["predicted"]) for row in test) == Counter(
        (line["actual"], line["predicted"]) for line in lines(tmp_path / "confusion.csv")
    )
    assert {row["split"] for row in said} == {"test", "val"}
    for row in said:
        assert sum(row["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert [row["record_id"] for row in said] == sorted(row["record_id"] for row in said)
    assert "not for diagnosis" in metadata(tmp_path / "predictions.parquet")["disclaimer"]


def test_the_curve_starts_at_nought_and_ends_at_one(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    evaluate.main(films, net, tmp_path, PARAMS)
    curve = [line for line in lines(tmp_path / "roc.csv") if line["label"] == "covid19"]
    ends = [(line["false_positive_rate"], line["true_positive_rate"]) for line in curve]
    assert [ends[0], ends[-1]] == [("0", "0"), ("1", "1")]


def test_how_true_its_chances_are_and_where_to_draw_the_line(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    evaluate.main(films, net, tmp_path, PARAMS)
    figures = json.loads((tmp_path / "figures.json").read_text())
    test, bins = figures["test"], lines(tmp_path / "reliability.csv")
    assert sum(int(line["films"]) for line in bins) == test["n"]
    gaps = [
        int(line["films"]) * abs(float(line["confidence"]) - float(line["accuracy"]))
        for line in bins
    ]
    assert test["ece"] == pytest.approx(sum(gaps) / test["n"], abs=1e-5)
    assert 0 <= test["ece_by_chance"] <= test["ece"] + 0.5
    assert figures["operating"]["chosen_on"] == "val"
    for label in ("normal", "covid19"):
        assert figures["operating"]["labels"][label]["val"]["sensitivity"] >= 0.9


def test_judging_twice_gives_the_same_bytes(films: Prepared, net: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        evaluate.main(films, net, tmp_path / name, PARAMS)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_an_empty_test_split_gives_empty_tables_and_a_reason(net: Path, tmp_path: Path) -> None:
    nothing = prepared(tmp_path / "films", rows(train=8, val=4, test=0))
    evaluate.main(nothing, net, tmp_path, PARAMS)
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["test"]["accuracy"] is None
    assert "no film" in figures["test"]["reason"]
    assert lines(tmp_path / "confusion.csv") == []
    assert lines(tmp_path / "roc.csv") == []
    assert lines(tmp_path / "reliability.csv") == []
    assert figures["test"]["ece"] is None
