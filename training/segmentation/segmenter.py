"""A trained segmenter on disk: weights as safetensors, and what must be known to use them.

Where there were too few masks there is no network: `model` is empty, and so are the weights.
"""

import hashlib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from safetensors.torch import load, save_file
from torch import nn

from manifests.contract import lungs, masked
from manifests.contract.network import WEIGHTS
from manifests.contract.vocabulary import DISCLAIMER
from training.checkpoint import WrongCheckpoint, write_weights
from training.files import write_json
from training.hardware import on_device
from training.models.unet import build_segmenter
from training.segmentation.look import Equalise

ABOUT = "segmenter.json"
CODE = (*Path(__file__).parent.glob("*.py"), Path(__file__).parents[1] / "models" / "unet.py",
        Path(lungs.__file__), Path(masked.__file__))  # fmt: skip
LIBRARIES = ("opencv-python-headless", "segmentation-models-pytorch", "timm", "torch")


class About(BaseModel):
    """segmenter.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    disclaimer: str = DISCLAIMER
    drawn: str | None = None
    """The wording for drawn films, where there are any."""
    model: str
    """unet_paper, a timm encoder, or empty: no network."""
    size: int
    """Pixels a side that the network sees."""
    equalise: Equalise
    params: dict[str, JsonValue]
    groups: dict[str, tuple[str, ...]]
    """train, val, test -> the patients on that side, sorted."""
    best_epoch: int
    weights_sha256: str
    reason: str = ""
    """Why there is no network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmenter:
    """A network ready to look (None where there is none), and how films must be shown to it."""

    net: nn.Module | None
    about: About
    network_id: str
    """Of weights, look, code and libraries: equal ids give equal masks of equal films."""


def write_segmenter(folder: Path, net: nn.Module | None, about: About) -> None:
    """Write the weights of `net` and segmenter.json; `about` need not know the hash yet."""
    if net is None:
        save_file({}, folder / WEIGHTS, metadata={"disclaimer": DISCLAIMER})
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    else:
        digest = write_weights(folder, net)
    whole = about.model_copy(update={"weights_sha256": digest})
    write_json(folder / ABOUT, whole.model_dump(mode="json", exclude_none=True))


def read_segmenter(folder: Path) -> Segmenter:
    """The network in `folder`, in evaluation mode, on the device.

    Raises `WrongCheckpoint` when it is not there, or its bytes are not those written.
    """
    try:
        about = About.model_validate_json((folder / ABOUT).read_bytes())
        data = (folder / WEIGHTS).read_bytes()
    except FileNotFoundError as absent:
        raise WrongCheckpoint(f"{absent.filename}: not there; run `dvc repro segment`") from None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "its JSON"
        raise WrongCheckpoint(f"{folder / ABOUT}: {where}: {first['msg']}; train again") from None
    found = hashlib.sha256(data).hexdigest()
    if found != about.weights_sha256:
        raise WrongCheckpoint(
            f"{folder / WEIGHTS}: its SHA-256 is {found[:12]}…, {ABOUT} says "
            f"{about.weights_sha256[:12]}…; the file was changed, train again"
        )
    return Segmenter(net=_net(about, data), about=about, network_id=_id(about))


def _net(about: About, data: bytes) -> nn.Module | None:
    if not about.model:
        return None
    net = build_segmenter(about.model)
    net.load_state_dict(load(data))
    return on_device(net).eval()


def _id(about: About) -> str:
    """Whatever may change a mask is in it, so that no mask outlives what made it."""
    digest = hashlib.sha256(about.weights_sha256.encode())
    digest.update(f"{about.model}\0{about.size}\0{about.equalise}\0".encode())
    for file in sorted(CODE):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library}=={metadata.version(library)}\0".encode())
    return digest.hexdigest()[:16]
