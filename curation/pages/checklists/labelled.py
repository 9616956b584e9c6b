"""Evidence about the labels: what they rest on, who disagrees, how close in time they are."""

import pandas as pd

from curation.pages import counts
from curation.pages.checklists.answers import Answer, Verdict, graded, missing, named, no_film, of
from curation.pages.checklists.trained import trained
from curation.pages.inputs import ReportInputs
from curation.pages.page import spaced
from manifests.contract.vocabulary import Finding

DROPPED = 0.05
"""Up to this share of films without a usable label, leaving them out changes little."""


def covid_tests(inputs: ReportInputs) -> Answer:
    """How many films called COVID-19 have a positive virus test beside the source's word."""
    ill = inputs.records[inputs.records["finding"] == Finding.COVID19]
    if ill.empty:
        return Answer(Verdict.OPEN, "No film is called COVID-19: say what the labels rest on.")
    tested = int(ill["pcr_positive"].fillna(False).astype(bool).sum())
    told = (
        f"A finding is what the source says of the film. {of(tested, len(ill))} films called "
        f"COVID-19 have a positive virus test on record."
    )
    return Answer(graded(tested, len(ill)), told, "labels")


def independent(inputs: ReportInputs) -> Answer:
    """How many labels rest on something else than the film that the network reads."""
    labelled = inputs.records[inputs.records["finding"] != Finding.UNKNOWN]
    if labelled.empty:
        return no_film()
    tested = int(labelled["pcr_positive"].notna().sum())
    told = (
        f"{of(tested, len(labelled))} labelled films have a virus test on record; the others may "
        f"be labelled by reading the very film."
    )
    return Answer(graded(tested, len(labelled)), told, "labels")


def disagreement(inputs: ReportInputs) -> Answer:
    """Copies that sources call different things; partly at best, for no film was read twice."""
    if inputs.records.empty:
        return no_film()
    sides = inputs.disputed
    if sides.empty:
        return Answer(Verdict.OPEN, "No label is disputed, and no film was read twice: say so.")
    cases = counts.counts(sides.drop_duplicates(["case", "kind"])["kind"])
    unsettled = int(inputs.records["is_conflict"].fillna(False).astype(bool).sum())
    told = (
        f"Disputed: {', '.join(f'{kind} {n}' for kind, n in cases.items())}; "
        f"{unsettled} films wait for a person. Nobody read a film twice."
    )
    return Answer(Verdict.NO if unsettled else Verdict.PARTLY, told, "labels")


def one_definition(inputs: ReportInputs) -> Answer:
    """Whether a label means the same findings in every experiment; partly, as sources define."""
    found = trained(inputs)
    if not found:
        return missing("train", "No network is trained, so no label is made of findings")
    meanings: dict[str, set[tuple[str, ...]]] = {}
    for _, checkpoint in found:
        for label, findings in (checkpoint.get("task") or {}).items():
            meanings.setdefault(label, set()).add(tuple(findings))
    if not meanings:
        return Answer(Verdict.OPEN, "No checkpoint says which findings make a label.", "models")
    several = sorted(label for label, ways in meanings.items() if len(ways) > 1)
    told = (
        f"Labels are findings named in params.yaml before training ({named(sorted(meanings))}); "
        f"of more than one meaning: {named(several)}. What a finding is, each source decides."
    )
    return Answer(Verdict.NO if several else Verdict.PARTLY, told, "models")


def same_for_all(inputs: ReportInputs) -> Answer:
    """Whether one source, and so one way of labelling, gave all films."""
    labelled = inputs.records[inputs.records["finding"] != Finding.UNKNOWN]
    if labelled.empty:
        return no_film()
    by_finding = labelled.groupby("finding", sort=True)["source"].nunique()
    sources = labelled["source"].nunique()
    if sources == 1:
        return Answer(Verdict.YES, "One source labelled all films.", "sources")
    alone = [spaced(name) for name, n in by_finding.items() if n == 1]
    told = (
        f"{sources} sources, each with its own way of labelling; findings that one source alone "
        f"gives: {named(alone)}."
    )
    return Answer(Verdict.NO, told, "sources")


def interval(inputs: ReportInputs) -> Answer:
    """Days between illness and film; partly at best, for the day of the test is unknown."""
    records = inputs.records
    if records.empty:
        return no_film()
    days = records["offset_days"].dropna()
    told = f"Days since symptoms or admission known for {of(len(days), len(records))} films"
    told += f", median {days.median():.0f}." if len(days) else "."
    told += " The day of the virus test is unknown."
    best = graded(len(days), len(records))
    return Answer(Verdict.NO if best is Verdict.NO else Verdict.PARTLY, told, "sources")


def left_out(inputs: ReportInputs) -> Answer:
    """Films without a usable label: left out, never filled in."""
    records = inputs.records
    if records.empty:
        return no_film()
    undecided = pd.Series(records["is_conflict"].fillna(False).astype(bool))
    lost = int(((records["finding"] == Finding.UNKNOWN) | undecided).sum())
    told = (
        f"{of(lost, len(records))} films have no usable label and are left out; nothing is imputed."
    )
    if not lost:
        return Answer(Verdict.YES, told, "labels")
    few = lost <= DROPPED * len(records)
    return Answer(Verdict.PARTLY if few else Verdict.NO, told, "labels")
