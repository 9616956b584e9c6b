"""Normalisation over the films of two processes is that of one with all of them."""

from functools import partial

import pytest
import torch
from halves import Shown, both, shown
from timm.layers.norm_act import BatchNormAct2d
from torch import Tensor, nn

from manifests.contract.params import Misspelt
from training.shared_norm import with_shared_norms

KINDS: list[tuple[type[nn.Module], tuple[int, ...]]] = [
    (nn.BatchNorm1d, (9, 5)), (nn.BatchNorm1d, (9, 5, 7)),
    (nn.BatchNorm2d, (9, 5, 4, 3)), (BatchNormAct2d, (9, 5, 4, 3)),
]  # fmt: skip


def normed(kind: type[nn.Module]) -> nn.Module:
    """A normalisation that has learnt something."""
    torch.manual_seed(2)
    norm = kind(5)
    for weight in norm.parameters():
        nn.init.uniform_(weight, 0.5, 2.0)
    return nn.Sequential(norm)


def films(shape: tuple[int, ...]) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(1)) * 3 + 1


@pytest.fixture(scope="module")
def halves() -> list[list[Shown]]:
    return both([(partial(normed, kind), films(shape)) for kind, shape in KINDS])


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(KINDS)))
def test_two_processes_normalise_as_one(halves: list[list[Shown]], number: int) -> None:
    kind, shape = KINDS[number]
    first, second = (half[number] for half in halves)
    alone = shown(normed(kind), films(shape))
    for part in ("answers", "gradient"):
        torch.testing.assert_close(torch.cat([first[part], second[part]]), alone.pop(part))
    assert len(alone) == 3
    for part, value in alone.items():
        torch.testing.assert_close(first[part], value)
        torch.testing.assert_close(second[part], value)


@pytest.mark.parametrize(("kind", "shape"), KINDS)
def test_a_network_that_is_judged_normalises_by_what_it_remembers(
    kind: type[nn.Module], shape: tuple[int, ...]
) -> None:
    net = normed(kind).eval()
    before = net(films(shape))
    with_shared_norms(net, torch.device("cpu"))
    assert torch.equal(before, net(films(shape)))


def test_a_kind_that_cannot_be_shared_is_a_sentence() -> None:
    with pytest.raises(Misspelt, match="BatchNorm3d of this network cannot be shared"):
        with_shared_norms(nn.Sequential(nn.BatchNorm3d(2)), torch.device("cpu"))
