"""A source's words in our vocabulary, by `manifests/terms.yaml`; a word not there is rejected."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, field_validator

from manifests.contract.params import misspelt, read_yaml
from manifests.contract.record import leading
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import (
    Finding,
    Modality,
    OfficialSplit,
    Reason,
    Severity,
    Sex,
    View,
)

Meaning = TypeVar("Meaning")
GENERAL = "general"


def fold(word: str) -> str:
    """`word` without case, outer blanks and repeated blanks: what two spellings share."""
    return " ".join(word.casefold().split())


class Block(BaseModel):
    """One block of the file: word -> meaning for each column. `null` means that nothing is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    silence: tuple[str, ...] = ()
    """Words by which the source says nothing, in any column."""
    separators: tuple[str, ...] = ()
    """What stands between several findings in one cell."""
    finding: dict[str, Finding] = {}
    view: dict[str, View] = {}
    modality: dict[str, Modality] = {}
    sex: dict[str, Sex | None] = {}
    abnormal: dict[str, bool | None] = {}
    pcr: dict[str, bool | None] = {}
    child: dict[str, bool | None] = {}
    severity: dict[str, Severity | None] = {}
    official_split: dict[str, OfficialSplit | None] = {}
    license: dict[str, str] = {}

    @field_validator("*", mode="before")
    @classmethod
    def _fold_words(cls, value: Any) -> Any:  # noqa: ANN401 - YAML comes in
        if isinstance(value, list):
            return [fold(str(word)) for word in value]
        if not isinstance(value, dict):
            return value
        folded: dict[str, Any] = {}
        for word, meaning in value.items():
            if fold(str(word)) in folded:
                raise ValueError(f"{word!r} stands twice")
            folded[fold(str(word))] = meaning
        return folded


class Terms:
    """The vocabulary of one source: its own block first, then the general one."""

    def __init__(self, source: str, blocks: tuple[Block, ...]) -> None:
        self.source = source
        self.blocks = blocks

    @classmethod
    def load(cls, place: Path, source: str) -> "Terms":
        """The blocks for `source`. Raises `Misspelt` naming what is wrong in the file."""
        try:
            blocks = TypeAdapter(dict[str, Block]).validate_python(read_yaml(place))
        except ValidationError as faults:
            raise misspelt(place, faults) from None
        return cls(source, tuple(blocks[name] for name in (source, GENERAL) if name in blocks))

    def findings(self, text: str) -> tuple[Finding, ...]:
        """All findings named in `text`, in the order of the vocabulary; none named is UNKNOWN."""
        if self._is_silent(text):
            return (Finding.UNKNOWN,)
        found = self._findings_in(text)
        for block in self.blocks:
            for separator in () if found else block.separators:
                text = text.replace(separator, "\n")
        parts = [part for part in text.split("\n") if part.strip()]
        known = leading(found) or leading(f for part in parts for f in self._part(part))
        if Finding.NORMAL in known and len(known) > 1:
            raise Rejected(
                Reason.INVALID_FIELD,
                f"{self.source}: finding {text!r} is normal and not normal; correct it upstream",
            )
        return known

    def view(self, word: str) -> View:
        return self._single(word, "view", View.UNKNOWN)

    def modality(self, word: str) -> Modality:
        return self._single(word, "modality", Modality.UNKNOWN)

    def sex(self, word: str) -> Sex | None:
        return self._single(word, "sex", None)

    def abnormal(self, word: str) -> bool | None:
        return self._single(word, "abnormal", None)

    def pcr(self, word: str) -> bool | None:
        return self._single(word, "pcr", None)

    def child(self, word: str) -> bool | None:
        return self._single(word, "child", None)

    def severity(self, word: str) -> Severity | None:
        return self._single(word, "severity", None)

    def official_split(self, word: str) -> OfficialSplit | None:
        return self._single(word, "official_split", None)

    def license(self, word: str, url: str, otherwise: str) -> str:
        """The licence id; `WORD @ host` in the file holds for films from that host only."""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        at_host = f"{word} @ {host}"
        if self._is_silent(word):
            return otherwise
        if any(fold(at_host) in block.license for block in self.blocks):
            return self._single(at_host, "license", otherwise)
        if any(word in block.license.values() for block in self.blocks):
            return word
        return self._single(word, "license", otherwise)

    def says_nothing(self, word: str) -> bool:
        """`word` is blank or one of the words for "we do not say"."""
        return self._is_silent(word)

    def _is_silent(self, word: str) -> bool:
        return not word.strip() or any(fold(word) in block.silence for block in self.blocks)

    def _single(self, word: str, column: str, otherwise: Meaning) -> Meaning:
        if self._is_silent(word):
            return otherwise
        for block in self.blocks:
            words: dict[str, Meaning] = getattr(block, column)
            if meanings := _meanings(words, word):
                return meanings[0]
        raise self._unknown(column, word)

    def _findings_in(self, text: str) -> list[Finding]:
        return next((f for b in self.blocks if (f := _meanings(b.finding, text))), [])

    def _part(self, part: str) -> list[Finding]:
        found = self._findings_in(part)
        if not found:
            raise self._unknown("finding", part.strip())
        return found

    def _unknown(self, column: str, word: str) -> Rejected:
        return Rejected(
            Reason.UNKNOWN_TERM,
            f"{self.source}: {column} {word[:80]!r} is not in manifests/terms.yaml; "
            f"add it there under {self.source}.{column}",
        )


def _meanings(words: Mapping[str, Meaning], text: str) -> list[Meaning]:
    """What `text` means: its own entry, or else all entries with `*` that fit it."""
    text = fold(text)
    if text in words:
        return [words[text]]
    return [meaning for word, meaning in words.items() if "*" in word and fnmatchcase(text, word)]
