"""The whole real table of NIH: 112,120 rows, counted as its readers have counted it.

It is looked for where torchxrayvision is installed (extra `tables`; never imported), then in
data/raw/nih_cxr14. The pictures are not needed: each film has an empty stand-in.
"""

import csv
import gzip
import importlib.util
import json
import tarfile
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.base import Draft
from curation.sources.nih_cxr14 import NihCxr14
from curation.terms import Terms
from curation.translation import described

ROOT = Path(__file__).parents[2]
TABLE, BOXES = "Data_Entry_2017_v2020.csv", "BBox_List_2017.csv"


def places() -> list[Path]:
    spec = importlib.util.find_spec("torchxrayvision")
    installed = [Path(spec.origin).parent / "data" / f"{TABLE}.gz"] if spec and spec.origin else []
    return [*installed, ROOT / "data/raw/nih_cxr14" / TABLE]


REAL = next((place for place in places() if place.is_file()), None)
pytestmark = pytest.mark.skipif(
    REAL is None, reason="NIH's whole table is not here; pip install '.[tables]' brings it"
)


def put(real: Path, name: str, files: Path) -> None:
    """The table `name` beside `real`, packed or not, as NIH names it."""
    for place in (real.with_name(name), real.with_name(f"{name}.gz")):
        if place.is_file():
            data = place.read_bytes()
            (files / name).write_bytes(gzip.decompress(data) if place.suffix == ".gz" else data)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    assert REAL
    files = tmp_path_factory.mktemp("nih")
    for name in (TABLE, BOXES):
        put(REAL, name, files)
    with tarfile.open(files / "images_001.tar.gz", "w:gz", compresslevel=1) as archive:
        for row in csv.reader((files / TABLE).read_text().splitlines()[1:]):
            archive.addfile(tarfile.TarInfo(f"images/{row[0]}"))
    source = NihCxr14(files=files, findings=(), max_films=None)
    terms = Terms.load(ROOT / "manifests/terms.yaml", "nih_cxr14")
    drafts = list(source.read(files))
    assert all(isinstance(draft, Draft) for draft in drafts)
    table = pd.DataFrame(
        [
            described(draft, "nih_cxr14", source.about, terms)
            for draft in drafts
            if isinstance(draft, Draft)
        ]
    )
    return table.assign(
        boxed=[len(draft.boxes) for draft in drafts if isinstance(draft, Draft)],
        labels=table["findings"].map(len),
    )


def having(rows: pd.DataFrame, finding: str) -> pd.DataFrame:
    return rows[[finding in findings for findings in rows["findings"]]]


def test_every_row_is_a_film_of_a_known_patient_in_a_known_view(rows: pd.DataFrame) -> None:
    assert (len(rows), rows["patient_id"].nunique()) == (112_120, 30_805)
    assert rows["record_id"].is_unique
    assert rows["view"].value_counts().to_dict() == {"PA": 67_310, "AP": 44_810}
    assert rows["sex"].value_counts().to_dict() == {"M": 63_340, "F": 48_780}


def test_the_labels_are_counted(rows: pd.DataFrame) -> None:
    counted = {
        finding: len(having(rows, finding))
        for finding in ("normal", "infiltration", "pneumonia", "consolidation")
    }
    assert counted == {
        "normal": 60_361, "infiltration": 19_894, "pneumonia": 1_431, "consolidation": 4_667
    }  # fmt: skip
    assert (rows["labels"] > 1).sum() == 20_796
    sole = rows[rows["labels"] == 1]["finding"].value_counts()
    assert (sole["pneumonia"], sole["consolidation"], sole["infiltration"]) == (322, 1310, 9547)


def test_normals_and_pneumonias_of_adults_are_counted(rows: pd.DataFrame) -> None:
    normal, pneumonia = having(rows, "normal"), having(rows, "pneumonia")
    pa = normal[normal["view"] == "PA"]
    assert (normal["patient_id"].nunique(), len(pa)) == (24_907, 39_302)
    assert (pa["age_years"] >= 18).sum() == 37_414
    assert (pneumonia["patient_id"].nunique(), (pneumonia["age_years"] >= 18).sum()) == (1008, 1319)


def follow_ups(rows: pd.DataFrame) -> "pd.Series[int]":
    return pd.Series([int(json.loads(said)["follow_up"]) for said in rows["facts"]], rows.index)


def test_the_number_in_a_name_is_no_follow_up(rows: pd.DataFrame) -> None:
    named = rows["source_ref"].str.slice(9, 12).astype(int)
    assert (follow_ups(rows) != named).sum() == 24_106
    assert rows["study_id"].is_unique


def test_the_ages_of_2020_are_clean(rows: pd.DataFrame) -> None:
    ages = rows["age_years"]
    assert (ages.isna().sum(), ages.min(), ages.max()) == (0, 0, 95)
    assert ((ages < 18).sum(), (ages < 5).sum(), (ages == 0).sum()) == (5402, 341, 14)
    # The number in the name is another one in 24,106 rows, and its order is not that of time.
    in_time = rows.assign(visit=follow_ups(rows)).sort_values(["patient_id", "visit"])
    assert (in_time.groupby("patient_id")["age_years"].diff().dropna() >= 0).all()


def test_every_box_stands_on_its_film(rows: pd.DataFrame) -> None:
    if not rows["boxed"].any():
        pytest.skip("NIH's table of boxes is not here")
    assert (rows["boxed"].sum(), (rows["boxed"] > 0).sum()) == (984, 880)
    boxes = rows["boxes"].dropna()
    assert boxes.str.count('"finding": "pneumonia"').sum() == 120
    assert boxes.str.count('"finding": "infiltration"').sum() == 123
