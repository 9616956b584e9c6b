"""Small networks as `dvc repro` leaves them: trained, judged and repeated, with their manifest."""

from pathlib import Path

import pandas as pd
from page_inputs import LICENSES, film
from planted import TASK, params, prepared, rows, trained
from records import records

from curation.licenses import Licenses
from curation.pages.answers import repeated
from curation.pages.inputs import ReportInputs, experiment
from curation.publish.channels import rulings
from curation.publish.networks.card import Origin
from curation.publish.summary import StageCount, summary
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame, manifest_id_of
from manifests.contract.working import WorkingCopies
from training.judgement import Judging
from training.stages import evaluate, repeat

JUDGING = evaluate.Params(bootstrap=100, confidence=0.95, sensitivity=0.9)
PRINTED = {"row": "", "accuracy": None, "low": None, "high": None, "f1": None, "note": ""}
MODELS = {"own": ("base_cnn", 65), "of_timm": ("resnet10t", 64)}
"""Experiment -> its network and its side."""


def table() -> pd.DataFrame:
    """A manifest, whose id the networks learnt from; its films are not those they saw."""
    return records([
        film("a", is_drawn=True),
        film("b", split="test", finding="normal", is_drawn=True, license="CC-BY-NC-SA-4.0"),
    ])  # fmt: skip


def made(data: Path) -> Path:
    """`data`, filled by the stages of training; the first of `MODELS` is repeated as well."""
    known = {"manifest_id": manifest_id_of(table()), "drawn": "Drawn by a computer.",
             "recipe": '{"size": 64, "lungs": "none"}'}  # fmt: skip
    films = prepared(data / "prepare" / "plain", rows(train=12, val=6, test=8), 64, **known)
    for key, (model, size) in MODELS.items():
        net = trained(films, data / "train" / key, model=model, size=size, epochs=1)
        folder = data / "evaluate" / key
        folder.mkdir(parents=True)
        evaluate.main(films, net, folder, JUDGING)
    asked = repeat.Params.model_validate({
        "recipe": "plain", "seeds": 2, "protocols": ["paper", "honest"], "label": "covid19",
        "films": {}, "printed": PRINTED,
    })  # fmt: skip
    folder = data / "repeat" / "own"
    folder.mkdir(parents=True)
    judging = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
    given = repeat.Repeated(params(size=65, epochs=1), TASK, judging, data / "cache")
    repeat.main(films, folder, asked, given)
    return data


def origin(data: Path, ledger: Path) -> Origin:
    """What `cxr release` would read of it."""
    known, rules = table(), Licenses.load(LICENSES)
    gone = frame([], Rejection)
    counts = [StageCount(stage="ingest", source="cohen", came_in=2, kept=2, rejected=gone)]
    stamp = {"version": "0.1.0", "name": "little-set", "profile": "demo"}
    inputs = ReportInputs(
        figures=summary(known, rulings(known, rules, known), counts, stamp), records=known,
        ingested=known, rejected=gone, pairs=pd.DataFrame(), copies=WorkingCopies([]),
        experiments=[experiment(data, key) for key in [*MODELS, "never_trained"]],
        repeats=repeated(data, list(MODELS)),
    )  # fmt: skip
    return Origin(data=data, inputs=inputs, licenses=rules, ledger=ledger)
