"""What each probe is shown of the films: numbers, NaN where a film lacks them.

N films, D numbers, S pixels a side.
"""

import json
from collections.abc import Sequence

import cv2
import numpy as np
import pandas as pd

from manifests.contract.prepared import Prepared
from training.combined.beside import Column, beside
from training.combined.encoding import encoded, scale_of
from training.films import Whole
from training.frames import image_channel
from training.metrics import Floats
from training.thumbnails import Small, Thumbnails

BORDER, CORNER = 0.05, 0.15
"""Shares of a side: how wide the border is, and how long a corner."""
CELLS = 8
"""Squares a side in which burned-in text is counted."""
STATISTICS = ("width", "height", "format", "bits", "decoding", "mean", "deviation")
"""Columns of the manifest that know the file and nothing of the chest."""
NUMBERS = ("width", "height", "mean", "deviation")
KNOWN_BESIDE = (Column.AGE, Column.SEX, Column.VIEW)
CUT = "lungs"
"""What `crop` says of a film that shows its lungs alone: it has no border left."""


def border(films: Small, crops: Sequence[str]) -> Thumbnails:
    """float32[N, D]: the outer 5 % on each side."""
    side = films.shape[1]
    width = max(1, round(BORDER * side))
    is_shown = np.ones((side, side), bool)
    is_shown[width:-width, width:-width] = False
    return _whole_frames(films[:, is_shown], crops)


def corners(films: Small, crops: Sequence[str]) -> Thumbnails:
    """float32[N, D]: four squares of 15 % of a side."""
    length = max(1, round(CORNER * films.shape[1]))
    ends = np.r_[0:length, films.shape[1] - length : films.shape[1]]
    return _whole_frames(films[:, ends][:, :, ends].reshape(len(films), -1), crops)


def outside(films: Small, lungs: Small, crops: Sequence[str]) -> Thumbnails:
    """float32[N, D]: the film without its lungs and a rim around them; NaN without a mask.

    What is hidden takes the mean of what is shown, so that it has no edge of its own; the outline
    stays guessable, and a lung that is white with disease may have a smaller one.
    """
    made = np.full((len(films), films[0].size), np.nan, np.float32)
    for n, (small, lung) in enumerate(zip(films, lungs, strict=True)):
        # Where the mask ends too early disease would show at its edge.
        is_lung = cv2.dilate((lung > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        if is_lung.any() and not is_lung.all():
            made[n] = np.where(is_lung, small[~is_lung].mean(dtype=np.float64), small).ravel()
    return _whole_frames(made, crops)


def file_statistics(records: pd.DataFrame, ids: Sequence[str]) -> Thumbnails:
    """float32[N, D]: the seven statistics of a file; NaN where the manifest lacks the film.

    Height, width, aspect, colour mode, format, mean and deviation, as measured on the set that the
    paper's peers use. The colour mode stands in `bits` and the steps of `decoding`.
    """
    own = records.set_index("record_id")[list(STATISTICS)].reindex(list(ids))
    numbers = own[list(NUMBERS)].to_numpy(np.float64, na_value=np.nan)
    aspect = numbers[:, :1] / numbers[:, 1:2]
    steps = own["decoding"].fillna("").astype(str).str.get_dummies(";")
    kinds = pd.get_dummies(own[["format", "bits"]].astype(str))
    return np.asarray(standard(np.column_stack([numbers, aspect, steps, kinds])), np.float32)


def metadata(rows: pd.DataFrame) -> Thumbnails:
    """float32[N, D]: age, sex and view, and which of them is known."""
    known = beside(rows, KNOWN_BESIDE, {})
    return np.asarray(standard(encoded(known, scale_of(known))), np.float32)


def text(plain: Prepared, concealed: Prepared, places: Whole) -> Thumbnails:
    """float32[N, D]: whether words were painted over, and how much of each part of the film."""
    channel, made = image_channel(plain), np.zeros((len(places), CELLS * CELLS + 1), np.float32)
    for n, place in enumerate(places):
        before, after = (
            given.stack(int(place))[:, :, channel]  # noqa: PD013 - not a table's stack
            for given in (plain, concealed)
        )
        painted = before != after
        edges = np.linspace(0, len(painted), CELLS + 1).astype(int)[:-1]
        rows = np.add.reduceat(painted.astype(np.float32), edges, axis=0)
        made[n, 1:] = np.add.reduceat(rows, edges, axis=1).ravel() / painted.size
        made[n, 0] = painted.any()
    return np.asarray(standard(made.astype(np.float64)), np.float32)


def no_text_reason(plain: Prepared, concealed: Prepared) -> str | None:
    """Why burned-in text cannot be looked at; None where it can."""
    if not json.loads(concealed.recipe).get("conceal_text"):
        return "no recipe conceals text, so nobody knows where it is; name one in audit.concealed"
    if plain.manifest_id != concealed.manifest_id or not plain.rows["record_id"].equals(
        concealed.rows["record_id"]
    ):
        return "the films with concealed text are others; run `dvc repro prepare`"
    own, other = (
        {**json.loads(given.recipe), "conceal_text": None} for given in (plain, concealed)
    )
    return None if own == other else "the recipe that conceals text differs in other things too"


def standard(columns: Floats) -> Floats:
    """Each column with mean 0 and deviation 1; one that is always the same is left out."""
    spread = np.nanstd(columns, axis=0)
    varied = columns[:, spread > 0]
    return np.asarray((varied - np.nanmean(varied, axis=0)) / spread[spread > 0])


def _whole_frames(shown: Thumbnails, crops: Sequence[str]) -> Thumbnails:
    is_cut = np.array([crop == CUT for crop in crops], bool)
    return np.where(is_cut[:, None], np.float32(np.nan), shown)
