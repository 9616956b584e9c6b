"""Stage report: one self-contained page to look at, from the flow of counts to the heat maps."""

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from curation.pages import (
    burned_in,
    cards,
    counts,
    enhancement,
    flow,
    harmonising,
    heat,
    levels,
    lungs,
    models,
    people,
    pixels,
    remedies,
    repeats,
    tables,
)
from curation.pages.checklists.lists import checklists
from curation.pages.checklists.text import text
from curation.pages.filters import Limits
from curation.pages.gallery import gallery
from curation.pages.inputs import ReportInputs
from curation.pages.markdown import markdown
from curation.pages.page import page
from curation.pages.paper import paper
from curation.pages.pictures import colour_bar
from curation.pages.tabled import INTERVALS, NO_SLIP, NOT_RUN, Cell, Table
from curation.splits import protocols
from manifests.contract.record import STAGES
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

SECTIONS = (
    "figures", "flow", "sources", "people", "pixels", "filters", "enhancement", "lungs", "text",
    "harmonising", "pairs", "labels", "shortcuts", "split", "models", "cards", "repeats",
    "remedies", "chexnet", "tables", "heat", "rejections", "licences", "checklists", "reading",
)  # fmt: skip
"""One file in `pages/parts` each, in the order of the page."""
ROWS_PER_REASON = 8
"""Rejections shown for each reason; the counts are of all."""


class Params(BaseModel):
    """How much is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int = Field(ge=0, le=60)
    """Films shown per source, and on either side of a threshold."""
    pairs: int = Field(ge=0, le=200)
    """Pairs shown side by side, the least certain first; so many disputed labels, and suspects."""
    enhanced: int = Field(ge=0, le=20)
    """Films drawn in every enhancement; each takes three seconds."""


def main(inputs: ReportInputs, params: Params, limits: Limits) -> str:
    """The page as HTML; the same inputs give the same bytes.

    `limits` are those that stage filter went by.
    """
    shown = [models.shown(given, inputs.figures["manifest_id"]) for given in inputs.experiments]
    any_heat = any(experiment.heat.classes for experiment in shown)
    return page(
        "report.html.jinja",
        {
            "sections": SECTIONS, "it": inputs.figures, "disclaimer": DISCLAIMER, "drawn": DRAWN,
            "limits": limits,
            "stops": counts.stops(inputs.records, inputs.rejected),
            "repeats": repeats.repeats(inputs.repeats, inputs.figures["manifest_id"]),
            "remedies": remedies.remedies(inputs.remedies, inputs.figures["manifest_id"]),
            "paper_tables": _paper_tables(inputs), "not_run": NOT_RUN, "no_slip": NO_SLIP,
            "intervals": INTERVALS, "empty": Cell(),
            "experiments": shown, "colour_bar": colour_bar() if any_heat else None,
            "checklists": checklists(inputs), "cards": cards.cards(inputs),
            "beside": heat.beside(inputs.experiments), "rows_per_reason": ROWS_PER_REASON,
            **gallery(inputs, params.samples, params.pairs, limits), **_tables(inputs),
            "agreements": pixels.agreements(inputs.ingested),
            "child_rule": pixels.rule(inputs.ingested, limits.pediatric_from),
            "people": _people(inputs, limits),
            "evidence": pixels.evidence(inputs.records), **_pixels(inputs, params),
        },
    )  # fmt: skip


def lists(inputs: ReportInputs) -> str:
    """The checklists of the page as Markdown."""
    return text(checklists(inputs), inputs.figures)


def in_markdown(inputs: ReportInputs) -> str:
    """The section Tables alone, as Markdown, with the same figures."""
    own = inputs.figures
    about = f"Profile {own['profile']}, manifest {own['manifest_id']}."
    notices = [about, DISCLAIMER, *([DRAWN] if own["is_drawn"] else []), INTERVALS]
    title = f"{own['name']} {own['version']}: the paper's tables"
    return markdown(title, notices, _paper_tables(inputs))


def _paper_tables(inputs: ReportInputs) -> list[Table]:
    return tables.tables(paper(), inputs.repeats, inputs.figures["manifest_id"])


def _pixels(inputs: ReportInputs, params: Params) -> dict[str, object]:
    """What was found out about the pixels and done to them."""
    seen = inputs.seen
    return {
        "sheets": enhancement.enhancement(
            inputs.records, inputs.copies, inputs.bases, params.enhanced
        ),
        "lungs": lungs.lungs(
            seen.dice, seen.lungs, inputs.records, inputs.copies, 2 * params.samples
        ),
        "burned_in": burned_in.burned_in(_of_manifest(seen.text, inputs.records)),
        "text_effects": burned_in.effects(seen.concealed),
        "harmony": harmonising.harmonising(seen.shift),
        "levels": levels.levels(seen.shift),
    }


def _people(inputs: ReportInputs, limits: Limits) -> people.People:
    """Ages and views of the manifest beside those of the films that left."""
    is_kept = inputs.ingested["record_id"].isin(inputs.records["record_id"])
    return people.people(inputs.records, inputs.ingested[~is_kept], limits.adult_from)


def _of_manifest(text: pd.DataFrame | None, records: pd.DataFrame) -> pd.DataFrame | None:
    """What was found on films that stayed; all that dedup kept were looked at."""
    return None if text is None else text[text["record_id"].isin(records["record_id"])]


def _tables(inputs: ReportInputs) -> dict[str, object]:
    """The flow, the cross tables and the rejections."""
    records, rejected = inputs.records, inputs.rejected
    sources = sorted({*records["source"], *rejected["source"]})
    by_source = counts.findings_by_source(records, sources)
    blind, informed = counts.guessed(by_source)
    order = rejected["stage"].map({stage: number for number, stage in enumerate(STAGES)})
    few = rejected.assign(order=order).sort_values(["order", "reason", "record_id"])
    few = few.groupby(["stage", "reason"], sort=False).head(ROWS_PER_REASON)
    return {
        "flow": flow.drawn(records, rejected, sources), "sources": sources,
        "by_source": by_source, "blind": blind, "informed": informed,
        "telling": counts.telling(by_source), "by_split": counts.findings_by_split(records),
        "protocols": protocols.lines(records),
        "rejections": few.astype(object).where(few.notna(), None).to_dict("records"),
        "rejections_total": len(rejected),
    }  # fmt: skip
