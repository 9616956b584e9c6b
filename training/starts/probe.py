"""What a public CheXNet itself says of prepared films (paper 5.3, Fig. 17).

Each of its outputs is a sigmoid of its own: a film may show several things, or none, so that the
chances of a film need not sum to one. N films, C outputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import PNEUMONIAS, Finding, Split
from training.data import Look
from training.films import Films
from training.frames import image_channel
from training.hardware import device, on_device
from training.metrics import Floats
from training.models import build
from training.prediction import predict
from training.starts.conversion import Converted, convert_file
from training.starts.donor import WrongDonor

WHOLE = 1.0
"""Share of the body's tensors that must be there: with others drawn by chance it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What was said of which films."""

    layout: str
    labels: tuple[str, ...]
    rows: pd.DataFrame
    """Of the prepared table, in the order asked for."""
    chances: Floats
    """float64[N, C]."""
    maybe_seen: tuple[str, ...]
    """Ids of films of sources that the public checkpoint of this layout may have learnt from."""


def probe(checkpoint: Path, prepared: Prepared, ids: Sequence[str], size: int) -> Probed:
    """The chances of each label for the films `ids`; for two films of `test` where none is named.

    The donor is given what it learnt from, three equal channels, and so the film before any
    enhancement. Raises `WrongDonor` as `convert` does, and for a checkpoint without all tensors and
    its last layer; `Misspelt` for an unknown film.
    """
    made = convert_file(checkpoint, WHOLE)
    if not made.labels:
        raise WrongDonor(f"{checkpoint}: has no last layer of its own, so it names nothing")
    films = _films(prepared, ids)
    look = Look(size=size, mean=made.layout.mean, deviation=made.layout.deviation)
    values = predict(_network(made, size), films, look, device())
    is_seen = films.rows["source"].isin(made.layout.seen)
    return Probed(
        layout=made.layout.name,
        labels=made.labels,
        rows=films.rows,
        chances=np.asarray(torch.sigmoid(values.double()).numpy(), np.float64),
        maybe_seen=tuple(films.rows["record_id"][is_seen]),
    )


def lines_of(probed: Probed) -> list[str]:
    """A table for a person, a line for each label and a column for each film."""
    ids = [str(film) for film in probed.rows["record_id"]]
    widths = [max(len(film), 8) for film in ids]
    first = max(len(label) for label in (*probed.labels, "finding"))

    def line(name: str, cells: Sequence[str]) -> str:
        padded = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        return "  ".join([name.ljust(first), *padded]).rstrip()

    table = [line("film", ids), line("finding", [str(f) for f in probed.rows["finding"]])]
    table += [
        line(label, [f"{chance:.3f}" for chance in probed.chances[:, n]])
        for n, label in enumerate(probed.labels)
    ]
    told = f"laid out as {probed.layout}: each line is a sigmoid of its own, not a share of one"
    seen = ", ".join(probed.maybe_seen)
    return [
        *table,
        told,
        *([f"the public checkpoint may have learnt from: {seen}"] if seen else []),
    ]


def _network(made: Converted, size: int) -> torch.nn.Module:
    net = build("densenet121", classes=len(made.labels), size=size, pretrained=False)
    # What lacks are counters of batches, which change no output.
    net.load_state_dict(made.state, strict=False)
    return on_device(net).eval()


def _films(prepared: Prepared, ids: Sequence[str]) -> Films:
    """The films alone, their three channels all the film before any enhancement."""
    places = {str(film): n for n, film in enumerate(prepared.rows["record_id"])}
    asked = list(ids) or _one_of_each(prepared.rows)
    unknown = [film for film in asked if film not in places]
    if unknown:
        raise Misspelt(
            f"film {unknown[0]!r} is not prepared; known are {', '.join(list(places)[:3])}, …"
        )
    channel = image_channel(prepared)
    grey = [prepared.stack(places[film])[:, :, channel] for film in asked]  # noqa: PD013 - not a table's stack
    alone = replace(
        prepared,
        rows=prepared.rows.iloc[[places[film] for film in asked]].reset_index(drop=True),
        pixels=[np.repeat(np.stack(grey)[..., None], 3, axis=3)],
        masks=[],
    )
    nothing = np.zeros(len(asked), np.int64)
    return Films(prepared=alone, labels=(), places=np.arange(len(asked)), targets=nothing)


def _one_of_each(rows: pd.DataFrame) -> list[str]:
    """The first `test` film with COVID-19, or else another pneumonia, and the first normal one."""
    test = rows[rows["split"] == Split.TEST].sort_values("record_id")
    found = []
    for findings in ((Finding.COVID19,), tuple(PNEUMONIAS), (Finding.NORMAL,)):
        ids = test["record_id"][test["finding"].isin(findings)]
        found.append(str(ids.iloc[0]) if len(ids) else None)
    chosen = [film for film in (found[0] or found[1], found[2]) if film is not None]
    if not chosen:
        raise Misspelt("no test film is normal or shows a pneumonia; name films with --films")
    return chosen
