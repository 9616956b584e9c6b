"""Evidence about what figures withstand: other seeds, concealed words, other splits, a look."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from curation.pages.checklists.answers import Answer, Verdict, missing, named
from curation.pages.checklists.judged import judged
from curation.pages.inputs import Experiment, ReportInputs
from curation.pages.page import figure, many, signed
from curation.pages.scores import number

DROP = 0.1
"""By so much less accuracy on sources never seen a network is too sure of its own."""
SMALL = 0.05
"""Up to here an inflation is small, if its whole interval is below."""
ENOUGH = 5
"""Runs from which a spread over seeds can be told."""


def robust(inputs: ReportInputs) -> Answer:
    """Repeats over seeds, sources compared, burned-in words concealed."""
    runs = [own["runs"] for facts in inputs.repeats for own in facts["protocols"].values()]
    done = {
        "repeats over seeds": bool(runs) and min(runs) > 1,
        "sources compared": bool(inputs.seen.shift),
        "words concealed": bool(inputs.seen.concealed), "shortcuts audited": bool(inputs.audits),
    }  # fmt: skip
    if not any(done.values()):
        return missing("repeat shift conceal audit", "Nothing was varied")
    told = (
        f"Done: {named([name for name, is_done in done.items() if is_done])}; not done: "
        f"{named([name for name, is_done in done.items() if not is_done])}. {_inflated(inputs)}"
    )
    return Answer(Verdict.YES if all(done.values()) else Verdict.PARTLY, told.strip(), "repeats")


def explained(inputs: ReportInputs) -> Answer:
    """Heat maps, and a measure of whether they fall on the lungs."""
    shown = [own for own in inputs.experiments if own.heatmaps is not None]
    if not shown:
        return missing("explain", "No heat map is drawn")
    inside = {
        own.name: value
        for own in shown
        if (value := number((own.scores or {}).get("heat_in_lungs"))) is not None
    }
    told = f"{_methods(shown)}; share of heat inside the lungs: " + (
        ", ".join(f"{name} {figure(value)}" for name, value in inside.items()) or "not measured"
    )
    checked = {own.name: (own.scores or {}).get("randomised_holds") for own in shown}
    held, failed = ([name for name, holds in checked.items() if holds is kind]
                    for kind in (True, False))  # fmt: skip
    told += f"; heat changes once the network forgets: {named(held)}" if held else ""
    told += f"; it does not, so that it says little of them: {named(failed)}" if failed else ""
    whole = len(inside) == len(inputs.experiments) and not failed
    return Answer(Verdict.YES if whole else Verdict.PARTLY, f"{told}.", "heat")


def _methods(shown: Sequence[Experiment]) -> str:
    """How many networks were looked into by which method, in words."""
    by = Counter(str((own.scores or {}).get("method") or "Heat maps") for own in shown)
    return ", ".join(f"{method} of {many(count, 'network')}" for method, count in by.items())


def optimism(inputs: ReportInputs) -> Answer:
    """Scores that come from the split or the sources, measured."""
    drops = {own.name: _drop(figures) for own, figures in judged(inputs)}
    fallen = {name: drop for name, drop in drops.items() if drop is not None and drop > DROP}
    known = [one for facts in inputs.repeats if (one := _inflation(facts))]
    worse = ", ".join(f"{name} {figure(drop)}" for name, drop in fallen.items())
    told = (
        f"{_inflated(inputs)} Less accurate by more than {DROP} on unseen sources: "
        f"{worse or 'none'}."
    )
    inflated = any(one["low"] > 0 for one in known)
    if fallen or inflated:
        return Answer(Verdict.NO, told.strip(), "repeats" if inflated else "figures")
    if not inputs.repeats:
        return missing("repeat", "Nothing was repeated, so optimism is not measured")
    runs = [own["runs"] for facts in inputs.repeats for own in facts["protocols"].values()]
    small = len(known) == len(inputs.repeats) and all(one["high"] <= SMALL for one in known)
    whole = small and min(runs) >= ENOUGH and None not in drops.values() and bool(drops)
    return Answer(Verdict.YES if whole else Verdict.PARTLY, told.strip(), "repeats")


def _inflation(facts: Mapping[str, Any]) -> dict[str, float]:
    """value, low and high of the accuracy's inflation; empty where it is not known."""
    own = (facts.get("inflation") or {}).get("accuracy") or {}
    found = {name: number(own.get(name)) for name in ("value", "low", "high")}
    return {name: value for name, value in found.items() if value is not None} if (
        None not in found.values()
    ) else {}  # fmt: skip


def _inflated(inputs: ReportInputs) -> str:
    told = [
        f"{facts['experiment']} {signed(own['value'])} ({signed(own['low'])} to "
        f"{signed(own['high'])})"
        for facts in inputs.repeats
        if (own := _inflation(facts))
    ]
    return f"Inflation of accuracy: {', '.join(told) or 'not measured'}."


def _drop(figures: Mapping[str, Any]) -> float | None:
    """Accuracy on the test films less that on sources never trained on."""
    here, there = (
        number((figures.get(side) or {}).get("accuracy")) for side in ("test", "external")
    )
    return None if here is None or there is None else here - there
