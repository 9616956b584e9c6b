import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.folders import files, pictures
from curation.sources.base_files import MAX_FILE
from manifests.contract.params import Misspelt


def test_every_file_comes_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/10.png", "a.jpg", ".hidden/c.png", "b/.d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = list(files([tmp_path, tmp_path / "b", tmp_path / "a.jpg"], []))
    assert [file.relative_to(tmp_path).as_posix() for file in found] == [
        "a.jpg", "b/10.png", "b/2.png",
    ]  # fmt: skip


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="nowhere: not there; name a folder"):
        list(files([tmp_path / "nowhere"], []))


def test_what_is_or_claims_to_be_a_picture_is_told_from_what_lies_beside(tmp_path: Path) -> None:
    contents = {
        "a.png": b"", "b": b"\xff\xd8\xff\xe0", "c": bytes(128) + b"DICM", "d.csv": b"a,b",
        "README": b"words", "e": b"", "f": b"RIFF\0\0\0\0WAVE", "g": b"RIFF\0\0\0\0WEBP",
    }  # fmt: skip
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    found = pictures([tmp_path])
    assert [file.name for file in found.files] == ["a.png", "b", "c", "g"]
    assert [file.name for file in found.others] == ["README", "d.csv", "e", "f"]
    assert found.told.startswith("4 other files left out, no JPEG, PNG, WebP, TIFF or DICOM")
    assert not pictures([tmp_path / "a.png"]).told


def test_links_are_followed_once_and_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "away" / "a.png").write_bytes(b"")
    (tmp_path / "here" / "link").symlink_to(tmp_path / "away")
    (tmp_path / "away" / "back").symlink_to(tmp_path / "here")
    (tmp_path / "here" / "gone.png").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "here" / "pipe")
    found = pictures([tmp_path / "here"])
    assert found.files == [tmp_path / "here" / "link" / "a.png"]
    assert "gone.png: cannot be opened" in found.faults[0]
    assert "pipe: no plain file" in found.faults[1]


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    listed = os.scandir

    def scandir(folder: str) -> Iterator[os.DirEntry[str]]:
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied", folder)
        return listed(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    (fault,) = pictures([tmp_path]).faults
    assert fault.endswith("locked: cannot be listed (Permission denied); look at its permissions")


def test_a_picture_that_is_too_large_is_told_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.png").open("wb") as stream:
        stream.truncate(MAX_FILE + 1)
    found = pictures([tmp_path])
    assert (found.files, len(found.faults)) == ([], 1)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert pictures([tmp_path]).told == "no file here; is it the right folder?"
