import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from manifests.contract.folder import Busy, whole_file, whole_folder

WRITER = """
import sys, time
from pathlib import Path
from manifests.contract.folder import whole_folder
with whole_folder(Path(sys.argv[1])) as part:
    (part / "half").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_fault_leaves_the_old_folder_and_no_litter(tmp_path: Path) -> None:
    place = tmp_path / "out"
    with whole_folder(place) as part:
        (part / "a").write_text("old")
    with pytest.raises(FileNotFoundError), whole_folder(place) as part:
        (part / "a").write_text((tmp_path / "absent").read_text())
    assert (place / "a").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"]


def test_a_file_in_the_place_of_a_folder_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with (
        pytest.raises(NotADirectoryError, match="a folder is to be written"),
        whole_folder(tmp_path / "out"),
    ):
        pytest.fail("the work began")
    assert [place.name for place in tmp_path.iterdir()] == ["out"]


def test_a_fault_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("old")
    with pytest.raises(FileNotFoundError), whole_file(place) as part:
        part.write_text((tmp_path / "absent").read_text())
    assert place.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_a_killed_writer_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    place = tmp_path / "out"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(place)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(Busy, match="another run"), whole_folder(place):
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait(10)
    assert not place.exists()
    time.sleep(0.05)
    with whole_folder(place) as part:
        (part / "a").write_text("whole")
    assert [p.name for p in place.iterdir()] == ["a"]
    assert [p.name for p in tmp_path.iterdir() if "lock" not in p.name] == ["out"]
