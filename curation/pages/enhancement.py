"""A film of the manifest in every enhancement, for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from curation.base_film import is_named
from curation.pages.enhanced import sheet
from curation.pages.pictures import Picture, jpeg
from manifests.contract.packing import unpng
from manifests.contract.vocabulary import Finding, Split
from manifests.contract.working import WorkingCopies


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The drawing, and whose film it shows."""

    record_id: str
    base_id: str
    """The film to which it is matched; empty where no recipe names one."""
    picture: Picture


def enhancement(
    records: pd.DataFrame, copies: WorkingCopies, bases: Sequence[str], count: int
) -> list[Sheet]:
    """`count` films that models learn from, normal ones where there are such.

    Of equals the hash of the file decides: nobody chose the pretty one. They are matched to the
    first of `bases` (SHA-256 or record id) that is a film of the manifest.
    """
    known = records[np.array([str(name) in copies for name in records["record_id"]], bool)]
    base = known[is_named(known, *bases)].head(1)
    others = known.drop(base.index)
    others = others.assign(
        later=(others["finding"] != Finding.NORMAL).astype(int) * 2
        + (others["split"] != Split.TRAIN).astype(int)
    )
    chosen = others.sort_values(["later", "sha256", "record_id"])["record_id"].head(count)
    base_ids = [str(name) for name in base["record_id"]] if len(chosen) else []
    films = dict(copies.stream([*map(str, chosen), *base_ids]))
    lent = films[base_ids[0]] if base_ids else None
    return [
        Sheet(
            record_id=str(name),
            base_id="".join(base_ids),
            # A JPEG takes a quarter of the sheet's own bytes.
            picture=jpeg(Image.fromarray(unpng(sheet(films[str(name)], lent))).convert("RGB")),
        )
        for name in chosen
    ]
