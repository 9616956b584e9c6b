"""Evidence about the sides: who stands on two of them, what is on each, how many there are."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from curation.pages import counts
from curation.pages.checklists.answers import Answer, Verdict, missing, named, no_film, of
from curation.pages.checklists.trained import protocol, trained
from curation.pages.inputs import ReportInputs
from curation.pages.page import spaced
from manifests.contract.protocol import PAPER
from manifests.contract.vocabulary import Finding, Split

EVENTS = 100
"""Films that the least label should have in a test set (Moons et al. 2019, on question 4.1)."""
INNER = (Split.TRAIN, Split.VAL, Split.TEST)


def assigned(inputs: ReportInputs) -> Answer:
    """Sides with their sizes, and findings that one of them lacks."""
    if inputs.records.empty:
        return no_film()
    table = counts.findings_by_split(inputs.records)
    sizes = dict(zip(table.columns, map(sum, zip(*table.cells, strict=True)), strict=True))
    if not sum(sizes.values()):
        return missing("split", "No film has a side")
    rows = dict(zip(table.rows, table.cells, strict=True))
    lacking = [
        spaced(finding) for finding, cells in rows.items()
        if finding != Finding.UNKNOWN and sum(cells) >= counts.FEW
        and not all(n for side, n in zip(table.columns, cells, strict=True) if side in INNER)
    ]  # fmt: skip
    told = (
        f"{', '.join(f'{side} {n}' for side, n in sizes.items())} films, by whole groups; findings "
        f"that one of the first three lacks: {named(lacking)}."
    )
    if not all(sizes[side] for side in INNER):
        return Answer(Verdict.NO, told, "split")
    return Answer(Verdict.PARTLY if lacking else Verdict.YES, told, "split")


def disjoint(inputs: ReportInputs) -> Answer:
    """Groups and patients on two sides, counted; experiments on a split that leaks, named."""
    used = inputs.records[inputs.records["split"].notna()]
    if used.empty:
        return missing("split", "No film has a side")
    torn = {key: _torn(used, key) for key in ("group", "patient_id")}
    leaking = [
        own.name for own in inputs.experiments if protocol(own) == PAPER or _leaks(own.metrics)
    ]
    told = (
        f"{of(torn['group'], used['group'].nunique())} groups and "
        f"{of(torn['patient_id'], used['patient_id'].nunique())} patients stand on two sides. "
        f"Experiments on a split by film: {named(leaking)}."
    )
    repeated = [str(facts["experiment"]) for facts in inputs.repeats if PAPER in facts["protocols"]]
    if repeated:
        told += f" Repeated on it to compare with the paper: {named(repeated)}."
    return Answer(Verdict.NO if leaking or any(torn.values()) else Verdict.YES, told, "split")


def clustering(inputs: ReportInputs) -> Answer:
    """Whether films of one patient are taken as one witness, in sides and in intervals."""
    judged = [own for own in inputs.experiments if own.metrics is not None]
    if not judged:
        return missing("evaluate", "No network is judged")
    apart = disjoint(inputs)
    grouped = sum(own.metrics["test"].get("groups") is not None for own in judged if own.metrics)
    told = f"{apart.sentence} Intervals draw whole groups for {of(grouped, len(judged))} networks."
    if apart.verdict is not Verdict.YES:
        return Answer(apart.verdict, told, "split")
    return Answer(Verdict.YES if grouped == len(judged) else Verdict.NO, told, "models")


def test_size(inputs: ReportInputs) -> Answer:
    """Films of the least label in a test set; partly at best, for nobody calculated a size."""
    least = fewest(inputs)
    if least is None:
        return missing("evaluate", "No network is judged")
    told = (
        f"The least label has {least} test films (at least {EVENTS} are advised). No size was "
        f"calculated beforehand."
    )
    return Answer(Verdict.PARTLY if least >= EVENTS else Verdict.NO, told, "figures")


def events(inputs: ReportInputs) -> Answer:
    """Films of the least label; partly at best, for weights outnumber all films."""
    least = fewest(inputs)
    if least is None:
        return missing("evaluate", "No network is judged")
    learnt = [
        min(own["train_films"].values()) for _, own in trained(inputs) if own.get("train_films")
    ]
    told = (
        f"The least label has {least} test films (at least {EVENTS} are advised) and "
        f"{min(learnt) if learnt else 'an unknown number of'} training films, far fewer than a "
        f"network has weights."
    )
    return Answer(Verdict.PARTLY if least >= EVENTS else Verdict.NO, told, "models")


def fewest(inputs: ReportInputs) -> int | None:
    """Test films of the least label in any experiment that was judged."""
    sizes = [
        n for own in inputs.experiments for n in of_labels((own.metrics or {}).get("test", {}))
    ]
    return min(sizes, default=None)


def of_labels(side: Mapping[str, Any]) -> list[int]:
    """Films of each label on a side that figures.json speaks of."""
    return [own["n"] for own in side.values() if isinstance(own, Mapping) and "n" in own]


def _torn(used: pd.DataFrame, key: str) -> int:
    sides = used.groupby(key)["split"].nunique()
    return int((sides > 1).sum())


def _leaks(metrics: Mapping[str, Any] | None) -> bool:
    return bool(((metrics or {}).get("about") or {}).get("leaked_share"))
