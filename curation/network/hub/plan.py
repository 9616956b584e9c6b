"""What a push would change: a staged folder beside the tree of a revision on the Hub."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from curation.network.hub.told import Remote, by_sha256
from curation.publish.inventory import INVENTORY, Inventory, Item, item


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every file of the folder and of the tree, by what becomes of it; each list is sorted."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: Mapping[str, str]
    """New path -> a path whose content is there already: nothing of it is sent."""
    unchanged: tuple[str, ...]
    deleted: tuple[str, ...]
    bytes: int
    """That are sent, or fewer where an earlier push was broken off."""

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.renamed or self.deleted)

    @property
    def added(self) -> tuple[str, ...]:
        """The paths that a commit must name."""
        return tuple(sorted((*self.new, *self.changed, *self.renamed)))


def plan(folder: Path, told: Inventory, tree: Mapping[str, Remote]) -> Plan:
    """Compare the files that release.json names, and itself, with `tree`."""
    wanted = {**told.files, INVENTORY: item(folder / INVENTORY)}
    differing = [
        path
        for path in sorted(wanted)
        if path not in tree or not is_same(tree[path], wanted[path], folder / path)
    ]
    known = by_sha256(tree)
    renamed = {path: known[wanted[path].sha256] for path in differing
               if wanted[path].sha256 in known}  # fmt: skip
    sent = [path for path in differing if path not in renamed]
    return Plan(
        new=tuple(path for path in sent if path not in tree),
        changed=tuple(path for path in sent if path in tree),
        renamed=renamed,
        unchanged=tuple(path for path in sorted(wanted) if path not in set(differing)),
        deleted=tuple(sorted(set(tree) - set(wanted))),
        bytes=sum(wanted[path].bytes for path in sent),
    )


def is_same(remote: Remote, wanted: Item, place: Path) -> bool:
    """Whether the Hub holds these very bytes; `place` is read where git keeps them itself."""
    if remote.size != wanted.bytes:
        return False
    if remote.sha256:
        return remote.sha256 == wanted.sha256
    data = place.read_bytes()
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False)
    return blob.hexdigest() == remote.git_sha1
