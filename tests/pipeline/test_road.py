"""The whole road, with real DVC, on a small drawn world, with the socket closed."""

import hashlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from project import ROOT
from road import copy_project, environment, run, succeed

from curation.phantom.world import shots_of
from manifests.contract.record import Record
from manifests.contract.table import check_counts, read, read_stage

pytestmark = pytest.mark.long
SMALL = 60
"""Patients of the drawn world: as many as bring every source."""
NORMAL = 18
"""The number of a healthy adult among them, with one frontal film."""


def small_experiments() -> dict[str, object]:
    experiments = yaml.safe_load((ROOT / "params.yaml").read_text())["experiments"]
    return {key: entry | {"epochs": 1, "size": 64} for key, entry in experiments.items()} | {
        "base_cnn": experiments["base_cnn"] | {"epochs": 1}
    }


def small_rates() -> dict[str, object]:
    rates = yaml.safe_load((ROOT / "params.yaml").read_text())["rate"]
    return {key: entry | {"steps": 25} for key, entry in rates.items()}


def small_remedies() -> dict[str, object]:
    remedies = yaml.safe_load((ROOT / "params.yaml").read_text())["remedies"]
    return {key: entry | {"epochs": 1, "size": 65, "seeds": 1} for key, entry in remedies.items()}


def small_explanations() -> dict[str, object]:
    given = yaml.safe_load((ROOT / "params.yaml").read_text())["explain"]
    return {
        "lime": given["lime"] | {"films": 1, "samples": 30},
        "occlusion": given["occlusion"] | {"films": 1, "stride": 0.2},
        "erased": {"films": 3, "steps": 3}, "randomised": given["randomised"] | {"films": 3},
    }  # fmt: skip


def small_recipes() -> dict[str, object]:
    """The base film of the demo is of a patient whom the small world does not have."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    film = next(shots_of(NORMAL, params["phantom"]["world"])).data
    base = hashlib.sha256(film).hexdigest()
    return {
        key: entry | {"base": base if entry["base"] else ""}
        for key, entry in params["recipes"].items()
    }


def small_project(folder: Path) -> Path:
    return copy_project(
        folder, phantom={"patients": SMALL, "masked": 12}, evaluate={"bootstrap": 100},
        segment={"epochs": 2, "size": 64}, recipes=small_recipes(),
        experiments=small_experiments(), rate=small_rates(), remedies=small_remedies(),
        explain=small_explanations(),
    )  # fmt: skip


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("road")
    small_project(folder)
    succeed(folder, "dvc", "repro")
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another machine, where the first run was killed and the next one went on."""
    folder = small_project(tmp_path_factory.mktemp("other"))
    elsewhere = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    with subprocess.Popen(
        ["dvc", "repro", "release"], cwd=folder, env=environment(folder, **elsewhere),
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as killed:  # fmt: skip
        while not list((folder / "data").glob("ingest/*.part")) and killed.poll() is None:
            time.sleep(0.01)
        os.killpg(killed.pid, signal.SIGKILL)
    assert not (folder / "manifests" / "dataset.parquet").exists()
    succeed(folder, "dvc", "repro", "release", "prepare", **elsewhere)
    return folder


def sha256(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()


def test_a_second_repro_runs_no_stage(road: Path) -> None:
    assert "up to date" in succeed(road, "dvc", "status")
    assert "Running stage" not in succeed(road, "dvc", "repro")


def test_every_film_that_came_in_is_kept_or_rejected(road: Path) -> None:
    keys = yaml.safe_load((ROOT / "params.yaml").read_text())["sources"]
    came_in = sum(len(read_stage(road / "data" / "ingest" / key)[0]) for key in keys)
    for stage in ("merge", "dedup", "filter", "split"):
        kept, rejected = read_stage(road / "data" / stage)
        check_counts(stage, came_in, len(kept), len(rejected))
        came_in = len(kept)
    assert came_in == len(read(road / "manifests" / "dataset.parquet", Record)) > 0


def test_another_machine_gives_the_same_bytes_after_a_killed_run(road: Path, other: Path) -> None:
    made = ["manifests/dataset.parquet", "manifests/rejected.parquet", "manifests/summary.json"]
    made += [str(p.relative_to(road)) for p in sorted((road / "data/release").rglob("*"))]
    made += [str(p.relative_to(road)) for p in sorted((road / "data/prepare").rglob("*"))]
    assert len(made) > 6
    for name in made:
        if (road / name).is_file():
            assert sha256(road / name) == sha256(other / name), name


def test_metrics_and_plots_are_shown_by_dvc(road: Path) -> None:
    shown = json.loads(succeed(road, "dvc", "metrics", "show", "--json"))
    assert "accuracy" in json.dumps(shown)
    assert "index.html" in succeed(road, "dvc", "plots", "show", "--out", "plots.part")


def test_the_report_is_one_page_that_says_what_it_is(road: Path) -> None:
    page = (road / "data" / "report" / "index.html").read_text()
    assert "## Table 6" in (road / "data" / "report" / "tables.md").read_text()
    assert "not for diagnosis" in page.lower()
    assert "Drawn by a computer" in page


def test_the_staged_folder_loads_offline(road: Path) -> None:
    script = (
        "import datasets, yaml, pathlib\n"
        "card = pathlib.Path('data/release/README.md').read_text().split('---')[1]\n"
        "for config in yaml.safe_load(card)['configs']:\n"
        "    loaded = datasets.load_dataset('data/release', config['config_name'])\n"
        "    print(config['config_name'], {k: len(v) for k, v in loaded.items()})\n"
    )
    assert "pointers" in succeed(road, "python", "-c", script)


@pytest.mark.parametrize(
    ("section", "wrong", "named"),
    [
        ("split", {"val": 0.15, "test": 0.2, "slat": "one"}, "split.slat"),
        ("filter", {"adult_from_years": -1, "unknown_age": "keep", "unknown_view": "keep",
                    "contradicted_by_test": "keep"},
         "filter.adult_from_years"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_one_sentence(
    road: Path, section: str, wrong: dict[str, object], named: str
) -> None:
    place = road / "params.yaml"
    good = place.read_text()
    try:
        place.write_text(yaml.safe_dump(yaml.safe_load(good) | {section: wrong}))
        stage = {"split": ["split", "data/filter", "data/dedup", "manifests/frozen",
                           "manifests/assignments", "scratch"],
                 "filter": ["filter", "data/dedup", "data/merge", "data/ingest", "data/lungs",
                            "data/text", "scratch"]}[section]  # fmt: skip
        done = run(road, "python", "-m", "curation", *stage)
    finally:
        place.write_text(good)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert not (road / "scratch").exists()


def test_an_unwritable_place_is_one_sentence(road: Path) -> None:
    (road / "taken").write_text("a file where a folder should be")
    done = run(road, "python", "-m", "curation", "filter", "data/dedup", "data/merge",
               "data/ingest", "data/lungs", "data/text", "taken/out")  # fmt: skip
    assert done.returncode == 2
    assert "taken" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="a full disk is made by mounting a small one")
def test_a_full_disk_leaves_nothing_half_written(road: Path) -> None:
    disk = road / "disk"
    disk.mkdir()
    mounted = run(road, "mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk))
    if mounted.returncode:
        pytest.skip(f"this machine mounts nothing: {mounted.stderr}")
    try:
        done = run(road, "python", "-m", "curation", "prepare", "plain", "data/split",
                   "data/ingest", "data/lungs", "data/text", "disk/out")  # fmt: skip
        assert done.returncode == 8, done.stderr
        assert "no space left" in done.stderr
        assert not (disk / "out").exists()
    finally:
        run(road, "umount", str(disk))
