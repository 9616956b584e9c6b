"""Everything that the report looks at, read from the folders of the stages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from curation.pages.answers import repeated
from curation.pages.looked import Looked, looked
from curation.pages.reading import csv_table, json_object
from curation.pages.shortcuts import Audit
from manifests.contract.measured import with_measured
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import BrokenTable, frame, read, read_arrow, read_stage, to_pandas
from manifests.contract.working import WorkingCopies


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What one experiment left; a part that is absent is None, and the page says so."""

    name: str
    checkpoint: dict[str, Any] | None
    history: pd.DataFrame | None
    metrics: dict[str, Any] | None
    confusion: pd.DataFrame | None
    roc: pd.DataFrame | None
    reliability: pd.DataFrame | None
    heatmaps: pd.DataFrame | None
    scores: dict[str, Any] | None
    looked: Looked = field(default_factory=Looked)
    """What stage explain left beside the heat maps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What concealing burned-in text did to one network."""

    figures: Mapping[str, Any]
    films: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was found out about the pixels; a part whose stage did not run is None."""

    shift: Mapping[str, Any] | None = None
    """shift.json: how far the sources differ under each recipe."""
    text: pd.DataFrame | None = None
    """One row per film: text_fraction, text_boxes, personal."""
    concealed: Mapping[str, Effect] = field(default_factory=dict)
    """Experiment -> what concealing text did to it."""
    dice: Mapping[str, Any] | None = None
    """How well lung masks agree with a person's."""
    lungs: WorkingCopies | None = None
    """Lung masks, each the whole frame squeezed to 256 x 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """The tables behind the page."""

    figures: dict[str, Any]
    """The content of summary.json."""
    records: pd.DataFrame
    """The manifest."""
    ingested: pd.DataFrame
    """Every record that a source gave, also those that left later, with what filter measured."""
    rejected: pd.DataFrame
    pairs: pd.DataFrame
    """Columns of `curation.duplicates.pair.Pair`."""
    experiments: Sequence[Experiment]
    copies: WorkingCopies
    disputed: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Columns of `curation.labels.conflicts.Side`; empty where no label is disputed."""
    suspects: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Task -> the films that a classifier looked at, most doubted first."""
    audits: Mapping[str, Audit] = field(default_factory=dict)
    """Task -> what tells its labels without looking at a lung."""
    seen: Seen = field(default_factory=Seen)
    repeats: Sequence[Mapping[str, Any]] = ()
    """figures.json of each experiment that ran over many seeds, with `answers.matrices`."""
    probed: Mapping[str, Any] | None = None
    """probe.json: what a public CheXNet said, or that none was asked."""
    remedies: Sequence[Mapping[str, Any]] = ()
    """figures.json of each experiment whose remedies were measured."""
    bases: tuple[str, ...] = ()
    """SHA-256 of the films whose grey levels recipes give to all others."""


def load(
    data: Path, manifests: Path, sources: Sequence[str], experiments: Sequence[str],
    bases: Sequence[str] = (),
) -> ReportInputs:  # fmt: skip
    """The inputs from the stages' folders under `data`. Raises `BrokenTable` for a damaged one."""
    folders = [data / "ingest" / key for key in sorted(sources)]
    filled = [kept for kept, _ in map(read_stage, folders) if len(kept)]
    figures = json_object(manifests / "summary.json")
    if figures is None:
        raise BrokenTable(f"{manifests / 'summary.json'}: not there; run `dvc repro release`")
    ingested = pd.concat(filled, ignore_index=True) if filled else frame([], Record)
    return ReportInputs(
        figures=figures,
        records=read(manifests / "dataset.parquet", Record),
        ingested=with_measured(ingested, data / "filter"),
        rejected=read(manifests / "rejected.parquet", Rejection),
        pairs=to_pandas(read_arrow(data / "dedup" / "pairs.parquet")),
        experiments=[experiment(data, name) for name in sorted(experiments)],
        copies=WorkingCopies(folders),
        disputed=to_pandas(read_arrow(data / "dedup" / "conflicts.parquet")),
        suspects={
            place.parent.name: to_pandas(read_arrow(place))
            for place in sorted((data / "suspects").glob("*/suspects.parquet"))
        },
        audits=audited(data),
        seen=seen(data, experiments),
        repeats=repeated(data, experiments),
        probed=json_object(data / "probe" / "probe.json"),
        remedies=[
            figures for name in sorted(experiments)
            if (figures := json_object(data / "remedy" / name / "figures.json")) is not None
        ],
        bases=tuple(dict.fromkeys(bases)),
    )  # fmt: skip


def audited(data: Path) -> dict[str, Audit]:
    """What is there of stage audit."""
    found = {
        place.parent.name: (json_object(place), place.with_name("films.parquet"))
        for place in sorted((data / "audit").glob("*/scores.json"))
    }
    return {
        task: Audit(scores=scores, films=to_pandas(read_arrow(films)))
        for task, (scores, films) in found.items()
        if scores is not None
    }


def seen(data: Path, experiments: Sequence[str]) -> Seen:
    """What is there of shift, text, conceal, segment and lungs."""
    text, lungs = data / "text" / "text.parquet", data / "lungs"
    concealed = {name: data / "conceal" / name for name in sorted(experiments)}
    return Seen(
        shift=json_object(data / "shift" / "shift.json"),
        text=to_pandas(read_arrow(text)) if text.exists() else None,
        concealed={
            name: Effect(
                figures=json_object(folder / "effect.json") or {},
                films=to_pandas(read_arrow(folder / "concealed.parquet")),
            )
            for name, folder in concealed.items()
            if (folder / "concealed.parquet").exists()
        },
        dice=json_object(data / "segment" / "dice.json"),
        lungs=WorkingCopies([lungs]) if lungs.exists() else None,
    )


def experiment(data: Path, name: str) -> Experiment:
    """What is there of one experiment."""
    trained, judged = data / "train" / name, data / "evaluate" / name
    explained = data / "explain" / name
    heat = explained / "heatmaps.parquet"
    return Experiment(
        name=name,
        checkpoint=json_object(trained / "checkpoint.json"),
        history=_curves(trained / "curves" / "plots" / "metrics"),
        metrics=json_object(judged / "figures.json"),
        confusion=csv_table(judged / "confusion.csv"),
        roc=csv_table(judged / "roc.csv"),
        reliability=csv_table(judged / "reliability.csv"),
        heatmaps=to_pandas(read_arrow(heat)) if heat.exists() else None,
        scores=json_object(explained / "scores.json"),
        looked=looked(explained),
    )


def _curves(folder: Path) -> pd.DataFrame | None:
    """A row per epoch, of the tables that hold one figure each."""
    tables = [csv_table(place, "\t") for place in sorted(folder.glob("*.tsv"))]
    columns = [table.set_index("step") for table in tables if table is not None]
    return pd.concat(columns, axis=1).rename_axis("epoch").reset_index() if columns else None
