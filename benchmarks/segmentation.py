"""How well lungs are found on real films, on patients that the network never saw.

    python benchmarks/segmentation.py [--folds 4] [--epochs 40] [--paper-epochs 0 --paper-size 320]

Reads Montgomery, Shenzhen and Cohen of the profile `sample`, and the masks beside them. Each film
of the first two is held out once, with its whole patient; nothing is chosen by the films judged,
the last epoch counts. Beside it: the linear shape model of `curation/pixels/chest.py` (which was
fitted on these very masks), the paper's U-Net on the first fold, and as a test outside of what was
learnt the masks that V7 Labs drew of Cohen's sick patients. Prints CPU seconds; a training of the
default takes about three minutes; no epochs leave one out.
"""

import argparse
import csv
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import yaml
from sklearn.model_selection import GroupKFold
from torch import nn

from curation.duplicates.groups import components
from curation.pixels.chest import INSIDE, chest
from curation.pixels.lung_mask import lung_mask
from curation.sources.base import Draft
from curation.sources.loading import load, of_profile
from curation.stages.ingest import drafts_of
from manifests.contract.images import decode
from manifests.contract.masked import SIDE, squeezed, squeezed_mask
from training.hardware import on_device
from training.models.unet import PAPER, build_segmenter
from training.plan import Pace, Schedule
from training.seed import seed_everything
from training.segmentation.learning import learn
from training.segmentation.look import Equalise, seen, squeezed_masks
from training.segmentation.lungs import cleaned, masks_of
from training.segmentation.overlap import agreement, dice
from training.segmentation.prediction import chances
from training.segmentation.sides import Side

DATA = Path("../shared/data")
OUTSIDE = DATA / "cohen_v7labs_lung_masks/semantic_masks_v7labs_lungs"
LEAST = 0.01


@dataclass(frozen=True, kw_only=True)
class Film:
    """`small` and `mask` are uint8[256, 256], and so is `shape`: what the shape model says."""

    name: str
    patient: str
    small: np.ndarray
    mask: np.ndarray
    shape: np.ndarray


def drafts(key: str) -> Iterator[Draft]:
    entries = of_profile(Path("profiles"), "sample")
    yield from (d for d in drafts_of(key, load(key, entries)) if isinstance(d, Draft))


def film(draft: Draft, masks: list[bytes]) -> Film:
    pixels = decode(draft.image(), draft.source_ref).pixels
    mask = squeezed_mask(lung_mask(masks, draft.source_ref, pixels, pixels))
    return Film(
        name=Path(draft.source_ref).stem, patient=draft.patient, small=squeezed(pixels),
        mask=mask, shape=shape_model(pixels),
    )  # fmt: skip


def shape_model(pixels: np.ndarray) -> np.ndarray:
    """uint8[256, 256]: the lungs of the linear model, laid on the whole frame."""
    found = chest(pixels)
    whole = np.zeros(found.small.shape, np.float32)
    top, bottom, left, right = found.frame
    whole[top:bottom, left:right] = cv2.resize(found.lungs, (right - left, bottom - top))
    return np.asarray(cv2.resize(whole, (SIDE, SIDE)) > INSIDE, np.uint8) * np.uint8(255)


def learnt() -> list[Film]:
    """Montgomery and Shenzhen, with one patient under several ids joined."""
    films = [film(d, [m() for m in d.masks]) for d in drafts("nlm_tb") if d.masks]
    patient = {one.name: one.patient for one in films}
    with (DATA / "dup_truth.csv").open(encoding="utf-8") as source:
        stems = ((Path(row["a"]).stem, Path(row["b"]).stem, row["relation"])
                 for row in csv.DictReader(source))  # fmt: skip
        pairs = [(patient[a], patient[b]) for a, b, relation in stems
                 if relation != "different" and a in patient and b in patient]  # fmt: skip
    joined = {one: group[0] for group in components(patient.values(), pairs) for one in group}
    return [Film(**{**vars(one), "patient": joined[one.patient]}) for one in films]


def outside() -> list[Film]:
    """Cohen's films with a mask that is not blank; a blank one is of a lateral view."""
    made = []
    for draft in drafts("cohen"):
        beside = OUTSIDE / Path(draft.source_ref).name
        if beside.exists() and decode(beside.read_bytes(), "mask").pixels.any():
            made.append(film(draft, [beside.read_bytes()]))
    return made


def side(films: list[Film], size: int, how: Equalise) -> Side:
    return Side(
        places=np.arange(len(films)), films=seen([one.small for one in films], how, size),
        masks=squeezed_masks(stacked(films, "mask"), size),
    )  # fmt: skip


def stacked(films: list[Film], what: str) -> np.ndarray:
    return np.stack([getattr(one, what) for one in films])


def trained(films: list[Film], given: dict[str, object], epochs: int) -> nn.Module:
    how, size = Equalise(str(given["equalise"])), int(str(given["size"]))
    generator, began = seed_everything(18), cpu()
    net = on_device(build_segmenter(str(given["model"])))
    pace = Pace(epochs=epochs, batch=8, learning_rate=float(str(given["learning_rate"])),
                schedule=Schedule.COSINE)  # fmt: skip
    empty = Side(places=np.arange(0), films=torch.zeros(0), masks=torch.zeros(0))
    learn(net, side(films, size, how), empty, pace, generator)
    print(f"  {len(films)} films, {epochs} epochs: {cpu() - began:.0f} CPU s", flush=True)
    return net


def found(net: nn.Module, films: list[Film], given: dict[str, object]) -> np.ndarray:
    """The masks that others would get, without islands and holes."""
    how, size = Equalise(str(given["equalise"])), int(str(given["size"]))
    masks = masks_of(chances(net, seen([one.small for one in films], how, size)))
    return np.stack([cleaned(mask, LEAST).mask for mask in masks])


def tell(name: str, said: np.ndarray, films: list[Film]) -> None:
    generator = torch.Generator().manual_seed(0)
    figures = agreement(said, stacked(films, "mask"), [f.patient for f in films], 2000, generator)
    print(f"{name:44} {figures['films']:>3} films {figures['groups']:>3} patients  "
          f"Dice {figures['dice']:.4f} ({figures['dice_low']:.4f} to {figures['dice_high']:.4f}), "
          f"worst {figures['dice_worst']:.3f}  IoU {figures['iou']:.4f} "
          f"({figures['iou_low']:.4f} to {figures['iou_high']:.4f})", flush=True)  # fmt: skip


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def settings() -> dict[str, object]:
    """The section `segment` as the profile `sample` has it."""
    usual = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))["segment"]
    return {**usual, **yaml.safe_load(Path("profiles/sample.yaml").read_text())["segment"]}


def show_default(
    films: list[Film], others: list[Film], splits: list[tuple[np.ndarray, np.ndarray]],
    given: dict[str, object], epochs: int,
) -> None:  # fmt: skip
    clean = np.zeros((len(films), SIDE, SIDE), np.uint8)
    for number, (train, test) in enumerate(splits):
        net = trained([films[n] for n in train], given, epochs)
        clean[test] = found(net, [films[n] for n in test], given)
        if number == 0:
            tell(f"{given['model']}, Cohen (V7 Labs)", found(net, others, given), others)
        tell(f"{given['model']}, fold {number + 1}", clean[test], [films[n] for n in test])
    tell(f"{given['model']} at {given['size']}, all held out once", clean, films)
    for prefix, name in (("MCUCXR", "Montgomery"), ("CHNCXR", "Shenzhen")):
        some = [n for n, one in enumerate(films) if one.name.startswith(prefix)]
        tell(f"  {name}", clean[some], [films[n] for n in some])
    worst = np.argsort(dice(clean, stacked(films, "mask")))[:5]
    print("  worst:", ", ".join(films[n].name for n in worst))


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--folds", type=int, default=4)
    asked.add_argument("--epochs", type=int, default=40)
    asked.add_argument("--paper-epochs", type=int, default=0)
    asked.add_argument("--paper-size", type=int, default=320)
    options, given = asked.parse_args(), settings()
    films, others = learnt(), outside()
    tell("shape model, fitted on these masks", stacked(films, "shape"), films)
    tell("shape model, Cohen (V7 Labs), fitted on them", stacked(others, "shape"), others)
    splits = list(GroupKFold(options.folds).split(films, groups=[f.patient for f in films]))
    if options.epochs:
        show_default(films, others, splits, given, options.epochs)
    if options.paper_epochs:
        train, test = splits[0]
        paper = {**given, "model": PAPER, "size": options.paper_size, "equalise": "adaptive",
                 "learning_rate": 3e-4}  # fmt: skip
        net = trained([films[n] for n in train], paper, options.paper_epochs)
        said = found(net, [films[n] for n in test], paper)
        tell(f"{PAPER} at {paper['size']}, fold 1", said, [films[n] for n in test])


if __name__ == "__main__":
    main()
