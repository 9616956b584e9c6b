"""Tables and pictures are drawn: files that tell their label, and sources that do."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from curation.audit.dealing import dealt_anew, drawn_again, folds_of, numbered
from curation.audit.informing import told_by_source
from curation.audit.labels import sources_that_tell
from curation.audit.pictures import files_of
from curation.audit.plain import out_of_fold
from curation.audit.statistics import facts_of, files_that_tell, too_few

COUNT = 60


def listed(folder: Path, *, is_told: bool, count: int = COUNT) -> pd.DataFrame:
    """Pictures of two labels, two a patient; where the label is told one is of another size."""
    chance, rows = np.random.default_rng(2), []
    for n in range(count):
        label = ("normal", "covid")[n // 2 % 2]
        height, width = chance.integers(40, 60, 2) + 30 * (is_told and label == "covid")
        pixels = chance.integers(0, 255, (height, width)).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{n}.png")
        rows.append((f"{n}.png", label, f"p{n // 2}", f"list:{n + 1}"))
    return pd.DataFrame(rows, columns=["path", "label", "patient", "place"])


def test_files_of_another_size_tell_their_label_and_like_ones_do_not(tmp_path: Path) -> None:
    for name, is_told in (("a", True), ("b", False)):
        folder = tmp_path / name
        folder.mkdir()
        rows = listed(folder, is_told=is_told)
        found = list(files_that_tell(rows, files_of(rows, folder)))
        assert [fault.kind for fault in found] == ["files_tell_label"] * is_told
        assert too_few(rows) is None
    fault = next(files_that_tell(rows := listed(tmp_path, is_told=True), files_of(rows, tmp_path)))
    assert "2 labels of 60 films apart with an AUC of 1.00" in fault.what
    assert fault.count == 12


def test_few_patients_are_not_asked_and_that_is_said(tmp_path: Path) -> None:
    rows = listed(tmp_path, is_told=True, count=24)
    assert not list(files_that_tell(rows, files_of(rows, tmp_path)))
    assert "fewer than 10 patients" in (too_few(rows) or "")
    assert "column for path and for label" in (too_few(rows[["path"]]) or "")


def test_the_seven_facts_are_those_of_the_file(tmp_path: Path) -> None:
    Image.new("RGB", (30, 20), (90, 90, 90)).save(tmp_path / "a.jpg")
    Image.new("L", (10, 20), 50).save(tmp_path / "b.png")
    (tmp_path / "c.png").write_bytes(b"no picture")
    facts = facts_of({path: tmp_path / path for path in ("a.jpg", "b.png", "c.png")})
    assert facts.index.tolist() == ["a.jpg", "b.png"]
    colour, grey = facts.to_dict("records")
    assert [colour[name] for name in ("height", "format_JPEG", "colour_8 RGB_to_grey")] == [
        20,
        1,
        1,
    ]
    assert [grey[name] for name in ("height", "width", "aspect", "mean")] == [20, 10, 2, 50]


def sourced(shares: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Films of each source: so many with disease, so many without, a patient each."""
    rows = [
        (source, label)
        for source, counts in shares.items()
        for label, count in zip(("covid", "normal"), counts, strict=True)
        for _ in range(count)
    ]
    made = pd.DataFrame(rows, columns=["source", "label"])
    names = [f"p{n}" for n in range(len(made))]
    return made.assign(patient=names, place=names)


def test_a_rare_label_that_its_source_gives_away_is_found() -> None:
    # Guessing the commonest label is right in 95 of 100, so that accuracy alone finds nothing.
    rows = sourced({"a": (19, 1), "b": (1, 379)})
    found = list(sources_that_tell(rows))
    assert [fault.kind for fault in found] == ["source_tells_label"]
    assert "(AUC 0.97)" in found[0].what


def test_labels_dealt_anew_within_the_list_are_told_by_no_source() -> None:
    rows = sourced({"a": (19, 1), "b": (1, 379)})
    rows["label"] = np.random.default_rng(1).permutation(rows["label"])
    assert told_by_source(rows) is None
    assert told_by_source(sourced({"a": (1, 1), "b": (1, 0)})) is None


def test_a_label_that_equals_its_source_is_told_in_full() -> None:
    assert told_by_source(sourced({"a": (30, 0), "b": (0, 30)})) == pytest.approx((1, 1))


def test_the_plain_classifier_is_as_good_as_scikit_learns() -> None:
    chance = np.random.default_rng(6)
    targets = np.arange(300) % 3
    seen = chance.normal(size=(300, 4)) + 0.8 * np.eye(4)[targets]
    folds = np.arange(300) // 3 % 2
    found = out_of_fold(seen * [1, 100, 0.01, 1], targets, folds, 3)
    for fold in (0, 1):
        model = LogisticRegression().fit(seen[folds != fold], targets[folds != fold])
        own = folds == fold
        expected = roc_auc_score(targets[own], model.predict_proba(seen[own]), multi_class="ovr")
        assert roc_auc_score(targets[own], found[own], multi_class="ovr") == pytest.approx(
            expected, abs=0.02
        )


def test_groups_stay_together_where_they_are_dealt() -> None:
    groups, targets = numbered([f"p{n // 2:03d}" for n in range(80)]), np.arange(80) // 2 % 2
    folds = folds_of(targets, groups, 4)
    for values in (folds, *dealt_anew(targets, groups, 3), *drawn_again(groups, 3)):
        assert (values[::2] == values[1::2]).all()
    assert (pd.crosstab(folds, targets) == 10).to_numpy().all()
    assert drawn_again(groups, 200).mean() == pytest.approx(1, abs=0.05)


@pytest.mark.sample
def test_on_real_films_the_files_tell_and_labels_dealt_anew_are_guessed() -> None:
    folder = Path(__file__).parents[2].parent / "shared/data"
    if not folder.is_dir():
        pytest.skip("the real sample of films is not beside the project")
    cohen = pd.read_csv(folder / "cohen/metadata.csv", dtype=str)
    cohen = cohen[cohen["finding"].eq("COVID-19") & cohen["view"].isin(["PA", "AP"])]
    nih = pd.read_csv(folder / "nih/Data_Entry_2017_v2020.csv", dtype=str)
    rows = pd.concat([
        pd.DataFrame({"path": "cohen/images/" + cohen["filename"], "label": "covid",
                      "patient": "c" + cohen["patientid"]}),
        pd.DataFrame({"path": "nih/images/" + nih["Image Index"], "label": "other",
                      "patient": "n" + nih["Patient ID"]}),
    ], ignore_index=True)  # fmt: skip
    rows = rows.assign(place=rows["path"])
    files = {path: folder / path for path in rows["path"] if (folder / path).is_file()}
    found = list(files_that_tell(rows, files))
    assert [fault.kind for fault in found] == ["files_tell_label"]
    auc, low, _, down, up = map(float, re.findall(r"\d\.\d\d", found[0].what))
    assert auc >= 0.95
    assert low > 0.85
    assert down < 0.5 < up
    rows["label"] = np.random.default_rng(3).permutation(rows["label"])
    assert not list(files_that_tell(rows, files))
