"""A network as one ONNX file: standardised films in, values before the softmax out.

B batch, C classes, S pixels a side.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import nn

from manifests.contract.params import Misspelt
from training.checkpoint import Checkpoint

ONNX, GIVEN, SAID = "model.onnx", "images", "values"


class NoOnnx(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The network has a part that ONNX cannot say."""

    exit_code = 1


def require() -> None:
    """Raise `Misspelt` where the libraries of the extra are not installed."""
    absent = [name for name in ("onnx", "onnxscript", "onnxruntime") if find_spec(name) is None]
    if absent:
        raise Misspelt(f"an export to ONNX needs {', '.join(absent)}: `pip install -e '.[export]'`")


def write_onnx(net: nn.Module, about: Checkpoint, place: Path) -> None:
    """Write `net` (on the CPU, in evaluation mode) to `place`, float32[B, 3, S, S] -> [B, C].

    Raises `NoOnnx` where it cannot be said in ONNX.
    """
    # An extra; whoever only trains has not got it.
    import onnx  # noqa: PLC0415

    films = torch.zeros(2, 3, about.size, about.size)
    try:
        made = torch.onnx.export(
            net, (films,), dynamo=True, external_data=False, verbose=False,
            input_names=[GIVEN], output_names=[SAID],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )  # fmt: skip
    except torch.onnx.OnnxExporterError as fault:
        told = str(fault).strip().splitlines()[0]
        raise NoOnnx(f"{about.model}: cannot be said in ONNX ({told})") from fault
    if made is None:
        raise NoOnnx(f"{about.model}: cannot be said in ONNX")
    model = made.model_proto
    _forget(model.graph)
    onnx.helper.set_model_props(model, properties(about))
    place.write_bytes(model.SerializeToString(deterministic=True))


def properties(about: Checkpoint) -> dict[str, str]:
    """What the file says of itself: `onnxruntime`'s custom_metadata_map."""
    return {
        "disclaimer": about.disclaimer,
        "warnings": json.dumps(about.warnings[1:]),
        "labels": json.dumps(about.labels),
        "mean": json.dumps(about.mean),
        "deviation": json.dumps(about.deviation),
        "channels": json.dumps(about.channels),
        "recipe_id": about.recipe_id,
        "recipe": json.dumps(about.recipe),
        "manifest_id": about.manifest_id,
        "protocol": about.protocol,
        "weights_sha256": about.weights_sha256,
    }


def _forget(graph: Any) -> None:  # noqa: ANN401 - a message of onnx's, whose types are generated
    """Take out the traces of the machine it was written on: its paths stand beside every node."""
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info,
                 *graph.initializer):  # fmt: skip
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
