import hashlib
import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from curation.phantom.world import shots
from curation.stages.phantom import REPLICAS, Params, main
from manifests.contract.table import read_arrow
from manifests.contract.vocabulary import DRAWN


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_stage_files_every_source_and_says_in_each_that_it_is_drawn(tmp_path: Path) -> None:
    main(tmp_path, Params(patients=5, masked=0, world=1))
    for source in REPLICAS:
        assert json.loads((tmp_path / source / "PHANTOM.json").read_text()) == {
            "drawn": True,
            "world": 1,
        }
        assert DRAWN in (tmp_path / source / "README.txt").read_text()
    refs = read_arrow(tmp_path / "truth" / "truth.parquet")["ref"].to_pylist()
    assert sorted(refs) == sorted(shot.ref for shot in shots(5, 1))


def test_two_runs_give_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        main(tmp_path / name, Params(patients=4, masked=2, world=7))
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_a_world_without_people_is_refused() -> None:
    with pytest.raises(ValidationError, match="patients"):
        Params(patients=0, masked=0, world=1)
