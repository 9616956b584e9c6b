"""Who may see and fetch a repository, as a person wishes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Gate(StrEnum):
    """Who may fetch: whoever agrees to the terms, whom the maintainers let in, or everybody."""

    AUTO = "auto"
    MANUAL = "manual"
    NONE = "none"


SETTINGS: Mapping[Gate, Literal["auto", "manual", ""]] = {
    Gate.AUTO: "auto", Gate.MANUAL: "manual", Gate.NONE: "",
}  # fmt: skip
"""The Hub's word for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person says besides the folder."""

    is_public: bool = False
    gate: Gate | None = None
    """None: manual where films are not free for every use and no gate stands yet."""
