"""Evidence about the choice of a network: by which films, and whether its figures are its own."""

from collections.abc import Mapping
from typing import Any

from curation.pages.checklists.answers import Answer, Verdict, graded, missing, named, of
from curation.pages.checklists.trained import NOBODY, protocol, trained
from curation.pages.inputs import Experiment, ReportInputs
from manifests.contract.protocol import PAPER


def selection(inputs: ReportInputs) -> Answer:
    """By which films the best epoch was chosen."""
    found = trained(inputs)
    if not found:
        return missing("train", NOBODY)
    on_test = [own.name for own, _ in found if protocol(own) == PAPER]
    known = sum(bool(own.get("best_epoch")) and bool(protocol(made)) for made, own in found)
    told = (
        f"The epoch is chosen on validation films for {of(known - len(on_test), len(found))} "
        f"networks; on the test films themselves: {named(on_test)}."
    )
    if on_test:
        return Answer(Verdict.NO, told, "models")
    return Answer(graded(known, len(found), 0), told, "models")


def same_network(inputs: ReportInputs) -> Answer:
    """Whether the figures are those of the weights, on this manifest."""
    judged = [(own, made) for own, made in trained(inputs) if own.metrics is not None]
    if not judged:
        return missing("evaluate", "No network is judged")
    other = [own.name for own, made in judged if not _belongs(own, made, inputs)]
    told = (
        f"Manifest and recipe of figures and weights agree for "
        f"{of(len(judged) - len(other), len(judged))} networks; not for: {named(other)}."
    )
    return Answer(Verdict.NO if other else Verdict.YES, told, "models")


def _belongs(own: Experiment, made: Mapping[str, Any], inputs: ReportInputs) -> bool:
    about = (own.metrics or {}).get("about", {})
    manifest = inputs.figures["manifest_id"]
    same = about.get("manifest_id") == made.get("manifest_id") == manifest
    return bool(same and about.get("recipe_id") == made.get("recipe_id"))
