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
from curation.publish.checks.mark import check_marked, mark
from curation.publish.checks.whole import Rule, look, rules
from curation.publish.inventory import INVENTORY, read_inventory, write_inventory
from curation.publish.ledger import Published, enter
from curation.publish.material import Material
from curation.withdrawal.notices import withdrawn
from curation.withdrawal.planning import FULL
from manifests.contract.packing import png
from manifests.contract.table import BrokenTable

OPEN = "data/open/train-00000-of-00001.parquet"
Change = Callable[[Path], object]


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Material]:
    material = released(little_world(), tmp_path)
    (tmp_path / "withdrawals.csv").write_text(",".join(FULL) + "\n", encoding="utf-8")
    return tmp_path / "release", material


def looked(folder: Path, material: Material, *, loads: bool = False) -> list[Fault]:
    """All faults; loading in another process takes seconds and is asked for."""
    return [
        fault
        for rule in asked(folder, material)
        if loads or "load_dataset" not in rule[0]
        for fault in look(rule)
    ]


def asked(folder: Path, material: Material) -> list[Rule]:
    why = withdrawn(material.records, folder.parent / "withdrawals.csv", within=24)
    return rules(folder, read_inventory(folder), material, why, folder.parent / "releases.csv")


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


def cut_short() -> bytes:
    return png(pixels_of("cohen/CC-BY-4.0-0"))[:-20]


def with_a_flipped_bit() -> bytes:
    data = bytearray(png(pixels_of("cohen/CC-BY-4.0-0")))
    data[35] ^= 1
    return bytes(data)


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


def pointer(column: str, value: object) -> Change:
    name = "data/pointers/test-00000-of-00001.parquet"
    return lambda folder: spoil(folder, lambda columns: columns[column].__setitem__(0, value), name)


def named_picture(folder: Path) -> None:
    spoil(folder, lambda columns: columns["image"][0].__setitem__("path", "/mnt/nas/DOE.png"))


def with_another_column(folder: Path) -> None:
    place = folder / "data/pointers/test-00000-of-00001.parquet"
    made = pq.read_table(place)
    scans = pa.array([png(pixels_of("cohen/NOASSERTION-2"))] * len(made))
    pq.write_table(made.append_column("scan", scans), place)


def with_words_on_a_column(folder: Path) -> None:
    made = pq.read_table(folder / OPEN)
    field = made.schema.field("view").with_metadata({"seen_by": "Dr. Rossi"})
    schema = made.schema.set(made.schema.get_field_index("view"), field)
    pq.write_table(made.cast(schema), folder / OPEN)


def with_bytes_behind() -> bytes:
    data = png(pixels_of("cohen/CC-BY-4.0-0"))
    at = data.index(b"IDAT")
    size = int.from_bytes(data[at - 4 : at], "big")
    body = data[at : at + 4 + size] + b"PatientName=Rossi"
    return data[: at - 4] + struct.pack(">I", len(body) - 4) + body + struct.pack(
        ">I", zlib.crc32(body)
    ) + data[at + 8 + size :]  # fmt: skip


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
    "a picture cut short": (picture(cut_short()), "it is damaged", INTEGRITY),
    "a flipped bit": (picture(with_a_flipped_bit()), "it is damaged", INTEGRITY),
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
    "another finding": (
        cell("finding", "sars"), "rows that are not the manifest's: cohen/CC-BY-4.0-0 (finding)",
        INTEGRITY,
    ),
    "a freer licence": (cell("license", "CC0-1.0"), "cohen/CC-BY-4.0-0 (license)", INTEGRITY),
    "another group": (
        cell("group", "cohen/CC-BY-4.0-3"), "cohen/CC-BY-4.0-0 (group)", INTEGRITY,
    ),
    "an address that is a script": (
        pointer("source_url", "javascript:alert(1)"), "(source_url)", INTEGRITY,
    ),
    "a name in a picture's path": (named_picture, "cohen/CC-BY-4.0-0 (image)", INTEGRITY),
    "a column too many": (
        with_another_column, "columns are not those of a release: data/pointers/test-00000",
        INTEGRITY,
    ),
    "words on a column": (
        with_words_on_a_column, "columns are not those of a release: data/open/train", INTEGRITY,
    ),
    "bytes behind the pixels": (
        picture(with_bytes_behind()), "a picture with bytes behind its pixels: cohen", INTEGRITY,
    ),
    "a picture beside the shards": (
        lambda folder: (folder / "figure.png").write_bytes(encoded("PNG")),
        "files that no release has: figure.png", INTEGRITY,
    ),
    "a shard that is none": (
        lambda folder: (folder / OPEN).write_bytes(b""), "cannot be read", INTEGRITY,
    ),
    "other line ends": (
        lambda folder: (folder / "README.md").write_bytes(
            (folder / "README.md").read_bytes().replace(b"\n", b"\r\n")
        ),
        "README.md does not say what the manifest gives: its line ends", INTEGRITY,
    ),
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
    found = [fault.told() for fault in dict(asked(folder, material))["`load_dataset`, offline"]()]
    assert len(found) == 1
    assert "does not load pointers offline" in found[0]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("record_id", "cohen/CC-BY-4.0-0"), ("patient_id", "cohen/NOASSERTION-1")],
)
def test_a_film_that_was_withdrawn_since_may_not_leave(
    made: tuple[Path, Material], kind: str, value: str
) -> None:
    folder, material = made
    row = material.records[material.records["record_id"] == value].iloc[0]
    line = f"{kind},{row[kind]},asked,2026-05-01,ethics,,,\n"
    (folder.parent / "withdrawals.csv").write_text(",".join(FULL) + "\n" + line, "utf-8")
    found = [fault for fault in looked(folder, material) if "withdrawn" in fault.rule]
    assert [fault.code for fault in found] == [RIGHTS]
    assert value in found[0].told()


def changed(folder: Path) -> None:
    (folder / "b").write_text("b")
    told(folder)


def test_a_mark_holds_for_these_files_and_these_rules(
    made: tuple[Path, Material], tmp_path: Path
) -> None:
    folder, rules_ = made[0], [tmp_path / "licenses.yaml", tmp_path / "none.csv"]
    rules_[0].write_text("a: 1\n")
    mark(folder, rules_)
    check_marked(folder, rules_)
    for spoiled in (
        lambda: rules_[0].write_text("a: 2\n"), lambda: rules_[1].write_text("b\n"),
        rules_[0].unlink, lambda: changed(folder),
        lambda: folder.with_name("release.checked.json").write_text("garbage"),
    ):  # fmt: skip
        mark(folder, rules_)
        spoiled()
        with pytest.raises(BrokenTable, match=r"run `cxr release check 0\.1\.0`"):
            check_marked(folder, rules_)
        rules_[0].write_text("a: 1\n")


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
    (tmp_path / "withdrawals.csv").write_text(",".join(FULL) + "\n", encoding="utf-8")
    with (tmp_path / "release/ATTRIBUTION.csv").open(encoding="utf-8", newline="") as file:
        assert {line["attribution"] for line in csv.DictReader(file)} == {"'=1+1"}
    assert looked(tmp_path / "release", material) == []
