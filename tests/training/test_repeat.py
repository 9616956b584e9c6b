import csv
import json
import logging
import shutil
import signal
import statistics
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from planted import TASK, params, prepared, row, rows, trained
from stages import ALONE, KILLED, NAMED, STAGE, project, run

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow
from training.judgement import Judging
from training.runs import over
from training.stages import evaluate, repeat

REPEAT = ("repeat", *NAMED)
JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
MADE = ("figures.json", "metrics.json", "runs.csv", "predictions.parquet", "films.parquet",
        "confusion.csv", "curves.csv")  # fmt: skip
GIVEN: dict[str, object] = {"size": 65, "epochs": 2}
PRINTED = {"row": "COVID-CXNet v1", "accuracy": 0.9904, "low": 0.9643, "high": 0.9954, "f1": 0.96,
           "note": ""}  # fmt: skip


def asked(**given: object) -> repeat.Params:
    usual: dict[str, object] = {
        "recipe": "plain", "seeds": 2, "protocols": ["paper", "honest"], "label": "covid19",
        "films": {}, "printed": PRINTED,
    }  # fmt: skip
    return repeat.Params.model_validate(usual | given)


def one_run(**given: object) -> repeat.Params:
    return asked(**{"seeds": 1, "protocols": ["honest"], **given})


def repeated(
    films: Prepared, folder: Path, cache: Path, wanted: repeat.Params, rate: float = 3e-3
) -> Path:
    """`folder` with the figures of small networks; finished runs lie in `cache`."""
    folder.mkdir()
    settings = params(**GIVEN, learning_rate=rate)
    repeat.main(films, folder, wanted, repeat.Repeated(settings, TASK, JUDGING, cache))
    return folder


def figures(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "figures.json").read_text())
    return found


def bytes_of(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in MADE]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    outside = {"split": "external", "paper_split": "external", "source": "figure1"}
    given = [*rows(), *(row(40 + n, finding=name, **outside) for n, name in enumerate(TASK))]
    return prepared(tmp_path_factory.mktemp("films"), given, 65)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def made(films: Prepared, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return repeated(films, tmp_path_factory.mktemp("made") / "net", cache, asked())


def test_there_is_a_run_for_every_protocol_and_seed(made: Path) -> None:
    with (made / "runs.csv").open() as source:
        runs = list(csv.DictReader(source))
    assert [(run["protocol"], run["seed"]) for run in runs] == [
        ("paper", "1"), ("paper", "2"), ("honest", "1"), ("honest", "2"),
    ]  # fmt: skip
    # Every fifth film is of the paper's test.
    assert [(run["train_normal"], run["val_normal"], run["test_normal"]) for run in runs] == [
        *[("16", "0", "4")] * 2, *[("12", "4", "4")] * 2,
    ]  # fmt: skip
    assert not list(made.glob("*.safetensors"))


def test_every_epoch_of_every_run_has_its_losses(made: Path) -> None:
    with (made / "curves.csv").open() as source:
        epochs = list(csv.DictReader(source))
    assert [(row["protocol"], row["seed"], row["epoch"]) for row in epochs] == [
        (protocol, seed, epoch)
        for protocol in ("paper", "honest") for seed in ("1", "2") for epoch in ("1", "2")
    ]  # fmt: skip
    assert all(float(row["train_loss"]) > 0 and float(row["val_loss"]) > 0 for row in epochs)


def test_every_figure_follows_from_the_stored_predictions(made: Path) -> None:
    said = read_arrow(made / "predictions.parquet").to_pylist()
    for protocol, own in figures(made)["protocols"].items():
        test = [row for row in said if (row["protocol"], row["split"]) == (protocol, "test")]
        shares = [
            statistics.mean(row["label"] == row["predicted"] for row in test if row["seed"] == seed)
            for seed in (1, 2)
        ]
        assert own["accuracy"]["mean"] == pytest.approx(statistics.mean(shares))
        assert own["accuracy"]["sd"] == pytest.approx(statistics.stdev(shares), abs=1e-6)
        assert (own["accuracy"]["min"], own["accuracy"]["max"]) == (min(shares), max(shares))
        pairs = Counter((row["label"], row["predicted"]) for row in test)
        assert own["confusion"] == [[pairs[a, p] for p in TASK] for a in TASK]
        with (made / "confusion.csv").open() as source:
            drawn = Counter((line["actual"], line["predicted"]) for line in csv.DictReader(source))
        assert {(f"{protocol}: {a}", p): n for (a, p), n in pairs.items()}.items() <= drawn.items()


def test_how_far_seeds_disagree_stands_beside_every_film(made: Path) -> None:
    said = read_arrow(made / "predictions.parquet").to_pylist()
    for film in read_arrow(made / "films.parquet").to_pylist():
        own = [
            row
            for row in said
            if row["split"] == "test"
            and (row["protocol"], row["record_id"]) == (film["protocol"], film["record_id"])
        ]
        chances = [row["probabilities"][list(TASK).index(row["label"])] for row in own]
        assert len(chances) == 2
        assert film["variance"] == pytest.approx(statistics.variance(chances), abs=1e-6)
        assert film["right"] == sum(row["label"] == row["predicted"] for row in own)
    assert figures(made)["protocols"]["honest"]["spread"]["variance"] > 0


def test_the_same_films_are_judged_whatever_the_seed(made: Path) -> None:
    said = read_arrow(made / "predictions.parquet").to_pylist()
    judged: dict[tuple[str, int], set[tuple[str, str]]] = defaultdict(set)
    for line in said:
        judged[line["protocol"], line["seed"]].add((line["split"], line["record_id"]))
    assert judged["paper", 1] == judged["paper", 2]
    assert judged["honest", 1] == judged["honest", 2]
    assert {name for side, name in judged["honest", 1] if side == "external"} == {
        "cohen/040", "cohen/041",
    }  # fmt: skip


@pytest.mark.parametrize("protocol", ["paper", "honest"])
def test_the_first_seed_is_the_experiment_as_train_and_evaluate_have_it(
    films: Prepared, made: Path, tmp_path: Path, protocol: str
) -> None:
    net = trained(films, tmp_path / "net", protocol=protocol, learning_rate=3e-3, **GIVEN)
    evaluate.main(
        films, net, tmp_path, evaluate.Params(bootstrap=100, confidence=0.95, sensitivity=0.9)
    )
    alone = {
        row["record_id"]: row["probabilities"]
        for row in read_arrow(tmp_path / "predictions.parquet").to_pylist()
        if row["split"] != "val"
        # The paper's protocol knows no val, and the column is that of the other.
        or protocol == "paper"
    }
    own = {
        row["record_id"]: row["probabilities"]
        for row in read_arrow(made / "predictions.parquet").to_pylist()
        if (row["protocol"], row["seed"]) == (protocol, 1)
    }
    assert own == alone


def test_a_leak_and_what_the_paper_prints_stand_beside_the_figures(made: Path) -> None:
    told = figures(made)
    assert told["printed"] == PRINTED
    # Every film of its test is alone there: the other one of its group is trained on.
    assert told["protocols"]["paper"]["leaked_share"] == 1
    assert "too good" in told["protocols"]["paper"]["warning"]
    assert told["protocols"]["honest"]["warning"] is None
    headline = json.loads((made / "metrics.json").read_text())
    assert set(headline) == {"manifest_id", "printed", "paper", "honest", "inflation"}
    assert headline["honest"]["f1_mean"] == told["protocols"]["honest"]["f1"]["covid19"]["mean"]


def test_inflation_is_what_the_leaking_protocol_scores_more(made: Path) -> None:
    told = figures(made)
    paper, honest = (told["protocols"][name]["accuracy"]["mean"] for name in ("paper", "honest"))
    assert told["inflation"]["accuracy"]["value"] == pytest.approx(paper - honest, abs=1e-6)
    assert json.loads((made / "metrics.json").read_text())["inflation"] == told["inflation"]


def test_seeds_beyond_the_last_are_refused_before_the_first_run(
    films: Prepared, tmp_path: Path
) -> None:
    given = params(**GIVEN).model_copy(update={"seed": 2**32 - 1})
    last = repeat.Repeated(given, TASK, JUDGING, tmp_path / "cache")
    with pytest.raises(Misspelt, match=r"'repeats\.net\.seeds' is 2, .*set a lower `seed`"):
        repeat.main(films, tmp_path / "net", asked(seeds=2), last)
    assert not (tmp_path / "cache").exists()


def test_one_protocol_alone_has_no_inflation(films: Prepared, cache: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(cache, tmp_path / "cache"))
    alone = repeated(films, tmp_path / "net", own, asked(protocols=("honest",)))
    assert figures(alone)["inflation"] is None


def test_finished_runs_are_taken_over_and_only_new_seeds_are_trained(
    films: Prepared, made: Path, cache: Path, tmp_path: Path
) -> None:
    own = Path(shutil.copytree(cache, tmp_path / "cache"))
    before = {place: place.stat().st_mtime_ns for place in own.iterdir()}
    assert len(before) == 4
    more = repeated(films, tmp_path / "net", own, asked(seeds=3))
    after = {place: place.stat().st_mtime_ns for place in own.iterdir()}
    assert {place: after[place] for place in before} == before
    assert {place.name for place in set(after) - set(before)} == {"paper-3", "honest-3"}
    assert (more / "runs.csv").read_text().splitlines()[:3] == (
        (made / "runs.csv").read_text().splitlines()[:3]
    )


def test_runs_of_other_parameters_are_trained_anew(
    films: Prepared, made: Path, cache: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = Path(shutil.copytree(cache, tmp_path / "cache"))
    with caplog.at_level(logging.INFO):
        other = repeated(films, tmp_path / "net", own, asked(seeds=1), rate=1e-5)
    assert "paper-1: of other films, parameters, code or versions" in caplog.text
    assert bytes_of(other) != bytes_of(made)


def test_other_films_are_another_run(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    repeated(films, tmp_path / "a", tmp_path / "cache", one_run())
    with caplog.at_level(logging.INFO):
        fewer = repeated(films, tmp_path / "b", tmp_path / "cache", one_run(films={"normal": 10}))
    assert "honest-1: of other films" in caplog.text
    assert figures(fewer)["protocols"]["honest"]["films"]["train"] == {"normal": 6, "covid19": 12}


def test_a_damaged_run_is_told_and_trained_anew(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = repeated(films, tmp_path / "a", tmp_path / "cache", one_run())
    place = tmp_path / "cache" / "honest-1"
    data = bytearray(place.read_bytes())
    data[-9] ^= 1
    place.write_bytes(data)
    again = repeated(films, tmp_path / "b", tmp_path / "cache", one_run())
    assert "honest-1: damaged; trained anew" in caplog.text
    assert (first / "predictions.parquet").read_bytes() == (
        again / "predictions.parquet"
    ).read_bytes()


def test_fewer_films_than_the_papers_are_said_to_be_fewer(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told = figures(
        repeated(films, tmp_path / "net", tmp_path / "cache", one_run(films={"normal": 99}))
    )
    assert told["shortfall"] == "The manifest holds only 20 of the 99 normal films asked for."
    assert f"net: {told['shortfall']}" in caplog.text
    assert (told["asked"], told["found"]) == ({"normal": 99}, {"normal": 20, "covid19": 20})
    # One run has no spread.
    assert told["protocols"]["honest"]["accuracy"]["sd"] is None
    assert told["protocols"]["honest"]["spread"]["variance"] is None


def test_a_label_that_the_task_lacks_is_named(films: Prepared, tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"'repeats.net.label' is 'cap'"):
        repeated(films, tmp_path / "net", tmp_path / "cache", asked(label="cap"))


def test_what_does_not_exist_is_left_out_of_a_mean() -> None:
    assert over([0.5, None, 0.7]) == {"mean": 0.6, "sd": 0.141421, "min": 0.5, "max": 0.7}
    assert over([None]) == dict.fromkeys(("mean", "sd", "min", "max"))


def to_repeat(folder: Path, **given: object) -> Path:
    return project(
        folder, params(size=65, epochs=3, batch=8),
        evaluate={"bootstrap": 100, "confidence": 0.95, "sensitivity": 0.9},
        repeats={"net": asked(**given).model_dump(mode="json")},
    )  # fmt: skip


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = to_repeat(tmp_path_factory.mktemp("unbroken"))
    done = run(folder, *ALONE, *STAGE, *REPEAT)
    assert done.returncode == 0, done.stderr
    assert "net, protocol honest, seed 2 of 2: accuracy" in done.stderr
    return bytes_of(folder / "net")


# A run has three epochs, a state after each, and is then put in its place itself: the fourth file.
@pytest.mark.parametrize(("moment", "after"), [("between-4", 0), ("between-6", 2)])
def test_a_kill_loses_the_epoch_in_hand_at_most(
    unbroken: list[bytes], tmp_path: Path, moment: str, after: int
) -> None:
    folder = to_repeat(tmp_path)
    killed = run(folder, *ALONE, KILLED, moment, *REPEAT)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    cache = folder / ".cache/training/repeat/net"
    first = (cache / "paper-1").stat().st_mtime_ns
    assert not (cache / "paper-2").exists()
    assert not (folder / "net").exists()
    done = run(folder, *ALONE, *STAGE, *REPEAT)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("goes on after epoch") == (after > 0)
    assert (f"paper-2.state: goes on after epoch {after}" in done.stderr) == (after > 0)
    assert (cache / "paper-1").stat().st_mtime_ns == first
    assert bytes_of(folder / "net") == unbroken
    assert {place.name for place in cache.iterdir()} == {
        "paper-1", "paper-2", "honest-1", "honest-2",
    }  # fmt: skip


def test_a_recipe_that_is_not_the_experiments_is_named(tmp_path: Path) -> None:
    refused = run(to_repeat(tmp_path, recipe="lungs"), *ALONE, *STAGE, *REPEAT)
    assert refused.returncode != 0
    assert "'repeats.net.recipe' is 'lungs', and the experiment learns from 'plain'" in (
        refused.stderr
    )
    assert "Traceback" not in refused.stderr
