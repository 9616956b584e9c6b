import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from recipes import GIVEN, RECIPE
from records import record, records
from textures import texture
from typer.testing import CliRunner, Result

from curation.__main__ import app
from curation.pixels.fingerprint import working_copy
from curation.pixels.recipe import PLAIN
from curation.pixels.stack import stack
from curation.stages.prepare import main, pictures
from manifests.contract.images import decode
from manifests.contract.prepared import Prepared, read_prepared
from manifests.contract.working import WorkingCopies, write_working

RUN = CliRunner()


def saved(number: int, kind: str, height: int = 420, width: int = 380) -> bytes:
    data = io.BytesIO()
    Image.fromarray(texture(number, height, width)).save(data, kind)
    return data.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two pictures, one of them below and without extension, and a table; no params.yaml."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "films"
    (place / "below").mkdir(parents=True)
    (place / "a.png").write_bytes(saved(1, "PNG"))
    (place / "below" / "b").write_bytes(saved(2, "JPEG", 1400, 1200))
    (place / "table.csv").write_text("a,b\n")
    return place


def project(**recipes: dict[str, object]) -> None:
    Path("params.yaml").write_text(yaml.safe_dump({"recipes": recipes, "ingest": {"max_side": 96}}))


def run(*arguments: object) -> Result:
    return RUN.invoke(app, ["stack", *map(str, arguments)])


def held(shards: Path = Path("out")) -> Prepared:
    return read_prepared(shards)


def test_a_folder_becomes_shards_without_a_project(folder: Path) -> None:
    done = run("films", "--out", "out")
    assert done.exit_code == 0, done.output
    assert "2 pictures came in: 2 are in out by recipe plain" in done.stdout
    assert "1 other files left out" in done.stderr
    made = held()
    assert made.rows["record_id"].tolist() == ["films/a.png", "films/below/b"]
    assert made.rows["sha256"][0] == hashlib.sha256((folder / "a.png").read_bytes()).hexdigest()
    assert made.recipe_id == PLAIN.recipe_id
    assert np.array_equal(stack(texture(1), PLAIN), made.pixels[0][0])


def test_a_project_in_this_folder_gives_its_recipe(folder: Path) -> None:
    project(small=GIVEN)
    assert run(folder / "a.png", "--out", "out", "--recipe", "small").exit_code == 0
    assert held().recipe_id == RECIPE.recipe_id
    assert np.array_equal(stack(texture(1), RECIPE), held().pixels[0][0])


def test_params_of_another_program_are_none_of_ours(folder: Path) -> None:
    Path("params.yaml").write_text("train:\n  lr: 1\n")
    assert run(folder / "a.png", "--out", "out").exit_code == 0


def test_exact_gives_the_bytes_of_the_pipeline(folder: Path, tmp_path: Path) -> None:
    project(small=GIVEN)
    assert run("films", "--out", "out", "--recipe", "small", "--exact").exit_code == 0
    copies = {
        f"cohen/{place.name}": working_copy(decode(place.read_bytes(), "x").pixels, 96)
        for place in (folder / "a.png", folder / "below" / "b")
    }
    (tmp_path / "copies").mkdir()
    (tmp_path / "road").mkdir()
    write_working(tmp_path / "copies", copies.items())
    rows = records([record("a.png"), record("b")])
    given = pictures(rows, WorkingCopies([tmp_path / "copies"]), tmp_path, tmp_path, RECIPE)
    main(rows, given, tmp_path / "road", RECIPE, "m")
    road = held(tmp_path / "road")
    assert np.array_equal(road.pixels[0], held().pixels[0])
    assert (road.recipe_id, road.channels) == (held().recipe_id, held().channels)


def test_the_fast_way_differs_from_the_pipeline_by_less_than_a_grey_level(folder: Path) -> None:
    assert run(folder, "--out", "fast").exit_code == 0
    assert run(folder, "--out", "exact", "--exact").exit_code == 0
    fast, exact = (held(Path(name)).pixels[0].astype(int)[:, :, :, 0] for name in ("fast", "exact"))
    assert (fast[0] == exact[0]).all()
    assert 0 < np.abs(fast[1] - exact[1]).mean() < 1


def test_what_is_no_picture_has_a_sentence_and_all_others_are_there(folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(saved(3, "JPEG")[:900])
    (folder / "gone.png").symlink_to("nowhere")
    done = run("films", "--out", "out")
    assert done.exit_code == 1
    assert "films/broken.jpg: the file ends early" in done.stderr
    assert "films/gone.png: cannot be opened" in done.stderr
    assert "4 pictures came in: 2 are in out by recipe plain" in done.stdout
    assert "2 refused" in done.stdout
    assert len(held().rows) == 2


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"lungs": "box"}, "needs lung masks, which"), ({"conceal_text": True}, "needs text masks,"),
     ({"lungs": "masked", "base": "a" * 64}, "needs lung masks and a base film,")],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_a_recipe_that_needs_more_than_files_is_a_sentence(
    changed: dict[str, object], named: str
) -> None:
    project(more=GIVEN | changed)
    done = run("films", "--out", "out", "--recipe", "more")
    assert named in str(done.exception)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("films", "--out", "out", "--recipe", "x"), "no params.yaml here.*known: plain"),
     (("films", "--out", "films"), "films: is there already and holds something"),
     (("films", "--out", "films/a.png"), "is there already"),
     (("absent", "--out", "out"), "absent: not there")],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_done_is_a_sentence_and_touches_nothing(
    arguments: tuple[str, ...], named: str
) -> None:
    with pytest.raises(Exception, match=named):
        RUN.invoke(app, ["stack", *arguments], catch_exceptions=False)
    assert not Path("out").exists()
    assert Path("films/a.png").exists()
