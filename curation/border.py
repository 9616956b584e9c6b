"""What a source gives, counted where it comes in and before anything is judged."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from curation.sources.base import Draft, Lost
from manifests.contract.rejection import Rejected, legible


class NoFilms(ValueError):  # noqa: N818 - names what was found, and is shown to a person
    """A source gives not a single film: an empty folder, another folder, another layout."""

    exit_code = 6


@dataclass(slots=True, kw_only=True)
class Border:
    """The door of one source; `came_in` is the count that every table after it must meet."""

    key: str
    files: Path
    films: int = 0
    losses: int = 0
    example: str = ""
    """The first sentence that said why something is no film."""

    @property
    def came_in(self) -> int:
        """Rows so far, films or not."""
        return self.films + self.losses

    def counted(self, given: Iterable[Draft | Lost]) -> Iterator[Draft | Lost]:
        """All of `given`. Raises `NoFilms` where no film is in it, or it cannot be read at all."""
        try:
            for one in map(_legible, given):
                if isinstance(one, Lost):
                    self.losses += 1
                    self.example = self.example or one.detail
                else:
                    self.films += 1
                yield one
        except Rejected as verdict:
            raise NoFilms(self._sentence(verdict.detail)) from None
        if not self.films:
            rest = f"{self.losses} rows that are none, first: {self.example}"
            raise NoFilms(self._sentence(rest if self.losses else "no row names one"))

    def _sentence(self, found: str) -> str:
        return (
            f"{self.key}: no films can be read from {self.files}: {found}; look at "
            f"sources.{self.key} in params.yaml, or fill the folder (`cxr fetch {self.key}`, "
            "`dvc repro phantom` for the drawn ones)"
        )


def _legible(one: Draft | Lost) -> Draft | Lost:
    """The same with all words as a table can hold them."""
    words = {field.name: getattr(one, field.name) for field in fields(one)}
    odd: dict[str, Any] = {
        name: made
        for name, said in words.items()
        if isinstance(said, str) and (made := legible(said)) != said
    }
    return replace(one, **odd) if odd else one
