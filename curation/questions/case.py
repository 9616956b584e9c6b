"""One source before its questions: its entry, its fixture, and all that it gives."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from curation.sources.base import Draft, Lost, Source
from curation.sources.loading import load, source_class
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

FIXTURES = Path("tests/sources/fixtures")
CODE = Path("curation/sources")
PARAMS = ingest.Params(max_side=64, max_megapixels=1)
"""Fixtures are tiny; whatever is large in one is there to be refused."""


class Told(NamedTuple):
    """What a source says of one film, its pictures as hashes, and whether it is a loss."""

    words: tuple[object, ...]
    is_loss: bool


@dataclass(frozen=True)
class Case:
    """The source `key` of the project at `root`, with its entry of `params.yaml`."""

    key: str
    root: Path
    entries: Mapping[str, Any]
    """The section `sources`, of `params.yaml` or a profile."""

    @property
    def fixture(self) -> Path:
        return self.root / FIXTURES / self.key

    @property
    def code(self) -> Path:
        return self.root / CODE / self.key / "__init__.py"

    @property
    def test(self) -> Path:
        return self.root / "tests/sources" / f"test_{self.key}.py"

    @property
    def kind(self) -> type[Source]:
        return source_class(self.key)

    def source(self, files: Path | None = None) -> Source:
        """The source as its entry has it, reading its fixture or `files`."""
        entry = self.entries.get(self.key)
        if entry is None:
            raise Misspelt(
                f"params.yaml: 'sources.{self.key}' is missing; give the source its entry, with "
                f"files: {FIXTURES / self.key} to begin with"
            )
        return load(self.key, {self.key: {**entry, "files": files or self.fixture}})

    @cached_property
    def given(self) -> list[Draft | Lost]:
        """All that the fixture gives."""
        return list(ingest.drafts_of(self.key, self.source()))

    def drafts(self) -> list[Draft]:
        return [one for one in self.given if isinstance(one, Draft)]


def told(one: Draft | Lost) -> Told:
    """What a draft says: two that say the same are equal. A film without a picture is a loss."""
    if isinstance(one, Lost):
        return Told((one.source_ref, str(one.reason), one.detail), is_loss=True)
    words = [getattr(one, f.name) for f in fields(Draft) if f.name not in {"image", "masks"}]
    picture, *masks = (_hash(file) for file in (one.image, *one.masks))
    said = (*(dict(w) if isinstance(w, Mapping) else w for w in words), picture, *masks)
    return Told(said, is_loss=isinstance(picture, Reason))


def _hash(picture: Callable[[], bytes]) -> str:
    try:
        return hashlib.sha256(picture()).hexdigest()
    except Rejected as verdict:
        return verdict.reason
