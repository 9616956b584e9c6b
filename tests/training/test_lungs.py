import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from lung_films import film, masked_films, params

from manifests.contract.images import Pixels
from manifests.contract.table import metadata, read_arrow
from manifests.contract.working import WorkingCopies, write_working
from training.segmentation import finding
from training.segmentation.lungs import cleaned, masks_of
from training.stages import lungs, segment

PARAMS = lungs.Params(least_lung=0.01)


def blobs(*boxes: tuple[int, int, int, int]) -> Pixels:
    """uint8[256, 256] with ellipses at (x, y), so wide and high."""
    mask = np.zeros((256, 256), np.uint8)
    for x, y, wide, high in boxes:
        cv2.ellipse(mask, (x, y), (wide, high), 0, 0, 360, 255, -1)
    return mask


LEFT, RIGHT = (80, 128, 30, 70), (176, 128, 30, 70)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("net")
    segment.main(masked_films(folder / "masked", 16), folder, params(epochs=4), 0.01)
    return folder


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nothing")
    segment.main(masked_films(folder / "masked", 2), folder, params(), 0.01)
    return folder


def copies(folder: Path, numbers: range) -> tuple[list[str], WorkingCopies]:
    """Working copies that do not come in the order of their ids, of two shapes."""
    named = [(f"cohen/{n:03d}.png", film(n)[0][: 200 + 56 * (n % 2)]) for n in reversed(numbers)]
    write_working(folder, named)
    return [name for name, _ in named], WorkingCopies([folder])


def found(given: Path, trained: Path, before: Path, out: Path, numbers: range = range(7)) -> Path:
    out.mkdir()
    ids, pictures = copies(given, numbers)
    lungs.main(ids, pictures, trained, before, out, PARAMS)
    return out


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_every_film_gets_a_mask_of_the_whole_frame_in_the_order_of_ids(
    net: Path, tmp_path: Path
) -> None:
    out = found(tmp_path / "films", net, tmp_path / "none", tmp_path / "lungs")
    masks = WorkingCopies([out])
    table = read_arrow(out / "lungs.parquet").to_pylist()
    names = [f"cohen/{n:03d}.png" for n in range(7)]
    assert [row["record_id"] for row in table] == names == masks.in_order(names)
    for row in table:
        mask = masks.pixels(row["record_id"])
        assert mask.shape == (256, 256)
        assert set(np.unique(mask)) == {0, 255}
        assert row["lung_area"] == pytest.approx((mask > 0).mean(), abs=1e-5)
    figures = json.loads((out / "metrics.json").read_text())
    assert figures["films"] == figures["sources"]["cohen"]["two_lungs"] + figures["one_lung"] == 7


def test_what_was_found_before_is_taken_over_with_the_same_bytes(
    net: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    some = found(tmp_path / "some", net, tmp_path / "none", tmp_path / "first", range(4))
    grown = found(tmp_path / "all", net, some, tmp_path / "grown")
    assert "7 films, 4 taken over" in caplog.text
    fresh = found(tmp_path / "again", net, tmp_path / "none", tmp_path / "fresh")
    assert files(grown) == files(fresh)


@pytest.mark.parametrize("changed", ["network", "least"])
def test_another_network_or_limit_takes_nothing_over(
    net: Path, tmp_path: Path, changed: str
) -> None:
    before = found(tmp_path / "films", net, tmp_path / "none", tmp_path / "lungs")
    sha256 = read_arrow(before / "lungs.parquet")["sha256"].to_pylist()[0]
    known = metadata(before / "lungs.parquet")["network_id"]
    assert finding.Before(before, known, 0.01).of(sha256) is not None
    other = ("other", 0.01) if changed == "network" else (known, 0.02)
    assert finding.Before(before, *other).of(sha256) is None


def test_a_mask_does_not_depend_on_how_many_work(
    net: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for cores in (1, 3):
        monkeypatch.setattr(finding, "cpu_count", lambda cores=cores: cores)
        out = tmp_path / f"on{cores}"
        made.append(files(found(tmp_path / f"films{cores}", net, tmp_path / "none", out)))
    assert made[0] == made[1]


def test_without_a_network_all_masks_are_empty_and_counted(
    nothing: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = found(tmp_path / "films", nothing, tmp_path / "none", tmp_path / "lungs")
    assert "all masks are empty: lungs are drawn on films of 2 patients" in caplog.text
    assert not any(pixels.any() for _, pixels in WorkingCopies([out]).stream(["cohen/000.png"]))
    figures = json.loads((out / "metrics.json").read_text())
    assert (figures["has_network"], figures["no_lung"], figures["films"]) == (False, 7, 7)


def test_no_film_at_all_is_no_fault(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "lungs"
    out.mkdir()
    lungs.main([], WorkingCopies([]), net, tmp_path / "none", out, PARAMS)
    assert json.loads((out / "metrics.json").read_text())["films"] == 0


@pytest.mark.parametrize(
    ("mask", "number"),
    [
        (blobs(), 0),
        (blobs((20, 20, 6, 6)), 0),
        (blobs(LEFT), 1),
        (blobs(LEFT, RIGHT), 2),
        (blobs(LEFT, RIGHT, (128, 235, 15, 12)), 2),
        (blobs(LEFT, RIGHT, (128, 70, 30, 5)), 2),
        (blobs((128, 128, 90, 70)), 1),
    ],
    ids=["empty", "island", "one", "two", "stomach", "joined", "blot"],
)
def test_lungs_are_counted(mask: Pixels, number: int) -> None:
    assert cleaned(mask, 0.01).number == number


def test_islands_go_and_holes_are_filled() -> None:
    whole = blobs(LEFT, RIGHT)
    torn = whole.copy()
    torn[100:110, 75:85] = 0
    torn[4:8, 4:8] = 255
    assert (cleaned(torn, 0.01).mask == whole).all()


def test_a_lung_that_goes_round_a_dent_at_the_edge_keeps_the_dent() -> None:
    mask = blobs((0, 128, 60, 60))
    mask[120:136, :20] = 0
    assert (cleaned(mask, 0.01).mask == mask).all()


def test_chances_are_stretched_before_they_are_cut() -> None:
    chances = torch.zeros((1, 1, 64, 64))
    chances[..., 16:48, 16:48] = 1
    mask = masks_of(chances)[0]
    # Twice as far from a corner as from an edge, so corners are cut.
    assert (mask[68:188, 64:192] == 255).all()
    assert int((mask > 0).sum()) == pytest.approx(128 * 128, rel=0.01)
