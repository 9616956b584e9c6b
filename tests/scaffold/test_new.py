"""`cxr source new`: every kind of source works as it is laid down, in a copy of the project."""

from pathlib import Path

import pytest
import yaml
from project import ROOT
from road import copy_project, run, succeed

KINDS = {"a_clone": "cohen", "a_folder": "nih_cxr14", "a_site": "sirm"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("project"))
    for key, like in KINDS.items():
        said = succeed(folder, "python", "-m", "curation", "source", "new", key, "--like", like)
        assert f"cxr source check {key}" in said
    return folder


@pytest.mark.parametrize("key", KINDS)
def test_it_works_at_once_and_says_what_is_to_be_filled_in(project: Path, key: str) -> None:
    done = run(project, "python", "-m", "curation", "source", "check", key)
    assert done.returncode == 1
    faults = [line for line in done.stdout.splitlines() if not line.startswith("ok  ")]
    assert faults[0] == "BAD  it says all that a person must know"
    assert len(faults) > 2
    assert all("; fill it in" in line for line in faults[1:])


def test_what_is_filled_in_answers_every_question(project: Path) -> None:
    code = project / "curation/sources/a_folder/__init__.py"
    text = code.read_text().replace("https://example.org", "https://hospital.example")
    text = text.replace("Who is to be credited", "Nobody").replace("Say here what", "This is what")
    code.write_text(text)
    said = succeed(project, "python", "-m", "curation", "source", "check", "a_folder")
    assert said.count("ok  ") == 8


def test_its_tests_pass_as_they_are(project: Path) -> None:
    tests = [f"tests/sources/test_{key}.py" for key in KINDS]
    assert " 3 passed" in succeed(project, "python", "-m", "pytest", "-q", *tests).replace(
        "3", " 3"
    )


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=lambda words: words[0])
def test_its_code_is_in_the_house_style(project: Path, check: tuple[str, ...]) -> None:
    made = [
        place
        for key in KINDS
        for place in (f"curation/sources/{key}", f"tests/sources/test_{key}.py")
    ]
    succeed(project, "ruff", *check, *made)


def test_every_comment_of_the_parameters_stays(project: Path) -> None:
    before = (ROOT / "params.yaml").read_text()
    after = (project / "params.yaml").read_text()
    assert "a_clone:\n    files: tests/sources/fixtures/a_clone\n    commit: drawn" in after
    assert list(yaml.safe_load(after)["sources"])[-3:] == list(KINDS)
    assert set(yaml.safe_load(before)["sources"]) < set(yaml.safe_load(after)["sources"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("cohen",), "is taken"),
        (("a_site",), "is taken"),
        (("Bad-Key",), "a-z, 0-9 and _"),
        (("base_thing",), "a-z, 0-9 and _"),
        (("../../x",), "a-z, 0-9 and _"),
        (("fine", "--like", "nobody"), "is no source; known here"),
    ],
)
def test_what_cannot_be_laid_down_is_refused_in_a_sentence(
    project: Path, words: tuple[str, ...], expected: str
) -> None:
    before = (project / "params.yaml").read_bytes()
    done = run(project, "python", "-m", "curation", "source", "new", *words)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / "params.yaml").read_bytes() == before
