"""The layouts of the public CheXNet checkpoints: how each names its tensors, what it is given.

A layout is no proof of who trained a network, or on what: anyone may train one laid out so. What
stands here of labels, license, citation and films is that of the public checkpoint of the layout.
Read in the projects' own code, as of 2026: arnoweng/CheXNet `model.py` (a state dict of the
torchvision of 2017, whose names have a dot before the number), jrzech/reproduce-chexnet `model.py`
and mlmed/torchxrayvision `torchxrayvision/models.py` (both pickle the network as a whole; its state
dict is what is read here). All are torchvision's DenseNet-121 but for the last layer, and
torchxrayvision's for one channel.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor

STEM = "features.conv0.weight"
NIH = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia",
    "Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening",
    "Hernia",
)  # fmt: skip
XRV = (
    "Atelectasis", "Consolidation", "Infiltration", "Pneumothorax", "Edema", "Emphysema",
    "Fibrosis", "Effusion", "Pneumonia", "Pleural_Thickening", "Cardiomegaly", "Nodule", "Mass",
    "Hernia", "Lung Lesion", "Fracture", "Lung Opacity", "Enlarged Cardiomediastinum",
)  # fmt: skip
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Layout(NamedTuple):
    """How a public checkpoint is laid out, and what its project says of that checkpoint."""

    name: str
    labels: tuple[str, ...]
    """Of the outputs, in their order; each is a sigmoid of its own."""
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    """Grey levels of 0..1 less `mean`, over `deviation`, are what the network was given."""
    scaling: str
    """The same in words."""
    seen: tuple[str, ...]
    """Sources of this project that the public checkpoint learnt from, or may have."""
    license: str
    citation: str
    homepage: str


ARNOWENG = Layout(
    name="arnoweng",
    labels=NIH,
    mean=IMAGENET_MEAN,
    deviation=IMAGENET_DEVIATION,
    scaling="three equal channels, grey levels in 0..1 standardised as for ImageNet",
    seen=("nih_cxr14",),
    license="none stated",
    citation="Weng, Zhuang, Tian, Liu: CheXNet for classification and localization of thoracic "
    "diseases, 2017; after Rajpurkar et al., arXiv:1711.05225",
    homepage="https://github.com/arnoweng/CheXNet",
)
JRZECH = ARNOWENG._replace(
    name="jrzech",
    license="BSD-3-Clause",
    citation="Zech: reproduce-chexnet, 2018; after Rajpurkar et al., arXiv:1711.05225",
    homepage="https://github.com/jrzech/reproduce-chexnet",
)
TORCHXRAYVISION = Layout(
    name="torchxrayvision",
    labels=XRV,
    mean=(0.5, 0.5, 0.5),
    deviation=(1 / 2048, 1 / 2048, 1 / 2048),
    scaling="one channel of -1024..1024; here three equal ones, grey levels in 0..1 less 0.5, "
    "times 2048. A checkpoint fills only the outputs whose labels its training set has",
    # Which of its training sets a checkpoint saw stands in its name only.
    seen=("nih_cxr14", "chexpert"),
    license="Apache-2.0",
    citation="Cohen et al.: TorchXRayVision, a library of chest X-ray datasets and models, "
    "MIDL 2022, arXiv:2111.00595",
    homepage="https://github.com/mlmed/torchxrayvision",
)


def layout_of(state: Mapping[str, Tensor]) -> Layout | None:
    """Which of the three `state` is laid out as, by its names and its stem; None for any other."""
    here = {renamed(key): value for key, value in state.items()}
    stem = here.get(STEM)
    if stem is None or stem.ndim != 4:  # noqa: PLR2004 - filters, channels, height, width
        return None
    if stem.shape[1] == 1:
        return TORCHXRAYVISION
    if any("densenet121." in key for key in state):
        return ARNOWENG
    return JRZECH if "classifier.0.weight" in state else None


def renamed(key: str) -> str:
    """What timm's densenet121 calls the tensor that a donor calls `key`.

    `module.densenet121.features.denseblock1.denselayer1.norm.1.weight` becomes
    `features.denseblock1.denselayer1.norm1.weight`.
    """
    key = key.removeprefix("module.").removeprefix("densenet121.")
    key = re.sub(r"(denselayer\d+\.)(norm|conv)\.([12])\.", r"\1\2\3.", key)
    return key.replace("classifier.0.", "classifier.", 1)
