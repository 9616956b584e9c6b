"""Everything on the page that shows films of the manifest, each film encoded once."""

import pandas as pd

from curation.pages import chexnet, counts, doubts, films, filters, shortcuts
from curation.pages.filters import Limits
from curation.pages.inputs import ReportInputs

Rows = dict[str, dict[str, object]]


def gallery(inputs: ReportInputs, samples: int, pairs: int, limits: Limits) -> dict[str, object]:
    """`samples` films of each source, probe and side of a threshold; `pairs` pairs and cases."""
    chosen = films.chosen_pairs(inputs.pairs, pairs)
    sampled = {
        str(key): films.sampled(rows, samples)
        for key, rows in inputs.records.groupby("source", sort=True)
    }
    disputed = doubts.chosen_cases(inputs.disputed, pairs)
    doubted = {task: doubts.doubtful(table, pairs) for task, table in inputs.suspects.items()}
    told_by = shortcuts.chosen(inputs.audits, samples)
    lines = filters.lines(inputs.records, inputs.ingested, inputs.rejected, limits)
    wanted = {*chosen["a"], *chosen["b"], *(i for ids in sampled.values() for i in ids)}
    wanted |= filters.wanted(lines, samples) | chexnet.wanted(inputs.probed)
    for table in (disputed, *doubted.values(), *told_by.values()):
        wanted |= set(table.get("record_id", []))
    pictures = films.pictured(inputs.copies, wanted)
    rows = _rows(inputs, wanted)
    return {
        "samples": {
            key: [films.shown(rows[name], pictures) for name in ids] for key, ids in sampled.items()
        },
        "filters": filters.filters(lines, samples, rows, pictures),
        "chexnet": chexnet.chexnet(inputs.probed, inputs.figures["manifest_id"], rows, pictures),
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


def _rows(inputs: ReportInputs, wanted: set[str]) -> Rows:
    """What is known of the films that are shown, and of all copies."""
    copies = inputs.pairs[inputs.pairs["kept_id"].notna()]
    told = [*wanted, *copies["a"], *copies["b"]]
    return {
        str(row["record_id"]): {str(name): value for name, value in row.items()}
        # The manifest holds the corrected words, so it is read last.
        for table in (inputs.ingested, inputs.records)
        for row in table[table["record_id"].isin(told)].to_dict("records")
    }


def _conflicts(pairs: pd.DataFrame, rows: Rows) -> list[tuple[str, str, tuple[str, ...]]]:
    """Copies whose sources contradict each other: both ids, and what they say."""
    copies = pairs[pairs["kept_id"].notna()]
    told = [
        (a, b, films.conflicts(rows[a], rows[b]))
        for a, b in zip(copies["a"], copies["b"], strict=True)
        if a in rows and b in rows
    ]
    return [line for line in told if line[2]]
