"""Stage report: one self-contained page to look at, from the flow of counts to the heat maps."""

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from curation.pages import (
    burned_in,
    counts,
    doubts,
    enhancement,
    films,
    flow,
    harmonising,
    heat,
    lungs,
    models,
    pixels,
    repeats,
    shortcuts,
    tables,
)
from curation.pages.checklists.lists import checklists
from curation.pages.checklists.text import text
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
    "figures", "flow", "sources", "pixels", "enhancement", "lungs", "text", "harmonising", "pairs",
    "labels", "shortcuts", "split", "models", "repeats", "tables", "heat", "rejections",
    "licences", "checklists", "reading",
)  # fmt: skip
"""One file in `pages/parts` each, in the order of the page."""
ROWS_PER_REASON = 8
"""Rejections shown for each reason; the counts are of all."""


class Params(BaseModel):
    """How much is shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int = Field(ge=0, le=60)
    """Films shown per source."""
    pairs: int = Field(ge=0, le=200)
    """Pairs shown side by side, the least certain first; so many disputed labels, and suspects."""
    enhanced: int = Field(ge=0, le=20)
    """Films drawn in every enhancement; each takes three seconds."""


def main(inputs: ReportInputs, params: Params, pediatric_from: float) -> str:
    """The page as HTML; the same inputs give the same bytes.

    `pediatric_from` is the score from which `filter` takes a film for a child's.
    """
    shown = [models.shown(given, inputs.figures["manifest_id"]) for given in inputs.experiments]
    any_heat = any(experiment.heat.classes for experiment in shown)
    return page(
        "report.html.jinja",
        {
            "sections": SECTIONS, "it": inputs.figures, "disclaimer": DISCLAIMER, "drawn": DRAWN,
            "stops": counts.stops(inputs.records, inputs.rejected),
            "repeats": repeats.repeats(inputs.repeats, inputs.figures["manifest_id"]),
            "paper_tables": _paper_tables(inputs), "not_run": NOT_RUN, "no_slip": NO_SLIP,
            "intervals": INTERVALS, "empty": Cell(),
            "experiments": shown, "colour_bar": colour_bar() if any_heat else None,
            "checklists": checklists(inputs),
            "beside": heat.beside(inputs.experiments), "rows_per_reason": ROWS_PER_REASON,
            **_films(inputs, params), **_tables(inputs),
            "agreements": pixels.agreements(inputs.ingested),
            "child_rule": pixels.rule(inputs.ingested, pediatric_from),
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
    }


def _of_manifest(text: pd.DataFrame | None, records: pd.DataFrame) -> pd.DataFrame | None:
    """What was found on films that stayed; all that dedup kept were looked at."""
    return None if text is None else text[text["record_id"].isin(records["record_id"])]


def _films(inputs: ReportInputs, params: Params) -> dict[str, object]:
    """Everything that shows films of the manifest, each film encoded once."""
    chosen = films.chosen_pairs(inputs.pairs, params.pairs)
    sampled = {
        str(key): films.sampled(rows, params.samples)
        for key, rows in inputs.records.groupby("source", sort=True)
    }
    disputed = doubts.chosen_cases(inputs.disputed, params.pairs)
    doubted = {
        task: doubts.doubtful(table, params.pairs) for task, table in inputs.suspects.items()
    }
    told_by = shortcuts.chosen(inputs.audits, params.samples)
    wanted = {*chosen["a"], *chosen["b"], *(i for ids in sampled.values() for i in ids)}
    for table in (disputed, *doubted.values(), *told_by.values()):
        wanted |= set(table.get("record_id", []))
    pictures = films.pictured(inputs.copies, wanted)
    copies = inputs.pairs[inputs.pairs["kept_id"].notna()]
    told = [*wanted, *copies["a"], *copies["b"]]
    rows = {
        str(row["record_id"]): {str(name): value for name, value in row.items()}
        # The manifest holds the corrected words, so it is read last.
        for table in (inputs.ingested, inputs.records)
        for row in table[table["record_id"].isin(told)].to_dict("records")
    }
    return {
        "samples": {
            key: [films.shown(rows[name], pictures) for name in ids] for key, ids in sampled.items()
        },
        "pairs": films.paired(chosen, rows, pictures),
        "pair_counts": counts.counts(inputs.pairs["relation"]),
        "conflicts": _conflicts(inputs.pairs, rows),
        "cases": doubts.cases(disputed, rows, pictures),
        "case_counts": doubts.counted(inputs.disputed),
        "audits": shortcuts.tasks(inputs.audits, told_by, rows, pictures),
        "doubts": [
            {
                "name": task,
                "films": len(inputs.suspects[task]),
                "count": int(inputs.suspects[task]["is_suspect"].sum()),
                "suspects": doubts.suspects(table, rows, pictures),
            }
            for task, table in doubted.items()
        ],
    }


def _conflicts(
    pairs: pd.DataFrame, rows: dict[str, dict[str, object]]
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Copies whose sources contradict each other: both ids, and what they say."""
    copies = pairs[pairs["kept_id"].notna()]
    told = [
        (a, b, films.conflicts(rows[a], rows[b]))
        for a, b in zip(copies["a"], copies["b"], strict=True)
        if a in rows and b in rows
    ]
    return [line for line in told if line[2]]


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
