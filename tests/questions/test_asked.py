"""Each question finds the fault that it is there for, in a source made with that fault."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from project import ROOT

from curation.questions import asked
from curation.questions.case import Case
from curation.sources.base import About, Draft, Importer, Lost, Source
from curation.sources.base_files import Row, film, rows
from curation.sources.cohen import Cohen
from manifests.contract.packing import png

COUNTER = itertools.count()


class Sound(Importer):
    """A source without a fault; each subclass has one."""

    about: ClassVar[About] = replace(Cohen.about, title="Sound")

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        for row in rows(files / "films.csv", "file", "patient"):
            yield self.draft(row, files) if isinstance(row, Row) else row

    def draft(self, row: Row, files: Path) -> Draft:
        return Draft(
            source_ref=row["file"], image=partial(film, files / "images", row["file"]),
            url="https://example.com/x", patient=row["patient"], finding=row["finding"],
        )  # fmt: skip


class Careless(Sound):
    """Reads what it finds, and takes a renamed column for an empty one."""

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        with (files / "films.csv").open(newline="") as table:
            for line, cells in enumerate(csv.DictReader(table), start=2):
                if cells.get("file"):
                    yield self.draft(Row(line=line, cells=cells), files)


class Moody(Sound):
    """Says something else each time."""

    def draft(self, row: Row, files: Path) -> Draft:
        return replace(super().draft(row, files), study=str(next(COUNTER)))


class Nameless(Sound):
    """Gives every film one name and no patient."""

    def draft(self, row: Row, files: Path) -> Draft:
        return replace(super().draft(row, files), source_ref="one", patient=" ", url="x")


class Wordy(Sound):
    """Uses a word that nobody has translated."""

    def draft(self, row: Row, files: Path) -> Draft:
        return replace(super().draft(row, files), finding="Morbus Nemo")


class Unsaid(Sound):
    """Does not say what a person must know."""

    about: ClassVar[About] = replace(
        Cohen.about, title="", homepage="http://x", license="Own-1", hosts=("https://x.org",)
    )


class Silent(Sound):
    """Its terms forbid copying, and no record can be named."""

    about: ClassVar[About] = replace(Cohen.about, needs_permission=True)


FAULTS: dict[type[Source], dict[str, str]] = {
    Sound: {},
    Careless: {"a_changed_layout_is_reported_and_not_silent": "columns of films.csv renamed"},
    Moody: {"it_says_the_same_twice": "sort what you read"},
    Nameless: {"every_draft_has_a_name_a_page_and_a_patient": "names stand twice: one"},
    Wordy: {"every_draft_survives_ingest_and_the_counts_add_up": "'Morbus Nemo' is not in"},
    Unsaid: {"it_says_all_that_a_person_must_know": "about.title is empty"},
    Silent: {"it_asks_for_permission_where_its_terms_forbid_copying": "no parameter `permission`"},
}


class OfClass(Case):
    """A case whose source is a class of this file."""

    declared: type[Source]

    @property
    def kind(self) -> type[Source]:
        return self.declared

    @property
    def fixture(self) -> Path:
        return self.root / "fixture"

    @property
    def code(self) -> Path:
        return Path(__file__)

    @property
    def test(self) -> Path:
        return Path(__file__)

    def source(self, files: Path | None = None) -> Source:
        return self.declared(files=files or self.fixture)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    images = tmp_path / "fixture" / "images"
    images.mkdir(parents=True)
    for name, step in (("a.png", 2), ("b.png", 3)):
        (images / name).write_bytes(
            png((np.arange(64 * 48) * step % 251).reshape(64, 48).astype(np.uint8))
        )
    (tmp_path / "fixture" / "films.csv").write_text(
        "file,patient,finding\na.png,1,COVID-19\nb.png,2,No Finding\n"
    )
    (tmp_path / "manifests").symlink_to(ROOT / "manifests")
    return tmp_path


@pytest.mark.parametrize("declared", FAULTS, ids=lambda kind: kind.__name__)
def test_a_question_finds_its_fault_and_no_other_does(declared: type[Source], root: Path) -> None:
    case = OfClass("faulty", root, {})
    object.__setattr__(case, "declared", declared)
    told = {
        question.__name__: "; ".join(question(case))
        for question in asked.QUESTIONS
        if question is not asked.its_code_can_be_read_in_one_sitting
    }
    expected = FAULTS[declared]
    if expected:
        ((question, sentence),) = expected.items()
        assert sentence in told[question]
    found = {name for name, sentence in told.items() if sentence}
    # Who has no name or another one each time cannot answer every other question either.
    assert found >= set(expected)
    if declared in {Sound, Careless, Wordy, Unsaid, Silent}:
        assert found == set(expected)


def test_a_source_of_many_lines_is_asked_to_split(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "LONGEST", 10)
    case = OfClass("faulty", root, {})
    object.__setattr__(case, "declared", Sound)
    assert any(
        "parts beside it" in fault for fault in asked.its_code_can_be_read_in_one_sitting(case)
    )


def test_a_source_without_fixture_or_test_is_told_so(tmp_path: Path) -> None:
    faults = list(asked.it_has_a_fixture_and_a_test(Case("nobody", tmp_path, {})))
    assert [("fixture" in faults[0], "test_nobody.py" in faults[1])] == [(True, True)]
