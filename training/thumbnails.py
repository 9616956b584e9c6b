"""Films made small: all that a plain classifier looks at.

N films, S pixels a side.
"""

import cv2
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from manifests.contract.prepared import Prepared
from training.films import Whole
from training.frames import image_channel

Small = npt.NDArray[np.float32]
"""float32[N, S, S], grey levels 0 to 255."""
Thumbnails = npt.NDArray[np.float32]
"""float32[N, D]: D numbers for each film."""


def small_films(prepared: Prepared, places: Whole, side: int) -> Small:
    """float32[N, S, S]: the channel `image` (or the first) of each film, by area."""
    channel = image_channel(prepared)
    made = np.zeros((len(places), side, side), np.float32)
    for n, place in enumerate(tqdm(places, desc="looking at films", disable=None)):
        film = np.ascontiguousarray(prepared.stack(int(place))[:, :, channel])
        made[n] = cv2.resize(film, (side, side), interpolation=cv2.INTER_AREA)
    return made


def standardised(films: Small) -> Thumbnails:
    """float32[N, S * S]: each film with its own mean and deviation taken out.

    Brightness and contrast tell scanners apart better than diseases.
    """
    made = np.zeros((len(films), films[0].size if len(films) else 0), np.float32)
    for n, small in enumerate(films):
        made[n] = ((small - small.mean()) / max(float(small.std()), 1.0)).ravel()
    return made
