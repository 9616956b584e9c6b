"""A model card for each experiment (Mitchell et al. 2019), every sentence of it from evidence.

What no stage can know stands in no card: who deploys it, say. The figures are those of the stages.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages import card_caveats, card_scores, card_words
from curation.pages.card_scores import Table
from curation.pages.counts import counts
from curation.pages.inputs import Experiment, ReportInputs
from curation.pages.page import NOTHING, many, spaced
from curation.publish.words import markdown

FOLDER = "model_cards"
STRICTEST = ("pointers", "noncommercial", "open")
"""Channels of a release, the one that lets least be done first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One heading of a card, its sentences and its figures."""

    title: str
    sentences: Sequence[str]
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card, ready to be printed on the page or written beside it."""

    name: str
    parts: Sequence[Part]


def cards(inputs: ReportInputs) -> list[Card]:
    """A card for every experiment that was trained, in the order of their names."""
    return [
        Card(name=own.name, parts=list(_parts(own, own.checkpoint, inputs)))
        for own in inputs.experiments
        if own.checkpoint is not None
    ]


def text(card: Card) -> str:
    """The card in Markdown; words of strangers stay words."""
    lines = [f"# Model card: {markdown(card.name)}", ""]
    for part in card.parts:
        lines += [f"## {part.title}", ""]
        lines += [f"- {markdown(sentence)}" for sentence in part.sentences]
        if part.table:
            head, *rows = [
                f"| {' | '.join(map(markdown, row))} |"
                for row in (part.table.columns, *part.table.rows)
            ]
            lines += ["", head, "|" + " --- |" * len(part.table.columns), *rows]
        lines.append("")
    return "\n".join(lines)


def _parts(own: Experiment, about: Mapping[str, Any], inputs: ReportInputs) -> Iterator[Part]:
    yield Part(title="Model details", sentences=_details(about, inputs))
    yield Part(title="Intended use", sentences=card_words.use(about))
    yield Part(title="Factors", sentences=_factors(inputs))
    yield Part(title="Metrics", sentences=card_scores.METRICS)
    yield Part(title="Evaluation data", sentences=card_scores.evaluated(own))
    yield Part(title="Training data", sentences=_trained(about, inputs))
    yield Part(
        title="Quantitative analyses", sentences=card_scores.found(own, inputs.repeats),
        table=card_scores.table(own),
    )  # fmt: skip
    yield Part(title="Ethical considerations", sentences=card_words.ethics(inputs.figures))
    yield Part(
        title="Caveats and recommendations", sentences=card_caveats.caveats(own, about, inputs)
    )


def _details(about: Mapping[str, Any], inputs: ReportInputs) -> list[str]:
    asked = about.get("params") or {}
    made = [
        (
            f"Network {about.get('model')}, answering one of: "
            f"{', '.join(map(spaced, about.get('labels') or ()))}."
        ),
        (
            f"Given {about.get('size')} x {about.get('size')} pixels of "
            f"{', '.join(about.get('channels') or ()) or NOTHING}, recipe {about.get('recipe_id')}."
        ),
        (
            f"Trained with seed {about.get('seed')}, optimizer {asked.get('optimizer')}, learning "
            f"rate {asked.get('learning_rate')}, best epoch {about.get('best_epoch')} of at most "
            f"{asked.get('epochs')}."
        ),
        (
            f"Manifest {about.get('manifest_id')}, protocol {about.get('protocol')}; weights "
            f"SHA-256 {about.get('weights_sha256')}."
        ),
        f"Made by {inputs.figures['name']} {inputs.figures['version']}; the code is MIT.",
    ]
    start = about.get("start")
    if start:
        made.append(f"Began from {start.get('note')}; {start.get('license')}; cite "
                    f"{start.get('citation')}.")  # fmt: skip
    elif asked.get("pretrained"):
        made.append("Began from ImageNet weights.")
    return made


def _factors(inputs: ReportInputs) -> list[str]:
    known = inputs.records
    ages, sexes = known["age_years"].dropna(), known["sex"].dropna()
    views = ", ".join(f"{spaced(view)} {n}" for view, n in counts(known["view"]).items())
    sources = ", ".join(f"{key} {n}" for key, n in counts(known["source"]).items())
    made = [
        f"Sources of the manifest's films: {sources or NOTHING}.",
        f"Views: {views}." if views else "Views: none.",
    ]
    if len(ages):
        made.append(f"Ages, known of {many(len(ages), 'film')}: median {float(ages.median()):g} "
                    f"years, {float(ages.min()):g} to {float(ages.max()):g}.")  # fmt: skip
    if len(sexes):
        told = ", ".join(f"{sex} {n}" for sex, n in counts(sexes).items())
        made.append(f"Sexes, known of {many(len(sexes), 'film')}: {told}.")
    made.append("No figure is given apart for ages, sexes or views.")
    return made


def _trained(about: Mapping[str, Any], inputs: ReportInputs) -> list[str]:
    films = about.get("train_films") or {}
    told = ", ".join(f"{spaced(label)} {n}" for label, n in films.items())
    licences = ", ".join(
        f"{licence} {own['records']}" for licence, own in inputs.figures["licenses"].items()
    )
    channels = {name: sum(own.values()) for name, own in inputs.figures["channels"].items()}
    made = [f"Films it learnt from: {told or NOTHING}.",
            f"The manifest's licences, film by film: {licences or NOTHING}."]  # fmt: skip
    strict = next((name for name in STRICTEST if channels.get(name)), None)
    if strict is not None:
        made.append(f"The strictest of them counts for the weights: channel {strict} holds "
                    f"{many(channels[strict], 'film')} of the manifest. Whether weights are a work "
                    "made of films is not settled; ask before you hand them on.")  # fmt: skip
    return made
