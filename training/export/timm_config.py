"""config.json as timm writes it: `timm.create_model("local-dir:FOLDER", pretrained=True)` reads it.

timm's own writer is not asked, because it describes what a network was made of (ImageNet's classes,
license and address) and not what it has become.
"""

import timm
from torch import nn

from training.checkpoint import Checkpoint

CONFIG = "config.json"


def config(net: nn.Module, about: Checkpoint) -> dict[str, object]:
    """What stands in config.json for `net`."""
    known = timm.get_pretrained_cfg(about.model)
    side = (3, about.size, about.size)
    return {
        "architecture": about.model.partition(".")[0],
        "num_classes": len(about.labels),
        "num_features": getattr(net, "num_features", None),
        "label_names": list(about.labels),
        "pretrained_cfg": {
            "custom_load": False,
            "input_size": side,
            # Where it is, timm builds the network for this side, as ours was built.
            "fixed_input_size": bool(known and known.fixed_input_size),
            "interpolation": "bilinear",
            "crop_pct": 1.0,
            # The whole frame, whatever its shape, as `squeezed` does it.
            "crop_mode": "squash",
            "mean": list(about.mean),
            "std": list(about.deviation),
            "num_classes": len(about.labels),
            "pool_size": None,
            "first_conv": known.first_conv if known else None,
            "classifier": known.classifier if known else None,
        },
    }
