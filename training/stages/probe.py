"""Stage probe: what a public CheXNet itself says of a few films (paper 5.3, Fig. 17), if asked."""

import hashlib
import logging
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from training.files import wording, write_json
from training.starts.probe import Probed, probe

log = logging.getLogger(__name__)
DIGITS = 6


class Params(BaseModel):
    """Who is asked about what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    checkpoint: str
    """A file laid out as a public CheXNet's; empty: nobody is asked."""
    recipe: str
    """Key of `recipes`, of whose films the one before any enhancement is shown."""
    size: int = Field(ge=32, le=2048)
    """Pixels a side it is given."""
    films: tuple[str, ...]
    """Record ids; none: a test film with COVID-19 and a normal one."""


def main(prepared: Prepared, folder: Path, params: Params) -> None:
    """Write probe.json into `folder`: {"asked": false} where no checkpoint is named.

    The checkpoint is no dependency of the stage, since none may be named: its SHA-256 stands in the
    file, and a changed one is noticed by no run. Raises what `training.starts.probe.probe` raises,
    and `Misspelt` where the checkpoint is not there.
    """
    place = folder / "probe.json"
    if not params.checkpoint:
        write_json(place, {"asked": False})
        return
    checkpoint = Path(params.checkpoint)
    if not checkpoint.is_file():
        raise Misspelt(
            f"params.yaml: 'probe.checkpoint' is {params.checkpoint!r}, and there is no such file; "
            "leave it empty, and nobody is asked"
        )
    found = probe(checkpoint, prepared, params.films, params.size)
    with checkpoint.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    write_json(place, {
        "asked": True, **wording(prepared), "manifest_id": prepared.manifest_id,
        "recipe_id": prepared.recipe_id, "layout": found.layout, "checkpoint_sha256": digest,
        "size": params.size, "labels": list(found.labels), "films": _films(found),
    })  # fmt: skip
    log.info("%s, laid out as %s, said %d chances of each of %d films", checkpoint.name,
             found.layout, len(found.labels), len(found.rows))  # fmt: skip


def _films(found: Probed) -> list[dict[str, object]]:
    return [
        {
            "record_id": str(row["record_id"]), "finding": str(row["finding"]),
            "maybe_seen": str(row["record_id"]) in found.maybe_seen,
            "chances": np.round(chances, DIGITS).tolist(),
        }
        for row, chances in zip(found.rows.to_dict("records"), found.chances, strict=True)
    ]  # fmt: skip
