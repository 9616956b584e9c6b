"""How well the network of the road finds the lungs of drawn films, of people it never saw.

    dvc repro segment && python benchmarks/drawn_lungs.py [patients, default 150]

The road itself holds out a handful of drawn films. Here are the frontal films, without copies, of
as many patients of another world, drawn with a mask; many are ill, and some are cropped or tilted.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from curation.phantom.world import shots
from manifests.contract.images import decode
from manifests.contract.masked import SIDE, squeezed, squeezed_mask
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Modality, View
from training.segmentation.look import seen
from training.segmentation.lungs import cleaned, masks_of
from training.segmentation.overlap import agreement, dice
from training.segmentation.prediction import chances
from training.segmentation.segmenter import read_segmenter

WORLD = 1001
"""Another one than any that is trained on."""
LEAST = 0.01


def main(arguments: list[str]) -> None:
    films, truth, patients, clear = [], [], [], []
    for shot in shots(int(arguments[0]) if arguments else 150, WORLD):
        if shot.modality is not Modality.X_RAY or shot.view is View.L or shot.copy_of:
            continue
        try:
            films.append(squeezed(decode(shot.data, shot.ref).pixels))
        except Rejected:
            # Some files are broken on purpose.
            continue
        truth.append(squeezed_mask(shot.lungs))
        patients.append(shot.patient)
        clear.append(not shot.shows_disease)
    segmenter = read_segmenter(Path("data/segment"))
    if segmenter.net is None:
        sys.exit(f"there is no network: {segmenter.about.reason}")
    about = segmenter.about
    raw = masks_of(chances(segmenter.net, seen(films, about.equalise, about.size)))
    said = np.stack([cleaned(mask, LEAST).mask for mask in raw])
    true, is_clear = np.stack(truth).reshape(-1, SIDE, SIDE), np.array(clear)
    for name, chosen in (("all", is_clear | ~is_clear), ("clear", is_clear), ("ill", ~is_clear)):
        own = np.flatnonzero(chosen)
        figures = agreement(said[own], true[own], [patients[n] for n in own], 2000,
                            torch.Generator().manual_seed(0))  # fmt: skip
        print(f"{name:6}{figures['films']:4} films {figures['groups']:4} patients  "
              f"Dice {figures['dice']:.3f} ({figures['dice_low']:.3f} to "
              f"{figures['dice_high']:.3f}), worst {dice(said[own], true[own]).min():.3f}  "
              f"IoU {figures['iou']:.3f}")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
