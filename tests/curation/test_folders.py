from pathlib import Path

import pytest

from curation.folders import files, pictures
from manifests.contract.params import Misspelt


def test_every_file_comes_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/10.png", "a.jpg", ".hidden/c.png", "b/.d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = list(files([tmp_path, tmp_path / "b", tmp_path / "a.jpg"]))
    assert [file.relative_to(tmp_path).as_posix() for file in found] == [
        "a.jpg", "b/10.png", "b/2.png",
    ]  # fmt: skip


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="nowhere: not there; name a folder"):
        list(files([tmp_path / "nowhere"]))


def test_what_is_or_claims_to_be_a_picture_is_told_from_what_lies_beside(tmp_path: Path) -> None:
    contents = {
        "a.png": b"", "b": b"\xff\xd8\xff\xe0", "c": bytes(128) + b"DICM", "d.csv": b"a,b",
        "README": b"words", "e": b"",
    }  # fmt: skip
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found = pictures([tmp_path])
    assert [file.name for file in found.files] == ["a.png", "b", "c"]
    assert [file.name for file in found.others] == ["README", "d.csv", "e"]
    assert found.told.startswith("3 other files left out, no pictures, such as ")
    assert not pictures([tmp_path / "a.png"]).told
