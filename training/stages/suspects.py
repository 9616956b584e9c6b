"""Stage suspects: films whose label a plain classifier doubts, most doubted first.

A suspicion, not a verdict. Where a source gives mostly one label, the classifier also learns the
look of the source, and doubts the films that look like another one's.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.prepared import Prepared
from manifests.contract.table import write_arrow
from manifests.contract.vocabulary import Split
from training.classifier import UNTAUGHT, fold_of, out_of_fold
from training.files import wording, write_json
from training.films import Films, Whole, films_of, read_task
from training.metrics import Floats
from training.suspects import doubted, ranked
from training.thumbnails import small_films, standardised

log = logging.getLogger(__name__)
NOTE = (
    "A suspicion, not a verdict. Labels often follow the source, so a film may be doubted for the "
    "look of its source: compare rank_in_source, and share_in_source, the share of the source's "
    "films that have the suggested label."
)
SUSPECTS = pa.schema([
    *((name, pa.string()) for name in
      ("record_id", "source", "group", "split", "label", "suggested")),
    ("score", pa.float64()), ("is_suspect", pa.bool_()), ("rank", pa.int64()),
    ("rank_in_source", pa.int64()), ("share_in_source", pa.float64()),
    ("probabilities", pa.list_(pa.float64())),
])  # fmt: skip


class Params(BaseModel):
    """How the labels are doubted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    """Which prepared films to look at."""
    side: int = Field(ge=8, le=128)
    """Pixels a side of the small films."""
    components: int = Field(ge=2, le=512)
    """Principal components that the classifier sees."""
    folds: int = Field(ge=2, le=20)
    """Parts that whole groups fall into; each is judged by a classifier that saw the others."""


def main(prepared: Prepared, folder: Path, params: Params, task: dict[str, list[str]]) -> None:
    """Write suspects.parquet, most doubted first, and metrics.json into `folder`.

    The task is called as the folder is. Films that no classifier could judge are counted only.
    """
    asked = read_task(task)
    parts = [films_of(prepared, asked, split) for split in Split]
    places = np.concatenate([part.places for part in parts])
    targets = np.concatenate([part.targets for part in parts])
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    # From the films of strangers no network learns, so neither does what doubts them.
    in_fold = np.array([
        UNTAUGHT if split == Split.EXTERNAL else fold_of(str(group), params.folds)
        for group, split in zip(rows["group"], rows["split"], strict=True)
    ], np.int64)  # fmt: skip
    seen = standardised(small_films(prepared, places, params.side))
    chances = out_of_fold(seen, targets, in_fold, len(asked), params.components)
    judged = ~np.isnan(chances).any(1)
    rows = rows.iloc[np.flatnonzero(judged)].reset_index(drop=True)
    table = _table(rows, targets[judged], chances[judged], tuple(asked))
    about = {**wording(prepared), "note": NOTE, "labels": ",".join(asked)}
    made = pa.Table.from_pylist(table.to_dict("records"), schema=SUSPECTS)
    write_arrow(folder / "suspects.parquet", made, about)
    figures = _figures(table, parts, prepared.manifest_id)
    write_json(folder / "metrics.json", figures)
    log.info("%d films, %d suspect labels", figures["films"], figures["suspects"])


def _table(
    rows: pd.DataFrame, targets: Whole, chances: Floats,
    labels: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    """The rows of `SUSPECTS`, most doubted first."""
    ids = [str(record_id) for record_id in rows["record_id"]]
    scores, is_suspect = doubted(targets, chances)
    best = _best_other(targets, chances)
    made = pd.DataFrame({
        "record_id": ids,
        **{name: rows[name].astype(str).tolist() for name in ("source", "group", "split")},
        "label": [labels[n] for n in targets], "suggested": [labels[n] for n in best],
        "score": scores, "is_suspect": is_suspect, "rank": ranked(scores, ids),
        "probabilities": [row.tolist() for row in chances],
    })  # fmt: skip
    made = made.sort_values("rank", ignore_index=True)
    made["rank_in_source"] = made.groupby("source")["rank"].rank().astype("int64")
    shares = made.groupby("source")["label"].value_counts(normalize=True).to_dict()
    made["share_in_source"] = [
        round(float(shares.get(key, 0.0)), 6)
        for key in zip(made["source"], made["suggested"], strict=True)
    ]
    return made.reindex(columns=list(SUSPECTS.names))


def _best_other(targets: Whole, chances: Floats) -> Whole:
    """int64[N]: the likeliest class that is not the given one."""
    others = chances.copy()
    others[np.arange(len(targets)), targets] = -1.0
    return np.asarray(others.argmax(1), np.int64)


def _figures(table: pd.DataFrame, parts: Sequence[Films], manifest_id: str) -> dict[str, object]:
    films, suspects = sum(map(len, parts)), table[table["is_suspect"]]
    is_right = table["score"] > 0.5  # noqa: PLR2004 - the given label is the likeliest one
    usual = table.groupby("source")["label"].value_counts().groupby("source").max().sum()
    return {
        "films": films,
        "judged": len(table),
        "suspects": len(suspects),
        "suspects_per_label": _counts(suspects["label"]),
        # Beside each other: how much the classifier may owe to the look of the sources.
        "accuracy": round(float(is_right.mean()), 6) if len(table) else None,
        "accuracy_by_source_alone": round(float(usual) / len(table), 6) if len(table) else None,
        "manifest_id": manifest_id,
    }


def _counts(values: "pd.Series[str]") -> dict[str, int]:
    return {str(name): int(n) for name, n in values.value_counts().sort_index().items()}
