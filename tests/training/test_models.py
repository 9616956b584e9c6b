import huggingface_hub.constants
import pytest
import torch
from torch import nn

from manifests.contract.params import Misspelt
from training.models import build
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
