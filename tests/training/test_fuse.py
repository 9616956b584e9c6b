import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from members import TASK, leaning, member
from planted import prepared, row
from project import ROOT

from manifests.contract.prepared import Prepared
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import Split
from training.answers import answers_of
from training.combined.beside import Column, beside, missing
from training.combined.encoding import encoded, masks, scale_of
from training.combined.outcomes import Outcome, targets_of
from training.films import films_of, read_task
from training.judgement import Judging
from training.stages import fuse

JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
SIDES = {Split.TRAIN: 60, Split.VAL: 60, Split.TEST: 60, Split.EXTERNAL: 24}
FINDINGS = ("normal", "pneumonia", "covid19")
SURVIVAL = {"of": "facts.survival", "labels": {"survived": ["Y"], "died": ["N"]}}
Tell = Callable[[int, int], dict[str, object]]
"""What the source tells of film `number` of label `label`."""


def params(**given: object) -> fuse.Params:
    usual: dict[str, object] = {
        "recipe": "plain", "columns": ["age_years", "sex"], "facts": {}, "outcomes": {},
        "least_groups": 4, "strength": 1.0, "seed": 1,
    }  # fmt: skip
    return fuse.Params.model_validate(usual | given)


def world(folder: Path, tell: Tell, force: float, **meta: str) -> tuple[Prepared, Path]:
    """Films, and a network whose chances lean towards the truth with `force`."""
    sides = [side for side, count in SIDES.items() for _ in range(count)]
    labels = [n // 2 % 3 for n in range(len(sides))]
    films = prepared(folder / "films", [
        row(n, split=side, finding=FINDINGS[label], patient_ill=False, **tell(n, label))
        for n, (side, label) in enumerate(zip(sides, labels, strict=True))
    ], side=32, **meta)  # fmt: skip
    said = {}
    for seed, split in enumerate((Split.TEST, Split.VAL, Split.EXTERNAL)):
        asked = films_of(films, read_task(TASK), split)
        said[split] = answers_of(asked, leaning(seed, asked.targets.tolist(), force))
    return films, member(folder / "net", said)


def run(folder: Path, tell: Tell, force: float, **given: object) -> Any:
    films, net = world(folder, tell, force)
    (folder / "out").mkdir()
    fuse.main(films, net, folder / "out", params(**given), JUDGING)
    return json.loads((folder / "out" / "metrics.json").read_text())


def table(**columns: Sequence[object]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    empty = {name: [None] * count for name in ("age_years", "offset_days", "sex", "view", "facts")}
    return pd.DataFrame({**empty, **columns}, dtype=object)


def test_numbers_are_standardised_words_are_columns_and_what_is_missing_is_said() -> None:
    train = table(age_years=[40.0, 60.0, None], sex=["F", "M", None])
    scale = scale_of(beside(train, [Column.AGE, Column.SEX], {}))
    asked = beside(table(age_years=[70.0, None], sex=[None, "M"]), [Column.AGE, Column.SEX], {})
    # (70 - 50) / 10; F, M, O; is the age known, the sex?
    assert encoded(asked, scale).tolist() == [[2, 0, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]]
    assert masks(asked).tolist() == [[1, 0], [0, 1]]
    assert missing(asked) == {"age_years": 0.5, "sex": 0.5}


def test_words_that_are_no_plain_number_are_missing_and_the_first_key_counts() -> None:
    told = ['{"t": "38.5"}', '{"t": "38+", "u": "37"}', '{"t": "inf"}', None, '{"u": "36"}']
    found = beside(table(facts=told), [Column.VIEW], {"temperature": ["t", "u"]})
    assert np.nan_to_num(found.numbers["temperature"], nan=-1).tolist() == [38.5, 37, -1, -1, 36]
    views = beside(table(view=["PA", "UNKNOWN", None]), [Column.VIEW], {})
    assert missing(views) == {"view": pytest.approx(2 / 3, abs=1e-6)}


def test_a_number_that_is_always_the_same_and_one_that_is_never_there_divide_nothing() -> None:
    train = beside(table(age_years=[50.0, 50.0]), [Column.AGE, Column.OFFSET], {})
    found = encoded(train, scale_of(train))
    assert found.tolist() == [[0, 0, 1, 0], [0, 0, 1, 0]]


def aged(number: int, label: int) -> dict[str, object]:
    return {"age_years": 20.0 + 20 * label + number % 7, "sex": "FM"[number % 2]}


def noted(number: int, label: int) -> dict[str, object]:
    """Only of COVID-19 does the source write down the age, which tells nothing by itself."""
    return {"age_years": 40.0 + number % 11 if label == 2 else None, "sex": "FM"[number % 2]}


def idle(number: int, _label: int) -> dict[str, object]:
    return {"age_years": 40.0 + number % 11, "sex": "FM"[number % 2]}


def test_an_age_that_tells_the_label_is_found_without_a_look_at_the_film(tmp_path: Path) -> None:
    found = run(tmp_path, aged, 0.0)
    learnt, control = found["label"]["val"], found["label"]["train"]
    for told in (learnt["metadata"], control["metadata"]):
        assert told["test"]["auc"] > 0.85
        assert told["external"]["auc"] > 0.85
    assert learnt["masks"]["test"]["auc"] == control["masks"]["test"]["auc"] == 0.5
    assert learnt["pixels"]["test"]["auc"] < 0.7
    assert learnt["gain"]["low"] > 0
    assert (learnt["n"], learnt["groups"], control["n"]) == (60, 30, 60)
    # Of its own training films a network's chances are too good to learn from.
    assert "pixels" not in control
    assert "both" not in control


def test_who_wrote_something_down_is_a_shortcut_that_the_masks_show(tmp_path: Path) -> None:
    found = run(tmp_path, noted, 0.0)
    assert found["label"]["train"]["masks"]["test"]["auc"] > 0.7
    assert found["missing"]["test"] == {"age_years": pytest.approx(2 / 3, abs=1e-6), "sex": 0}


def test_metadata_that_tell_nothing_add_nothing_to_a_good_network(tmp_path: Path) -> None:
    found = run(tmp_path, idle, 4.0)["label"]["val"]
    assert found["pixels"]["test"]["auc"] > 0.95
    assert found["gain"]["auc"] == pytest.approx(0, abs=0.03)
    assert found["metadata"]["test"]["auc_low"] < 0.5 < found["metadata"]["test"]["auc_high"]


def test_too_few_groups_give_a_reason_and_no_figures(tmp_path: Path) -> None:
    found = run(tmp_path, aged, 1.0, least_groups=11)["label"]
    assert found["val"] == {
        "n": 60, "groups": 30,
        "reason": "too few val films: groups 10 of normal, 10 of cap, 10 of covid19; "
                  "11 of each are asked for",
    }  # fmt: skip


def outlived(number: int, _label: int) -> dict[str, object]:
    """Every third pair of films says what became of the patient, now and then in another code."""
    word = ("Y", "N", "0")[number // 6 % 3]
    told = {"facts": json.dumps({"survival": word})} if number // 2 % 3 == 2 else {}
    return {"age_years": {"Y": 30.0, "N": 70.0, "0": 50.0}[word], **told}


def test_an_outcome_is_counted_and_asked_of_the_films_that_have_it(tmp_path: Path) -> None:
    given = {"outcomes": {"survival": SURVIVAL}, "least_groups": 3}
    found = run(tmp_path, outlived, 1.0, **given)["outcomes"]["survival"]
    # 204 films in 102 pairs; every third pair has a word, and every third of these is "0".
    assert (found["films"], found["filled"], found["unread"]) == (204, 68, 22)
    assert found["filled_share"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["labels"]["val"] == {"survived": 6, "died": 8}
    assert found["val"]["n"] == 14
    assert found["val"]["metadata"]["test"]["auc"] == 1
    assert found["train"]["metadata"]["test"]["auc"] == 1


def test_survival_is_read_in_the_words_of_all_sources() -> None:
    asked = yaml.safe_load((ROOT / "params.yaml").read_text())["fused"]
    for entry in asked.values():
        survival = Outcome.model_validate(entry["outcomes"]["survival"])
        assert targets_of(["Y", "1", "N", "0", "?"], survival).tolist() == [0, 0, 1, 1, -1]


def test_an_outcome_of_few_films_is_counted_and_refused(tmp_path: Path) -> None:
    given = {"outcomes": {"survival": SURVIVAL}, "least_groups": 9}
    found = run(tmp_path, outlived, 1.0, **given)["outcomes"]["survival"]
    assert found["filled"] == 68
    assert "groups 3 of survived, 4 of died; 9 of each" in found["val"]["reason"]
    assert "metadata" not in found["val"]


def test_severity_is_a_column_of_its_own(tmp_path: Path) -> None:
    def tell(number: int, _label: int) -> dict[str, object]:
        return {"severity": ("mild", "severe", None)[number // 2 % 3]}

    severity = {"of": "severity", "labels": {"mild": ["none", "mild"], "severe": ["severe"]}}
    found = run(tmp_path, tell, 1.0, outcomes={"severity": severity})["outcomes"]["severity"]
    assert (found["films"], found["filled"], found["unread"]) == (204, 136, 0)
    assert found["labels"]["test"] == {"mild": 20, "severe": 20}


def test_a_network_that_was_asked_about_other_films_is_refused(tmp_path: Path) -> None:
    films, net = world(tmp_path, idle, 1.0, manifest_id="m2")
    with pytest.raises(BrokenTable, match="manifest m1, and the films are of m2"):
        fuse.main(films, net, tmp_path, params(), JUDGING)


def test_fusing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(tmp_path / name, aged, 1.0, outcomes={"survival": SURVIVAL})
    for file in ("fused.json", "metrics.json"):
        both = [(tmp_path / name / "out" / file).read_bytes() for name in ("a", "b")]
        assert both[0] == both[1]
