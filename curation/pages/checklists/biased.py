"""Evidence of bias: what gives the label away before a lung is looked at."""

import pandas as pd

from curation.pages import counts
from curation.pages.checklists.answers import Answer, Verdict, missing, named, no_film
from curation.pages.checklists.collected import filtered
from curation.pages.checklists.trained import trained
from curation.pages.inputs import ReportInputs
from curation.pages.page import figure, share, spaced
from curation.pages.shortcuts import BAD
from manifests.contract.vocabulary import Finding

TELLING = 0.1
"""By so much more guesses come right that know the source."""
UNEVEN = 0.2
"""By so much the share that the filter takes may differ from finding to finding."""
OF_SOURCES = {"source_and_label", "source_classifier"}
"""Probes that speak of how films were gathered; the others speak of what a film shows."""
ALIKE = 0.5
"""The AUC of guessing."""


def gathered(inputs: ReportInputs) -> Answer:
    """Whether ill and well films come from the same places."""
    records = inputs.records[inputs.records["finding"] != Finding.UNKNOWN]
    if records.empty:
        return no_film()
    table = counts.findings_by_source(records, sorted(set(records["source"])))
    blind, informed = counts.guessed(table)
    telling = [
        f"{spaced(finding)} ({source} {share(own)})"
        for finding, source, own in counts.telling(table)
    ]
    failed, silent, passed = _probes(inputs, of_sources=True)
    drawn = int(records["is_drawn"].sum())
    told = (
        f"{share(informed)} of findings are guessed from the source alone, {share(blind)} from "
        f"nothing; nearly all from one source: {named(telling)}. Audit probes that fail: "
        f"{named(failed) if inputs.audits else 'not asked'}."
    )
    if drawn:
        told += f" {drawn} films are drawn and show no patient."
    if drawn or telling or failed or informed - blind > TELLING:
        return Answer(Verdict.NO, told, "sources")
    if not passed:
        return missing("audit", f"{told} Shortcuts were not looked for")
    return Answer(Verdict.PARTLY if silent else Verdict.YES, told, "shortcuts")


def exclusions(inputs: ReportInputs) -> Answer:
    """Whether the filter takes more of one finding than of another."""
    if not filtered(inputs):
        return missing("filter", "No film was filtered")
    gone = set(inputs.rejected.loc[inputs.rejected["stage"] == "filter", "record_id"])
    met = pd.concat([
        inputs.records[["record_id", "finding"]],
        inputs.ingested.loc[inputs.ingested["record_id"].isin(gone), ["record_id", "finding"]],
    ])  # fmt: skip
    shares = {
        str(finding): rows["record_id"].isin(gone).mean()
        for finding, rows in met.groupby("finding", sort=True)
        if len(rows) >= counts.FEW and finding != Finding.UNKNOWN
    }
    if not shares:
        return Answer(Verdict.OPEN, f"No finding has {counts.FEW} films: judge the rules by hand.")
    told = "The filter takes " + ", ".join(
        f"{share(own)} of {spaced(finding)}" for finding, own in shares.items()
    )
    uneven = max(shares.values()) - min(shares.values()) > UNEVEN
    return Answer(Verdict.NO if uneven else Verdict.YES, f"{told}.", "rejections")


def alike(inputs: ReportInputs) -> Answer:
    """Whether a film's pixels tell its source, in the recipe where they tell it best."""
    recipes = (inputs.seen.shift or {}).get("recipes", {})
    found = [
        (part["low"], part["auc"], str(name))
        for name, own in recipes.items()
        if (part := own["among"]["every_film"]["parts"].get("whole_film"))
        and part["low"] is not None
    ]
    if not found:
        return missing("shift", "Sources were not compared")
    low, auc, recipe = max(found)
    told = (
        f"Where they differ most (recipe {recipe}) the source is told from the film with an AUC of "
        f"{figure(auc)}, its interval from {figure(low)} up; {ALIKE} is guessing."
    )
    return Answer(Verdict.NO if low > ALIKE else Verdict.YES, told, "harmonising")


def blinded(inputs: ReportInputs) -> Answer:
    """Whether something on or around the film tells the label without a lung."""
    failed, silent, passed = _probes(inputs, of_sources=False)
    if not failed and not passed:
        return missing("audit", "Shortcuts were not looked for")
    told = f"Probes that tell the label: {named(failed)}; not told: {named(silent)}."
    if failed:
        return Answer(Verdict.NO, told, "shortcuts")
    return Answer(Verdict.PARTLY if silent else Verdict.YES, told, "shortcuts")


def at_hand(inputs: ReportInputs) -> Answer:
    """Whether the network is given nothing that is added after the diagnosis."""
    found, text = trained(inputs), inputs.seen.text
    if not found:
        return missing("train", "No network is trained")
    if text is None:
        return missing("text", "Burned-in words, which may be added later, were not looked for")
    is_kept = text["record_id"].isin(inputs.records["record_id"])
    marked = int((is_kept & (text["text_boxes"] > 0)).sum())
    bare = [own.name for own, made in found if not (made.get("recipe") or {}).get("conceal_text")]
    told = (
        f"The film is all that goes in. Burned-in words, which may be added later, stand on "
        f"{marked} films; networks that see them: {named(bare)}."
    )
    return Answer(Verdict.PARTLY if marked and bare else Verdict.YES, told, "text")


def _probes(inputs: ReportInputs, *, of_sources: bool) -> tuple[list[str], list[str], list[str]]:
    """Probes that fail, with their figure, that could not be asked, and that pass."""
    failed: list[str] = []
    silent: list[str] = []
    passed: list[str] = []
    for task, audit in inputs.audits.items():
        for name, own in audit.scores["probes"].items():
            if (name in OF_SOURCES) is not of_sources:
                continue
            if own["verdict"] in BAD:
                failed.append(f"{spaced(name)} {figure(own['found']['value'])} ({task})")
            else:
                is_silent = own["found"]["value"] is None
                (silent if is_silent else passed).append(f"{spaced(name)} ({task})")
    return failed, silent, passed
