"""The command line as a person meets it: help, checks, refusals in a sentence with an exit code."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from road import copy_project, run


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"), fetch={"contact": "me@example.org"})


@contextmanager
def params_with(project: Path, *swaps: tuple[str, str]) -> Iterator[None]:
    """params.yaml with some words swapped for others, for the length of a `with`."""
    place = project / "params.yaml"
    good = place.read_text()
    wrong = good
    for old, new in swaps:
        assert old in wrong
        wrong = wrong.replace(old, new)
    try:
        place.write_text(wrong)
        yield
    finally:
        place.write_text(good)


def cxr(project: Path, *words: str) -> tuple[int, str]:
    done = run(project, "python", "-m", "curation", *words)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_help_names_every_command_and_answers_soon(project: Path) -> None:
    started = time.process_time()
    code, said = cxr(project, "--help")
    assert code == 0
    assert time.process_time() - started < 2
    for command in ("fetch", "doctor", "ingest", "dedup", "report"):
        assert command in said
    assert "not for diagnosis" in said


def test_the_doctor_names_an_empty_folder_and_its_cure(project: Path) -> None:
    code, said = cxr(project, "doctor")
    assert code == 0
    assert "drawn by `dvc repro` when needed" in said
    swap = ("files: data/phantom/cohen", "files: data/raw/cohen")
    with params_with(project, swap):
        code, said = cxr(project, "doctor")
    assert code == 1
    words = " ".join(said.split())
    assert "BAD source cohen: needs files: data/raw/cohen, empty or absent" in words
    assert "cxr fetch cohen" in said


@pytest.mark.parametrize("key", ["radiopaedia", "sirm"])
def test_a_site_with_such_terms_is_not_asked_without_permission(project: Path, key: str) -> None:
    code, said = cxr(project, "fetch", key)
    assert code == 5
    assert "permission" in said
    assert not (project / "data" / "raw" / key).exists()


def test_nobody_goes_online_anonymously(project: Path) -> None:
    with params_with(project, ("me@example.org", "null")):
        code, said = cxr(project, "fetch", "eurorad")
        hopeless = cxr(project, "fetch", "chexpert")
    assert code == 2
    assert "fetch.contact" in said
    # What cannot be fetched at all does not ask for a contact first.
    assert hopeless[0] == 2
    assert "fetch.contact" not in hopeless[1]


def test_a_closed_network_is_told_and_may_be_tried_again(project: Path) -> None:
    with params_with(
        project, ("commit: drawn", f"commit: {'a' * 40}"), ("retries: 5", "retries: 0")
    ):
        code, said = cxr(project, "fetch", "cohen")
    assert code in {3, 5}
    assert "raw.githubusercontent.com" in said


def test_an_unknown_source_is_named_with_the_known_ones(project: Path) -> None:
    code, said = cxr(project, "fetch", "cohn")
    assert code == 2
    assert "cohn" in said
    assert "cohen" in said


def test_fetch_takes_an_entry_from_a_profile(project: Path) -> None:
    code, said = cxr(project, "fetch", "sirm", "--profile", "paper")
    assert code == 5
    assert "permissions/sirm.yaml" in said
    code, said = cxr(project, "fetch", "sirm", "--profile", "papr")
    assert code == 2
    assert "known: paper, planted, sample" in said


def test_the_doctor_names_every_wrong_number_at_once(project: Path) -> None:
    swaps = ("salt: one", "slat: one"), ("adult_from_years: 18", "adult: 18")
    with params_with(project, *swaps):
        code, said = cxr(project, "doctor")
    assert code == 1
    assert "split.slat" in said
    assert "filter.adult" in said
