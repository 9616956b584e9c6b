"""From findings to labels: the finding belongs to the data, the label to a task."""

from collections.abc import Mapping

from manifests.contract.vocabulary import Finding

Task = Mapping[str, tuple[Finding, ...]]
"""Label -> findings that make it; the order of the labels is the order of the classes."""


def label_of(
    task: Task, *, finding: str, abnormal: bool | None, patient_ill: bool | None
) -> str | None:
    """The label of a film in `task`, or None where the task has none for it.

    A clear film of an ill patient has no label: it is neither a healthy person's film nor does it
    show the illness (SEED fact F4). It stays in the manifest.
    """
    is_clear = finding == Finding.NORMAL or abnormal is False
    if is_clear and (finding != Finding.NORMAL or patient_ill):
        return None
    return next((label for label, findings in task.items() if finding in findings), None)
