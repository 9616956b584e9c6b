"""The columns of the lungs, for every frontal film of a table, on masks that a network drew."""

import pandas as pd
from tqdm import tqdm

from curation.pixels.lung_size import LUNG_SIZE, Asked, LungSize, read
from curation.pixels.lung_size import measured as measured_on
from curation.work.bench import ALONE, Bench
from manifests.contract.vocabulary import SeenView
from manifests.contract.working import WorkingCopies


def measured(
    records: pd.DataFrame, copies: WorkingCopies, masks: WorkingCopies, bench: Bench = ALONE
) -> pd.DataFrame:
    """`records` with `pediatric_score` and `lung_fraction`; empty where no frontal film is seen.

    A film whose mask is absent or empty is measured on the lungs of the shape model. Raises
    `BrokenTable` for one without a working copy.
    """
    frontal = records.loc[records["seen_view"] == SeenView.FRONTAL, "record_id"].tolist()
    copies.require(frontal)
    films = copies.in_order(frontal)
    asked = (
        (_key(film, copies, masks), Asked(copies.data(film), _mask(film, masks))) for film in films
    )
    results = bench.results(LUNG_SIZE, measured_on, asked)
    bar = tqdm(results, desc="measuring lungs", total=len(films), disable=None)
    found = {film: read(result) for film, result in zip(films, bar, strict=True)}
    none = LungSize(None, None)
    columns = pd.DataFrame(
        [found.get(film, none) for film in records["record_id"]],
        index=records.index, columns=LungSize._fields, dtype="float64[pyarrow]",
    )  # fmt: skip
    return records.assign(**columns)


def _mask(film: str, masks: WorkingCopies) -> bytes:
    return masks.data(film) if film in masks else b""


def _key(film: str, copies: WorkingCopies, masks: WorkingCopies) -> bytes:
    return LUNG_SIZE.key(copies.sha256(film), masks.sha256(film) if film in masks else "")
