"""Writes the folder, and looks whether it answers as the network does before it is there."""

import shutil
from pathlib import Path

from manifests.contract.folder import whole_folder
from manifests.contract.network import ABOUT, WEIGHTS
from manifests.contract.params import Misspelt
from training.checkpoint import Checkpoint, load
from training.export.checks import check
from training.export.onnx_file import ONNX, require, write_onnx
from training.export.readme import README, readme
from training.export.timm_config import CONFIG, config
from training.files import write_json
from training.segmentation.segmenter import ABOUT as SEGMENTER_ABOUT
from training.segmentation.segmenter import read_segmenter

SEGMENTER = "segmenter"
NAMES = {ABOUT, CONFIG, ONNX, README, SEGMENTER, WEIGHTS}


def export(trained: Path, out: Path, segmenter: Path) -> list[str]:
    """Write the network in `trained` into `out`; give what a person is to read, line by line.

    `segmenter` goes along where the network sees lungs alone. Raises `Misspelt` where `out` holds
    other things, or a library or the segmenter is absent; `WrongCheckpoint` for a changed file,
    `NoOnnx` and `Unequal` for a network that cannot be given on.
    """
    require()
    if out.exists() and not (out.is_dir() and {p.name for p in out.iterdir()} <= NAMES):
        raise Misspelt(f"{out}: holds other things than an export; name a folder of its own")
    net, about = load(trained)
    net = net.cpu().eval()
    told = []
    with whole_folder(out) as part:
        for name in (ABOUT, WEIGHTS):
            shutil.copyfile(trained / name, part / name)
        write_json(part / CONFIG, config(net, about))
        write_onnx(net, about, part / ONNX)
        found = check(net, about, part)
        if sees_lungs(about):
            told += _take_along(segmenter, part / SEGMENTER, about)
        (part / README).write_text(readme(net, about), encoding="utf-8")
    differences = ", ".join(f"{name} by {most:.1g}" for name, most in found.items())
    made = f"{out}: {about.model} for {', '.join(about.labels)}"
    return [*told, f"{made}; values differ from torch's, {differences} at most", *about.warnings]


def sees_lungs(about: Checkpoint) -> bool:
    return (about.recipe or {}).get("lungs", "none") != "none"


def _take_along(segmenter: Path, folder: Path, about: Checkpoint) -> list[str]:
    if not segmenter.is_dir():
        raise Misspelt(
            f"{about.experiment} sees lungs alone, and {segmenter} is no folder of a segmenter; "
            "name the one of its road with --segmenter"
        )
    found = read_segmenter(segmenter).network_id
    folder.mkdir()
    for name in (SEGMENTER_ABOUT, WEIGHTS):
        shutil.copyfile(segmenter / name, folder / name)
    if about.lungs_by in {None, found}:
        return []
    cause = "another network, or another version of its code or libraries"
    return [
        f"warning: {segmenter} is segmenter {found}, in training it was {about.lungs_by}: {cause}"
    ]
