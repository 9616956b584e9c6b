import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from curation.phantom.deck import Deal, dealt
from curation.phantom.world import shots, shots_by
from curation.stages.phantom import REPLICAS, Params, main
from manifests.contract.images import decode
from manifests.contract.table import read_arrow
from manifests.contract.vocabulary import DRAWN


def params(**given: object) -> Params:
    usual = {"patients": 4, "masked": 0, "world": 1, "deal": "upstream", "planted": ""}
    return Params.model_validate(usual | given)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_stage_files_every_source_and_says_in_each_that_it_is_drawn(tmp_path: Path) -> None:
    main(tmp_path, params(patients=5))
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
        main(tmp_path / name, params(masked=2, world=7))
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_a_world_without_people_is_refused() -> None:
    with pytest.raises(ValidationError, match="patients"):
        params(patients=0)


def test_an_even_world_has_every_label_in_one_source_and_masks_that_tell_of_none(
    tmp_path: Path,
) -> None:
    main(tmp_path, params(patients=6, masked=3, deal="even"))
    truth = read_arrow(tmp_path / "truth" / "truth.parquet").to_pylist()
    held = Counter((row["source"], row["condition"]) for row in truth)
    assert held == {
        ("cohen", "normal"): 2, ("cohen", "cap"): 2, ("cohen", "covid19"): 2,
        ("nlm_tb", "tuberculosis"): 3,
    }  # fmt: skip
    assert not [row for row in truth if row["copy_of"]]


@pytest.mark.parametrize("planted", ["normal", "covid19"])
def test_a_planted_marker_is_in_the_corner_of_one_label_and_changes_nothing_else(
    planted: str,
) -> None:
    for number, card in dealt(Deal.EVEN, 3, 0):
        (plain,), (marked,) = (list(shots_by(card, number, 1, word)) for word in ("", planted))
        assert np.array_equal(plain.lungs, marked.lungs)
        assert np.array_equal(plain.opacities, marked.opacities)
        before, after = (decode(shot.data, shot.ref).pixels.astype(int) for shot in (plain, marked))
        changed = np.argwhere(np.abs(after - before) > 60) / np.array(before.shape)
        assert bool(len(changed)) == (card.condition == planted)
        assert (changed < 0.15).all()
