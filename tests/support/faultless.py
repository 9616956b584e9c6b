"""A study that no evidence speaks against, invented: tests take away what they ask about."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
from records import record, records
from repeats import repeated
from seen import effect, shift

from curation.duplicates.pair import Pair
from curation.licenses import Licenses
from curation.pages.inputs import Experiment, ReportInputs, Seen
from curation.pages.shortcuts import Audit
from curation.publish.channels import rulings
from curation.publish.summary import StageCount, summary
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import arrow_schema, frame, manifest_id_of, to_pandas
from manifests.contract.vocabulary import Split
from manifests.contract.working import WorkingCopies

SOURCES, SIDES, EACH = ("cohen", "sirm"), tuple(Split), 2
NAME = "densenet121"


def faultless(licenses: Licenses, words: str = "harmless") -> ReportInputs:
    """Ill and well films alike from two sources, one network; `words` stand where some may."""
    kept = [
        _film(f"{finding}-{side}-{n}", source, finding, side)
        for source in SOURCES
        for finding in ("covid19", "normal")
        for side in SIDES
        for n in range(EACH)
    ]
    table, gone = records(kept), frame([], Rejection)
    manifest_id = manifest_id_of(table)
    each = len(kept) // len(SOURCES)
    stages = [
        *(StageCount(stage="ingest", source=key, came_in=each, kept=each, rejected=gone)
          for key in SOURCES),
        StageCount(stage="filter", source="all", came_in=len(kept), kept=len(kept), rejected=gone),
    ]  # fmt: skip
    stamp = {"version": "0.1.0", "name": words, "profile": "demo"}
    return ReportInputs(
        figures=summary(table, rulings(table, licenses, table), stages, stamp),
        records=table, ingested=table, rejected=gone,
        pairs=to_pandas(arrow_schema(Pair).empty_table()), copies=WorkingCopies([]),
        experiments=[_network(manifest_id, int((table["split"] == "test").sum()), words)],
        audits={words: Audit(scores={"reading": words, "confidence": 0.95, "probes": {
            name: _probe(words) for name in ("file_statistics", "source_and_label")
        }}, films=pd.DataFrame({"probe": [], "rank": []}))},
        seen=Seen(shift=_alike(words), concealed={NAME: effect(words)}, text=pd.DataFrame({
            "record_id": table["record_id"], "text_boxes": 0, "text_fraction": 0.0,
            "personal": None, "words": "",
        })),
        repeats=[_repeated(manifest_id, words)],
    )  # fmt: skip


def with_network(inputs: ReportInputs, **parts: object) -> ReportInputs:
    """The inputs with other parts of the one network."""
    return dataclasses.replace(
        inputs,
        experiments=[dataclasses.replace(inputs.experiments[0], **parts)],  # type: ignore[arg-type]
    )


def _film(name: str, source: str, finding: str, side: Split) -> Record:
    return record(
        name, source=source, finding=finding, split=side, paper_split=side, sex="F",
        group=f"{source}/{name}", group_sources=(source,), copies=(), patient_ill=False,
        pediatric=False, pediatric_evidence="age", pcr_positive=finding == "covid19",
        snapshot_id="v1", offset_days=3, is_conflict=False,
    )  # fmt: skip


def _network(manifest_id: str, films: int, words: str) -> Experiment:
    share = {"accuracy": 0.9, "accuracy_low": 0.85, "accuracy_high": 0.95, "auc": 0.9,
             "auc_low": 0.85, "auc_high": 0.95, "macro_f1": 0.9, "macro_f1_low": 0.8,
             "macro_f1_high": 0.95, "ece": 0.02, "ece_low": 0.01, "ece_high": 0.03,
             "ece_by_chance": 0.02, "brier": 0.1, "reason": None}  # fmt: skip
    label = {"precision": 0.9, "recall": 0.9, "f1": 0.9, "auc": 0.9, "n": 120}
    side: dict[str, Any] = {"n": films, "groups": films, **share, "normal": label, words: label}
    about = {"protocol": "honest", "leaked_share": 0.0, "warning": None,
             "manifest_id": manifest_id, "recipe_id": "aa"}  # fmt: skip
    heat = np.zeros(2)
    return Experiment(
        name=NAME,
        checkpoint={
            "model": words, "labels": ["normal", words], "channels": ["image"], "size": 64,
            "protocol": "honest", "manifest_id": manifest_id, "recipe_id": "aa", "best_epoch": 2,
            "recipe": {"size": 64, "conceal_text": False}, "seed": 1, "mean": [0.5],
            "deviation": [0.2], "params": {"pretrained": False, "weights": ""},
            "train_films": {"normal": 900, words: 900},
            "task": {"normal": ["normal"], words: ["covid19"]},
        },
        history=pd.DataFrame({"epoch": [1, 2], "train_loss": [1.0, 0.5]}),
        metrics={"test": side, "val": dict(side), "external": dict(side), "about": about,
                 "operating": {"sensitivity_asked": 0.9, "chosen_on": "val", "labels": {}}},
        confusion=pd.DataFrame({"actual": ["normal", words], "predicted": ["normal"] * 2}),
        roc=pd.DataFrame({"label": [words] * 2, "false_positive_rate": heat,
                          "true_positive_rate": heat}),
        reliability=None,
        heatmaps=pd.DataFrame({"label": ["normal", words], "predicted": ["normal"] * 2}),
        scores={"heat_in_lungs": 0.9},
    )  # fmt: skip


def _probe(words: str) -> dict[str, Any]:
    found = {"value": 0.5, "low": 0.4, "high": 0.6}
    return {"verdict": "passed", "found": found, "within": found, "shown": words, "threshold": 0.6,
            "controls": {}, "left_out": {}, "reason": None, "films": 32, "groups": 32}  # fmt: skip


def _alike(words: str) -> dict[str, Any]:
    made = shift(words)
    for own in made["recipes"].values():
        own["among"]["every_film"]["parts"]["whole_film"] |= {"auc": 0.5, "low": 0.45, "high": 0.55}
    return made


def _repeated(manifest_id: str, words: str) -> dict[str, Any]:
    facts = repeated(manifest_id, words)
    small = {"value": 0.01, "low": -0.01, "high": 0.03}
    return facts | {"shortfall": None, "inflation": {"accuracy": small}}
