import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from planted import TASK, params, prepared, row
from torch import nn

from manifests.contract.packing import unpng
from manifests.contract.prepared import Prepared
from manifests.contract.table import BrokenTable, metadata, read_arrow
from training.checkpoint import Checkpoint, write_about, write_weights
from training.models import build
from training.stages import conceal

SIDE = 128
GREY = 90
CORNER = (slice(8, 28), slice(8, 60))
PARAMS = conceal.Params(recipe="plain", concealed="concealed", films=2)
TEXTED = (0, 1, 2, 3)
"""Of the twelve test films, those with text in the corner."""


def films(folder: Path, *, conceals: bool, texted: tuple[int, ...] = TEXTED) -> Prepared:
    """Flat films with letters in a corner, white on grey, unless they are concealed."""
    known = [row(n, split="test", finding=("normal", "covid19")[n % 2]) for n in range(12)]
    made = prepared(folder, known, side=SIDE, recipe_id="concealed" if conceals else "plain")
    stacks = np.full((12, SIDE, SIDE, 3), GREY, np.uint8)
    for n in texted:
        if not conceals:
            stacks[n][CORNER] = GREY + 40 * (n + 1)
    return dataclasses.replace(made, pixels=[stacks])


def corner_watcher(plain: Prepared, folder: Path) -> Path:
    """A network of the project that calls a film covid19 by the light in its upper left corner."""
    net = build("base_cnn", classes=2, size=SIDE, pretrained=False)
    for value in net.parameters():
        nn.init.zeros_(value)
    with torch.no_grad():
        for layer in net.modules():
            if isinstance(layer, nn.Conv2d):
                layer.weight[0, 0] = 1 / layer.weight[0, 0].numel()
            if isinstance(layer, nn.Linear):
                # The first number of the head is the first of four cells: the corner.
                layer.weight[0, 0] = 3.0
        [*net.modules()][-1].get_parameter("bias")[0] = -4.0
    folder.mkdir()
    digest = write_weights(folder, net)
    write_about(folder, Checkpoint(
        disclaimer="x", is_drawn=True, experiment="watcher", model="base_cnn",
        labels=tuple(TASK), task=TASK, protocol="honest",
        manifest_id=plain.manifest_id, recipe_id=plain.recipe_id, channels=plain.channels,
        size=SIDE, mean=(GREY / 255,) * 3, deviation=(0.5,) * 3,
        params=params().model_dump(mode="json"),
        seed=1, best_epoch=1, train_films={}, weights_sha256=digest,
    ))  # fmt: skip
    return folder


def effect(
    folder: Path, texted: tuple[int, ...] = TEXTED
) -> tuple[Any, list[dict[str, Any]], Path]:
    plain = films(folder / "plain", conceals=False, texted=texted)
    covered = films(folder / "concealed", conceals=True, texted=texted)
    net, out = corner_watcher(plain, folder / "net"), folder / "out"
    out.mkdir()
    conceal.main(plain, covered, net, out, PARAMS)
    figures = json.loads((out / "effect.json").read_text())
    return figures, read_arrow(out / "concealed.parquet").to_pylist(), out


def test_a_network_that_looks_at_the_text_changes_its_mind_without_it(tmp_path: Path) -> None:
    figures, rows, out = effect(tmp_path)
    assert (figures["test_films"], figures["films_with_text"]) == (12, 4)
    assert figures["labels_changed"] >= 2
    assert figures["mean_change"] > 0.3
    assert figures["heat_on_text"] > 3 * figures["text_in_frame"] > 0
    assert figures["reason"] is None
    assert metadata(out / "concealed.parquet")["labels"] == "normal,covid19"
    first = rows[0]
    assert (first["record_id"], first["predicted_before"]) == ("cohen/003", "covid19")
    assert first["predicted_after"] == "normal"
    assert [row["change"] for row in rows] == sorted((r["change"] for r in rows), reverse=True)


def test_those_that_change_most_are_shown_before_and_after(tmp_path: Path) -> None:
    rows = effect(tmp_path)[1]
    assert [row["film_before"] is not None for row in rows] == [True, True, False, False]
    before, after = (unpng(rows[0][f"film_{when}"]) for when in ("before", "after"))
    changed = before != after
    assert before.shape == (320, 320)
    assert changed[25:65, 25:145].all()
    assert not changed[80:].any()


def test_without_text_there_is_a_sentence_and_no_film(tmp_path: Path) -> None:
    figures, rows, _ = effect(tmp_path, ())
    assert rows == []
    assert figures["films_with_text"] == figures["labels_changed"] == 0
    assert figures["mean_change"] is None
    assert "no test film has burned-in text" in figures["reason"]


def test_the_same_films_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (effect(_made(tmp_path / name))[2] for name in ("a", "b"))
    for name in ("concealed.parquet", "effect.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_other_films_are_refused_in_a_sentence(tmp_path: Path) -> None:
    plain = films(tmp_path / "plain", conceals=False)
    other = prepared(tmp_path / "other", [row(1, split="test", finding="normal")], side=SIDE)
    net = corner_watcher(plain, tmp_path / "net")
    with pytest.raises(BrokenTable, match="another films than those the network learnt from"):
        conceal.main(plain, other, net, tmp_path, PARAMS)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
