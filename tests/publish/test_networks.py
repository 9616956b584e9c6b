"""Networks in a release: others load them, their cards say what was measured, damage is seen."""

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from huggingface_hub import ModelCard
from networks import MODELS, made, origin
from page_inputs import HOSTILE_MARKDOWN
from project import ROOT
from road import WITHOUT_SOCKET

from curation.publish.inventory import read_inventory, write_inventory
from curation.publish.ledger import Published, enter
from curation.publish.networks.card import HEADING, Origin, licenses_page, network_card
from curation.publish.networks.check import check_network, staged_networks
from curation.publish.networks.exported import of_checkpoint, remember
from curation.publish.networks.staging import stage_networks, trained
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import DISCLAIMER
from training.checkpoint import load

FILES = {"LICENSES.md", "README.md", "checkpoint.json", "config.json", "model.onnx",
         "model.safetensors", "release.json"}  # fmt: skip
ASK = """
import sys
import numpy as np
import timm
import torch
{more}
net = timm.create_model(f"local-dir:{{sys.argv[1]}}", pretrained=True).eval()
with torch.inference_mode():
    np.save("values.npy", net(torch.from_numpy(np.load("films.npy"))).numpy())
"""
REPOSITORY = "some-org/little-set"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    folder = tmp_path_factory.mktemp("made")
    return origin(made(folder / "data"), folder / "releases.csv")


@pytest.fixture(scope="module")
def staged(own: Origin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("staged") / "models"
    list(stage_networks(folder, trained(own), own))
    return folder


@pytest.fixture
def copy(staged: Path, tmp_path: Path) -> Path:
    shutil.copyfile(staged / "own.staged.json", tmp_path / "own.staged.json")
    return Path(shutil.copytree(staged / "own", tmp_path / "own"))


def pushed(own: Origin, manifest_id: str = "") -> Published:
    """The data set in the ledger, made from the manifest of these networks or from another."""
    known = manifest_id or own.inputs.figures["manifest_id"]
    return Published("0.1.0", known, "dataset", "little-set", REPOSITORY, "abc", "2026-05-01")


def figures(own: Origin, stage: str, key: str = "own") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((own.data / stage / key / "figures.json").read_text())
    return found


def again(folder: Path, *, is_remembered: bool = True) -> None:
    """Write release.json anew, as who changes a file on purpose would; and what was staged."""
    write_inventory(folder, read_inventory(folder))
    if is_remembered:
        remember(folder, folder)


@pytest.mark.parametrize("key", MODELS)
def test_timm_loads_it_offline_and_it_answers_as_the_trained_network(
    own: Origin, staged: Path, tmp_path: Path, key: str
) -> None:
    net, about = load(own.data / "train" / key)
    films = np.random.default_rng(1).normal(size=(3, 3, about.size, about.size))
    np.save(tmp_path / "films.npy", films.astype(np.float32))
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_SOCKET)
    # timm's own networks need nothing of this project.
    is_ours = key == "own"
    code = ASK.format(more="import training.models" * is_ours)
    places = f"{tmp_path}:{ROOT}" if is_ours else str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", code, str(staged / key)], cwd=tmp_path, check=False,
        capture_output=True, text=True,
        env={"PYTHONPATH": places, "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with torch.inference_mode():
        expected = net.cpu()(torch.from_numpy(films.astype(np.float32))).numpy()
    assert np.abs(np.load(tmp_path / "values.npy") - expected).max() < 1e-4


def test_each_network_has_its_folder_and_release_json_knows_all_of_it(
    own: Origin, staged: Path
) -> None:
    assert trained(own) == list(MODELS)
    assert {place.name for place in staged.iterdir() if place.is_dir()} == set(MODELS)
    for key in MODELS:
        told = read_inventory(staged / key)
        assert (told.kind, told.name, told.version) == ("model", key, "0.1.0")
        assert told.manifest_id == own.inputs.figures["manifest_id"]
        assert set(told.files) | {"release.json"} == FILES
        assert check_network(staged / key, own) == []


def test_the_hub_reads_the_figures_of_both_protocols_in_its_yaml(own: Origin, staged: Path) -> None:
    card = ModelCard.load(staged / "own" / "README.md")
    told = card.data.to_dict()
    assert (told["library_name"], told["pipeline_tag"]) == ("timm", "image-classification")
    assert told["license_link"] == "LICENSES.md"
    assert "drawn-not-data" in told["tags"]
    assert "datasets" not in told
    known = {
        (one.dataset_args["protocol"], "mean of" in one.metric_name, one.metric_type):
            (one.metric_value, (one.metric_args or {}).get("low"))
        for one in card.data.eval_results if one.dataset_split == "test"
    }  # fmt: skip
    judged = figures(own, "evaluate")["test"]
    assert known["honest", False, "accuracy"] == (judged["accuracy"], judged["accuracy_low"])
    for protocol in ("honest", "paper"):
        mean = figures(own, "repeat")["protocols"][protocol]
        assert known[protocol, True, "accuracy"] == (
            mean["accuracy"]["mean"],
            mean["accuracy"]["min"],
        )
        assert known[protocol, True, "f1"] == (mean["macro_f1"]["mean"], mean["macro_f1"]["min"])
    origins = {one.dataset_args["manifest_id"] for one in card.data.eval_results}
    assert origins == {own.inputs.figures["manifest_id"]}


def test_the_page_says_what_it_is_not_and_sets_the_protocols_side_by_side(
    own: Origin, staged: Path
) -> None:
    page = (staged / "own" / "README.md").read_text()
    body = page.split("---\n", 2)[2]
    assert body.index(DISCLAIMER) < body.index("drawn by a computer") < body.index("## ")
    found = figures(own, "repeat")
    paper, honest = (found["protocols"][name]["accuracy"] for name in ("paper", "honest"))
    cells = [f"{one['mean']:.3f} ({one['min']:.3f} to {one['max']:.3f})" for one in (paper, honest)]
    gain = f"{abs(found['inflation']['accuracy']['value']):.3f}"
    (row,) = [line for line in body.splitlines() if line.startswith("| accuracy | ")]
    assert cells == row.split(" | ")[1:3]
    assert gain in row.split(" | ")[3]
    assert "| figure | paper, 2 runs | honest, 2 runs | paper less honest |" in body
    about = json.loads((staged / "own" / "checkpoint.json").read_text())
    for words in (
        about["manifest_id"], about["recipe_id"], '| optimizer | "adam" |', "Out of scope",
        "cxr predict film.png", "timm.create_model", "onnxruntime",
    ):  # fmt: skip
        assert words in body
    single = (staged / "of_timm" / "README.md").read_text()
    assert "This experiment was not repeated under several protocols" in single
    assert "mean of" not in single


def test_the_licences_of_its_films_stand_beside_it(staged: Path) -> None:
    told = (staged / "own" / "LICENSES.md").read_text()
    assert "| CC-BY-NC-SA-4.0 | Creative Commons" in told
    assert "The strictest of its films go out as `noncommercial`" in told


def test_the_same_network_gives_the_same_files(own: Origin, staged: Path, tmp_path: Path) -> None:
    (tmp_path / "models" / "of_timm").mkdir(parents=True)
    (tmp_path / "models" / "of_timm" / "left.txt").write_text("of another day")
    list(stage_networks(tmp_path / "models", ["of_timm"], own))
    assert not (tmp_path / "models" / "of_timm" / "left.txt").exists()
    for name in FILES:
        first, second = (place / "of_timm" / name for place in (staged, tmp_path / "models"))
        assert first.read_bytes() == second.read_bytes(), name


def test_a_network_of_another_manifest_is_refused_and_nothing_written(
    own: Origin, tmp_path: Path
) -> None:
    other = dataclasses.replace(own.inputs, figures=own.inputs.figures | {"manifest_id": "f" * 16})
    with pytest.raises(BrokenTable, match=r"train/own: made from .* run `dvc repro train@own`"):
        list(stage_networks(tmp_path / "models", ["own"], dataclasses.replace(own, inputs=other)))
    late = [dict(facts) | {"manifest_id": "f" * 16} for facts in own.inputs.repeats]
    stale = dataclasses.replace(own.inputs, repeats=late)
    with pytest.raises(BrokenTable, match=r"repeat/own: made from manifest f+, .* repeat@own`"):
        list(stage_networks(tmp_path / "models", ["own"], dataclasses.replace(own, inputs=stale)))
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("key", ["absent", "never_trained"])
def test_a_network_that_is_not_there_is_named_beside_those_that_are(
    own: Origin, tmp_path: Path, key: str
) -> None:
    with pytest.raises(Misspelt, match=f"{key}: no trained network; there are: own, of_timm"):
        list(stage_networks(tmp_path / "models", ["own", key], own))
    assert not (tmp_path / "models").exists()


def test_a_data_set_is_named_once_the_ledger_knows_it(
    own: Origin, copy: Path, tmp_path: Path
) -> None:
    later = dataclasses.replace(own, ledger=tmp_path / "releases.csv")
    enter(later.ledger, pushed(own))
    assert check_network(copy, later) == []
    page = copy / "README.md"
    _, heading, rest = page.read_text().partition(HEADING)
    page.write_text(network_card("own", later, REPOSITORY) + heading + rest)
    again(copy)
    assert ModelCard.load(page).data.datasets == [REPOSITORY]
    assert check_network(copy, later) == []
    (told,) = check_network(copy, own)
    assert "names a data set that" in told


def test_a_card_names_no_data_set_of_another_manifest(own: Origin, tmp_path: Path) -> None:
    later = dataclasses.replace(own, ledger=tmp_path / "releases.csv")
    enter(later.ledger, pushed(own, "0" * 16))
    list(stage_networks(tmp_path / "models", ["own"], later))
    page = tmp_path / "models/own/README.md"
    assert ModelCard.load(page).data.datasets is None
    heading = page.read_text().partition(HEADING)
    page.write_text(network_card("own", later, REPOSITORY) + heading[1] + heading[2])
    again(page.parent)
    (told,) = check_network(page.parent, later)
    assert "names a data set that" in told


def test_no_weights_leave_that_checkpoint_json_does_not_name(own: Origin, copy: Path) -> None:
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    told = "\n".join(check_network(copy, own))
    assert "model.safetensors: was changed since it was staged" in told
    again(copy)
    told = "\n".join(check_network(copy, own))
    assert "is not the file that checkpoint.json names" in told
    assert "was changed" not in told


def test_a_network_that_was_trained_anew_is_not_the_staged_one(own: Origin, copy: Path) -> None:
    about = json.loads((copy / "checkpoint.json").read_text())
    (copy / "checkpoint.json").write_text(json.dumps(about | {"seed": 5}))
    again(copy)
    (told,) = check_network(copy, own)
    assert f"checkpoint.json: is not {own.data}" in told


def _pickle(folder: Path) -> None:
    torch.save({"a": torch.zeros(2)}, folder / "pytorch_model.bin")


def _pickle_by_another_name(folder: Path) -> None:
    torch.save({"a": torch.zeros(2)}, folder / "config.json")


def _no_tensors(folder: Path) -> None:
    (folder / "segmenter").mkdir()
    (folder / "segmenter" / "model.safetensors").write_bytes(b"\xff" * 64)


def _link(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to("/etc/hostname")


def _figure(folder: Path) -> None:
    page = folder / "README.md"
    head, row, rest = page.read_text().partition("| accuracy | ")
    page.write_text(head + row + "0.999" + rest[5:])


def _figure_of_the_hub(folder: Path) -> None:
    page = folder / "README.md"
    _, top, body = page.read_text().split("---\n", 2)
    fields = yaml.safe_load(top)
    fields["model-index"][0]["results"][0]["metrics"][0]["value"] = 0.999
    page.write_text(f"---\n{yaml.safe_dump(fields, sort_keys=False)}---\n{body}")


def _key(folder: Path) -> None:
    with (folder / "README.md").open("a") as page:
        page.write("\nlogin with hf_" + "aB3dEfGh1jKlMn0pQrStUvWxYz2468AcEg" + "\n")


def _place(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"from": "/home/somebody/nets"}))


def _licence(folder: Path) -> None:
    (folder / "LICENSES.md").write_text("All of it is CC0.\n")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_pickle, "pytorch_model.bin: is no file of a network that may leave"),
        (_pickle_by_another_name, "config.json: is no file of a network that may leave"),
        (_no_tensors, "segmenter/model.safetensors: holds no safe tensors"),
        (_link, "config.json: points elsewhere"),
        (_figure, "and the stages give '| test films | accuracy | "),
        (_figure_of_the_hub, "value: 0.999"),
        (_key, "README.md: a token of the Hugging Face Hub, line "),
        (_place, "config.json: a home folder, line 1"),
        (_licence, "LICENSES.md: does not say what the manifest says"),
    ],
)
def test_what_may_not_leave_is_found_though_release_json_was_written_anew(
    own: Origin, copy: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(copy)
    assert any("release.json" in line or "changed" in line for line in check_network(copy, own))
    again(copy)
    assert any(said in line for line in check_network(copy, own))


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _onnx_of_another(folder: Path) -> None:
    place = folder / "model.onnx"
    weights = json.loads((folder / "checkpoint.json").read_text())["weights_sha256"]
    place.write_bytes(place.read_bytes().replace(weights.encode(), b"0" * 64))


def _onnx_of_words(folder: Path) -> None:
    (folder / "model.onnx").write_text("a network")


def _config(**other: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        for part in (config, config["pretrained_cfg"]):
            part.update({name: value for name, value in other.items() if name in part})
        (folder / "config.json").write_text(json.dumps(config))

    return change


def _config_fetches(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["pretrained_cfg"]["url"] = "https://example.org/weights.pth"
    (folder / "config.json").write_text(json.dumps(config))


def _other_version(folder: Path) -> None:
    told = read_inventory(folder).model_copy(update={"version": "9.9.9"})
    write_inventory(folder, told)


def _cleared(folder: Path) -> None:
    with (folder / "README.md").open("a") as page:
        page.write("\nCleared by the FDA for diagnosis.\n")


def _segmenter(folder: Path) -> None:
    (folder / "segmenter").mkdir()
    (folder / "segmenter" / "segmenter.json").write_text("{}")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        *((_without(name), f"{name}: is not there")
          for name in sorted(FILES - {"release.json"})),
        (_without("release.json"), "release.json: not there"),
        (_onnx_of_another, "model.onnx: does not name the weights"),
        (_onnx_of_words, "model.onnx: does not name the weights"),
        *((_config(**{name: value}), "config.json: is not of the network")
          for name, value in {"architecture": "resnet10t", "label_names": ["covid19", "normal"],
                              "num_classes": 5, "input_size": [3, 8, 8], "mean": [0, 0, 0],
                              "std": [1, 1, 1], "num_features": "many"}.items()),
        (_config_fetches, "config.json: is not of the network"),
        (_other_version, "is of version 9.9.9, and 0.1.0 is released"),
        (_cleared, "README.md: does not end with how it is loaded"),
        (_segmenter, "segmenter.json: is of a segmenter"),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_all_of_this_network_is_refused(
    own: Origin, copy: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(copy)
    if (copy / "release.json").is_file():
        again(copy)
    assert any(said in line for line in check_network(copy, own))


@pytest.mark.parametrize("name", ["model.onnx", "config.json", "README.md"])
def test_what_only_the_export_knows_is_compared_with_what_was_staged(
    own: Origin, copy: Path, name: str
) -> None:
    page = copy / name
    data = page.read_bytes()
    changed = data.replace(b"torch kernel", b"no") + b"\n"
    if name == "README.md":
        changed = data.replace(b"values before the softmax, which", b"certainties, which")
    assert changed != data
    page.write_bytes(changed)
    again(copy, is_remembered=False)
    (told,) = check_network(copy, own)
    assert f"{name}: is not what was staged" in told or f"{name}: does not end as it" in told
    (copy.parent / "own.staged.json").unlink()
    (told,) = check_network(copy, own)
    assert "own.staged.json: does not say what was staged; stage the release again" in told


def test_every_folder_beside_the_networks_is_looked_at(own: Origin, copy: Path) -> None:
    (copy.parent / "smuggled").mkdir()
    (copy.parent / "killed.part").mkdir()
    assert staged_networks(copy.parent) == [copy, copy.parent / "smuggled"]
    (told,) = check_network(copy.parent / "smuggled", own)
    assert "smuggled/release.json: not there" in told


def test_a_network_under_another_name_is_refused(own: Origin, copy: Path) -> None:
    other = copy.rename(copy.parent / "other")
    again(other)
    (told,) = check_network(other, own)
    assert "names another network" in told


def test_a_segmenter_is_asked_for_where_the_network_sees_lungs(copy: Path) -> None:
    about = json.loads((copy / "checkpoint.json").read_text())
    about["recipe"] = about["recipe"] | {"lungs": "box"}
    (copy / "checkpoint.json").write_text(json.dumps(about))
    told = "\n".join(of_checkpoint(copy))
    assert "segmenter/segmenter.json: is not there" in told
    assert "segmenter/model.safetensors: is not there" in told


def test_a_file_that_is_missing_or_too_many_is_named(own: Origin, copy: Path) -> None:
    (copy / "config.json").unlink()
    (copy / "notes.txt").write_text("mine")
    told = "\n".join(check_network(copy, own))
    assert "config.json: is in release.json and not there" in told
    assert "notes.txt: is not in release.json" in told


@pytest.mark.parametrize("words", HOSTILE_MARKDOWN)
def test_words_of_strangers_stay_words(own: Origin, words: str) -> None:
    first, *rest = own.inputs.experiments
    start = {"note": words, "license": words, "citation": words}
    about = (first.checkpoint or {}) | {"start": start, "recipe": {words: words}}
    inputs = dataclasses.replace(
        own.inputs, experiments=[dataclasses.replace(first, checkpoint=about), *rest]
    )
    hostile = dataclasses.replace(own, inputs=inputs)
    page = network_card("own", hostile, "") + licenses_page(hostile.experiment("own"), hostile)
    harmless = network_card("own", own, "") + licenses_page(first, own)
    assert page.count(words) == harmless.count(words)
    assert "<script" not in page
    headings, usual = (
        [line for line in told.splitlines() if line.startswith("#")] for told in (page, harmless)
    )
    assert headings == usual
