"""Which way a film was taken, by its pixels: frontal, from the side, or no chest film at all.

A linear score over sixteen by sixteen equalised grey levels and seven named features. PA and AP are
not told apart: the best we found is hardly better than the source of the film.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np

from curation.pixels.chest import Chest, Floats
from curation.pixels.fitted import lung_model, weights
from manifests.contract.vocabulary import SeenView

CLASSES = (SeenView.FRONTAL, SeenView.L, SeenView.OTHER)
NAMED = ("mirror", "distance", "aspect", "edges", "valley", "entropy", "black_rim")
LEAST = 0.6
"""A class that is less sure than this is no answer."""
BLACK = 12
GAP = 0.05
NOTHING = 1e-9


class Seen(NamedTuple):
    """The view and how sure it is, 0 to 1."""

    view: SeenView
    score: float


def seen_view(film: Chest) -> Seen:
    """The view that the pixels show; UNKNOWN with the best score where none is sure."""
    scores = weights("view").scores(features(film))
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    best = int(np.argmax(shares))
    score = round(float(shares[best]), 3)
    return Seen(CLASSES[best] if score >= LEAST else SeenView.UNKNOWN, score)


def features(film: Chest) -> Floats:
    """float32[256 + 7]: the coarse grid, then the features of `NAMED`."""
    height, width = film.small.shape
    grid = film.grid.astype(np.float32) / np.float32(255)
    counts = cv2.calcHist([film.grid], [0], None, [32], [0, 256]).ravel() / film.grid.size
    rim = np.concatenate([film.small[:8].ravel(), film.small[-8:].ravel(),
                          film.small[:, :8].ravel(), film.small[:, -8:].ravel()])  # fmt: skip
    named = (
        _mirror(film.coarse),
        float(((film.coarse - lung_model().grey_mean) ** 2).sum()),
        math.log(width / height),
        float(np.abs(cv2.Laplacian(grid, cv2.CV_32F)).mean()),
        _valley(film.lungs),
        float(-(counts * np.log(counts + 1e-9)).sum()),
        float((rim < BLACK).mean()),
    )
    return np.concatenate([film.coarse, np.array(named, np.float32)])


def likeness(film: Chest) -> float:
    """How the bright and dark parts agree with the mean frontal film, -1 to 1; < 0: a negative."""
    return _correlation(film.coarse, lung_model().grey_mean)


def _mirror(coarse: Floats) -> float:
    """How alike the two halves are, 0 for strangers: the best over some axes near the middle."""
    side = math.isqrt(coarse.size)
    middle = coarse.reshape(side, side)[2:-2]
    parts = np.stack([middle[:, 3 + shift : 13 + shift] for shift in (-2, -1, 0, 1, 2)])
    parts -= parts.mean((1, 2), keepdims=True)
    alike = np.einsum("nij,nij->n", parts, parts[:, :, ::-1])
    total = np.einsum("nij,nij->n", parts, parts)
    return float((alike / (total + NOTHING)).max())


def _valley(lungs: Floats) -> float:
    """How clearly two lungs lie side by side, 0 to 1."""
    profile = lungs[12:52].mean(0)
    peak = min(float(profile[:32].max()), float(profile[32:].max()))
    return 1 - float(profile[24:40].min()) / (peak + GAP)


def _correlation(a: Floats, b: Floats) -> float:
    one, other = a - a.mean(), b - b.mean()
    norm = math.sqrt(float((one * one).sum()) * float((other * other).sum()))
    return float((one * other).sum()) / norm if norm > 0 else 0.0
