"""A staged release goes to its repository: one commit, looked at again, then a tag that stays."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from curation.network.hub.commit import Target, check_tree, commit, title
from curation.network.hub.errors import NotThere, OtherContent, Overtaken
from curation.network.hub.gate import SETTINGS, Wishes
from curation.network.hub.gating import coming_gate
from curation.network.hub.plan import Plan, plan
from curation.network.hub.repository import Hub
from curation.network.hub.told import MAIN, State
from curation.publish.inventory import INVENTORY, Inventory

PAGES = frozenset({"README.md"})
"""What a repository may hold that was made on the Hub's own pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The repository before a push, and what the push would do to it."""

    state: State | None
    """None where there is no such repository yet."""
    plan: Plan
    """Towards main, or towards the tag where there is one."""
    tagged: str | None
    """The commit that the tag of this version stands at: then all is done."""
    replaces: str
    """The version on main; empty where there is none."""


class Pushed(NamedTuple):
    """What a push came to."""

    revision: str
    day: str
    """Of the commit, by the Hub's clock."""
    is_new: bool
    """Whether the tag was set now."""


def tag_of(version: str) -> str:
    return f"v{version}"


def look(hub: Hub, folder: Path, told: Inventory) -> Look:
    """Compare, without changing anything.

    Raises `OtherContent` where the version is there with other content, or where the repository
    holds what no release of this name wrote.
    """
    state = hub.state()
    if state is None:
        return Look(state=None, plan=plan(folder, told, {}), tagged=None, replaces="")
    at_tag = hub.state(tag_of(told.version))
    tagged = at_tag.revision if at_tag else None
    tree = hub.tree(tagged or state.revision)
    found = plan(folder, told, tree)
    if tagged and not found.is_nothing:
        raise OtherContent(
            f"{hub.name}: {tag_of(told.version)} is there already, with other content "
            f"({len(found.added) + len(found.deleted)} files differ), and a tag is never moved; "
            "set another `release.version` in params.yaml and stage again"
        )
    replaces = told.version if tagged else _replaced(hub, told, state, set(tree))
    return Look(state=state, plan=found, tagged=tagged, replaces=replaces)


def push(hub: Hub, folder: Path, told: Inventory, before: Look, wishes: Wishes) -> Pushed:
    """Bring main to what `folder` holds, and tag it; a repetition does what is left to do.

    `before` is what `look` gave; what moved since then, the Hub refuses to overwrite.
    The order keeps every moment fit to be seen: private and gated before the first byte, one
    commit, a comparison, the tag, and public last. Raises `NotAllowed` before anything is changed
    where films for non-commercial use would be left without a gate.
    """
    gate = coming_gate(hub, told, before.state, wishes, is_proposal=False)
    state = before.state or _created(hub)
    if gate:
        hub.gate(SETTINGS[gate])
    revision = before.tagged
    if revision is None:
        revision = state.revision
        if not before.plan.is_nothing:
            target = Target(MAIN, state.revision)
            revision = commit(hub, folder, told, before.plan, target)
        check_tree(hub, folder, told, revision)
        tag(hub, folder, told, revision)
    if wishes.is_public and state.is_private:
        hub.publish()
    return Pushed(revision, hub.day(revision), is_new=before.tagged is None)


def tag(hub: Hub, folder: Path, told: Inventory, revision: str) -> None:
    """Set the tag; one that another push set meanwhile is right if its content is."""
    name = tag_of(told.version)
    try:
        hub.tag(name, revision, f"{title(told)}, manifest {told.manifest_id}")
    except Overtaken:
        check_tree(hub, folder, told, name)


def _created(hub: Hub) -> State:
    hub.create()
    made = hub.state()
    if made is None:
        raise NotThere(f"{hub.name}: was made, and does not show itself; repeat this")
    return made


def _replaced(hub: Hub, told: Inventory, state: State, paths: set[str]) -> str:
    """The version on main. Raises `OtherContent` for what must not be replaced."""
    if INVENTORY not in paths:
        if paths - PAGES:
            raise OtherContent(
                f"{hub.name}: holds files and no {INVENTORY}, so no release wrote them, and a push "
                "would take them away; name another repository"
            )
        return ""
    there = hub.inventory(state.revision)
    if (there.kind, there.name) != (told.kind, told.name):
        raise OtherContent(
            f"{hub.name}: holds the {there.kind} {there.name}, and this is the {told.kind} "
            f"{told.name}; name another repository"
        )
    if there.version == told.version and there.manifest_id != told.manifest_id:
        raise OtherContent(
            f"{hub.name}: version {there.version} there is manifest {there.manifest_id}, and here "
            f"{told.manifest_id}; set another `release.version` in params.yaml and stage again"
        )
    return there.version
