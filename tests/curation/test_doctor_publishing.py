"""What `cxr doctor` says of logins and stores, and what it keeps to itself."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from project import ROOT

from curation import doctor
from curation.doctor_publishing import remotes, token

WORD = "not-for-print"


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nobody has logged in."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HOME", "HF_TOKEN_PATH",
                 "XDG_CACHE_HOME"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def said() -> dict[str, doctor.Check]:
    params: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())
    return {check.what: check for check in doctor.checks(params | {"sources": {}})}


def test_who_has_no_token_is_told_that_only_publishing_needs_one() -> None:
    assert token() == ""
    assert said()["the Hub"].is_well
    assert "only publishing needs one" in said()["the Hub"].found


@pytest.mark.parametrize("name", ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])
def test_a_token_in_a_variable_is_named_and_not_said(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, WORD)
    assert said()["the Hub"].found == f"a token in {name}"


@pytest.mark.parametrize(
    ("variable", "folder", "place"),
    [
        ("", "", "home/.cache/huggingface/token"),
        ("HF_HOME", "elsewhere", "elsewhere/token"),
        ("HF_TOKEN_PATH", "mine/word", "mine/word"),
        ("XDG_CACHE_HOME", "cache", "cache/huggingface/token"),
    ],
)
def test_a_token_in_a_file_is_found_where_the_library_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, folder: str, place: str
) -> None:
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / folder))
    (tmp_path / place).parent.mkdir(parents=True)
    (tmp_path / place).write_text(WORD)
    assert said()["the Hub"].found == f"a token in {tmp_path / place}"
    (tmp_path / place).write_text("")
    assert token() == ""


def test_remotes_are_named_as_dvc_wrote_them_and_their_logins_are_not(tmp_path: Path) -> None:
    assert "none" in said()["dvc remotes"].found
    for words in (
        ("git", "init", "-q"), ("dvc", "init", "-q"),
        ("dvc", "remote", "add", "disk", "/mnt/disk"),
        ("dvc", "remote", "add", "--local", "team", "s3://films/store"),
        ("dvc", "remote", "modify", "--local", "team", "secret_access_key", WORD),
    ):  # fmt: skip
        subprocess.run(words, cwd=tmp_path, check=True)
    assert remotes(tmp_path / ".dvc") == {"disk": "/mnt/disk", "team": "s3://films/store"}
    assert said()["dvc remotes"].is_well
    assert said()["dvc remotes"].found == "disk, team"


def test_a_damaged_config_names_no_remote(tmp_path: Path) -> None:
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc" / "config").write_text("no section\n")
    (tmp_path / ".dvc" / "config.local").write_bytes(b"\xff\xfe")
    assert remotes(tmp_path / ".dvc") == {}
