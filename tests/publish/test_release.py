import csv
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from released import film, little_world, material, pixels_of, refused, released

from curation.publish.checks.fault import Fault, raise_if_any
from curation.publish.checks.films import film_faults
from curation.publish.summary import StageCount
from manifests.contract.packing import png, unpng
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import BrokenTable, metadata, read
from manifests.contract.vocabulary import DISCLAIMER, DRAWN
from manifests.contract.working import WorkingCopies

Staged = Callable[..., Path]

HOSTILE = (
    '=HYPERLINK("http://evil.test")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r\n=1+1",
    "'; DROP TABLE", "<script>alert(1)</script>", "[x](javascript:alert(1))",
    "![](http://evil.test/a.png)", "---\nlicense: mit\n---\n# Heading", "a | b | c",
    "{{ 7 * 7 }}", "\u202ereversed", "\uff1d1+1",
)  # fmt: skip


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    def made(rows: list[Record], name: str = "one", **more: Any) -> Path:
        folder = tmp_path / name
        released(rows, folder, **more)
        return folder

    return made


def hub_fields(folder: Path) -> dict[str, Any]:
    words = (folder / "release/README.md").read_text(encoding="utf-8")
    fields: dict[str, Any] = yaml.safe_load(words.split("---\n")[1])
    return fields


def load_offline(folder: Path, home: Path) -> dict[str, Any]:
    """What `datasets` makes of the folder, in a process that never had a network."""
    code = (
        "import sys, json, datasets\n"
        "found = {}\n"
        "for config in datasets.get_dataset_config_names(sys.argv[1]):\n"
        "    for split, rows in datasets.load_dataset(sys.argv[1], config).items():\n"
        "        first = rows[0].get('image')\n"
        "        found[f'{config}/{split}'] = [len(rows), type(first).__name__,\n"
        "                                      list(getattr(first, 'size', ()))]\n"
        "print(json.dumps(found))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "HOME": str(home)},
    )  # fmt: skip
    loaded: dict[str, Any] = json.loads(shown.stdout.splitlines()[-1])
    return loaded


def test_datasets_loads_every_configuration_offline(staged: Staged, tmp_path: Path) -> None:
    folder = staged(little_world())
    loaded = load_offline(folder / "release", tmp_path / "home")
    picture, none = ["PngImageFile", [20, 24]], ["NoneType", []]
    assert loaded == {
        "open/train": [2, *picture], "open/validation": [1, *picture], "open/test": [1, *picture],
        "noncommercial/train": [2, *picture], "noncommercial/validation": [1, *picture],
        "noncommercial/test": [1, *picture],
        "pointers/train": [4, *none], "pointers/validation": [2, *none],
        "pointers/test": [3, *none],
    }  # fmt: skip


def test_an_empty_configuration_is_neither_written_nor_announced(staged: Staged) -> None:
    folder = staged([film("a"), film("b")])
    assert [config["config_name"] for config in hub_fields(folder)["configs"]] == ["open"]
    assert [
        place.relative_to(folder / "release").as_posix()
        for place in (folder / "release").rglob("*.parquet")
    ] == ["data/open/train-00000-of-00001.parquet"]


def test_no_pixel_of_a_withheld_film_is_in_any_staged_file(staged: Staged) -> None:
    rows = little_world()
    release_folder = staged(rows) / "release"
    may_leave = {"CC-BY-4.0", "CC-BY-NC-SA-4.0"}
    found = {
        unpng(image["bytes"]).tobytes()
        for place in release_folder.rglob("*.parquet")
        for image in pq.read_table(place).to_pydict().get("image", [])
    }
    expected = {
        pixels_of(row.record_id).tobytes()
        for row in rows
        if row.license in may_leave and "radiopaedia" not in row.source_url
    }
    assert expected == found
    everything = b"".join(
        place.read_bytes() for place in release_folder.rglob("*") if place.is_file()
    )
    assert not [row.record_id for row in rows if pixels_of(row.record_id).tobytes() in everything
                and pixels_of(row.record_id).tobytes() not in expected]  # fmt: skip


def test_the_same_records_make_the_same_bytes(staged: Staged) -> None:
    first, second = staged(little_world(), "one"), staged(little_world()[::-1], "two")
    for part in ("release", "manifests"):
        names = sorted(place.relative_to(first / part) for place in (first / part).rglob("*.*"))
        assert names
        for name in names:
            assert (first / part / name).read_bytes() == (second / part / name).read_bytes(), name


def test_no_file_knows_where_it_was_made(staged: Staged, tmp_path: Path) -> None:
    folder = staged(little_world())
    for place in [*(folder / "release").rglob("*.*"), *(folder / "manifests").rglob("*.*")]:
        assert str(tmp_path).encode() not in place.read_bytes()


def test_the_card_counts_what_is_there(staged: Staged) -> None:
    folder = staged(little_world())
    fields = hub_fields(folder)
    assert (fields["license"], fields["license_link"]) == ("other", "LICENSES.md")
    for info, config in zip(fields["dataset_info"], fields["configs"], strict=True):
        for split, files in zip(info["splits"], config["data_files"], strict=True):
            places = sorted((folder / "release").glob(files["path"]))
            assert split["num_examples"] == sum(pq.read_table(p).num_rows for p in places) > 0
            assert split["num_bytes"] == sum(pq.read_table(place).nbytes for place in places)


def test_the_summary_accounts_for_every_row(staged: Staged) -> None:
    folder = staged(little_world())
    figures = json.loads((folder / "manifests/summary.json").read_text(encoding="utf-8"))
    assert figures["stages"] == [{"stage": "ingest", "source": "cohen", "came_in": 18, "kept": 17,
             "rejected": {"unknown_term": 1}}]  # fmt: skip
    assert {channel: sum(sides.values()) for channel, sides in figures["channels"].items()} == {
        "open": 4,
        "noncommercial": 4,
        "pointers": 9,
    }
    assert 17 == figures["records"] == sum(figures["findings"].values())


def test_the_manifest_is_stamped(staged: Staged) -> None:
    folder = staged(little_world())
    rows = read(folder / "manifests/dataset.parquet", Record)
    stamp = metadata(folder / "manifests/dataset.parquet")
    assert sorted(row.record_id for row in little_world()) == list(rows["record_id"])
    assert (stamp["version"], stamp["disclaimer"], stamp["drawn"]) == ("0.1.0", DISCLAIMER, "")
    assert len(read(folder / "manifests/rejected.parquet", Rejection)) == 1


def test_a_stage_that_loses_a_row_stops_the_release(tmp_path: Path) -> None:
    lost = [StageCount(stage="filter", source="all", came_in=3, kept=1, rejected=refused())]
    with pytest.raises(BrokenTable, match=r"filter.*3 came in, 1 kept \+ 1 rejected"):
        released([film("a")], tmp_path, counts=lost)


def test_a_release_without_films_says_so(staged: Staged) -> None:
    folder = staged([])
    assert "holds no film" in (folder / "release/README.md").read_text(encoding="utf-8")
    assert "configs" not in hub_fields(folder)
    assert not list((folder / "release").rglob("*.parquet"))


@pytest.mark.parametrize(("is_drawn", "expected"), [(True, True), (False, False)])
def test_a_drawn_film_is_announced_at_the_top(
    staged: Staged, *, is_drawn: bool, expected: bool
) -> None:
    words = (staged([film("a", is_drawn=is_drawn)]) / "release/README.md").read_text("utf-8")
    assert expected == (DRAWN.split(":")[0] in words[: words.index("Load it")])
    assert "not for diagnosis" in words[: words.index("Load it")]


def test_very_old_patients_are_not_told_apart(staged: Staged) -> None:
    folder = staged([film("a", age_years=97.0), film("b", age_years=64.0)]) / "release"
    rows = pq.read_table(next(folder.rglob("*.parquet"))).to_pydict()
    assert rows["age_years"] == [90.0, 64.0]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_cell_is_a_formula_and_no_word_is_markup(staged: Staged, words: str) -> None:
    rows = [film("a", attribution=words, finding_text=words), film("b", attribution="A. Rossi")]
    folder = staged(rows) / "release"
    with (folder / "ATTRIBUTION.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert [len(table), len(table[1])] == [3, 9]
    for cells in table:
        assert not [cell for cell in cells if cell.strip()[:1] in set("=+-@\uff1d")]
    assert hub_fields(folder.parent)["license"] == "cc-by-4.0"
    for page in ("README.md", "LICENSES.md"):
        shown = (folder / page).read_text(encoding="utf-8")
        assert "evil" not in shown
        assert "<script" not in shown


def test_a_film_nobody_is_credited_for_stays_behind(staged: Staged) -> None:
    folder = staged([film("a", attribution=" "), film("b")])
    figures = json.loads((folder / "manifests/summary.json").read_text(encoding="utf-8"))
    assert (figures["licenses"]["CC-BY-4.0"]["withheld"]) == {
        "credit is due, and the source names nobody": 1
    }


@pytest.mark.parametrize(
    ("license_", "config"),
    [
        ("CC-BY-4.0", "open"),
        ("CC0-1.0", "open"),
        ("CC-BY-SA-4.0", "pointers"),
        ("CC-BY-NC-SA-4.0", "pointers"),
        ("NOASSERTION", "pointers"),
    ],
)
def test_the_stricter_licence_of_a_copy_that_left_is_kept(
    staged: Staged, license_: str, config: str
) -> None:
    folder = staged([film("a", copies=("cohen/b",))], left=[film("b", license=license_)])
    assert [p.name for p in sorted((folder / "release/data").iterdir())] == [config]


def looked_at(folder: Path) -> list[Fault]:
    made = material(little_world(), WorkingCopies([folder / "ingest"]))
    return film_faults(folder / "release", made)


def spoil(place: Path, change: Callable[[dict[str, list[Any]]], None]) -> None:
    made = pq.read_table(place)
    columns = made.to_pydict()
    change(columns)
    pq.write_table(type(made).from_pydict(columns, schema=made.schema), place)


def other_pixels(columns: dict[str, list[Any]]) -> None:
    columns["image"][0]["bytes"] = png(pixels_of("cohen/NOASSERTION-2"))


def tagged(columns: dict[str, list[Any]]) -> None:
    data = columns["image"][0]["bytes"]
    # An empty tEXt chunk before IEND.
    columns["image"][0]["bytes"] = (
        data[:-12] + b"\0\0\0\0tEXt" + zlib.crc32(b"tEXt").to_bytes(4) + data[-12:]
    )


def uncredited(columns: dict[str, list[Any]]) -> None:
    columns["attribution"][0] = " "


def renamed(columns: dict[str, list[Any]]) -> None:
    columns["record_id"][0] = "cohen/NOASSERTION-0"


def two_sided(columns: dict[str, list[Any]]) -> None:
    columns["group"][0] = "cohen/CC-BY-4.0-2"


FAULTS = [
    (other_pixels, "under another name: cohen/CC-BY-4.0-0"),
    (tagged, r"a picture with tags \(tEXt\): cohen/CC-BY-4.0-0"),
    (uncredited, "without anybody to credit: cohen/CC-BY-4.0-0"),
    (renamed, "licence does not allow: cohen/NOASSERTION-0"),
    (two_sided, "groups on two sides: cohen/CC-BY-4.0-2"),
]


@pytest.mark.parametrize(("change", "expected"), FAULTS, ids=[f.__name__ for f, _ in FAULTS])
def test_the_check_names_the_row_at_fault(
    staged: Staged, change: Callable[[dict[str, list[Any]]], None], expected: str
) -> None:
    folder = staged(little_world())
    spoil(folder / "release/data/open/train-00000-of-00001.parquet", change)
    with pytest.raises(BrokenTable, match=expected):
        raise_if_any(looked_at(folder))


def test_the_check_misses_a_film_without_credit(staged: Staged) -> None:
    folder = staged(little_world())
    page = folder / "release/ATTRIBUTION.csv"
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    page.write_text("".join(line for line in lines if "/rp," not in line), encoding="utf-8")
    with pytest.raises(BrokenTable, match=r"no credit in ATTRIBUTION\.csv: cohen/rp"):
        raise_if_any(looked_at(folder))
