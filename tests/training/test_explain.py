import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
import torch
from planted import prepared, rows, square, trained, with_lungs
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import nn

from manifests.contract.box import Box
from manifests.contract.packing import png, unpng
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow, write_arrow
from manifests.contract.vocabulary import Split
from training.explained.agreement import heat_inside
from training.explained.choosing import by_label, for_gallery
from training.explained.gradcam import heat
from training.explained.layers import Unexplained, last_map
from training.films import films_of, read_task
from training.models import build
from training.models.base_cnn import FORMS
from training.stages import explain

SIZE = 320
TASK = {"normal": ["normal"], "covid19": ["covid19"]}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return with_lungs(tmp_path_factory.mktemp("explain"), rows(), lower_half())


def lower_half() -> npt.NDArray[np.bool_]:
    return np.repeat(np.arange(SIZE) >= SIZE // 2, SIZE).reshape(SIZE, SIZE)


@pytest.fixture(scope="module")
def net(films: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explain") / "net"
    return trained(films, folder, size=SIZE, epochs=4, learning_rate=1e-3)


@pytest.fixture(scope="module")
def truth(films: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lungs are the lower half; the opacity is the planted square, in films of the ill."""
    folder = tmp_path_factory.mktemp("truth")
    lungs, none, opacity = (np.zeros((320, 320), np.uint8) for _ in range(3))
    lungs[160:] = 255
    opacity[square(320)] = 255
    known = films.rows
    masks = [
        {"sha256": sha, "lungs": png(lungs), "opacities": png(opacity if ill else none)}
        for sha, ill in zip(known["sha256"], known["abnormal"], strict=True)
    ]
    write_arrow(folder / "masks.parquet", pa.Table.from_pylist(masks))
    return folder


def explained(
    films: Prepared, net: Path, truth: Path, folder: Path, count: int = 6, **given: object
) -> Path:
    folder.mkdir(exist_ok=True)
    usual: dict[str, object] = {
        "layer": {}, "films": count, "scored": 8, "bootstrap": 200, "confidence": 0.95,
        "lime": {"films": 1, "samples": 20, "segments": 10, "shown": 3},
        "occlusion": {"films": 1, "window": 0.25, "stride": 0.25},
        "erased": {"films": 3, "steps": 2}, "randomised": {"films": 2, "below": 0.5},
    }  # fmt: skip
    params = explain.Params.model_validate(usual | given)
    known = explain.Known(drawn=truth / "masks.parquet", records=truth / "records.parquet")
    explain.main(films, net, known, folder, params)
    return folder


OUTPUTS = {"heatmaps.parquet", "lime.parquet", "occlusion.parquet", "scores.json", "curves.csv",
           "randomised.csv"}  # fmt: skip


def test_the_heat_of_a_planted_square_lies_on_the_square(
    films: Prepared, net: Path, truth: Path, tmp_path: Path
) -> None:
    folder = explained(films, net, truth, tmp_path)
    maps = read_arrow(folder / "heatmaps.parquet").to_pylist()
    ill = [row for row in maps if row["label"] == "covid19" == row["predicted"]]
    assert ill
    mask = np.zeros((320, 320), np.uint8)
    mask[square(320)] = 255
    inside = [heat_inside(unpng(row["heat"]).astype(np.float32), mask) or 0 for row in ill]
    assert np.mean(inside) > 3 * (mask > 0).mean()
    scores = json.loads((folder / "scores.json").read_text())
    assert scores["pointing_game"] == 1.0
    assert scores["heat_in_lungs"] > scores["lungs_in_frame"] == 0.5
    assert (scores["lungs_dice"], scores["films_with_lungs"]) == (1.0, 8)


BOX = Box(0.5, 1.0, 0.25, 0.75)
"""What a cropped stack shows of its film."""


def test_on_a_cropped_film_heat_lungs_and_truth_lie_in_one_frame(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    cropped = with_lungs(tmp_path / "films", rows(), lower_half(), BOX)
    lungs, none, opacity = (np.zeros((320, 320), np.uint8) for _ in range(3))
    # Of the frame: where the box shows the lower half of the stack, and the square.
    lungs[240:, 80:240] = 255
    opacity[260:300, 100:140] = 255
    masks = [
        {"sha256": sha, "lungs": png(lungs), "opacities": png(opacity if ill else none)}
        for sha, ill in zip(cropped.rows["sha256"], cropped.rows["abnormal"], strict=True)
    ]
    write_arrow(tmp_path / "masks.parquet", pa.Table.from_pylist(masks))
    folder = explained(cropped, net, tmp_path, tmp_path / "out")
    scores = json.loads((folder / "scores.json").read_text())
    assert scores["lungs_dice"] == 1.0
    assert scores["pointing_game"] == 1.0
    assert scores["opacities_in_frame"] == pytest.approx(1 / 16)
    assert scores["heat_in_lungs"] > scores["lungs_in_frame"] == 0.5
    whole = explained(films, net, tmp_path, tmp_path / "whole")
    assert json.loads((whole / "scores.json").read_text())["pointing_game"] < 1


def test_films_without_lungs_have_no_score_in_them(net: Path, tmp_path: Path) -> None:
    empty = with_lungs(tmp_path / "films", rows(), np.zeros((SIZE, SIZE), bool))
    unknown = prepared(tmp_path / "more", rows(), side=SIZE)
    for n, given in enumerate((empty, unknown)):
        folder = explained(given, net, tmp_path / "none", tmp_path / str(n))
        scores = json.loads((folder / "scores.json").read_text())
        assert (scores["films"], scores["films_with_lungs"]) == (6, 0)
        assert (scores["heat_in_lungs"], scores["lungs_dice"]) == (None, None)


def test_without_truth_heat_is_still_scored_in_the_lungs(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    folder = explained(films, net, tmp_path / "none", tmp_path)
    scores = json.loads((folder / "scores.json").read_text())
    assert scores["films"] == 6
    assert scores["heat_in_lungs"] > 0.5
    assert (scores["lungs_dice"], scores["pointing_game"]) == (None, None)
    maps = read_arrow(folder / "heatmaps.parquet").to_pylist()
    assert {row["pointing_hit"] for row in maps} == {None}


def test_maps_are_grey_squares_and_labels_take_turns(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    maps = read_arrow(
        explained(films, net, tmp_path / "none", tmp_path) / "heatmaps.parquet"
    ).to_pylist()
    assert {unpng(row[name]).shape for row in maps for name in ("film", "heat")} == {(320, 320)}
    assert sorted(row["label"] for row in maps) == ["covid19"] * 3 + ["normal"] * 3


def test_explaining_twice_gives_the_same_bytes(
    films: Prepared, net: Path, truth: Path, tmp_path: Path
) -> None:
    first, second = (explained(films, net, truth, tmp_path / name) for name in ("a", "b"))
    assert {place.name for place in first.iterdir()} == OUTPUTS
    for name in OUTPUTS:
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_an_empty_test_split_gives_an_empty_table(net: Path, tmp_path: Path) -> None:
    nothing = prepared(tmp_path / "films", rows(train=8, val=4, test=0), side=SIZE)
    folder = explained(nothing, net, tmp_path / "none", tmp_path / "out")
    assert read_arrow(folder / "heatmaps.parquet").num_rows == 0
    assert json.loads((folder / "scores.json").read_text())["films"] == 0


def test_wrong_predictions_are_shown_beside_right_ones(films: Prepared) -> None:
    test = films_of(films, read_task(TASK), Split.TEST)
    chances = np.eye(2)[np.zeros(len(test), int)]
    chances[1] = chances[1, ::-1]
    picked = for_gallery(test, chances, by_label(test, 8), 6)
    cells = {(int(test.targets[n]), bool(chances[n].argmax() == test.targets[n])) for n in picked}
    assert cells == {(0, True), (1, True), (1, False)}


@pytest.mark.parametrize(
    ("model", "size", "place"),
    [
        ("densenet121", 224, "features.norm5"), ("densenet121", 128, "features.denseblock3"),
        # The paper's network names no stages, and what follows the third takes all of it.
        ("covid_cxnet", 224, "features.norm5"), ("covid_cxnet", 128, "features.transition3.conv"),
    ],
)  # fmt: skip
def test_densenet_is_explained_on_its_last_map_of_seven_cells(
    model: str, size: int, place: str
) -> None:
    net = build(model, classes=3, size=size, pretrained=False).eval()
    images = torch.zeros((1, 3, size, size))
    outputs: list[torch.Tensor] = []
    keep = lambda *given: outputs.append(given[2])  # noqa: E731 - a hook
    for module in (last_map(net, images).layer, net.get_submodule(place)):
        module.register_forward_hook(keep)
    net(images)
    assert torch.equal(outputs[0], outputs[1])


def test_on_the_last_map_of_an_averaging_network_both_methods_agree() -> None:
    net = build("resnet10t", classes=3, size=224, pretrained=False).eval()
    images = torch.rand((2, 3, 224, 224), generator=torch.Generator().manual_seed(1))
    _, layer, cells = last_map(net, images)
    assert cells == 7
    targets = [ClassifierOutputTarget(1)] * 2
    maps = [cam(net, [layer])(images, targets) for cam in (GradCAM, HiResCAM)]
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-5)


def test_the_cells_of_the_base_model_look_where_its_kernels_stand() -> None:
    field = FORMS["base_cnn"].field
    assert field(8, 320) == (32, 32)
    assert field(158, 320) == (2, 2)


def test_the_printed_base_model_has_a_heat_map_of_the_whole_film() -> None:
    net = build("base_cnn_printed", classes=2, size=32, pretrained=False)
    lit = heat(net, torch.ones((2, 3, 32, 32)), [0, 1])
    assert lit.shape == (2, 320, 320)
    assert ((lit >= 0) & (lit <= 1)).all()


def test_a_network_without_places_is_refused_in_a_sentence() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 2))
    with pytest.raises(Unexplained, match="Sequential keeps no feature map at 8 pixels"):
        heat(net, torch.zeros((1, 3, 8, 8)), [0])


def scores_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "scores.json").read_text())
    return found


def test_figures_of_the_square_have_intervals_over_groups(
    films: Prepared, net: Path, truth: Path, tmp_path: Path
) -> None:
    scores = scores_of(explained(films, net, truth, tmp_path))
    assert scores["scored"] == 8
    assert scores["heat_in_lungs_groups"] <= 4
    assert scores["heat_in_lungs_low"] <= scores["heat_in_lungs"] <= scores["heat_in_lungs_high"]
    assert scores["iou"] > 3 * scores["iou_by_chance"]
    assert scores["deletion_auc"] < scores["deletion_auc_random"]
    assert scores["boxes_iou"] is None
    assert scores["boxes_iou_n"] == 0


def test_boxes_of_the_manifest_are_cut_to_what_the_stack_shows(net: Path, tmp_path: Path) -> None:
    cropped = with_lungs(tmp_path / "films", rows(), lower_half(), BOX)
    # Of a file of 640 x 640: where the box shows the square.
    box = {"finding": "covid19", "x": 200, "y": 520, "width": 80, "height": 80}
    table = [
        {"record_id": name, "boxes": json.dumps([box, {**box, "finding": "mass"}]) if ill else None,
         "width": 640, "height": 640}
        for name, ill in zip(cropped.rows["record_id"], cropped.rows["abnormal"], strict=True)
    ]  # fmt: skip
    write_arrow(tmp_path / "records.parquet", pa.Table.from_pylist(table))
    scores = scores_of(explained(cropped, net, tmp_path, tmp_path / "out"))
    assert scores["boxes_pointing_game"] == 1.0
    assert scores["boxes_in_frame"] == pytest.approx(1 / 16)
    assert scores["boxes_iou"] > 3 * scores["boxes_iou_by_chance"]
    assert scores["pointing_game"] is None


def test_two_networks_on_the_same_films_share_half_of_the_gallery(
    films: Prepared, net: Path, tmp_path: Path
) -> None:
    other = trained(films, tmp_path / "other", size=SIZE, epochs=1, seed=3)
    shared = [
        [row["record_id"] for row in
         read_arrow(explained(films, one, tmp_path, tmp_path / str(n)) / "heatmaps.parquet"
                    ).to_pylist() if row["is_shared"]]
        for n, one in enumerate((net, other))
    ]  # fmt: skip
    assert shared[0] == shared[1]
    assert len(shared[0]) == 3


def test_a_layer_is_named_for_one_experiment(films: Prepared, net: Path, tmp_path: Path) -> None:
    usual = explained(films, net, tmp_path, tmp_path / "usual")
    finer = explained(films, net, tmp_path, tmp_path / "finer", layer={"net": "features.3"})
    other = explained(films, net, tmp_path, tmp_path / "other", layer={"densenet121": "x"})
    told = [[scores_of(place)[name] for name in ("method", "layer", "cells")]
            for place in (usual, finer)]  # fmt: skip
    assert told[0][:2] == ["HiResCAM", "features"]
    assert told[1][:2] == ["HiResCAM", "features.3"]
    assert told[1][2] > told[0][2] > 1
    one, two, three = ((place / "heatmaps.parquet").read_bytes() for place in (usual, finer, other))
    assert one == three != two
    with pytest.raises(Misspelt, match=r"'features.99'"):
        explained(films, net, tmp_path, tmp_path / "no", layer={"net": "features.99"})


def test_lime_and_occlusion_show_films_that_were_chosen_by_label(
    films: Prepared, net: Path, truth: Path, tmp_path: Path
) -> None:
    folder = explained(films, net, truth, tmp_path)
    [spoken] = read_arrow(folder / "lime.parquet").to_pylist()
    [hidden] = read_arrow(folder / "occlusion.parquet").to_pylist()
    assert spoken["record_id"] == hidden["record_id"]
    assert spoken["label"] == "covid19"
    assert len(spoken["weights_for"]) + len(spoken["weights_against"]) == 3
    assert all(weight < 0 for weight in spoken["weights_against"])
    assert unpng(spoken["speaks_for"]).shape == unpng(hidden["heat"]).shape == (320, 320)
