"""The figures of a network as the Hub's model-index wants them, and protocol beside protocol.

Every one is read from data/evaluate and data/repeat; nothing is measured here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from curation.pages.card_scores import SIDES, Table
from curation.pages.cards import Part
from curation.pages.inputs import Experiment
from curation.pages.page import NOTHING, figure, many, share, signed, spaced
from curation.pages.scores import OVERALL, Score, number, scores

HUB_WORDS = {"accuracy": "accuracy", "macro F1": "f1", "AUC": "roc_auc"}
"""Our word for a figure -> the Hub's."""
TASK = {"type": "image-classification", "name": "Image Classification"}
TITLE = "Protocol beside protocol"
UNREPEATED = (
    "This experiment was not repeated under several protocols: how much too good the figures of "
    "the paper's protocol would be is not known."
)
HOW = (
    "Each figure is the mean of several trainings, from the least to the greatest of them; the "
    "difference comes with its interval. They are not the figures of these very weights, which "
    "stand above."
)


def results(
    own: Experiment, facts: Mapping[str, Any] | None, named: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What stands in `model-index`: first these weights, then the means over many trainings.

    `facts` is the figures.json of its repeats; `named` says of which data set: `type` and `name`.
    """
    made = [*_of_these_weights(own), *_of_repeats(facts or {})]
    origin = (own.checkpoint or {}).get("manifest_id")
    return [
        {
            # A copy, since YAML would write the second as a reference to the first.
            "task": dict(TASK),
            "dataset": {
                "type": named["type"],
                "name": f"{named['name']}, manifest {origin}, protocol {protocol}, {films}",
                "split": split, "args": {"manifest_id": origin, "protocol": protocol},
            },
            "metrics": metrics,
        }
        for protocol, split, films, metrics in made
        if metrics
    ]  # fmt: skip


def side_by_side(facts: Mapping[str, Any] | None) -> Part:
    """The repeats of an experiment, a column for each protocol, and the inflation."""
    if facts is None:
        return Part(title=TITLE, sentences=[UNREPEATED])
    told = [own["warning"] for own in facts["protocols"].values() if own["warning"]]
    columns = [f"{name}, {many(own['runs'], 'run')}" for name, own in facts["protocols"].items()]
    return Part(
        title=TITLE, sentences=[HOW, *([facts["shortfall"]] if facts["shortfall"] else []), *told],
        table=Table(columns=("figure", *columns, "paper less honest"), rows=list(_rows(facts))),
    )  # fmt: skip


def _of_these_weights(own: Experiment) -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    judged = own.metrics or {}
    protocol = judged.get("about", {}).get("protocol", "")
    for side, (noun, rest) in SIDES.items():
        if judged.get(side, {}).get("n"):
            metrics = [_metric(score) for score in scores(judged[side]) if score.value is not None]
            yield protocol, side, f"{many(judged[side]['n'], noun)}{rest}", metrics


def _of_repeats(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    for protocol, own in facts.get("protocols", {}).items():
        runs = many(own["runs"], "training")
        metrics = [
            _metric(_score(words, own[name]), f", mean of {runs}")
            for name, words in OVERALL.items()
            if number(own.get(name, {}).get("mean")) is not None
        ]
        yield protocol, "test", f"{many(own['n'], 'test film')}, {runs}", metrics


def _metric(score: Score, rest: str = "") -> dict[str, Any]:
    made = {"type": HUB_WORDS[score.name], "value": score.value, "name": score.name + rest}
    span = {"low": score.low, "high": score.high}
    return made | ({} if None in span.values() else {"args": span})


def _score(words: str, own: Mapping[str, Any]) -> Score:
    return Score(name=words, value=number(own["mean"]), low=number(own["min"]),
                 high=number(own["max"]))  # fmt: skip


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    all_of = list(facts["protocols"].values())
    yield "test films", *(str(own["n"]) for own in all_of), ""
    yield "of them of a group in training", *(share(own.get("leaked_share")) for own in all_of), ""
    for name, words in OVERALL.items():
        found = [_spread(own.get(name)) for own in all_of]
        yield words, *found, _gain((facts["inflation"] or {}).get(name) or {})
    for label in all_of[0]["labels"] if all_of else ():
        yield f"F1 of {spaced(label)}", *(_spread(own["f1"].get(label)) for own in all_of), ""
    yield (
        "accuracy on sources never trained on",
        *(_spread(own["external"]["accuracy"]) for own in all_of),
        "",
    )


def _spread(own: Mapping[str, Any] | None) -> str:
    if own is None or number(own["mean"]) is None:
        return NOTHING
    return f"{figure(own['mean'])} ({figure(own['min'])} to {figure(own['max'])})"


def _gain(own: Mapping[str, Any]) -> str:
    value, low, high = (number(own.get(name)) for name in ("value", "low", "high"))
    if value is None:
        return NOTHING
    return signed(value) + (
        "" if low is None or high is None else f" ({signed(low)} to {signed(high)})"
    )
