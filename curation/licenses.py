"""What a licence allows, by `manifests/licenses.yaml`; a licence not there is refused."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from manifests.contract.params import Misspelt, misspelt, read_yaml

Channel = Literal["open", "noncommercial", "pointers"]
"""Where a film may go: pixels for all, pixels for non-commercial use, or a link and a hash only."""


class License(BaseModel):
    """One licence; the fields are explained at the top of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    url: str
    may_train: bool
    may_publish: bool
    only_unmodified: bool
    noncommercial: bool
    share_alike: bool
    attribution_required: bool


class Licenses(BaseModel):
    """All licences that a record may carry."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link_only_hosts: dict[str, str]
    """Host -> why its films are linked to and never handed on, whatever the licence."""
    licenses: dict[str, License]

    @classmethod
    def load(cls, place: Path) -> "Licenses":
        """The file at `place`. Raises `Misspelt` naming what is wrong in it."""
        try:
            return cls.model_validate(read_yaml(place))
        except ValidationError as faults:
            raise misspelt(place, faults) from None

    def of(self, spdx: str) -> License:
        """The licence `spdx`. Raises `Misspelt` for one that nobody has read yet."""
        if spdx not in self.licenses:
            raise Misspelt(
                f"license {spdx!r} is not in manifests/licenses.yaml; "
                "read it, then add what it allows"
            )
        return self.licenses[spdx]

    def channel(self, spdx: str, url: str) -> Channel:
        """Where a film under `spdx`, found at `url`, may go as a resized copy."""
        known = self.of(spdx)
        # "host." with its last dot is the same host.
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
        is_linked = any(host == h or host.endswith("." + h) for h in self.link_only_hosts)
        if is_linked or known.only_unmodified or not known.may_publish:
            return "pointers"
        return "noncommercial" if known.noncommercial else "open"
