"""The drawn world as the sources tell it, against the truth: no patient on two sides."""

from itertools import chain

import pandas as pd
import pytest
import yaml
from project import ROOT

from curation.phantom.truth import TRUTH, write_truth
from curation.phantom.world import shots_of
from curation.sources.loading import load
from curation.stages import dedup, ingest, merge
from curation.stages.phantom import REPLICAS
from manifests.contract.table import read_arrow
from manifests.contract.working import WorkingCopies

PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
# One deal of the cards, and the later ones of the card whose patient changes collection.
PATIENTS = (*range(60), 80, 140)


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """`patient`, `group` and `modality` of every film that dedup keeps."""
    folder = tmp_path_factory.mktemp("world")
    drawn = list(chain.from_iterable(shots_of(number, 1) for number in PATIENTS))
    write_truth(folder / "truth", drawn)
    tables = []
    for key, file_shots in REPLICAS.items():
        (folder / key).mkdir()
        (folder / "ingest" / key).mkdir(parents=True)
        file_shots(folder / key, [shot for shot in drawn if shot.source == key], 1)
        source = load(key, {key: {**PARAMS["sources"][key], "files": folder / key}})
        tables.append(
            ingest.main(key, source, folder / "ingest" / key, ROOT / "manifests/terms.yaml",
                        ingest.Params(max_side=512, max_megapixels=40)).kept
        )  # fmt: skip
    merged = merge.main(
        tables, ROOT / "manifests/corrections.csv", ROOT / "manifests/withdrawals.csv",
        ROOT / "manifests/licenses.yaml", merge.Params(**PARAMS["merge"]),
    ).kept  # fmt: skip
    verdict, _ = dedup.main(
        merged, merged.head(0), WorkingCopies([folder / "ingest" / key for key in REPLICAS]),
        ROOT / "manifests/pairs.csv", dedup.Params(**PARAMS["dedup"]),
    )  # fmt: skip
    truth = read_arrow(folder / "truth" / TRUTH).to_pylist()
    patients = {row["sha256"]: row["patient"] for row in truth}
    return verdict.kept.assign(patient=verdict.kept["sha256"].map(patients))


def test_no_true_patient_stands_in_two_groups(grouped: pd.DataFrame) -> None:
    # A CT slice in a post of its own is nobody's, as in life; it leaves with the next stage.
    films = grouped[grouped["modality"] == "X_RAY"]
    groups = films.groupby("patient")["group"].nunique()
    assert list(groups[groups > 1].index) == []
    assert groups.index.nunique() > len(PATIENTS) - 3


def test_no_group_holds_two_true_patients(grouped: pd.DataFrame) -> None:
    patients = grouped.groupby("group")["patient"].nunique()
    assert list(patients[patients > 1].index) == []
