"""The past of a repository is taken away, so that no old revision serves a withdrawn film."""

from pathlib import Path
from typing import NamedTuple

from curation.network.hub.commit import check_tree, title
from curation.network.hub.errors import NotThere, StillInUse
from curation.network.hub.push import tag, tag_of
from curation.network.hub.repository import Hub
from curation.network.hub.told import MAIN, OPEN
from curation.publish.inventory import Inventory

WARNING = (
    "Old revisions go on serving withdrawn films until the history is squashed. Forks, clones and "
    "caches elsewhere cannot be reached. Pull requests that were merged or closed keep their "
    "commits and lose every large file that this version does not hold."
)


class Squashed(NamedTuple):
    """What was taken away."""

    revision: str
    """The one commit that is left, which the tag names now."""
    tags: tuple[str, ...]
    objects: int
    """LFS objects, deleted for good."""


def squash(hub: Hub, folder: Path, told: Inventory) -> Squashed:
    """Leave one commit and the tag of this version, which main must hold already.

    The tag is set anew, since the old one would keep the past alive; its content is compared before
    and after. A repetition does what is left to do. Raises `OtherContent` where main holds another
    version, `StillInUse` where other work is going on: then nothing is taken away.
    """
    check_alone(hub)
    check_tree(hub, folder, told, _head(hub))
    old = tuple(sorted(set(hub.tags()) - {tag_of(told.version)}))
    for name in old:
        hub.untag(name)
    if hub.commits() > 1:
        hub.squash(title(told))
    kept = {file.sha256 for file in hub.tree(_head(hub)).values() if file.sha256}
    _tag_anew(hub, folder, told)
    # An object is the whole repository's: who began something meanwhile would lose it.
    check_alone(hub)
    objects = hub.drop_objects(kept)
    # The Hub may rewrite what is left when it deletes for good.
    return Squashed(_tag_anew(hub, folder, told), old, objects)


def check_alone(hub: Hub) -> None:
    """Raise `StillInUse` where a branch or a pull request would lose its large files."""
    going = [f"pull request {one.number} ({one.title})"
             for one in hub.proposals() if one.status in OPEN]  # fmt: skip
    going += [f"branch {name}" for name in hub.branches()]
    if going:
        raise StillInUse(
            f"{hub.name}: squashing would destroy the large files of {', '.join(going)}; merge, "
            "close or delete what is named on the Hub's pages first, then repeat this; no large "
            "file was taken away"
        )


def _tag_anew(hub: Hub, folder: Path, told: Inventory) -> str:
    """Have the tag of this version name the head of main, and give that commit."""
    head, own = _head(hub), tag_of(told.version)
    check_tree(hub, folder, told, head)
    tagged = hub.state(own)
    if tagged is None or tagged.revision != head:
        hub.untag(own)
        tag(hub, folder, told, head)
    return head


def _head(hub: Hub) -> str:
    state = hub.state(MAIN)
    if state is None:
        raise NotThere(f"{hub.name}: not there any more")
    return state.revision
