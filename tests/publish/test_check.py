"""`cxr release check`: every fault is refused with the place of it, and a sound release passes."""

import csv
import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from released import little_world, pixels_of, released

from curation.publish.checks.fault import INTEGRITY, RIGHTS, Fault
from curation.publish.checks.whole import rules
from curation.publish.inventory import INVENTORY, read_inventory, write_inventory
from curation.publish.ledger import Published, enter
from curation.publish.material import Material
from manifests.contract.packing import png

OPEN = "data/open/train-00000-of-00001.parquet"
Change = Callable[[Path], None]


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Material]:
    material = released(little_world(), tmp_path)
    return tmp_path / "release", material


def looked(folder: Path, material: Material, *, loads: bool = False) -> list[Fault]:
    """All faults; loading in another process takes seconds and is asked for."""
    looks = rules(folder, read_inventory(folder), material, folder.parent / "releases.csv")
    return [
        fault for name, look in looks if loads or "load_dataset" not in name for fault in look()
    ]


def told(folder: Path) -> None:
    """Write release.json anew, as whoever tampers with care would."""
    write_inventory(folder, read_inventory(folder))


def spoil(folder: Path, change: Callable[[dict[str, list[Any]]], None], name: str = OPEN) -> None:
    made = pq.read_table(folder / name)
    columns = made.to_pydict()
    change(columns)
    pq.write_table(pa.Table.from_pydict(columns, schema=made.schema), folder / name)


def cell(column: str, value: object) -> Change:
    return lambda folder: spoil(folder, lambda columns: columns[column].__setitem__(0, value))


def picture(data: bytes) -> Change:
    return lambda folder: spoil(
        folder, lambda columns: columns["image"][0].__setitem__("bytes", data)
    )


def word(name: str, old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def encoded(kind: str, **more: Any) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels_of("cohen/CC-BY-4.0-0")).save(data, kind, **more)
    return data.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    return encoded("PNG", exif=exif)


def with_a_tail() -> bytes:
    return png(pixels_of("cohen/CC-BY-4.0-0")) + b"PK\3\4 a patient's name"


def with_text() -> bytes:
    data = png(pixels_of("cohen/CC-BY-4.0-0"))
    body = b"tEXtAuthor\0Dr. Rossi"
    return data[:-12] + struct.pack(">I", len(body) - 4) + body + struct.pack(
        ">I", zlib.crc32(body)
    ) + data[-12:]  # fmt: skip


def unmodified_only(folder: Path) -> None:
    # The row of a film that may be shown unmodified only, beside pixels that were made smaller.
    def change(columns: dict[str, list[Any]]) -> None:
        columns["record_id"][0] = "cohen/CC-BY-ND-4.0-0"
        columns["image"][0]["bytes"] = png(pixels_of("cohen/CC-BY-ND-4.0-0")[::2, ::2])

    spoil(folder, change)


def uncredited_in_the_list(folder: Path) -> None:
    place = folder / "ATTRIBUTION.csv"
    lines = place.read_text(encoding="utf-8").splitlines(keepends=True)
    place.write_text("".join(lines[:1] + lines[2:]), encoding="utf-8")


def croissant_with_a_lost_source(folder: Path) -> None:
    place = folder / "croissant.json"
    known = json.loads(place.read_text(encoding="utf-8"))
    known["recordSet"][0]["field"][0]["source"]["fileSet"] = {"@id": "nothing"}
    place.write_text(json.dumps(known), encoding="utf-8")


def secret(folder: Path) -> None:
    # In two pieces, so that no scanner takes this test for a leak.
    (folder / "notes.txt").write_text("token: hf" + "_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bD2fG4h")


def in_the_metadata(folder: Path) -> None:
    made = pq.read_table(folder / OPEN)
    meta = {**(made.schema.metadata or {}), b"written_by": b"/home/rossi/films/a.py"}
    pq.write_table(made.replace_schema_metadata(meta), folder / OPEN)


LICENSE = "pixels that its words or its licence does not allow: cohen/NOASSERTION-0"
FAULTS: dict[str, tuple[Change, str, int]] = {
    "another film's row": (cell("record_id", "cohen/NOASSERTION-0"), LICENSE, RIGHTS),
    "another film's pixels": (
        picture(png(pixels_of("cohen/NOASSERTION-2"))),
        "under another name: cohen/CC-BY-4.0-0", RIGHTS,
    ),
    "a smaller copy of another film": (
        picture(png(pixels_of("cohen/NOASSERTION-2")[::2, ::2])),
        "pixels that are not those of the film: cohen/CC-BY-4.0-0", INTEGRITY,
    ),
    "an altered ND picture": (
        unmodified_only,
        "may be shown unmodified only, and was altered: cohen/CC-BY-ND-4.0-0", RIGHTS,
    ),
    "nobody to credit": (cell("attribution", " "), "without anybody to credit: cohen/CC", RIGHTS),
    "no line of credit": (
        uncredited_in_the_list, "no credit in ATTRIBUTION.csv: cohen/CC-BY-4.0-0", RIGHTS,
    ),
    "a group on two sides": (
        cell("group", "cohen/CC-BY-4.0-2"), "groups on two sides: cohen/CC-BY-4.0-2", INTEGRITY,
    ),
    "another side": (cell("split", "test"), "on another side of the split: cohen/CC", INTEGRITY),
    "EXIF": (picture(with_exif()), "a picture with tags (EXIF): cohen/CC-BY-4.0-0", INTEGRITY),
    "words in a PNG": (picture(with_text()), "a picture with tags (tEXt): cohen/CC", INTEGRITY),
    "a tail": (picture(with_a_tail()), "with tags (after its end): cohen/CC", INTEGRITY),
    "JPEG": (picture(encoded("JPEG")), "(JPEG, which may hold words): cohen/CC", INTEGRITY),
    "DICOM": (picture(bytes(128) + b"DICM"), "(a DICOM file with its header): cohen", INTEGRITY),
    "a number": (word("README.md", "Films: 17", "Films: 18"), "README.md does not say", INTEGRITY),
    "a count in the YAML": (
        word("README.md", "num_examples: 2", "num_examples: 3"),
        "line 64: '    num_examples: 3' for '    num_examples: 2'", INTEGRITY,
    ),
    "a score of the audit": (word("audit.json", "0.7", "0.5"), "audit.json does not", INTEGRITY),
    "Croissant": (croissant_with_a_lost_source, "is no valid Croissant", INTEGRITY),
    "a hash in Croissant": (
        word("croissant.json", '"sha256": "', '"sha256": "0'), "does not name as they", INTEGRITY,
    ),
    "no YAML": (word("README.md", "---\n", ""), "its YAML lacks: license", INTEGRITY),
    "a token": (secret, "a secret or a place of the machine: notes.txt: a token of", RIGHTS),
    "a home folder": (word("README.md", "# little", "/home/rossi/x # little"),
                      "README.md: a home folder, line", RIGHTS),
    "a path in a shard": (in_the_metadata, "a home folder, in its metadata", RIGHTS),
    "no word of the version": (
        word("CHANGELOG.md", "## 0.1.0", "## 0.0.9"), "tells nothing of this version", INTEGRITY,
    ),
}  # fmt: skip


def test_a_sound_release_may_leave(made: tuple[Path, Material]) -> None:
    assert looked(*made, loads=True) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_with_its_place(made: tuple[Path, Material], name: str) -> None:
    (folder, material), (change, expected, code) = made, FAULTS[name]
    change(folder)
    told(folder)
    found = looked(folder, material)
    assert expected in "; ".join(fault.told() for fault in found)
    assert code == max(fault.code for fault in found if expected in fault.told())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda folder: (folder / "LICENSES.md").unlink(), "LICENSES.md is missing"),
        (lambda folder: (folder / "b.txt").write_text("b"), f"b.txt is in no {INVENTORY}"),
        (word("audit.json", "0.7", "0.5"), "audit.json holds other bytes"),
    ],
)
def test_a_file_that_came_went_or_changed_is_named(
    made: tuple[Path, Material], change: Change, expected: str
) -> None:
    change(made[0])
    assert expected in "; ".join(fault.told() for fault in looked(*made))


def test_a_link_is_no_file(made: tuple[Path, Material]) -> None:
    (made[0] / "more").symlink_to(made[0].parent)
    assert "links instead of files: more" in {fault.told() for fault in looked(*made)}


def test_a_shard_that_datasets_cannot_read_is_named(made: tuple[Path, Material]) -> None:
    folder, material = made
    place = folder / "data/pointers/test-00000-of-00001.parquet"
    # A column of another name: the file is well, and the configuration is not.
    other = pq.read_table(place).rename_columns({"license": "licence"})
    pq.write_table(other.replace_schema_metadata(None), place)
    looks = dict(rules(folder, read_inventory(folder), material, folder.parent / "releases.csv"))
    found = [fault.told() for fault in looks["`load_dataset`, offline"]()]
    assert len(found) == 1
    assert "does not load pointers offline" in found[0]


def test_one_version_is_one_manifest(made: tuple[Path, Material]) -> None:
    folder, material = made
    other = Published(
        "0.1.0", "0" * 16, "dataset", "little-set", "org/little", "a" * 40, "2026-05-01"
    )
    enter(folder.parent / "releases.csv", other)
    assert "one version name with two manifests" in {fault.rule for fault in looked(*made)}
    assert material.version == other.version


def test_a_cell_that_holds_a_formula_is_credited_as_a_word(tmp_path: Path) -> None:
    rows = [row.model_copy(update={"attribution": "=1+1"}) for row in little_world()]
    material = released(rows, tmp_path)
    with (tmp_path / "release/ATTRIBUTION.csv").open(encoding="utf-8", newline="") as file:
        assert {line["attribution"] for line in csv.DictReader(file)} == {"'=1+1"}
    assert looked(tmp_path / "release", material) == []
