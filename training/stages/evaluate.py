"""Stage evaluate: what a trained network says of films it never saw, and how good that is."""

import logging
from pathlib import Path

import pyarrow as pa

from manifests.contract.prepared import Prepared
from manifests.contract.protocol import warning
from manifests.contract.table import write_arrow
from manifests.contract.vocabulary import Split
from training.checkpoint import Checkpoint, load_for
from training.files import is_drawn, wording, write_csv, write_json
from training.films import Films, films_of, leak_of
from training.judgement import Judging, Predictions, judge, said_of
from training.metrics import roc
from training.seed import seed_everything

log = logging.getLogger(__name__)
SAID = pa.schema([
    *((name, pa.string()) for name in
      ("record_id", "group", "source", "split", "label", "predicted")),
    ("probabilities", pa.list_(pa.float64())),
])  # fmt: skip


WHOLE = ("n", "groups", "accuracy", "accuracy_low", "accuracy_high", "macro_f1", "auc",
         "auc_low", "auc_high")  # fmt: skip
HEADLINE = {"test": WHOLE, "val": ("n", "accuracy", "auc"), "external": WHOLE}
"""What `dvc metrics show` compares."""


class Params(Judging):
    """How sure the figures must say they are."""


def main(prepared: Prepared, trained: Path, folder: Path, params: Params) -> None:
    """Write figures.json, metrics.json, predictions.parquet, confusion.csv, roc.csv to `folder`.

    metrics.json holds the headline figures of figures.json, so that `dvc metrics show` fits a
    screen. confusion.csv and roc.csv hold the test films only; `external` films, of sources never
    trained on, have figures of their own. Both name the protocol, and of one that leaks how much,
    with the words that must stand beside its figures. Raises `WrongCheckpoint` when the
    network in `trained` was not trained on this data.
    """
    net, about = load_for(prepared, trained)
    generator = seed_everything(about.seed)
    films = {
        split: films_of(prepared, about.asked, split, about.protocol)
        for split in (Split.TEST, Split.VAL, Split.EXTERNAL)
    }
    said = {split: (own, said_of(net, own, about.look)) for split, own in films.items()}
    figures = {
        split.value: judge(predictions, params.bootstrap, params.confidence, generator)
        for split, (_, predictions) in said.items()
    }
    facts = {
        **wording(prepared),
        "is_drawn": is_drawn(prepared),
        "experiment": about.experiment,
        "manifest_id": about.manifest_id,
        "recipe_id": about.recipe_id,
        **_protocol(prepared, about),
    }
    write_json(folder / "figures.json", {**figures, "about": facts})
    headline = {
        split: {name: figures[split].get(name) for name in names}
        for split, names in HEADLINE.items()
    }
    stamp = {name: facts[name] for name in ("manifest_id", "protocol", "leaked_share", "warning")}
    write_json(folder / "metrics.json", {**stamp, **headline})
    _write_predictions(folder / "predictions.parquet", said, {**wording(prepared)})
    _write_plots(folder, said[Split.TEST][1])
    for split in (Split.TEST, Split.EXTERNAL):
        told = _sentence(figures[split.value])
        log.info("%s, protocol %s: %s %s", about.experiment, about.protocol, split, told)
    if facts["warning"]:
        log.warning("%s: %s", about.experiment, facts["warning"])


def _protocol(prepared: Prepared, about: Checkpoint) -> dict[str, object]:
    """The protocol, and the share of its labelled test films whose group was trained on."""
    measured = leak_of(prepared, about.asked, about.protocol)
    return {
        "protocol": about.protocol,
        "leaked_share": round(measured.share, 6),
        "warning": warning(about.protocol, measured),
    }


def _write_predictions(
    place: Path, said: dict[Split, tuple[Films, Predictions]], meta: dict[str, str]
) -> None:
    rows: list[dict[str, object]] = []
    for films, predictions in said.values():
        labels, known = predictions.labels, films.rows
        for n, row in enumerate(known.to_dict("records")):
            chances = predictions.probabilities[n]
            rows.append({
                **{name: row[name] for name in ("record_id", "group", "source", "split")},
                "label": labels[predictions.actual[n]],
                "predicted": labels[int(chances.argmax())],
                "probabilities": chances.tolist(),
            })  # fmt: skip
    rows.sort(key=lambda row: str(row["record_id"]))
    write_arrow(place, pa.Table.from_pylist(rows, schema=SAID), meta)


def _write_plots(folder: Path, test: Predictions) -> None:
    labels, predicted = test.labels, test.probabilities.argmax(1)
    write_csv(
        folder / "confusion.csv",
        ["actual", "predicted"],
        [(labels[a], labels[p]) for a, p in zip(test.actual, predicted, strict=True)],
    )
    write_csv(
        folder / "roc.csv",
        ["label", "false_positive_rate", "true_positive_rate", "threshold"],
        [
            (label, *point)
            for n, label in enumerate(labels)
            for point in roc(test.actual == n, test.probabilities[:, n])
        ],
    )


def _sentence(figures: dict[str, object]) -> str:
    shown = [f"{name} {figures[name]}" for name in ("n", "groups", "accuracy", "auc", "macro_f1")]
    return ", ".join([*shown, *([str(figures["reason"])] if figures["reason"] else [])])
