"""Stage segment: a network that finds the lungs, learnt from masks that a person drew (4.3)."""

import logging
from pathlib import Path

import numpy as np
import torch
from pydantic import Field, field_validator, model_validator
from torch import nn

from manifests.contract.masked import MaskedFilms
from manifests.contract.vocabulary import DISCLAIMER, DRAWN, Split
from training.files import write_json
from training.films import Whole
from training.hardware import on_device, one_thread
from training.models.unet import STRIDE, build_segmenter
from training.plan import Pace
from training.seed import seed_everything
from training.segmentation.learning import Course, learn, write_history
from training.segmentation.look import Equalise, seen
from training.segmentation.lungs import cleaned, masks_of
from training.segmentation.overlap import agreement
from training.segmentation.prediction import chances
from training.segmentation.segmenter import About, write_segmenter
from training.segmentation.sides import side, side_of

log = logging.getLogger(__name__)
SIDES = (Split.TRAIN, Split.VAL, Split.TEST)
Places = dict[Split, Whole]


class Params(Pace):
    """What is learnt, how long, and on whom it is judged."""

    model: str
    """unet_paper (the paper's 4.3), or any timm encoder for a U-Net around it."""
    size: int = Field(ge=64, le=1024)
    """Pixels a side that the network sees, a multiple of 32; the paper's 320."""
    equalise: Equalise
    """none, global or adaptive (the paper's AHE in small): grey levels before the network."""
    val: float = Field(ge=0, lt=1)
    """Share of patients that choose the epoch."""
    test: float = Field(ge=0, lt=1)
    """Share of patients that the masks are judged on."""
    salt: str
    """Another word draws other patients."""
    least_patients: int = Field(ge=3, le=1000)
    """Fewer than these with masks train no network."""
    bootstrap: int = Field(ge=100, le=100_000)
    """Resamples of patients for the intervals."""
    seed: int = Field(ge=0, lt=2**32)
    """Another number draws other first weights, orders and variations."""

    @field_validator("size")
    @classmethod
    def _halves_often(cls, size: int) -> int:
        if size % STRIDE:
            raise ValueError(f"must be a multiple of {STRIDE}, such as {size // STRIDE * STRIDE}")
        return size

    @model_validator(mode="after")
    def _leaves_something_to_train(self) -> "Params":
        if self.val + self.test >= 1:
            raise ValueError("val and test leave nothing for training; lower one of them")
        return self


def main(masked: MaskedFilms, folder: Path, params: Params, least_lung: float) -> None:
    """Write model.safetensors, segmenter.json, history.csv and dice.json into `folder`.

    Judged are the masks that others get: without islands below `least_lung` (0-1) of the frame.

    Too few masks are no fault: then there is no network, which the files say, and whoever asks for
    lungs gets empty masks.
    """
    generator = seed_everything(params.seed)
    places = sides_of(masked, params)
    net, course, reason = None, Course(history=(), best_epoch=0), too_few(masked, places, params)
    if reason:
        log.warning("no network is trained: %s", reason)
    else:
        net = on_device(build_segmenter(params.model))
        taught, chosen = (
            side(masked, places[split], params.equalise, params.size) for split in SIDES[:2]
        )
        # Films are cropped by what comes of it, and must be cropped alike on one core and on many.
        with one_thread():
            course = learn(net, taught, chosen, params, generator)
    write_history(folder / "history.csv", course.history)
    write_segmenter(folder, net, About(
        drawn=DRAWN if masked.is_drawn else None,
        model=params.model if net else "",
        size=params.size, equalise=params.equalise, params=params.model_dump(mode="json"),
        groups={split.value: _groups(masked, places[split]) for split in SIDES},
        best_epoch=course.best_epoch, weights_sha256="", reason=reason,
    ))  # fmt: skip
    with one_thread():
        figures = judged(net, masked, places[Split.TEST], params, least_lung, generator)
    drawn = {"drawn": DRAWN} if masked.is_drawn else {}
    figures |= {"reason": reason} if reason else {}
    counts = {f"{split}_films": len(places[split]) for split in SIDES}
    write_json(folder / "dice.json", {"disclaimer": DISCLAIMER, **drawn, **counts, **figures})
    log.info(
        "segment: %s; Dice %s on %d films of %d patients it never saw",
        ", ".join(f"{len(places[split])} {split}" for split in SIDES),
        figures["dice"], figures["films"], figures["groups"],
    )  # fmt: skip


def sides_of(masked: MaskedFilms, params: Params) -> Places:
    """The films on each side, whole groups on one."""
    given = [
        side_of(group, val=params.val, test=params.test, salt=params.salt)
        for group in masked.groups
    ]
    return {
        split: np.flatnonzero([one is split for one in given]).astype(np.int64) for split in SIDES
    }


def too_few(masked: MaskedFilms, places: Places, params: Params) -> str:
    """Why no network can be trained, in a sentence; empty where one can."""
    patients = len(set(masked.groups))
    if patients < params.least_patients:
        return (
            f"lungs are drawn on films of {patients} patients, and segment.least_patients in "
            f"params.yaml is {params.least_patients}; bring a source with lung masks, such as "
            "nlm_tb, and name it in masked.sources"
        )
    if len(places[Split.TRAIN]) < 2:  # noqa: PLR2004 - one film has no variance to normalise
        return "all patients fell on the sides that judge; lower segment.val and segment.test"
    return ""


def judged(  # noqa: PLR0913, PLR0917 - one network, its films, and how to judge
    net: nn.Module | None, masked: MaskedFilms, places: Whole, params: Params, least_lung: float,
    generator: torch.Generator,
) -> dict[str, object]:  # fmt: skip
    """Dice and IoU at 256 pixels a side, over all films of `places` and for each source."""
    places = places if net else places[:0]
    said = np.zeros_like(masked.masks[places])
    if net:
        raw = masks_of(chances(net, seen(masked.films[places], params.equalise, params.size)))
        for number, mask in enumerate(raw):
            said[number] = cleaned(mask, least_lung).mask
    true, groups = masked.masks[places], [masked.groups[n] for n in places]
    sources = np.array([masked.sources[n] for n in places], object)

    def figures(chosen: Whole) -> dict[str, object]:
        owners = [groups[n] for n in chosen]
        return agreement(said[chosen], true[chosen], owners, params.bootstrap, generator)

    return {
        **figures(np.arange(len(places))),
        "sources": {
            str(name): figures(np.flatnonzero(sources == name)) for name in sorted(set(sources))
        },
    }


def _groups(masked: MaskedFilms, places: Whole) -> tuple[str, ...]:
    return tuple(sorted({masked.groups[n] for n in places}))
