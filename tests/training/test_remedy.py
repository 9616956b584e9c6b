"""Stage remedy, on planted films of three sources in two recipes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from planted import TASK, params, prepared, row
from pydantic import ValidationError
from sklearn.metrics import roc_auc_score

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.table import BrokenTable, read_arrow
from training.films import Untrainable
from training.judgement import Judging
from training.remedies import Tried
from training.stages import remedy

JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
SIZE = 65
MADE = ("figures.json", "metrics.json", "predictions.parquet")
USUAL = {"recipe": "plain", "balance": "none", "robust": "none"}
REMEDIES = {
    "source_balanced": {**USUAL, "balance": "sources"},
    "as_it_is": USUAL,
    "matched": {**USUAL, "recipe": "matched"},
    "group_dro": {**USUAL, "robust": "group_dro"},
}
EVERY = ["as_it_is", "source_balanced", "matched", "group_dro"]


def rows() -> list[dict[str, object]]:
    """Both labels in cohen, one each in nih_cxr14 and hannover, both outside."""
    kinds = [("cohen", "normal"), ("cohen", "covid19"), ("nih_cxr14", "normal"),
             ("hannover", "covid19")]  # fmt: skip
    splits = ["train"] * 4 + ["val"] * 2 + ["test"] * 2
    found = [(source, finding, split) for source, finding in kinds for split in splits]
    found += [("figure1", finding, "external") for finding in TASK]
    return [
        row(n, source=source, finding=finding, split=split, group=f"g{n}", group_sources=[source],
            record_id=f"{source}/{n:03d}")
        for n, (source, finding, split) in enumerate(found)
    ]  # fmt: skip


def asked(**given: object) -> remedy.Params:
    usual: dict[str, object] = {
        "label": "covid19", "held_out": ["cohen", "nih_cxr14"], "seeds": 2, "size": SIZE,
        "epochs": 1, "remedies": REMEDIES,
    }  # fmt: skip
    return remedy.Params.model_validate(usual | given)


def made(
    given: dict[str, Prepared], folder: Path, cache: Path, wanted: remedy.Params, **own: object
) -> Path:
    folder.mkdir()
    settings = params(size=wanted.size, epochs=wanted.epochs, learning_rate=3e-3, **own)
    tried = Tried(settings, TASK, wanted.held_out, wanted.seeds, cache)
    remedy.main(given, folder, wanted, tried, JUDGING)
    return folder


def figures(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "figures.json").read_text())
    return found


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Prepared]:
    folder = tmp_path_factory.mktemp("films")
    return {
        name: prepared(folder / name, rows(), SIZE, recipe_id=name) for name in ("plain", "matched")
    }


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def net(films: dict[str, Prepared], cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(films, tmp_path_factory.mktemp("made") / "net", cache, asked())


def test_every_remedy_is_judged_on_the_same_films_of_every_side(net: Path) -> None:
    found = figures(net)
    assert list(found["remedies"]) == EVERY
    assert found["sides"] == {
        "seen": {"n": 8, "groups": 8, "with_label": 4},
        "unseen": {"n": 24, "groups": 24, "with_label": 8},
        "unseen:cohen": {"n": 16, "groups": 16, "with_label": 8},
        "unseen:nih_cxr14": {"n": 8, "groups": 8, "with_label": 0},
        "external": {"n": 2, "groups": 2, "with_label": 1},
    }
    said = read_arrow(net / "predictions.parquet").to_pylist()
    asked_about = {
        name: sorted((one["protocol"], one["seed"], one["split"], one["record_id"]) for one in said
                     if one["remedy"] == name)
        for name in EVERY
    }  # fmt: skip
    assert len({tuple(own) for own in asked_about.values()}) == 1
    assert len(asked_about["as_it_is"]) == 2 * (8 + 24 + 2)
    assert found["remedies"]["matched"]["recipe_id"] == "matched"


def test_no_film_is_judged_by_a_network_that_met_its_source(net: Path) -> None:
    for one in read_arrow(net / "predictions.parquet").to_pylist():
        if one["protocol"] != "honest":
            assert one["protocol"] == f"loso:{one['source']}"


def test_the_figures_follow_from_the_stored_answers(net: Path) -> None:
    found = figures(net)["remedies"]
    said = read_arrow(net / "predictions.parquet").to_pylist()
    for name in EVERY:
        aucs = []
        for seed in (1, 2):
            own = [
                one for one in said
                # Films of nih_cxr14 lack the label, and their network is another's.
                if one["remedy"] == name and one["seed"] == seed
                and one["protocol"] == "loso:cohen"
            ]  # fmt: skip
            aucs.append(roc_auc_score(
                [one["label"] == "covid19" for one in own],
                [one["probabilities"][1] for one in own],
            ))  # fmt: skip
        told = found[name]["sides"]["unseen"]
        assert told["auc"] == pytest.approx(np.mean(aucs), abs=1e-6)
        if name != "as_it_is":
            usual = found["as_it_is"]["sides"]["unseen"]["auc"]
            assert told["difference"] == pytest.approx(told["auc"] - usual, abs=2e-6)


def test_a_source_of_one_label_has_a_reason_in_place_of_a_figure(net: Path) -> None:
    for own in figures(net)["remedies"].values():
        assert own["sides"]["unseen:nih_cxr14"]["reason"] == "all films lack the label"
        assert own["sides"]["unseen:nih_cxr14"]["auc"] is None
        assert own["sides"]["unseen"]["auc"] == own["sides"]["unseen:cohen"]["auc"]


def test_the_same_twice_and_finished_runs_are_taken_over(
    net: Path, films: dict[str, Prepared], cache: Path, tmp_path: Path
) -> None:
    files = sorted(cache.iterdir())
    times = [file.stat().st_mtime_ns for file in files]
    assert len(files) == 4 * 3 * 2
    again = made(films, tmp_path / "net", cache, asked())
    assert [file.stat().st_mtime_ns for file in files] == times
    for name in MADE:
        assert (again / name).read_bytes() == (net / name).read_bytes()


def test_trained_anew_it_gives_the_same_bytes(
    net: Path, films: dict[str, Prepared], tmp_path: Path
) -> None:
    again = made(films, tmp_path / "net", tmp_path / "cache", asked())
    for name in MADE:
        assert (again / name).read_bytes() == (net / name).read_bytes()


def test_a_remedy_on_other_films_is_refused(
    films: dict[str, Prepared], cache: Path, tmp_path: Path
) -> None:
    for number, (given, about) in enumerate((
        (rows()[1:], {}), (rows(), {"manifest_id": "m2"}),
    )):  # fmt: skip
        other = {**films, "matched": prepared(tmp_path / f"films{number}", given, SIZE, **about)}
        with pytest.raises(BrokenTable, match="recipe matched holds other films than the first"):
            made(other, tmp_path / f"net{number}", cache, asked())


@pytest.mark.parametrize(
    ("given", "own", "told"),
    [
        ({"label": "cap"}, {}, "label' is 'cap', and the task has normal, covid19"),
        ({"held_out": ["hannover", "hannover"]}, {}, "held_out' names a source twice"),
        ({"held_out": ["sirm"]}, {}, "there is no film of that source"),
        ({"remedies": {"group_dro": REMEDIES["group_dro"]}}, {}, "needs as_it_is"),
        ({}, {"balance": "sources"}, "recipe plain, balance sources, robust none"),
        ({"seeds": 2}, {"seed": 2**32 - 1}, "there are not so many"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(
    films: dict[str, Prepared], tmp_path: Path, given: Any, own: Any, told: str
) -> None:
    with pytest.raises(Misspelt, match=told):
        made(films, tmp_path / "net", tmp_path / "cache", asked(**given), **own)


def test_the_name_of_a_remedy_is_no_folder() -> None:
    with pytest.raises(ValidationError, match="source/balanced"):
        asked(remedies={"as_it_is": USUAL, "source/balanced": USUAL})


def test_a_source_that_has_every_film_of_a_label_cannot_be_held_out(tmp_path: Path) -> None:
    one_sided = [one for one in rows() if one["source"] in {"nih_cxr14", "hannover"}]
    films = {name: prepared(tmp_path / name, one_sided, SIZE) for name in ("plain", "matched")}
    with pytest.raises(Untrainable, match="none of the 4 training films is of normal"):
        made(films, tmp_path / "net", tmp_path / "cache", asked(held_out=["nih_cxr14"]))
