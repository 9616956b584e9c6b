"""The protocol of a network, and how much of what it is judged on it may have met in training."""

from collections.abc import Sequence

from manifests.contract.labels import Task
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import Leak, warning
from manifests.contract.vocabulary import Split
from training.films import films_of


def leak_of(prepared: Prepared, protocol: str, learnt: Sequence[Task], judged: Task) -> Leak:
    """How many test films of `judged` there are, and how many of a group that was trained on.

    A group was trained on where a film of it has a label in one of the tasks `learnt`.
    """
    met = {
        group
        for task in learnt
        for group in films_of(prepared, task, Split.TRAIN, protocol).rows["group"]
    }
    test = films_of(prepared, judged, Split.TEST, protocol).rows["group"]
    return Leak(films=len(test), leaked=int(test.isin(met).sum()))


def protocol_facts(
    prepared: Prepared, protocol: str, learnt: Sequence[Task], judged: Task
) -> dict[str, object]:
    """The protocol, the share of test films that `leak_of` finds, and the words to go with it."""
    measured = leak_of(prepared, protocol, learnt, judged)
    return {
        "protocol": protocol,
        "leaked_share": round(measured.share, 6),
        "warning": warning(protocol, measured),
    }
