"""What lies in the frame of a stack: the film as a person knows it, and masks laid over it.

A stack may show a part of its film (the lungs' box): masks of the whole frame are cut to that part
before they are compared with anything that a network saw.
"""

import cv2
import numpy as np
import torch
from torch.nn.functional import interpolate

from manifests.contract.images import Pixels
from manifests.contract.prepared import Prepared


def image_channel(prepared: Prepared) -> int:
    """The channel before any enhancement, or the first where there is none such."""
    return prepared.channels.index("image") if "image" in prepared.channels else 0


def shown(prepared: Prepared, place: int, side: int) -> Pixels:
    """uint8[side, side]: the film as a person knows it, before any enhancement if there is such."""
    film = prepared.stack(place)[:, :, image_channel(prepared)]
    grey = torch.from_numpy(np.ascontiguousarray(film)).float()
    wide = interpolate(grey[None, None], size=(side, side), mode="bilinear")[0, 0]
    return wide.round().clamp(0, 255).to(torch.uint8).numpy()


def lungs_on(prepared: Prepared, place: int, side: int) -> Pixels | None:
    """uint8[side, side], 0 or 255: the lungs on a heat map of the stack; None where none is known.

    A mask without a lung says nothing of where heat should lie, so it is none.
    """
    mask = prepared.lungs(place)
    return laid_over(mask.astype(np.uint8) * 255, side) if mask is not None and mask.any() else None


def laid_over(mask: Pixels, side: int) -> Pixels:
    """uint8[side, side]: a mask of the stack's frame, 0/255, on a heat map of `side` pixels."""
    return np.asarray(cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST), np.uint8)
