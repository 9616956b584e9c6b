"""What an export wrote, kept beside the folder and looked at again: files that are not made here.

Training writes them, from another process, and a check that exported anew would take minutes. What
can be known of them otherwise is known: config.json follows from checkpoint.json, and an ONNX file
names the weights that it was made from.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from curation.publish.inventory import INVENTORY, Item, items
from curation.publish.networks.card import CARD, HEADING, LICENSES, ON_THE_HUB
from manifests.contract.folder import whole_file
from manifests.contract.network import ABOUT, WEIGHTS

CONFIG, ONNX = "config.json", "model.onnx"
SEGMENTER = ("segmenter/segmenter.json", f"segmenter/{WEIGHTS}")
USUAL = (ABOUT, CARD, INVENTORY, LICENSES, WEIGHTS, CONFIG, ONNX)
NOT_WELL = "stage the release again"
OF_TIMM = {"first_conv": (str, list, type(None)), "classifier": (str, list, type(None)),
           "fixed_input_size": (bool,)}  # fmt: skip
"""Of config.json: what timm alone knows of a network, and of which kind it is."""


class Staged(BaseModel):
    """What stands in KEY.staged.json, beside the folder KEY."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: dict[str, Item]
    """All files as they were staged, but the card, whose upper part may be written anew."""
    card_end: str
    """SHA-256 of the part of the card that the export wrote."""


def remember(folder: Path, place: Path) -> None:
    """Write beside `place`, the network's folder, what `folder` holds that will be moved there."""
    with whole_file(_beside(place)) as part:
        told = _now(folder).model_dump_json(indent=2)
        part.write_text(told + "\n", encoding="utf-8", newline="\n")


def as_exported(folder: Path) -> Iterator[str]:
    """A sentence for each file that is not the one that was staged.

    It proves that a folder and what stands beside it were written by one `cxr release stage`, since
    neither the folder nor its release.json can be written anew alone. It proves nothing against one
    who writes both: the record is no signature. That an ONNX file answers as the weights do is
    proven once, by the export, before it is recorded.
    """
    place = _beside(folder)
    try:
        told = Staged.model_validate_json(place.read_bytes())
    except (OSError, ValidationError):
        yield f"{place}: does not say what was staged; {NOT_WELL}"
        return
    now = _now(folder)
    for name in sorted(told.files.keys() | now.files.keys()):
        if told.files.get(name) != now.files.get(name):
            yield f"{folder / name}: is not what was staged; {NOT_WELL}"
    if told.card_end != now.card_end:
        yield f"{folder / CARD}: does not end as it was staged; {NOT_WELL}"


def of_checkpoint(folder: Path) -> Iterator[str]:
    """What is missing, and what is not of the network that checkpoint.json tells of."""
    about = _json(folder / ABOUT)
    needed = (*USUAL, *(SEGMENTER if sees_lungs(about) else ()))
    for name in needed:
        if not (folder / name).is_file():
            yield f"{folder / name}: is not there; {NOT_WELL}"
    for name in SEGMENTER:
        if name not in needed and (folder / name).is_file():
            yield f"{folder / name}: is of a segmenter, and the network sees no lungs; {NOT_WELL}"
    if (folder / CONFIG).is_file() and not _is_config_of(_json(folder / CONFIG), about):
        yield f"{folder / CONFIG}: is not of the network that {ABOUT} tells of; {NOT_WELL}"
    onnx, weights = folder / ONNX, str(about.get("weights_sha256", ""))
    if onnx.is_file() and not (weights and weights.encode() in onnx.read_bytes()):
        yield f"{onnx}: does not name the weights of {ABOUT}; {NOT_WELL}"
    card = folder / CARD
    if card.is_file() and not _words(card).endswith(f"{ON_THE_HUB}\n"):
        yield f"{card}: does not end with how it is loaded; {NOT_WELL}"


def sees_lungs(about: Mapping[str, Any]) -> bool:
    return bool((about.get("recipe") or {}).get("lungs", "none") != "none")


def _is_config_of(config: Mapping[str, Any], about: Mapping[str, Any]) -> bool:
    """All that timm reads, and nothing else; of what only timm knows, the kind."""
    own = config.get("pretrained_cfg")
    if not isinstance(own, dict):
        return False
    labels, side = about.get("labels") or [], about.get("size")
    expected = {
        "architecture": str(about.get("model")).partition(".")[0], "num_classes": len(labels),
        "label_names": labels, "num_features": config.get("num_features"), "pretrained_cfg": {
            "custom_load": False, "input_size": [3, side, side], "interpolation": "bilinear",
            "crop_pct": 1.0, "crop_mode": "squash", "mean": about.get("mean"),
            "std": about.get("deviation"), "num_classes": len(labels), "pool_size": None,
            **{name: own.get(name) for name in OF_TIMM},
        },
    }  # fmt: skip
    is_of_kind = all(isinstance(own.get(name), kinds) for name, kinds in OF_TIMM.items())
    return is_of_kind and isinstance(config.get("num_features"), int | None) and config == expected


def _now(folder: Path) -> Staged:
    found = {name: held for name, held in items(folder).items() if name != CARD}
    end = _words(folder / CARD).partition(HEADING)[2] if (folder / CARD).is_file() else ""
    return Staged(files=found, card_end=hashlib.sha256(end.encode()).hexdigest())


def _words(place: Path) -> str:
    return place.read_text(encoding="utf-8", errors="replace")


def _json(place: Path) -> dict[str, Any]:
    try:
        told = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.staged.json")
