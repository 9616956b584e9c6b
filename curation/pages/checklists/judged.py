"""Evidence about figures: which there are, with what interval, on which films."""

from collections.abc import Callable, Mapping
from typing import Any

from curation.pages.checklists.answers import Answer, Verdict, graded, missing, named, of, span
from curation.pages.checklists.partitions import EVENTS, of_labels
from curation.pages.checklists.trained import protocol
from curation.pages.inputs import Experiment, ReportInputs
from manifests.contract.protocol import protocols, sides
from manifests.contract.vocabulary import Split

NOBODY = "No network is judged"
NEARLY = 0.9
"""From this share of test films on, the few that are not scored change little."""


def judged(inputs: ReportInputs) -> list[tuple[Experiment, Mapping[str, Any]]]:
    """The experiments that left figures, with them."""
    return [(own, own.metrics) for own in inputs.experiments if own.metrics is not None]


def _each(
    inputs: ReportInputs, holds: Callable[[Experiment, Mapping[str, Any]], bool],
    told: str, anchor: str,
) -> Answer:  # fmt: skip
    """Yes where `holds` for every experiment; `told` stands before the count of them."""
    found = judged(inputs)
    if not found:
        return missing("evaluate", NOBODY)
    done, total = sum(holds(own, figures) for own, figures in found), len(inputs.experiments)
    return Answer(graded(done, total, 0), f"{told}: {of(done, total)} networks.", anchor)


def _has(figures: Mapping[str, Any], side: str, *names: str) -> bool:
    own = figures.get(side) or {}
    return all(own.get(name) is not None for name in names)


def metrics(inputs: ReportInputs) -> Answer:
    """Accuracy, macro F1 and AUC of the test films."""
    told = "Accuracy, macro F1 and AUC of the test films"
    return _each(
        inputs, lambda _, own: _has(own, "test", "accuracy", "macro_f1", "auc"), told, "figures"
    )


def uncertainty(inputs: ReportInputs) -> Answer:
    """An interval beside accuracy and AUC."""
    told = "Intervals of accuracy and AUC, from drawing whole groups"
    return _each(
        inputs, lambda _, own: _has(own, "test", "accuracy_low", "auc_low"), told, "figures"
    )


def estimates(inputs: ReportInputs) -> Answer:
    """ROC curve and operating points with intervals."""
    told = "ROC curve and, at a threshold, sensitivity, specificity and precision with intervals"
    return _each(
        inputs,
        lambda own, figures: own.roc is not None and bool(figures.get("operating")), told, "models",
    )  # fmt: skip


def internal(inputs: ReportInputs) -> Answer:
    """Figures of films that belong to the same sources, beside those of validation."""
    told = "Figures of validation and test films of the sources trained on"
    return _each(
        inputs,
        lambda _, own: all((own.get(side) or {}).get("n") for side in ("test", "val")),
        told,
        "figures",
    )


def calibrated(inputs: ReportInputs) -> Answer:
    """Discrimination and calibration, both with an interval."""
    told = "AUC and calibration error of the test films, both with an interval"
    names = ("auc", "auc_low", "ece", "ece_low")
    return _each(inputs, lambda _, own: _has(own, "test", *names), told, "models")


def failures(inputs: ReportInputs) -> Answer:
    """Confusion matrices, and wrong films that are shown."""
    found = [own for own in inputs.experiments if own.confusion is not None]
    if not found:
        return missing("evaluate", NOBODY)
    wrong = sum(
        int((own.heatmaps["label"] != own.heatmaps["predicted"]).sum())
        for own in inputs.experiments
        if own.heatmaps is not None
    )
    told = (
        f"Confusion matrices of {of(len(found), len(inputs.experiments))} networks; {wrong} heat "
        f"maps are of films called wrongly."
    )
    whole = len(found) == len(inputs.experiments) and wrong
    return Answer(Verdict.YES if whole else Verdict.PARTLY, told, "models")


def subgroups(inputs: ReportInputs) -> Answer:
    """Figures by side; partly at best, for none is by sex, age or source."""
    answer = _each(
        inputs, lambda _, own: _has(own, "test", "accuracy"), "Figures by label and side", "models"
    )
    if answer.verdict is Verdict.OPEN:
        return answer
    told = f"{answer.sentence} None by sex, age, view or source."
    return Answer(min(answer.verdict, Verdict.PARTLY, key=_rank), told, "models")


def _rank(verdict: Verdict) -> int:
    return [Verdict.NO, Verdict.PARTLY, Verdict.YES].index(verdict)


def external(inputs: ReportInputs) -> Answer:
    """Films of sources never trained on: whether there are any, and of every label."""
    found = judged(inputs)
    if not found:
        return missing("evaluate", NOBODY)
    films = [(figures.get("external") or {}).get("n") or 0 for _, figures in found]
    least = [min(of_labels(figures.get("external") or {}), default=0) for _, figures in found]
    told = (
        f"{span(films)} films of sources never trained on; the least label has "
        f"{min(least)} of them (at least {EVENTS} are advised)."
    )
    if not min(films):
        return Answer(Verdict.NO, told, "figures")
    return Answer(Verdict.YES if min(least) >= EVENTS else Verdict.PARTLY, told, "figures")


def everybody(inputs: ReportInputs) -> Answer:
    """Whether every test film was scored."""
    known = set(protocols(inputs.records))
    shares, told = [], []
    for own, figures in judged(inputs):
        if protocol(own) in known:
            total = int((sides(inputs.records, protocol(own)) == Split.TEST).sum())
            shares.append((figures["test"]["n"], total))
            told.append(f"{own.name} {of(figures['test']['n'], total)}")
    if not shares:
        return missing("evaluate", NOBODY)
    words = f"Test films that were scored: {named(told)}; the others have no label of the task."
    least = min(n / total if total else 0.0 for n, total in shares)
    return Answer(graded(int(100 * least), 100, NEARLY), words, "models")
