"""Everything that a report is made of, invented: `words` stand wherever a stranger's may."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from looked_at import heatmaps, looked, scores
from records import record

from curation.pages.inputs import Experiment, ReportInputs
from curation.pages.shortcuts import Audit
from manifests.contract.images import Pixels
from manifests.contract.record import Record

LICENSES = Path(__file__).parents[2] / "manifests/licenses.yaml"
HOSTILE_MARKDOWN = (
    "<script>window.hurt=1</script>", "a|b", "[x](javascript:hurt)", "\n# head", "| --- |",
    "![x](http://127.0.0.1:9/a.png)",
)  # fmt: skip
USUAL = {"patient_ill": False, "copies": (), "pediatric_evidence": "age", "split": "train"}


def film(name: str, **given: object) -> Record:
    return record(name, **{**USUAL, "group": f"cohen/{name}", **given})


def pixels(level: int) -> Pixels:
    return np.full((40, 30), level, np.uint8)


def trained(name: str, manifest_id: str, words: str) -> Experiment:
    """An experiment that ran; `words` stand wherever training repeats somebody's words."""
    labels = ["normal", words]
    test = {
        "n": 4, "groups": 3, "accuracy": 0.75, "accuracy_low": 0.4, "accuracy_high": 0.95,
        "auc": 0.8125, "auc_low": None, "auc_high": None, "macro_f1": None, "macro_f1_low": None,
        "macro_f1_high": None, "reason": words,
        "ece": 0.12, "ece_low": 0.05, "ece_high": 0.2, "ece_by_chance": 0.09, "brier": 0.31,
        **{label: {"precision": 0.5, "precision_low": 0.25, "precision_high": 0.875, "recall": None,
                   "f1": 0.6, "auc": 0.7, "n": 2}
           for label in labels},
    }  # fmt: skip
    shares = ("sensitivity", "specificity", "precision")
    line: dict[str, object] = {"n": 4, "with_label": 2}
    for share in shares:
        line |= {share: 0.5, f"{share}_low": 0.25, f"{share}_high": 0.75}
    nobody = dict.fromkeys(line) | {"n": 0, "with_label": 0}
    return Experiment(
        name=name,
        checkpoint={"model": words, "labels": labels, "manifest_id": manifest_id, "size": 64,
                    "best_epoch": 2},
        history=pd.DataFrame({"epoch": [1, 2], "train_loss": [1.0, 0.5],
                              "val_loss": [1.1, None], "val_accuracy": [0.4, 0.6]}),
        metrics={"test": test, "external": {**test, "n": 2, "accuracy": 0.625},
                 "operating": {"sensitivity_asked": 0.9, "labels": {
                     words: {"threshold": 0.42, "reason": None, "test": line, "external": nobody},
                     "normal": {"threshold": None, "reason": "no validation film has the label"},
                 }},
                 "about": {"protocol": "paper", "warning": f"leaks {words}"}},
        confusion=pd.DataFrame({"actual": labels * 2, "predicted": [*labels, *labels[::-1]]}),
        roc=pd.DataFrame({"label": [words] * 3, "false_positive_rate": [0.0, 0.5, 1.0],
                          "true_positive_rate": [0.0, 0.8, 1.0]}),
        reliability=pd.DataFrame({"confidence": [0.6, 0.9], "accuracy": [0.5, 1.0]}),
        heatmaps=heatmaps(words), looked=looked(words), scores=scores(),
    )  # fmt: skip


def audited(words: str) -> Audit:
    nothing = {"value": None, "low": None, "high": None}
    held = {"mean": 0.5, "low": 0.4, "high": 0.6, "chance": 0.5, "holds": True}
    usual = {"shown": words, "threshold": 0.6, "films": 90, "groups": 40}
    return Audit(
        scores={
            "reading": words, "confidence": 0.95,
            "probes": {
                "file_statistics": usual | {
                    "verdict": "allowed", "found": {"value": 0.93, "low": 0.88, "high": 0.96},
                    "within": nothing, "controls": {"shuffled": held, "shuffled_within": held},
                    "left_out": {"cap": 3}, "reason": None,
                },
                "lungs_blacked_out": usual | {
                    "verdict": "not_told", "found": nothing, "within": nothing, "controls": {},
                    "left_out": {}, "reason": "no film has a lung mask",
                },
            },
        },
        films=pd.DataFrame({
            "probe": "file_statistics", "record_id": ["cohen/a"], "label": words, "sure": [0.99],
            "rank": [1],
        }),
    )  # fmt: skip


Inputs = Callable[..., ReportInputs]
