"""What is wrong with a release: the rule it breaks, and the rows or files at fault."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from manifests.contract.table import BrokenTable

SHOWN = 5
RIGHTS, INTEGRITY = 5, 4
"""Exit codes: something may not be published; something is not what it says."""


class Fault(NamedTuple):
    """One broken rule."""

    rule: str
    where: Sequence[str]
    """The rows, files or lines at fault."""
    code: int = INTEGRITY

    def told(self, most: int = SHOWN) -> str:
        """One line; `most` of the places are named."""
        more = f" and {len(self.where) - most} more" if len(self.where) > most else ""
        return f"{self.rule}: {', '.join(self.where[:most])}{more}"


class NotAllowed(BrokenTable):
    """A release holds what it may not give away."""

    exit_code = RIGHTS


def faults(found: Mapping[str, Iterable[object]], code: int = INTEGRITY) -> Iterator[Fault]:
    """One for every rule that names a place; what has no order of its own is sorted."""
    for rule, where in found.items():
        named = list(map(str, where if isinstance(where, list) else sorted(where, key=str)))
        if named:
            yield Fault(rule, named, code)


def raise_if_any(found: Sequence[Fault]) -> None:
    """Raise `NotAllowed` or `BrokenTable` with every rule in one sentence, if there is any."""
    if found:
        kind = NotAllowed if any(fault.code == RIGHTS for fault in found) else BrokenTable
        raise kind("this release may not leave; " + "; ".join(fault.told() for fault in found))
