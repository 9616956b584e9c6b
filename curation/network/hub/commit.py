"""One commit that takes a branch from one whole release to the next, and never half the way."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from huggingface_hub import CommitOperationAdd, CommitOperationDelete

from curation.network.hub.errors import FAULTS, OtherContent, Overtaken, Unanswered, sentence
from curation.network.hub.patience import rest, unavailable
from curation.network.hub.plan import Plan, plan
from curation.network.hub.repository import Hub, Operation
from curation.publish.inventory import Inventory

GROUP_BYTES, GROUP_FILES = 256 << 20, 64
"""Most that is sent before the Hub is asked again what it has."""


class Target(NamedTuple):
    """Where a release goes."""

    ref: str
    """main, or the reference of a pull request that is open."""
    head: str
    """The commit that it is expected to stand at, or that a pull request starts from."""
    is_proposal: bool = False
    """Whether the commit opens a pull request."""


def send(hub: Hub, folder: Path, changes: Plan, target: Target) -> list[Operation]:
    """Send what is large, group by group; a group that arrived is kept whatever comes after."""
    added = [CommitOperationAdd(path, folder / path) for path in changes.added]
    for group in _groups(added):
        hub.upload(group, target.ref, is_proposal=target.is_proposal)
    return [*added, *map(CommitOperationDelete, changes.deleted)]


def commit(hub: Hub, folder: Path, told: Inventory, changes: Plan, target: Target) -> str:
    """Bring `target` from its head to what `folder` holds; gives the new commit.

    An answer that is lost leaves open whether the commit was made. So the branch is looked at
    before it is tried again, and the head as its parent lets the Hub make it once.
    Raises `Overtaken` when somebody else moved the branch to other content.
    """
    operations = send(hub, folder, changes, target)
    for number in range(1, hub.patience.tries + 1):
        try:
            return _commit(hub, told, operations, target)
        except FAULTS as fault:
            said = sentence(fault, hub.name)
        found = None if target.is_proposal else _arrived(hub, folder, told, target.ref)
        if found:
            return found
        if not isinstance(said, Unanswered):
            raise said from None
        if target.is_proposal or number == hub.patience.tries or _is_long(hub, said):
            # Nobody can say by name which pull request would be ours: a repetition looks for it.
            raise unavailable(hub.name, said) from None
        rest(said, number, hub.patience)
    raise AssertionError("patience allows at least one try")


def check_tree(hub: Hub, folder: Path, told: Inventory, revision: str) -> None:
    """Raise `OtherContent` unless a commit holds exactly what `folder` does."""
    found = plan(folder, told, hub.tree(revision))
    if not found.is_nothing:
        wrong = sorted({*found.added, *found.deleted})
        raise OtherContent(
            f"{hub.name}: after the commit {revision[:12]} these are not what was sent: "
            f"{', '.join(wrong[:5])}; nothing was tagged; push again"
        )


def title(told: Inventory) -> str:
    """Of the commit and of the pull request, by which it is found again."""
    return f"Release {told.version} of {told.name}"


def _commit(hub: Hub, told: Inventory, operations: Sequence[Operation], target: Target) -> str:
    made = hub.api.create_commit(
        hub.name, operations, commit_message=title(told), repo_type=hub.kind,
        commit_description=f"Manifest {told.manifest_id}. {told.disclaimer}",
        revision=target.ref, create_pr=target.is_proposal, parent_commit=target.head,
    )  # fmt: skip
    return str(made.oid)


def _arrived(hub: Hub, folder: Path, told: Inventory, ref: str) -> str | None:
    """The commit of `ref`, where it holds what is wanted after all."""
    state = hub.state(ref)
    if state is None:
        raise Overtaken(f"{hub.name}: {ref} was taken away meanwhile; repeat this")
    return state.revision if plan(folder, told, hub.tree(state.revision)).is_nothing else None


def _is_long(hub: Hub, said: Unanswered) -> bool:
    return (said.after or 0) > hub.patience.longest


def _groups(added: Sequence[CommitOperationAdd]) -> Iterator[list[CommitOperationAdd]]:
    group: list[CommitOperationAdd] = []
    for file in added:
        group.append(file)
        if sum(f.upload_info.size for f in group) >= GROUP_BYTES or len(group) >= GROUP_FILES:
            yield group
            group = []
    if group:
        yield group
