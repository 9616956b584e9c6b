"""`cxr source preview`: what a source would add, beside what is held."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from drawn import drawn
from project import ROOT

from curation.phantom.world import shots_of
from curation.preview import Held, Holdings, Preview, Setting, nothing, preview
from curation.sources.base import Draft, Importer, Lost
from curation.sources.cohen import Cohen
from curation.stages import dedup, ingest
from manifests.contract.vocabulary import Relation

SETTING = Setting(
    reading=ingest.Params(max_side=512, max_megapixels=10),
    comparing=dedup.Params(candidates=5, copy_at_least=0.9, same_patient_at_least=0.6),
    adult_from_years=18,
    manifests=ROOT / "manifests",
)


class Hospital(Importer):
    """Some films of the drawn world under other names, with their labels and their licences."""

    about = Cohen.about
    gives: tuple[Draft | Lost, ...] = ()

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        del files
        yield from self.gives


def draft(ref: str, data: bytes, **words: str) -> Draft:
    usual = {"url": "https://example.org", "patient": ref, "view": "PA", "modality": "X-ray",
             "finding": "COVID-19", "license": "CC BY 4.0"}  # fmt: skip
    return Draft(source_ref=ref, image=partial(bytes, data), **{**usual, **words})  # type: ignore[arg-type]  # words only


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Preview:
    folder = tmp_path_factory.mktemp("preview")
    held = drawn(folder / "held", range(2))
    old, new = next(shots_of(0, 1)), next(shots_of(3, 1))
    gives = (
        draft("same", old.data, finding="No Finding", age="61"),
        draft("conflict", old.data, license=""),
        draft("lateral", new.data, view="L", age="7"),
        draft("slice", new.data, modality="CT", view=""),
        draft("torn", new.data[:500]),
        Lost(source_ref="lost", reason="missing_image", detail="lost: is gone"),
    )
    source = Hospital.model_construct(files=folder, gives=gives)
    (folder / "out").mkdir()
    holdings = Holdings(held.records, [folder / "held"])
    return preview("hospital", source, holdings, folder / "out", SETTING)


def test_it_counts_what_comes_in_and_what_cannot_be_decoded(found: Preview) -> None:
    assert (found.came_in, found.films, found.undecodable) == (6, 4, 1)
    assert found.rejected == {"missing_image": 1, "unreadable_image": 1}
    assert found.examples["missing_image"] == "lost: is gone"


def test_it_counts_laterals_children_slices_and_unknown_ages(found: Preview) -> None:
    assert (found.lateral, found.under_age, found.not_radiographs) == (1, 1, 1)
    assert found.age_unknown == 2


def test_it_says_which_films_are_held_and_where(found: Preview) -> None:
    held = {(pair.film, pair.relation) for pair in found.held}
    assert {("hospital/same", "identical_bytes"), ("hospital/conflict", "identical_bytes")} <= held
    assert all(not pair.held.startswith("hospital/") for pair in found.held)
    assert found.compared_with == len({s.ref for n in range(2) for s in shots_of(n, 1)})


def test_it_names_label_conflicts_with_both_sides(found: Preview) -> None:
    conflicts = [pair for pair in found.held if pair.is_conflict]
    assert {pair.film for pair in conflicts} == {"hospital/conflict"}
    assert conflicts[0].findings == ("covid19", "normal")


def test_it_names_the_licences_that_keep_pixels_back(found: Preview) -> None:
    assert found.licenses == {"CC-BY-4.0": 3, "NOASSERTION": 1}
    assert found.license_gaps == {"NOASSERTION": 1}


def test_films_of_one_patient_are_no_label_conflict() -> None:
    assert not Held(
        "a/1", "b/1", Relation.SAME_PATIENT_OR_SERIES, ("covid19", "normal")
    ).is_conflict


def test_a_project_without_films_can_be_asked_too(tmp_path: Path) -> None:
    source = Hospital.model_construct(
        files=tmp_path, gives=(draft("a", next(shots_of(0, 1)).data),)
    )
    made = preview("hospital", source, Holdings(nothing(), []), tmp_path, SETTING)
    assert (made.films, made.held, made.compared_with) == (1, [], 0)
    assert json.loads(json.dumps(made.findings)) == {"covid19": 1}
