"""Begins a network from a converted start, and keeps its body as it is where that is asked."""

import logging

from torch import nn

from manifests.contract.params import Misspelt
from training.data import Look
from training.starts.folder import Begun, WrongStart

log = logging.getLogger(__name__)
COUNTER = ".num_batches_tracked"


def begin(net: nn.Module, start: Begun) -> None:
    """Give the body of `net` the tensors of `start`; its head stays as it was first drawn.

    Raises `WrongStart` where a tensor of the start's body has no place in `net`.
    """
    head = {id(value) for value in head_of(net).state_dict(keep_vars=True).values()}
    own = net.state_dict(keep_vars=True)
    body = {key: value for key, value in own.items() if id(value) not in head}
    given = {key: value for key, value in start.state.items() if key.startswith("features.")}
    strange = [k for k, v in given.items() if k not in body or body[k].shape != v.shape]
    if strange or not given:
        raise WrongStart(
            f"weights '{start.name}' fits densenet121 and covid_cxnet; {len(strange)} of its "
            f"{len(given)} tensors have no place in this network: {', '.join(strange[:2])}"
        )
    net.load_state_dict(given, strict=False)
    left = [k for k in body if k not in given and not k.endswith(COUNTER)]
    log.info(
        "start %s (laid out as %s): %d of %d tensors of the body taken%s; dropped: %s; the head is "
        "new",
        start.name, start.about.layout, sum(not k.endswith(COUNTER) for k in given),
        sum(not k.endswith(COUNTER) for k in body),
        f", first drawn: {', '.join(left)}" if left else "",
        ", ".join(sorted(k for k in start.state if k not in given)) or "nothing",
    )  # fmt: skip


def freeze(net: nn.Module) -> None:
    """Let only the head of `net` learn."""
    net.requires_grad_(requires_grad=False)
    head_of(net).requires_grad_(requires_grad=True)


def head_of(net: nn.Module) -> nn.Module:
    """The last layers, which name the classes. Raises `Misspelt` where a network shows none."""
    asked = getattr(net, "get_classifier", None)
    head = asked() if callable(asked) else None
    if not isinstance(head, nn.Module) or not list(head.parameters()):
        raise Misspelt(
            f"params.yaml: {type(net).__name__} shows no head of its own, so that it takes neither "
            "`weights` nor `frozen`"
        )
    return head


def look_of(start: Begun, size: int) -> Look:
    """The `Look` that the donor had: its weights mean what they mean on its scale only."""
    return Look(size=size, mean=start.about.mean, deviation=start.about.deviation)
