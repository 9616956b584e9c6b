import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from planted import TASK, prepared, row
from project import ROOT
from sklearn.metrics import mutual_info_score, roc_auc_score
from threadpoolctl import threadpool_limits

from manifests.contract.association import area, macro_area, share_told, shared
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow, to_pandas
from training.films import read_task
from training.seed import seed_everything
from training.shortcuts.asked import fold_numbers, labelled
from training.shortcuts.chance import dealt_anew
from training.shortcuts.probes import Probe
from training.shortcuts.probing import Given
from training.stages import audit, gate

SIDE = 40
COUNT = 200
PARAMS = audit.Params(
    recipe="plain", concealed="concealed", films=500, least_groups=8, side=SIDE, components=12,
    folds=4, bootstrap=50, confidence=0.95, shuffles=10, worst=5, seed=3, allow=(),
    thresholds={probe: 0.0 if probe is Probe.PRETRAINING else 0.65 for probe in Probe},
)  # fmt: skip
PIXELS = {"border", "corners"}
Stack = npt.NDArray[np.uint8]
Mark = Callable[[Stack, dict[str, Any]], None]


def known(count: int = COUNT, **given: Callable[[int], object]) -> list[dict[str, Any]]:
    """Two films a patient; the label changes with the patient, the source with every second."""
    return [
        row(n, split=("train", "test")[n // 2 % 5 == 0],
            finding=("normal", "covid19")[n // 2 % 2], source=("cohen", "sirm")[n // 4 % 2],
            **{name: value(n) for name, value in given.items()})
        for n in range(count)
    ]  # fmt: skip


def films(folder: Path, rows: list[dict[str, Any]], mark: Mark | None = None) -> Prepared:
    """Noise that knows nothing of labels, of which `mark` changes what it likes."""
    made = prepared(folder, rows, side=SIDE)
    chance, stacks = np.random.default_rng(11), []
    for film in rows:
        stack = chance.integers(60, 120, (SIDE, SIDE, 3)).astype(np.uint8)
        if mark:
            mark(stack, film)
        stacks.append(stack)
    return dataclasses.replace(made, pixels=[np.stack(stacks)])


def files(rows: list[dict[str, Any]], told: str = "") -> pd.DataFrame:
    """The manifest's words of the files; the one called `told` goes by the column of that name."""
    chance = np.random.default_rng(5)
    widths = chance.integers(900, 1100, len(rows))
    if told:
        widths += 800 * np.array([film[told] in {"covid19", "sirm"} for film in rows])
    return pd.DataFrame({
        "record_id": [film["record_id"] for film in rows], "width": widths, "height": 1000,
        "format": "PNG", "bits": 8, "decoding": "", "deviation": 50.0,
        "mean": chance.normal(120, 10, len(rows)),
    })  # fmt: skip


def run(
    folder: Path, given: Prepared, told: str = "", allow: tuple[Probe, ...] = (), **changed: Any
) -> Any:
    """What scores.json says."""
    rows = [{str(k): v for k, v in one.items()} for one in given.rows.to_dict("records")]
    asked: dict[str, Any] = {"concealed": given, "starts": {}, "records": files(rows, told)}
    folder.mkdir(parents=True)
    audit.main(
        Given(prepared=given, **(asked | changed)),
        folder,
        PARAMS.model_copy(update={"allow": allow}),
        TASK,
    )
    return json.loads((folder / "scores.json").read_text())


def corner(stack: Stack, film: dict[str, Any]) -> None:
    if film["finding"] == "covid19":
        stack[:6, -6:] = 220


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("clean")
    return run(folder / "binary", films(folder / "films", known()))


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("marked")
    run(folder / "binary", films(folder / "films", known(), corner))
    return folder / "binary"


def test_a_marker_in_a_corner_of_one_class_is_named(marked: Path) -> None:
    probes = json.loads((marked / "scores.json").read_text())["probes"]
    assert probes["corners"]["verdict"] == "failed"
    assert probes["corners"]["found"]["value"] > 0.97
    # No trace of a source: the marker is there among the films of one source too.
    assert probes["corners"]["within"]["value"] > 0.97
    assert probes["file_statistics"]["verdict"] == "passed"


def test_without_a_marker_nothing_is_named_and_all_guess(clean: Any) -> None:
    for name in (*PIXELS, "file_statistics", "source_classifier"):
        probe = clean["probes"][name]
        assert probe["verdict"] == "passed", name
        assert probe["found"]["value"] == pytest.approx(0.5, abs=0.12)
        assert probe["found"]["low"] < probe["found"]["value"] < probe["found"]["high"]
        assert (probe["films"], probe["groups"]) == (COUNT, COUNT // 2)
    assert clean["probes"]["source_and_label"]["found"]["value"] == pytest.approx(0, abs=0.1)


def test_the_controls_guess_whether_or_not_there_is_a_shortcut(marked: Path, clean: Any) -> None:
    for scores in (json.loads((marked / "scores.json").read_text()), clean):
        for name in (*PIXELS, "file_statistics"):
            controls = scores["probes"][name]["controls"]
            assert set(controls) == {"shuffled", "shuffled_within"}
            for control in controls.values():
                assert control["low"] <= control["chance"] == 0.5 <= control["high"]
                assert control["holds"]


def test_the_films_at_fault_are_those_that_the_probe_is_surest_of(marked: Path) -> None:
    table = to_pandas(read_arrow(marked / "films.parquet"))
    own = table[table["probe"] == "corners"]
    assert own["rank"].tolist() == [1, 2, 3, 4, 5]
    assert own["sure"].is_monotonic_decreasing
    assert own["sure"].min() > 0.85
    assert own["group"].is_unique
    assert "corners" in (marked / "probes.csv").read_text()


def test_what_an_inner_mark_gives_away_is_not_blamed_on_the_border(tmp_path: Path) -> None:
    def inner(stack: Stack, film: dict[str, Any]) -> None:
        if film["finding"] == "covid19":
            stack[15:25, 15:25] = 220

    probes = run(tmp_path / "binary", films(tmp_path / "films", known(), inner))["probes"]
    assert {probes[name]["verdict"] for name in PIXELS} == {"passed"}
    assert "lungs_blacked_out" in probes


def test_a_shortcut_beside_the_lungs_is_seen_with_the_lungs_blacked_out(tmp_path: Path) -> None:
    def outside(stack: Stack, film: dict[str, Any]) -> None:
        if film["finding"] == "covid19":
            stack[4:10, 16:24] = 220

    lungs = np.zeros((SIDE, SIDE), bool)
    lungs[14:30, 8:32] = True
    for name, mark, verdict in (("a", outside, "failed"), ("b", None, "passed")):
        given = films(tmp_path / name, known(), mark)
        masks = [pa.chunked_array([[np.packbits(lungs).tobytes()] * COUNT])]
        given = dataclasses.replace(given, masks=masks)
        probe = run(tmp_path / f"{name}_out", given)["probes"]["lungs_blacked_out"]
        assert probe["verdict"] == verdict


def test_files_of_another_size_give_a_label_away_and_so_does_their_source(tmp_path: Path) -> None:
    given = films(tmp_path / "films", known())
    by_label = run(tmp_path / "a", given, told="finding")["probes"]["file_statistics"]
    assert by_label["found"] == {"value": 1.0, "low": pytest.approx(0.93, abs=0.02), "high": 1.0}
    assert by_label["verdict"] == "failed"

    # The size is the source's now, and nine of ten films of a source have one label.
    def source(n: int) -> str:
        return ("cohen", "sirm")[(n // 2 % 2) ^ (n // 4 % 10 == 0)]

    rows = known()
    for n, film in enumerate(rows):
        film["source"] = source(n)
    probe = run(tmp_path / "b", films(tmp_path / "more", rows), told="source")["probes"]
    told = probe["file_statistics"]
    assert told["found"]["value"] > 0.85
    assert told["verdict"] == "failed"
    assert told["within"]["low"] <= 0.5 <= told["within"]["high"]
    assert told["controls"]["shuffled_within"]["holds"]
    assert 0.4 < probe["source_and_label"]["found"]["value"] < 0.75


def test_a_label_that_equals_its_source_is_told_in_full(tmp_path: Path) -> None:
    rows = known()
    for film in rows:
        film["source"] = {"normal": "cohen", "covid19": "sirm"}[film["finding"]]
    probes = run(tmp_path / "binary", films(tmp_path / "films", rows))["probes"]
    assert probes["source_and_label"]["found"]["value"] == pytest.approx(1)
    assert probes["source_and_label"]["verdict"] == "failed"
    # No source has two labels, so that nothing can be compared within one.
    assert probes["corners"]["within"]["value"] is None
    assert "shuffled_within" not in probes["corners"]["controls"]


def test_what_is_known_of_one_class_only_gives_it_away(tmp_path: Path) -> None:
    rows = known(age_years=lambda n: 50.0 if n // 2 % 2 else None, sex=lambda _: "F")
    probes = run(tmp_path / "binary", films(tmp_path / "films", rows))["probes"]
    assert probes["metadata"]["found"]["value"] == 1
    assert probes["metadata"]["verdict"] == "failed"


def test_words_burned_into_one_class_are_named(tmp_path: Path) -> None:
    plain = films(tmp_path / "films", known())
    stacks = plain.pixels[0].copy()
    for stack, film in zip(stacks, plain.rows.to_dict("records"), strict=True):
        if film["finding"] == "covid19":
            stack[2:6, 2:9] = 0
    concealed = dataclasses.replace(plain, pixels=[stacks], recipe='{"conceal_text": true}')
    probes = run(tmp_path / "binary", plain, concealed=concealed)["probes"]
    assert probes["burned_in_text"]["verdict"] == "failed"
    other = dataclasses.replace(concealed, recipe='{"conceal_text": true, "size": 3}')
    probe = run(tmp_path / "other", plain, concealed=other)["probes"]["burned_in_text"]
    assert (probe["verdict"], probe["found"]["value"]) == ("not_told", None)
    assert "differs in other things" in probe["reason"]


def test_judged_films_that_a_start_has_seen_are_counted(tmp_path: Path) -> None:
    given = films(tmp_path / "films", known())
    probe = run(tmp_path / "out", given, starts={"chexnet@1": {"sirm"}})["probes"]["pretraining"]
    judged = given.rows[given.rows["split"] == "test"]
    assert probe["found"]["value"] == pytest.approx((judged["source"] == "sirm").mean())
    assert probe["films"] == len(judged)
    assert probe["verdict"] == "failed"


def test_what_cannot_be_told_has_a_reason(clean: Any, tmp_path: Path) -> None:
    for name in ("lungs_blacked_out", "burned_in_text", "pretraining", "metadata"):
        assert clean["probes"][name]["verdict"] == "not_told"
        assert clean["probes"][name]["reason"]
    few = run(tmp_path / "few", films(tmp_path / "films", known(12)))["probes"]
    assert {one["verdict"] for one in few.values()} == {"not_told"}
    assert "too few groups" in few["corners"]["reason"]
    assert "3 of covid19" in few["corners"]["reason"]


def test_a_film_cut_to_its_lungs_has_no_border(tmp_path: Path) -> None:
    given = films(tmp_path / "films", known(), corner)
    given.rows["crop"] = "lungs"
    probes = run(tmp_path / "out", given)["probes"]
    assert {probes[name]["verdict"] for name in PIXELS} == {"not_told"}


def test_the_gate_closes_with_a_sentence_that_names_the_probe(marked: Path, tmp_path: Path) -> None:
    with pytest.raises(gate.Closed, match=r"binary: .*corners 1\.00 .*threshold 0\.65.*allow"):
        gate.main([marked / "scores.json"], tmp_path)
    assert not list(tmp_path.iterdir())
    assert gate.Closed.exit_code == 1


def test_the_command_ends_with_one_sentence_and_code_1(marked: Path, tmp_path: Path) -> None:
    made = yaml.safe_load((ROOT / "params.yaml").read_text()) | {"tasks": {"binary": TASK}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(made))
    done = subprocess.run(
        [sys.executable, "-m", "training", "gate", marked.parent, tmp_path / "gate"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "corners 1.00" in done.stderr
    assert not (tmp_path / "gate").exists()


def test_the_gate_opens_where_the_probe_is_allowed_by_name(tmp_path: Path) -> None:
    given = films(tmp_path / "films", known(), corner)
    scores = run(tmp_path / "binary", given, allow=(Probe.CORNERS, Probe.BORDER))
    assert scores["probes"]["corners"]["verdict"] == "allowed"
    gate.main([tmp_path / "binary" / "scores.json"], tmp_path)
    assert json.loads((tmp_path / "gate.json").read_text())["allowed"] == {
        "binary": ["border", "corners"]
    }


def test_equal_films_give_equal_bytes_on_any_number_of_threads(
    marked: Path, tmp_path: Path
) -> None:
    def digests(folder: Path) -> list[str]:
        return [hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())]

    with threadpool_limits(2):
        run(tmp_path / "binary", films(tmp_path / "films", known(), corner))
    assert digests(tmp_path / "binary") == digests(marked)


def test_folds_hold_whole_groups_and_every_label(tmp_path: Path) -> None:
    asked = labelled(films(tmp_path, known()), read_task(TASK), 5, 500)
    folds = fold_numbers(asked, 5)
    assert pd.Series(folds).groupby(list(asked.groups)).nunique().max() == 1
    assert (pd.crosstab(folds, asked.targets) == 20).to_numpy().all()


def test_labels_are_dealt_by_whole_groups_and_within_each_source() -> None:
    targets, groups = np.arange(40) // 2 % 2, [f"g{n // 2}" for n in range(40)]
    among = np.arange(40) // 20
    targets[20:] += 2
    for drawn in dealt_anew(targets, groups, 5, seed_everything(1), among):
        assert (drawn[::2] == drawn[1::2]).all()
        assert sorted(drawn[:20]) == sorted(targets[:20])
        assert set(drawn[20:]) == {2, 3}
    dealt = dealt_anew(targets, groups, 5, seed_everything(1))
    assert (dealt != targets).any(1).all()
    assert (dealt == dealt_anew(targets, groups, 5, seed_everything(1))).all()


def test_the_area_is_scikit_learns_and_compares_within_a_stratum_only() -> None:
    chance = np.random.default_rng(4)
    is_member, score = chance.random(200) < 0.3, np.round(chance.random(200), 1)
    times = chance.integers(0, 3, (2, 200)).astype(float)
    one = np.zeros(200, np.int64)
    for weights, found in zip(times, area(times, is_member, score, one), strict=True):
        assert found == pytest.approx(roc_auc_score(is_member, score, sample_weight=weights))
    strata = np.arange(200) % 2
    # A stratum that lies higher as a whole changes nothing.
    assert area(times, is_member, score + 5 * strata, strata) == pytest.approx(
        area(times, is_member, score, strata)
    )
    assert np.isnan(area(times, np.ones(200, bool), score, one)).all()
    two = np.column_stack([1 - score, score])
    found = macro_area(times, is_member.astype(np.int64), two, one)
    assert found == pytest.approx(area(times, is_member, score, one))


def test_shared_information_is_scikit_learns() -> None:
    chance = np.random.default_rng(4)
    one = chance.integers(0, 4, 300)
    other = (one + chance.integers(0, 2, 300)) % 3
    found = shared(np.ones((1, 300)), one, other)
    assert found[0] == pytest.approx(mutual_info_score(one, other))
    assert share_told(np.array([0.1, 0.6]), 0.1, np.array([0.6, 0.6])).tolist() == [0, 1]
