"""A release as a pull request: for a repository of others, or for a second pair of eyes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from curation.network.hub.commit import Target, commit, title
from curation.network.hub.errors import NotThere, Unwanted
from curation.network.hub.gate import SETTINGS, Wishes
from curation.network.hub.gating import coming_gate
from curation.network.hub.plan import plan
from curation.network.hub.push import Look
from curation.network.hub.repository import Hub
from curation.network.hub.told import MAIN, OPEN
from curation.publish.inventory import Inventory


class Proposal(NamedTuple):
    """A pull request as it stands now."""

    number: int
    what: str
    """What this run did: opened, updated or left as it is."""

    @property
    def ref(self) -> str:
        return f"refs/pr/{self.number}"


def propose(hub: Hub, folder: Path, told: Inventory, before: Look, wishes: Wishes) -> Proposal:
    """Open the pull request of this version, or bring the one that is open to what is staged.

    Nothing is tagged: a push after the merge does that. `before` is what `look` gave. Raises
    `NotThere` where there is no repository, `Unwanted` where main holds the version already, and
    `NotAllowed` where films for non-commercial use would be open to everybody.
    """
    if before.state is None:
        raise NotThere(f"{hub.name}: not there, and a pull request needs a repository")
    if before.plan.is_nothing:
        raise Unwanted(
            f"{hub.name}: main holds {told.version} already; push without --pr sets its tag"
        )
    gate = coming_gate(hub, told, before.state, wishes, is_proposal=True)
    if gate:
        hub.gate(SETTINGS[gate])
    number = open_proposal(hub, told)
    if number is None:
        target = Target(MAIN, before.state.revision, is_proposal=True)
        commit(hub, folder, told, before.plan, target)
        return Proposal(_opened(hub, told), "opened")
    return _updated(hub, folder, told, number)


def open_proposal(hub: Hub, told: Inventory) -> int | None:
    """The number of the pull request of this version that is open; None where none is."""
    return min(_numbers(hub, told), default=None)


def _numbers(hub: Hub, told: Inventory) -> Iterator[int]:
    for found in hub.proposals():
        if found.title == title(told) and found.status in OPEN:
            yield found.number


def _opened(hub: Hub, told: Inventory) -> int:
    number = open_proposal(hub, told)
    if number is None:
        raise NotThere(f"{hub.name}: the pull request was made, and does not show itself yet")
    return number


def _updated(hub: Hub, folder: Path, told: Inventory, number: int) -> Proposal:
    ref = Proposal(number, "").ref
    state = hub.state(ref)
    if state is None:
        raise NotThere(f"{hub.name}: pull request {number} has no commits; close it and repeat")
    changes = plan(folder, told, hub.tree(state.revision))
    if changes.is_nothing:
        return Proposal(number, "left as it is")
    commit(hub, folder, told, changes, Target(ref, state.revision))
    return Proposal(number, "updated")
