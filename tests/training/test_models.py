from contextlib import nullcontext

import huggingface_hub.constants
import pytest
import torch
from torch import nn

from manifests.contract.params import Misspelt
from training.models import build, check_side, scale_of
from training.models.base_cnn import FORMS
from training.models.timm_net import NoWeights


def parameters(net: nn.Module) -> int:
    return sum(weights.numel() for weights in net.parameters())


def test_the_base_model_has_the_papers_parameters() -> None:
    assert parameters(build("base_cnn", classes=2, size=320, pretrained=False)) == 60_035


def test_three_classes_widen_the_head_of_the_base_model_by_two_outputs() -> None:
    three = build("base_cnn", classes=3, size=320, pretrained=False)
    assert parameters(three) == 60_035 + 2 * 11


def test_two_classes_of_the_base_model_are_one_sigmoid() -> None:
    net = build("base_cnn", classes=2, size=65, pretrained=False)
    images = torch.ones((2, 3, 65, 65))
    values = net(images)
    sigmoid = torch.sigmoid(net.get_submodule("head")(net.get_submodule("features")(images)))
    torch.testing.assert_close(torch.softmax(values, 1)[:, 1:], sigmoid)


def test_a_film_too_small_for_the_base_model_is_refused_in_a_sentence() -> None:
    with pytest.raises(Misspelt, match="base_cnn needs a size of 65 or more, not 64"):
        build("base_cnn", classes=2, size=64, pretrained=False)


@pytest.mark.parametrize(("classes", "expected"), [(1000, 7_978_856), (3, 6_956_931)])
def test_densenet_has_its_published_parameters(classes: int, expected: int) -> None:
    net = build("densenet121", classes=classes, size=96, pretrained=False)
    assert parameters(net) == expected


@pytest.mark.parametrize(("classes", "expected"), [(1000, 25_557_032), (3, 23_514_179)])
def test_resnet_has_its_published_parameters(classes: int, expected: int) -> None:
    net = build("resnet50", classes=classes, size=96, pretrained=False)
    assert parameters(net) == expected


def test_the_base_model_as_printed_has_thirty_million_parameters() -> None:
    # Five unpadded 3x3 convolutions of stride 1 leave 310 x 310 cells of 32 filters to flatten.
    convolutions = 32 * (3 * 9 + 1) + 4 * 32 * (32 * 9 + 1)
    dense = 10 * (32 * 310 * 310 + 1) + 10 * 11 + 11
    printed = build("base_cnn_printed", classes=2, size=320, pretrained=False)
    assert parameters(printed) == convolutions + dense == 30_790_019


def test_the_base_model_as_printed_looks_at_every_pixel() -> None:
    net = build("base_cnn_printed", classes=3, size=32, pretrained=False)
    assert net(torch.zeros((2, 3, 32, 32))).shape == (2, 3)
    assert FORMS["base_cnn_printed"].field(22, 32) == (5, 1)
    assert [form.smallest for form in FORMS.values()] == [65, 11]


def test_covid_cxnet_has_the_papers_trainable_parameters() -> None:
    net = build("covid_cxnet", classes=2, size=320, pretrained=False)
    assert parameters(net) == 6_964_117
    # Keras keeps the running statistics apart, as weights that are not trained.
    statistics = [v for k, v in net.named_buffers() if not k.endswith("num_batches_tracked")]
    assert sum(values.numel() for values in statistics) == 83_648
    three = build("covid_cxnet", classes=3, size=320, pretrained=False)
    assert parameters(three) == 6_964_117 + 2 * 11


def test_covid_cxnet_averages_places_and_drops_a_fifth_while_it_learns() -> None:
    net = build("covid_cxnet", classes=2, size=64, pretrained=False).eval()
    images = torch.rand((2, 3, 64, 64), generator=torch.Generator().manual_seed(1))
    maps = net.get_submodule("features")(images)
    one = net.get_submodule("head")(maps.mean((2, 3)))
    torch.testing.assert_close(torch.softmax(net(images), 1)[:, 1:], torch.sigmoid(one))
    dropped = [layer.p for layer in net.modules() if isinstance(layer, nn.Dropout) and layer.p]
    assert dropped == [0.2]


def test_an_unknown_network_is_named_with_its_neighbours() -> None:
    with pytest.raises(Misspelt, match=r"'densenet999'; near it: .*densenet121"):
        build("densenet999", classes=3, size=96, pretrained=False)


def test_pretrained_weights_out_of_reach_are_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    # An empty cache that is not asked to go online, as on a machine without a network.
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(NoWeights, match="resnet10t: its pretrained weights cannot be had"):
        build("resnet10t", classes=3, size=64, pretrained=True)


@pytest.mark.parametrize("model", ["resnet10t", "vit_tiny_patch16_224"])
def test_any_timm_network_takes_the_size_asked_for(model: str) -> None:
    net = build(model, classes=3, size=96, pretrained=False)
    assert net(torch.zeros((1, 3, 96, 96))).shape == (1, 3)


@pytest.mark.parametrize("model", ["base_cnn", "base_cnn_printed"])
def test_a_network_that_nobody_trained_before_is_not_called_pretrained(model: str) -> None:
    with pytest.raises(Misspelt, match=f"{model} has no pretrained weights; set `pretrained: f"):
        build(model, classes=2, size=96, pretrained=True)


@pytest.mark.parametrize(
    ("model", "size"), [("xcit_nano_12_p16_224", 50), ("inception_v3", 32), ("resnet10t", 32)]
)
def test_a_side_that_a_network_does_not_take_is_a_sentence(model: str, size: int) -> None:
    wrong = pytest.raises(
        Misspelt, match=rf"{model} .* films of {size} pixels .*set another `size`"
    )
    with nullcontext() if model == "resnet10t" else wrong:
        check_side(build(model, classes=2, size=size, pretrained=False), model, size)


def test_imagenet_weights_are_shown_films_on_their_own_scale() -> None:
    assert scale_of("covid_cxnet") == scale_of("densenet121")
    assert scale_of("resnet50") == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
