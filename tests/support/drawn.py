"""Films of the drawn world as a source would hand them on: records and working copies."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from records import record, records

from curation.phantom.shot import Shot
from curation.phantom.world import shots_of
from curation.pixels.fingerprint import working_copy
from manifests.contract.images import Film, decode
from manifests.contract.record import Record
from manifests.contract.rejection import Rejected
from manifests.contract.working import WorkingCopies, write_working

FINDINGS = {"normal": "normal", "cap": "pneumonia", "covid19": "covid19"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """`records` have the patients that the sources know; `shots` know the truth."""

    records: pd.DataFrame
    copies: WorkingCopies
    shots: dict[str, Shot]


def drawn(folder: Path, patients: Iterable[int], max_side: int = 512) -> Drawn:
    """The films of some patients of world 1, with the working copies in `folder`."""
    taken = [(shot, film) for n in patients for shot in shots_of(n, 1) if (film := readable(shot))]
    write_working(
        folder, ((name(shot), working_copy(film.pixels, max_side)) for shot, film in taken)
    )
    return Drawn(
        records=records([row(shot, film) for shot, film in taken]),
        copies=WorkingCopies([folder]),
        shots={name(shot): shot for shot, _ in taken},
    )


def readable(shot: Shot) -> Film | None:
    try:
        return decode(shot.data, shot.ref)
    except Rejected:
        return None


def name(shot: Shot) -> str:
    return f"{shot.source}/{shot.ref}"


def row(shot: Shot, film: Film) -> Record:
    height, width = film.pixels.shape
    return record(
        shot.ref, source=shot.source, sha256=hashlib.sha256(shot.data).hexdigest(),
        pixel_sha256=film.pixel_sha256, width=width, height=height, is_drawn=True,
        finding=FINDINGS[shot.condition], patient_id=f"{shot.source}/{shot.patient}",
    )  # fmt: skip
