import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from recipes import LUNGS, RECIPE, lung_mask, other
from records import record, records
from textures import texture

from curation.base_film import base_film
from curation.pixels.histogram import counts
from curation.pixels.stack import stack
from curation.stages.prepare import Params, main, pictures
from curation.work.bench import ALONE, Bench, closed
from curation.work.cache import Cache
from manifests.contract.burned import TEXT, BurnedText
from manifests.contract.images import Pixels
from manifests.contract.params import Misspelt
from manifests.contract.prepared import read_prepared
from manifests.contract.table import BrokenTable, frame, write, write_arrow
from manifests.contract.working import WorkingCopies, write_working

NOWHERE = Path("absent/lungs"), Path("absent/text")
NAMES = [f"{number:03d}" for number in (7, 2, 9, 0, 4)]


def film(name: str) -> Pixels:
    """60 x 80 pixels of a larger picture; small ones have no structure."""
    return texture(int(name))[100:160, 100:180].copy()


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    # In the order of the source, which is not that of the ids.
    write_working(folder, ((f"cohen/{n}", film(n)) for n in NAMES))
    return folder


@pytest.fixture
def rows() -> pd.DataFrame:
    return records([
        record(name, group="g", split="train", patient_ill=name == "007") for name in NAMES
    ])  # fmt: skip


def packed(folder: Path, masks: dict[str, Pixels]) -> Path:
    folder.mkdir()
    write_working(folder, masks.items())
    return folder


@pytest.fixture
def lungs(tmp_path: Path) -> Path:
    """Masks of all but one film: two lungs, one, none, and again two; in the order of the ids."""
    one = lung_mask()
    one[:, 128:] = 0
    empty = np.zeros((256, 256), np.uint8)
    masks = {"000": lung_mask(), "002": one, "004": empty, "007": lung_mask()}
    return packed(tmp_path / "lungs", {f"cohen/{name}": mask for name, mask in masks.items()})


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    mask = np.zeros((60, 80), np.uint8)
    mask[:9, :30] = 255
    folder = packed(tmp_path / "text", {"cohen/007": mask})
    searched = [
        BurnedText(record_id=f"cohen/{n}", text_fraction=0.0, text_boxes=n == "007") for n in NAMES
    ]
    write(folder / TEXT, frame(searched, BurnedText), BurnedText)
    return folder


def prepared(  # noqa: PLR0913, PLR0917 - what a stage takes
    folder: Path, rows: pd.DataFrame, films: Path, recipe: Params = RECIPE,
    masks: tuple[Path, Path] = NOWHERE, base: str = "", bench: Bench = ALONE,
) -> Path:  # fmt: skip
    folder.mkdir()
    given = pictures(rows, WorkingCopies([films]), *masks, recipe)
    counts = main(rows, given, folder, recipe, "0123456789abcdef", base, bench)
    assert counts.total() == len(rows)
    return folder


def shard(folder: Path) -> bytes:
    return (folder / "data-00000.arrow").read_bytes()


def test_each_row_has_its_own_film_in_the_order_of_the_ids(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    made = read_prepared(prepared(tmp_path / "out", rows, films))
    assert made.rows["record_id"].tolist() == [f"cohen/{name}" for name in sorted(NAMES)]
    for number, name in enumerate(sorted(NAMES)):
        assert (made.pixels[0][number] == stack(film(name), RECIPE)).all()


def test_the_shards_say_what_they_are_made_of(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    made = read_prepared(prepared(tmp_path / "out", rows, films))
    assert made.manifest_id == "0123456789abcdef"
    assert made.recipe_id == RECIPE.recipe_id
    assert Params.model_validate_json(made.recipe) == RECIPE
    assert made.channels == ("image", "beasf", "clahe")
    assert made.rows["patient_ill"].tolist() == [False, False, False, True, False]


def test_what_is_known_of_a_patient_goes_along_and_is_empty_where_nothing_is(
    tmp_path: Path, films: Path
) -> None:
    told = {"age_years": 61.5, "sex": "F", "view": "AP_SUPINE", "offset_days": -2,
            "severity": "mild", "facts": '{"survival": "Y"}'}  # fmt: skip
    given = [record(NAMES[0], **told), record(NAMES[1], age_years=None)]
    made = read_prepared(prepared(tmp_path / "out", records(given), films)).rows
    known = made.set_index("record_id").astype(object)
    assert known.loc[f"cohen/{NAMES[0]}", list(told)].to_dict() == told
    empty = ["age_years", "sex", "offset_days", "severity", "facts"]
    assert known.loc[f"cohen/{NAMES[1]}", empty].isna().all()


def test_falling_back_to_the_whole_film_is_counted_and_stands_beside_each(
    tmp_path: Path, rows: pd.DataFrame, films: Path, lungs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        out = prepared(tmp_path / "out", rows, films, LUNGS, (lungs, NOWHERE[1]))
    made = read_prepared(out)
    assert made.rows["crop"].tolist() == ["lungs", "one_lung", "no_lung", "lungs", "no_mask"]
    assert json.loads((out / "crops.json").read_text()) == {
        "films": 5, "crop": {"lungs": 2, "no_mask": 1, "no_lung": 1, "one_lung": 1},
        "concealed": 0,
    }  # fmt: skip
    assert "prepare: 5 films, 2 lungs, 1 no_mask, 1 no_lung, 1 one_lung" in caplog.text
    for number, name in enumerate(sorted(NAMES)):
        mask = lung_mask() if made.rows["crop"][number] == "lungs" else None
        by_hand = stack(film(name), LUNGS, lungs=mask)
        assert (made.pixels[0][number] == by_hand).all()
        on_stack = made.lungs(number)
        if mask is not None and on_stack is not None:
            assert made.box(number) != (0, 1, 0, 1)
            cut = made.box(number).cut(mask, LUNGS.size) > 0
            assert (cut == on_stack).mean() > 0.99
        else:
            assert made.box(number) == (0, 1, 0, 1)


def test_the_shards_say_how_large_the_copies_were_and_who_found_the_lungs(
    tmp_path: Path, rows: pd.DataFrame, films: Path, lungs: Path
) -> None:
    told = {"network_id": "0123456789abcdef", "least_lung": "0.01"}
    write_arrow(lungs / "lungs.parquet", pa.table({"record_id": ["cohen/000"]}), told)
    for recipe, found in ((RECIPE, (None, None)), (LUNGS, ("0123456789abcdef", 0.01))):
        out = tmp_path / recipe.lungs
        out.mkdir()
        copies = WorkingCopies([films])
        main(rows, pictures(rows, copies, lungs, NOWHERE[1], recipe, 96), out, recipe, "m")
        made = read_prepared(out)
        assert (made.max_side, made.lungs_by, made.least_lung) == (96, *found)


@pytest.mark.parametrize("recipe", [RECIPE, LUNGS])
def test_the_lungs_lie_on_the_stack_where_they_lie_on_the_film(
    tmp_path: Path, rows: pd.DataFrame, films: Path, lungs: Path, recipe: Params
) -> None:
    made = read_prepared(prepared(tmp_path / "out", rows, films, recipe, (lungs, NOWHERE[1])))
    known = [made.lungs(number) for number in range(5)]
    assert [None if inside is None else bool(inside.any()) for inside in known] == [
        True, True, False, True, None,
    ]  # fmt: skip
    inside = known[0]
    assert inside is not None
    share = {"none": (lung_mask() > 0).mean(), "box": 0.545}[recipe.lungs]
    assert inside.mean() == pytest.approx(share, abs=0.03)
    assert inside.shape == (48, 48)


def test_words_are_concealed_where_a_mask_says_and_the_recipe_asks(
    tmp_path: Path, rows: pd.DataFrame, films: Path, texts: Path
) -> None:
    masks = NOWHERE[0], texts
    plain = read_prepared(prepared(tmp_path / "plain", rows, films, RECIPE, masks))
    recipe = other(conceal_text=True)
    out = prepared(tmp_path / "concealed", rows, films, recipe, masks)
    found = read_prepared(out)
    assert json.loads((out / "crops.json").read_text())["concealed"] == 1
    changed = [bool((plain.pixels[0][n] != found.pixels[0][n]).any()) for n in range(5)]
    assert changed == [False, False, False, True, False]


def test_all_films_get_the_grey_levels_of_the_base_film(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    recipe = other(base="a" * 64)
    made = read_prepared(prepared(tmp_path / "out", rows, films, recipe, base="cohen/009"))
    base = film("009")
    for number, name in enumerate(sorted(NAMES)):
        by_hand = stack(film(name), recipe, base=counts(base))
        assert (made.pixels[0][number] == by_hand).all()
    assert (made.pixels[0][4] == stack(base, RECIPE)).all()
    meta = pa.ipc.open_stream(tmp_path / "out/data-00000.arrow").schema.metadata
    assert meta[b"base"] == b"a" * 64
    assert [int(n) for n in meta[b"base_levels"].split(b",")] == counts(base).tolist()


@pytest.mark.parametrize(
    ("recipe", "named"),
    [(LUNGS, "lungs: not there.*dvc repro lungs"),
     (other(conceal_text=True), "text: not there.*dvc repro text")],
)  # fmt: skip
def test_masks_that_a_recipe_needs_and_nobody_made_are_a_sentence(
    rows: pd.DataFrame, films: Path, recipe: Params, named: str
) -> None:
    with pytest.raises(BrokenTable, match=named):
        pictures(rows, WorkingCopies([films]), *NOWHERE, recipe)


def test_a_film_that_was_not_searched_for_words_is_no_film_without(
    films: Path, texts: Path
) -> None:
    new = records([record("000"), record("new")])
    given = WorkingCopies([films]), NOWHERE[0], texts
    with pytest.raises(BrokenTable, match="not searched for text, such as cohen/new; run text"):
        pictures(new, *given, other(conceal_text=True))
    pictures(new, *given, RECIPE)


def test_neither_the_order_of_records_nor_a_second_run_moves_a_byte(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    one = prepared(tmp_path / "one", rows, films)
    two = prepared(tmp_path / "two", rows.iloc[::-1], films)
    assert [place.name for place in sorted(one.iterdir())] == ["crops.json", "data-00000.arrow"]
    assert shard(one) == shard(two)


def test_one_worker_two_workers_a_cluster_and_memory_give_the_same_bytes(  # noqa: PLR0913, PLR0917
    tmp_path: Path, rows: pd.DataFrame, films: Path, lungs: Path, texts: Path, cluster: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    recipe = other(lungs="masked", conceal_text=True, base="b" * 64)
    rest = rows, films, recipe, (lungs, texts), "cohen/007"
    made = [shard(prepared(tmp_path / "cluster", *rest, Bench(cluster=cluster)))]
    for processors in (1, 2, 5):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        made.append(shard(prepared(tmp_path / str(processors), *rest)))
    with closed(Cache(tmp_path / "cache")) as cache:
        made.extend(
            shard(prepared(tmp_path / name, *rest, Bench(cache=cache))) for name in ("new", "known")
        )
    assert len(made) == 6
    assert len(set(made)) == 1


def test_only_what_is_new_is_made(
    tmp_path: Path, rows: pd.DataFrame, films: Path, lungs: Path
) -> None:
    def stacks(cache: Cache) -> int:
        return {size.kind: size.entries for size in cache.sizes()}.get("stack", 0)

    masks = lungs, NOWHERE[1]
    with closed(Cache(tmp_path / "cache")) as cache:
        bench = Bench(cache=cache)
        prepared(tmp_path / "some", rows.iloc[:3], films, LUNGS, masks, bench=bench)
        assert stacks(cache) == 3
        prepared(tmp_path / "all", rows, films, LUNGS, masks, bench=bench)
        assert stacks(cache) == 5
        # Another mask of one film; another recipe; a number that the recipe does not use.
        moved = {f"cohen/{n}": np.roll(lung_mask(), 9, 0) for n in ("000",)}
        moved |= {
            f"cohen/{n}": WorkingCopies([lungs]).pixels(f"cohen/{n}") for n in ("002", "004", "007")
        }
        again = packed(tmp_path / "again", moved), NOWHERE[1]
        prepared(tmp_path / "mask", rows, films, LUNGS, again, bench=bench)
        assert stacks(cache) == 6
        prepared(tmp_path / "plain", rows, films, RECIPE, masks, bench=bench)
        assert stacks(cache) == 11
        unused = other(margin=5)
        prepared(tmp_path / "unused", rows, films, unused, masks, bench=bench)
        assert stacks(cache) == 11


def test_datasets_loads_the_shards_offline(
    tmp_path: Path, rows: pd.DataFrame, films: Path, lungs: Path
) -> None:
    folder = prepared(tmp_path / "out", rows, films, LUNGS, (lungs, NOWHERE[1]))
    code = (
        "import sys; from datasets import load_dataset;"
        f"d = load_dataset('arrow', data_files={str(folder / '*.arrow')!r}, split='train');"
        "print(len(d), d[0]['record_id'], len(d[0]['pixels']), len(d[0]['lungs']),"
        "d[4]['lungs'], d[1]['crop'], *(d.features[n].dtype for n in ('crop', 'lungs', 'pixels')))"
    )
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [
        "5", "cohen/000", "6912", "288", "None", "one_lung",
        "string", "fixed_size_binary[288]", "fixed_size_binary[6912]",
    ]  # fmt: skip


def test_a_record_without_a_picture_is_named(tmp_path: Path, films: Path) -> None:
    with pytest.raises(BrokenTable, match="1 records have no picture, such as cohen/x; run ingest"):
        prepared(tmp_path / "out", records([record("x")]), films)


def test_no_film_at_all_is_said(tmp_path: Path, films: Path) -> None:
    with pytest.raises(BrokenTable, match="no film is left to prepare"):
        prepared(tmp_path / "out", records([]), films)


def test_a_base_film_is_found_by_its_hash_or_its_id() -> None:
    rows = records([record("a", split="train"), record("b", split="train")])
    assert base_film(rows, rows, record("b").sha256, "x") == "cohen/b"
    assert base_film(rows, rows, "cohen/b", "x") == "cohen/b"


def test_a_base_film_of_the_test_side_is_told(caplog: pytest.LogCaptureFixture) -> None:
    rows = records([record("a", split="test")])
    assert base_film(rows, rows, record("a").sha256, "x") == "cohen/a"
    assert "recipes.x.base: cohen/a is a test film" in caplog.text


def test_a_base_film_that_is_not_there_is_a_sentence_that_names_another() -> None:
    normal = record("n", finding="normal", split="train")
    rows = records(
        [record("a", split="train"), normal, record("t", finding="normal", split="test")]
    )
    came_in = records([*map(record, "ant"), record("gone")])
    with pytest.raises(Misspelt, match=r"of no film that came in; choose a normal, frontal film"):
        base_film(rows, came_in, "0" * 64, "lungs_matched")
    left = rf"cohen/gone, which left on the way.*such as {normal.sha256} \(cohen/n\), or empty it"
    with pytest.raises(Misspelt, match=left):
        base_film(rows, came_in, record("gone").sha256, "lungs_matched")
    with pytest.raises(Misspelt, match="base' is cohen/nobody, the name of no film that came in"):
        base_film(rows, came_in, "cohen/nobody", "lungs_matched")
