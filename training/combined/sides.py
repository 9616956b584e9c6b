"""The films of an experiment, side by side with what is known beside their pixels."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from manifests.contract.prepared import Prepared
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import Split
from training.answers import answers_of
from training.combined.beside import Beside, Column, beside
from training.combined.encoding import Scale, encoded, masks, scale_of
from training.combined.heads import Head, Side
from training.combined.members import Member
from training.combined.weighing import side_by_side
from training.films import films_of
from training.predictions import Predictions


class Known(NamedTuple):
    """One side: its rows of the prepared table, what they know, and what heads are given."""

    rows: pd.DataFrame
    beside: Beside
    side: Side


def known_sides(
    prepared: Prepared,
    member: Member,
    columns: Sequence[Column],
    facts: Mapping[str, Sequence[str]],
) -> dict[Split, Known]:
    """All four sides of the network's protocol; numbers are scaled as the training films have them.

    Of training films there are no chances: a network's chances of what it learnt from are too good.
    Raises `BrokenTable` for a network of other films.
    """
    if member.about.manifest_id != prepared.manifest_id:
        raise BrokenTable(
            f"{member.name} was asked about manifest {member.about.manifest_id}, and the films are "
            f"of {prepared.manifest_id}; run `dvc repro evaluate`"
        )
    learnt = films_of(prepared, member.about.task, Split.TRAIN, member.about.protocol)
    untold = np.zeros((len(learnt), len(learnt.labels)))
    train = beside(learnt.rows, columns, facts)
    scale = scale_of(train)
    said = answers_of(learnt, untold).said
    found = {Split.TRAIN: Known(learnt.rows, train, Side(films=said, inputs=_inputs(train, scale)))}
    places = {str(film): n for n, film in enumerate(prepared.rows["record_id"])}
    for split, answers in member.answers.items():
        rows = prepared.rows.iloc[[places[film] for film in answers.ids]]
        own = beside(rows, columns, facts)
        inputs = _with_pixels(_inputs(own, scale), answers.said)
        found[split] = Known(rows, own, Side(films=answers.said, inputs=inputs))
    return found


def _inputs(known: Beside, scale: Scale) -> dict[Head, np.ndarray]:
    return {Head.METADATA: encoded(known, scale), Head.MASKS: masks(known)}


def _with_pixels(inputs: dict[Head, np.ndarray], said: Predictions) -> dict[Head, np.ndarray]:
    pixels = side_by_side(said.probabilities[None])
    both = np.column_stack([pixels, inputs[Head.METADATA]])
    return {Head.PIXELS: pixels, **inputs, Head.BOTH: both}
