"""Where a group stands that nothing else decides: by its hash alone, or in turn within its class.

What can be had, and what cannot. A rule that looks at one group alone is stable: whatever comes or
goes, the others stay. Such a rule can be stratified in expectation only, since every group is a
draw of its own; another salt for each class would not narrow that, and would move a group whose
label is corrected. A rule that looks at all groups of a class (ranks, turns) meets the wish to a
group, but the next group to come would shift the others. Both at once need a memory. Therefore:

- `by_hash` places every group that the ledger does not hold, so the stage is stable always;
- `in_turn` places them when `cxr freeze` takes them into the ledger, around what it holds. From
  then on they stay. It moves films that were never frozen, and no other.
"""

import hashlib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, model_validator

from manifests.contract.vocabulary import Finding, Split

DRAWN = (Split.TEST, Split.VAL, Split.TRAIN)
"""The sides that are drawn; where two are equally in need, the first of them is filled."""


class Shares(BaseModel):
    """Shares of the groups; what is left is for training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    val: float = Field(ge=0, lt=1)
    """Share of groups, 0 to 1."""
    test: float = Field(ge=0, lt=1)
    """Share of groups, 0 to 1."""
    salt: str
    """Another word draws another split."""

    @model_validator(mode="after")
    def _leaves_something_to_train(self) -> "Shares":
        if self.val + self.test >= 1:
            raise ValueError("val and test leave nothing for training; lower one of them")
        return self

    @property
    def wished(self) -> dict[Split, float]:
        """The share of each side, in the order of `DRAWN`."""
        return {Split.TEST: self.test, Split.VAL: self.val, Split.TRAIN: 1 - self.val - self.test}


def draw(name: str, salt: str) -> float:
    """A number from 0 up to 1, as good as random, that follows from `name` and `salt` alone."""
    digest = hashlib.sha256(f"{salt}\x1f{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def by_hash(group: str, shares: Shares) -> Split:
    """The side of a group, from its name and the salt alone."""
    share = draw(group, shares.salt)
    if share < shares.test:
        return Split.TEST
    return Split.VAL if share < shares.test + shares.val else Split.TRAIN


def in_turn(
    classes: Mapping[str, Finding], held: Mapping[str, Split], shares: Shares
) -> dict[str, Split]:
    """Group -> side for the groups in `classes` (group -> its leading finding) not in `held`.

    Class by class, each group goes to the side that is furthest below its share of that class. They
    come source by source (the one in the group's name), so that the turns share each source out
    too, and in the order of their hashes within one. From nothing, every side ends within one group
    of its share; a class of two groups is trained on and tested, at the demo's shares one of four
    stands on all three sides.
    """
    made: dict[str, Split] = {}
    for found in Finding:
        own = [group for group, finding in classes.items() if finding == found]
        have = {side: sum(held.get(group) == side for group in own) for side in DRAWN}
        new = sorted(
            (group for group in own if group not in held),
            key=lambda group: (group.partition("/")[0], draw(group, shares.salt), group),
        )
        for group in new:
            made[group] = _neediest(have, shares)
            have[made[group]] += 1
    return made


def _neediest(have: Mapping[Split, int], shares: Shares) -> Split:
    """The side that would be furthest below its share with one more group."""
    total = sum(have.values()) + 1
    # Rounded, so that two sides equally in need are so on every machine.
    return max(DRAWN, key=lambda side: round(shares.wished[side] * total - have[side], 9))
