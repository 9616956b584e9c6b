"""Explanations of a network of which it is known where it looks."""

import dataclasses
import json
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
import timm
import torch
from looking import CELLS, film, looking, mask
from planted import SIDE, prepared, rows, square, stack, trained
from torch import nn

from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Finding, Split
from training.checkpoint import load_for
from training.data import Look
from training.explained import erasing, lime, randomised
from training.explained.agreement import heat_inside, heat_iou, iou_by_chance, points_inside
from training.explained.asked import Asked
from training.explained.erasing import Order, Way
from training.explained.faithful import sane
from training.explained.gradcam import Heat, heat
from training.explained.layers import Unexplained, last_map, map_of
from training.explained.measuring import figures, measured
from training.explained.occlusion import occlusion
from training.explained.saying import says
from training.explained.spans import drawn, spanned
from training.explained.truth import Truth, framed
from training.films import films_of
from training.models import build
from training.prediction import probabilities

GREY = stack(1, has_square=True)[:, :, 0]


def chance(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_heat_of_a_network_that_looks_at_the_square_lies_on_it() -> None:
    [lit] = heat(looking(), film(), [1])
    assert points_inside(lit, mask())
    assert (heat_iou(lit, mask()) or 0) > 0.8
    assert (heat_inside(lit, mask()) or 0) > 0.7


def test_the_weights_of_a_network_may_learn_after_it_was_explained() -> None:
    net = looking()
    heat(net, film(), [1])
    assert all(value.requires_grad and value.grad is None for value in net.parameters())


def test_lime_finds_the_super_pixels_of_the_square() -> None:
    parts = lime.superpixels(GREY, 30)
    found = lime.lime(says(looking(), 1), film(), parts, 200, chance())
    [first, *_] = found.weightiest(5)
    assert found.weights[first] > 0
    assert (found.mask([first])[square()] > 0).mean() > 0.9
    assert (found.mask([first]) > 0).sum() < 1.5 * (mask(SIDE) > 0).sum()


def test_what_speaks_against_a_label_weighs_less_than_nothing() -> None:
    parts = lime.superpixels(GREY, 30)
    found = lime.lime(says(looking(), 0), film(), parts, 200, chance())
    [first, *_] = found.weightiest(1)
    assert found.weights[first] < 0
    assert (found.mask([first])[square()] > 0).mean() > 0.9


def test_lime_says_the_same_twice_and_another_thing_by_another_chance() -> None:
    parts = lime.superpixels(GREY, 30)
    one, same, other = (
        lime.lime(says(looking(), 1), film(), parts, 50, chance(seed)).weights for seed in (1, 1, 2)
    )
    assert one.tolist() == same.tolist() != other.tolist()


def test_super_pixels_are_numbered_without_a_gap_and_cover_the_film() -> None:
    parts = lime.superpixels(GREY, 30)
    assert parts.shape == GREY.shape
    assert set(np.unique(parts)) == set(range(parts.max() + 1))
    assert 20 < parts.max() < 40


def test_occlusion_takes_the_label_away_where_the_square_is_hidden() -> None:
    found = occlusion(says(looking(), 1), film(), 0.25, 0.125)
    assert found.shape == (320, 320)
    assert (found.min(), found.max()) == (0, 1)
    assert points_inside(found, mask())
    assert (heat_iou(found, mask()) or 0) > 0.5


def test_a_network_that_looks_at_nothing_of_the_film_has_no_occlusion() -> None:
    blind = looking()
    torch.nn.init.zeros_(blind.get_submodule("head").weight)  # type: ignore[arg-type]
    assert not occlusion(says(blind, 1), film(), 0.25, 0.25).any()


def curves(seed: int = 1) -> erasing.Curves:
    [lit] = heat(looking(), film(), [1])
    maps = erasing.maps_of(lit, CELLS, SIDE, chance(seed))
    return erasing.curves(says(looking(), 1), film(), maps, 10)


def test_hiding_the_hottest_pixels_takes_the_label_sooner_than_any_other_order() -> None:
    found = curves()
    assert {len(curve) for curve in found.values()} == {11}
    areas = {key: erasing.area(curve) for key, curve in found.items()}
    for order in (Order.RANDOM, Order.CENTRE):
        assert areas[Way.DELETION, Order.HEAT] < areas[Way.DELETION, order] - 0.1
        assert areas[Way.INSERTION, Order.HEAT] > areas[Way.INSERTION, order] + 0.05


def test_no_more_films_are_hidden_at_once_than_fit_in_memory() -> None:
    maps = erasing.maps_of(np.ones((320, 320), np.float32), CELLS, SIDE, chance())
    sizes: list[int] = []

    def counted(images: torch.Tensor) -> torch.Tensor:
        sizes.append(len(images))
        return says(looking(), 1)(images)

    found = erasing.curves(counted, film(), maps, 100)
    assert {len(curve) for curve in found.values()} == {101}
    assert max(sizes) <= erasing.FILMS_AT_ONCE


def test_every_curve_begins_and_ends_where_the_others_do() -> None:
    found = curves()
    for way in Way:
        ends = {tuple(found[way, order][[0, -1]].round(6)) for order in Order}
        assert len(ends) == 1
    whole = float(says(looking(), 1)(film())[0])
    assert found[Way.DELETION, Order.HEAT][0] == found[Way.INSERTION, Order.HEAT][-1] == whole


def test_the_order_of_heat_does_not_depend_on_chance() -> None:
    one, other = curves(1), curves(2)
    assert one[Way.DELETION, Order.RANDOM].tolist() != other[Way.DELETION, Order.RANDOM].tolist()
    # Equally hot pixels alone fall in another order.
    for order in (Order.HEAT, Order.CENTRE):
        np.testing.assert_allclose(one[Way.DELETION, order], other[Way.DELETION, order], atol=0.02)


class Learnt(NamedTuple):
    """A network that learnt to find the square, and films with one that it never saw."""

    asked: Asked
    picked: npt.NDArray[np.int64]


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Learnt:
    folder = tmp_path_factory.mktemp("learnt")
    known = prepared(folder / "films", rows())
    net, about = load_for(
        known, trained(known, folder / "net", model="resnet10t", epochs=24, batch=4)
    )
    films = films_of(known, about.asked, Split.TEST)
    chances = probabilities(net, films, about.look)
    asked = Asked(
        net=net, films=films, chances=chances, look=about.look, task=about.asked, layer=""
    )
    return Learnt(asked, np.nonzero(films.targets == 1)[0])


def pairs(learnt: Learnt, seed: int) -> list[tuple[Heat, Heat]]:
    """Maps before and after a network forgot everything, where neither is blank."""
    *_, (_, lost) = randomised.forgetting(learnt.asked.net, chance(seed))
    blind = dataclasses.replace(learnt.asked, net=lost)
    maps = [[lit for _, lit in own.heats(learnt.picked)] for own in (learnt.asked, blind)]
    return [pair for pair in zip(*maps, strict=True) if all(lit.any() for lit in pair)]


def test_a_network_that_forgets_looks_elsewhere(learnt: Learnt) -> None:
    found = [pair for seed in range(1, 11) for pair in pairs(learnt, seed)]
    assert len(found) > 8 * len(learnt.picked)
    assert all(points_inside(one, mask()) for one, _ in found)
    before, after = (np.mean([heat_inside(lit, mask()) or 0 for lit in maps])
                     for maps in zip(*found, strict=True))  # fmt: skip
    # Weights in disorder still tell a bright square from noise, half of the time.
    assert after < 0.6 * before
    assert np.mean([randomised.rank_correlation(*pair) for pair in found]) < 0.5


def test_the_road_down_begins_at_the_head_and_leaves_the_network_as_it_was(
    learnt: Learnt,
) -> None:
    net = learnt.asked.net
    known = {name: value.clone() for name, value in net.state_dict().items()}
    names = [name for name, _ in randomised.forgetting(net, chance())]
    assert names[0] == "fc"
    assert len(names) >= randomised.LEAST_PARTS
    assert all(torch.equal(value, known[name]) for name, value in net.state_dict().items())


def test_the_road_down_a_densenet_has_its_blocks_as_steps() -> None:
    net = build("densenet121", classes=3, size=64, pretrained=False)
    names = [name for name, _ in randomised.parts(net)]
    assert names[0] == "classifier"
    assert names[-1] == "features.conv0"
    assert "features.denseblock3" in names


def test_what_hangs_on_the_network_itself_is_forgotten_last() -> None:
    net = timm.create_model("vit_tiny_patch16_224", num_classes=3, img_size=64).eval()
    for value in net.parameters():
        torch.nn.init.normal_(value, generator=chance())
    *_, (name, lost) = randomised.forgetting(net, chance())
    assert name == "cls_token pos_embed"
    known = net.state_dict()
    assert not [name for name, value in lost.named_parameters() if torch.equal(value, known[name])]


def fading() -> nn.Module:
    """Lights up by one channel of many, and by none once their weights are mixed."""
    net = nn.Sequential(
        nn.Conv2d(3, 64, 8, 8, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(64, 2, bias=False),
    ).eval()  # fmt: skip
    mixed, head = net.parameters()
    torch.nn.init.constant_(mixed, -1)
    torch.nn.init.ones_(mixed[0])
    torch.nn.init.ones_(head)
    return net


def test_maps_that_go_blank_are_counted_and_not_compared(learnt: Learnt) -> None:
    asked, picked = learnt
    by = drawn(asked.groups(picked), 100, 0.95, chance())
    usual, _ = sane(asked, picked, 0.5, by, chance(3))
    counts = [int(str(usual[f"randomised_{name}"])) for name in ("agreement_n", "blank")]
    assert sum(counts) == len(picked)
    # No pixel below 0.
    bright = Look(size=SIDE, mean=(0.0,) * 3, deviation=(1.0,) * 3)
    gone, lines = sane(
        dataclasses.replace(asked, net=fading(), look=bright), picked, 0.5, by, chance()
    )
    assert gone["randomised_blank"] == len(picked)
    assert gone["randomised_agreement_n"] == 0
    assert gone["randomised_agreement"] is gone["randomised_holds"] is None
    assert lines[-1][2:] == (None, None, None, None)


def test_maps_agree_with_themselves_and_not_with_an_empty_one() -> None:
    one = np.random.default_rng(1).random((320, 320)).astype(np.float32)
    assert randomised.rank_correlation(one, one) == pytest.approx(1)
    assert randomised.rank_correlation(one, 1 - one) == pytest.approx(-1)
    assert randomised.likeness(one, one) == pytest.approx(1)
    assert randomised.rank_correlation(one, np.zeros_like(one)) == 0


def test_heat_is_scored_against_its_mask() -> None:
    marked = np.zeros((4, 4), np.uint8)
    marked[0, 0] = 255
    hot: Heat = np.zeros((4, 4), np.float32)
    assert heat_inside(hot, marked) is points_inside(hot, marked) is heat_iou(hot, marked) is None
    hot[0, 0], hot[3, 3] = 3, 1
    assert heat_inside(hot, marked) == 0.75
    assert points_inside(hot, marked) is True
    assert heat_iou(hot, marked) == 1.0
    assert points_inside(hot, np.zeros((4, 4), np.uint8)) is None
    assert heat_iou(hot, np.zeros((4, 4), np.uint8)) is None
    assert heat_inside(hot, None) is heat_iou(hot, None) is None


def test_a_film_named_wrong_is_a_miss_where_all_are_counted(learnt: Learnt) -> None:
    asked, picked = learnt.asked, learnt.picked.tolist()
    [named, *_] = picked
    wrong = asked.chances.copy()
    wrong[named] = wrong[named, ::-1]
    erring = dataclasses.replace(asked, chances=wrong)
    normal = int(np.nonzero(asked.films.targets == 0)[0][0])
    films = [*picked, normal]
    truth = Truth(opacities={erring.place(n): mask() if n != normal else mask() * 0 for n in films})
    lit: Heat = (mask() > 0).astype(np.float32)
    found = [measured(erring, truth, n, lit) for n in films]
    by = drawn(erring.groups(np.array(films)), 100, 0.95, chance())
    scores = figures(erring, films, found, truth, by)
    right = len(picked) - 1
    assert (scores["pointing_game"], scores["pointing_game_n"]) == (1, right)
    assert scores["pointing_game_all"] == pytest.approx(right / len(picked))
    assert scores["pointing_game_all_n"] == len(picked)


def test_iou_takes_as_many_pixels_as_are_marked_and_none_that_is_cold() -> None:
    marked = np.zeros((4, 4), np.uint8)
    marked[:2, :2] = 255
    hot: Heat = np.zeros((4, 4), np.float32)
    hot[0] = 1, 2, 3, 4
    assert heat_iou(hot, marked) == pytest.approx(2 / 6)
    hot[0, 1:] = 0
    assert heat_iou(hot, marked) == pytest.approx(1 / 4)


def test_by_chance_iou_is_what_as_many_random_pixels_reach() -> None:
    marked, places = np.zeros(64 * 64, np.uint8), np.random.default_rng(1)
    marked[:410] = 255
    found = []
    for _ in range(200):
        both = (marked[places.permutation(len(marked))[:410]] > 0).sum()
        found.append(both / (820 - both))
    assert iou_by_chance(marked.reshape(64, 64)) == pytest.approx(np.mean(found), abs=0.003)


def test_a_box_lies_where_the_pixels_of_the_file_say() -> None:
    boxes = [{"finding": "pneumonia", "x": 100, "y": 50, "width": 200, "height": 100},
             {"finding": "mass", "x": 0, "y": 0, "width": 40, "height": 20}]  # fmt: skip
    found = framed(json.dumps(boxes), 400, 200)
    assert set(found) == {Finding.PNEUMONIA, Finding.MASS}
    rows, columns = np.nonzero(found[Finding.PNEUMONIA])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (80, 239, 80, 239)


def test_only_boxes_of_the_findings_asked_for_count() -> None:
    one, other = np.zeros((320, 320), np.uint8), np.zeros((320, 320), np.uint8)
    one[:10], other[300:] = 255, 255
    truth = Truth(boxes={3: {Finding.PNEUMONIA: one, Finding.MASS: other}})
    found = truth.boxed(3, [Finding.PNEUMONIA, Finding.COVID19])
    assert found is not None
    assert (found == one).all()
    assert truth.boxed(3, [Finding.COVID19]) is None
    assert truth.boxed(4, [Finding.PNEUMONIA]) is None


def spread(net: nn.Module, *, without: str = "") -> float:
    """How far answers about random films lie apart, also where a map is all zeros."""
    films = torch.randn((4, 3, 128, 128), generator=chance())
    handles = [net.get_submodule(without).register_forward_hook(zeros)] if without else []
    with torch.no_grad():
        said = net(films)
    for handle in handles:
        handle.remove()
    return float((said - said.mean(0)).abs().max())


def zeros(_: nn.Module, __: object, output: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(output)


@pytest.mark.parametrize(
    ("model", "layer", "cells"),
    [
        ("resnet10t", "layer3", 8), ("resnet50", "layer3", 8), ("resnetv2_50", "stages.2", 8),
        ("regnety_002", "s3", 8), ("xception41", "blocks.10", 8), ("convnext_atto", "stages.2", 8),
        ("densenet121", "features.denseblock3", 8), ("covid_cxnet", "features.transition3.conv", 8),
        ("efficientnet_b0", "blocks.4", 8), ("base_cnn", "features.5", 14),
    ],
)  # fmt: skip
def test_all_that_a_network_answers_comes_through_the_map_that_is_weighed(
    model: str, layer: str, cells: int
) -> None:
    torch.manual_seed(1)
    net = build(model, classes=3, size=128, pretrained=False).eval()
    found = last_map(net, torch.zeros((1, 3, 128, 128)))
    assert (found.name, found.cells) == (layer, cells)
    assert spread(net, without=layer) < spread(net) / 1000


@pytest.mark.parametrize(("pool", "layer"), [("avg", "blocks.11"), ("token", "blocks.11.norm1")])
def test_of_tokens_those_are_weighed_that_the_head_goes_by(pool: str, layer: str) -> None:
    torch.manual_seed(1)
    net = timm.create_model(
        "vit_tiny_patch16_224", num_classes=3, img_size=128, global_pool=pool
    ).eval()
    found = last_map(net, torch.zeros((1, 3, 128, 128)))
    assert (found.name, found.cells) == (layer, 8)
    # The one token that is looked at keeps what earlier blocks told it.
    assert (spread(net, without=layer) < spread(net) / 1000) is (pool == "avg")
    [lit] = heat(net, torch.randn((1, 3, 128, 128), generator=chance()), [0])
    assert lit.any()


def test_what_runs_more_than_once_is_not_weighed() -> None:
    net = nn.Sequential(
        nn.Conv2d(3, 4, 4, 4), relu := nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1), relu,
        nn.Flatten(), nn.Linear(4 * 64, 2),
    ).eval()  # fmt: skip
    assert last_map(net, torch.zeros((1, 3, 32, 32))).name == "2"


def test_a_network_whose_features_are_a_list_is_explained_before_its_ways_part() -> None:
    net = build("coat_tiny", classes=3, size=64, pretrained=False).eval()
    assert last_map(net, torch.zeros((1, 3, 64, 64))).name == "patch_embed2"


def test_channels_last_are_laid_as_a_map() -> None:
    net = build("swin_tiny_patch4_window7_224", classes=3, size=224, pretrained=False).eval()
    [lit] = heat(net, torch.rand((1, 3, 224, 224), generator=chance()), [0])
    assert lit.shape == (320, 320)
    assert map_of(net, torch.zeros((1, 3, 224, 224)))[::2] == ("layers.3", 7)


def test_a_layer_that_is_not_there_is_named_beside_near_ones() -> None:
    with pytest.raises(
        Misspelt, match=r"'features.denseblok3', .* near it: .*features.denseblock3"
    ):
        map_of(build("densenet121", classes=3, size=64, pretrained=False).eval(),
               torch.zeros((1, 3, 64, 64)), "features.denseblok3")  # fmt: skip


def test_a_layer_without_places_is_refused_in_a_sentence() -> None:
    net = build("densenet121", classes=3, size=64, pretrained=False).eval()
    with pytest.raises(Unexplained, match=r"'classifier', whose output is no map .*\(3,\)"):
        map_of(net, torch.zeros((1, 3, 64, 64)), "classifier")


def test_films_of_one_patient_are_drawn_together() -> None:
    values = [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    by = drawn(["a", "a", "b", "b", "c", "c"], 500, 0.95, chance())
    alone = drawn(["a", "b", "c", "d", "e", "f"], 500, 0.95, chance())
    wide, narrow = (spanned("x", values, own) for own in (by, alone))
    assert (wide["x"], wide["x_groups"], narrow["x_groups"]) == (0.5, 3, 6)
    assert float(str(wide["x_low"])) < float(str(narrow["x_low"]))
    assert float(str(wide["x_high"])) > float(str(narrow["x_high"]))


def test_two_groups_have_no_interval() -> None:
    found = spanned("x", [0.0, 1.0], drawn(["a", "b"], 500, 0.95, chance()))
    assert (found["x"], found["x_low"], found["x_groups"]) == (0.5, None, 2)


def test_what_is_not_known_is_not_counted() -> None:
    by = drawn(["a", "b", "c"], 500, 0.95, chance())
    found = spanned("x", [None, 0.25, None], by)
    assert found == {"x": 0.25, "x_low": None, "x_high": None, "x_n": 1, "x_groups": 1}
    assert spanned("x", [None] * 3, by)["x"] is None
    assert spanned("x", [], drawn([], 500, 0.95, chance()))["x_n"] == 0
