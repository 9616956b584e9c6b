"""Evidence about the patients: who they are, what is unknown of them, what might name them."""

import pandas as pd

from curation.pages import counts
from curation.pages.checklists.answers import Answer, Verdict, graded, missing, named, no_film, of
from curation.pages.inputs import ReportInputs
from manifests.contract.vocabulary import Finding, PersonalText, Split

WELL_KNOWN = 0.9
"""From this share of known ages and sexes on, a side is described."""


def deidentified(inputs: ReportInputs) -> Answer:
    """Burned-in words that may be a patient's: looked for, found, read."""
    if inputs.records.empty:
        return no_film()
    if inputs.seen.text is None:
        return missing("text", "Burned-in words were not looked for")
    ids = inputs.records["record_id"]
    text = inputs.seen.text[inputs.seen.text["record_id"].isin(ids)]
    kinds = counts.counts(text["personal"].dropna())
    told_kinds = f" ({named([f'{kind} {n}' for kind, n in kinds.items()])})" if kinds else ""
    told = (
        f"Burned-in words were looked for on {of(len(text), len(ids))} films; they may be a "
        f"patient's on {sum(kinds.values())}"
        f"{told_kinds}; such films are handed on without pixels."
    )
    if set(kinds) - {PersonalText.UNREAD}:
        return Answer(Verdict.NO, told, "text")
    if kinds:
        return Answer(Verdict.PARTLY, told, "text")
    return Answer(graded(len(text), len(ids)), told, "text")


def unknowns(inputs: ReportInputs) -> Answer:
    """Ages, sexes and findings that nobody gave; nothing is filled in."""
    records = inputs.records
    if records.empty:
        return no_film()
    gaps = {
        "age": int(records["age_years"].isna().sum()), "sex": int(records["sex"].isna().sum()),
        "finding": int((records["finding"] == Finding.UNKNOWN).sum()),
    }  # fmt: skip
    told = "Unknown: " + ", ".join(f"{name} {of(n, len(records))}" for name, n in gaps.items())
    told += ". Nothing is filled in; a film of unknown finding trains and tests nothing."
    return Answer(graded(len(records) - max(gaps.values()), len(records)), told, "sources")


def demographics(inputs: ReportInputs) -> Answer:
    """Age and sex on each side."""
    records = inputs.records
    if records.empty:
        return no_film()
    sides = {str(key): rows for key, rows in records.groupby("split", sort=True)}
    known = [
        min(rows["age_years"].notna().mean(), rows["sex"].notna().mean()) for rows in sides.values()
    ]
    told = "; ".join(
        _described(side.value, sides[side.value]) for side in Split if side.value in sides
    )
    if not known:
        return missing("split", "No film has a side")
    if min(known) >= WELL_KNOWN:
        return Answer(Verdict.YES, f"{told}.", "split")
    return Answer(graded(int(100 * min(known)), 100), f"{told}.", "split")


def _described(side: str, rows: pd.DataFrame) -> str:
    ages, women = rows["age_years"].dropna(), int((rows["sex"] == "F").sum())
    middle = f"median age {ages.median():.0f}" if len(ages) else "no age"
    sexes = int(rows["sex"].notna().sum())
    return f"{side}: {middle} (known {of(len(ages), len(rows))}), women {of(women, sexes)}"
