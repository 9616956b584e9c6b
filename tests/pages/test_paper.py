from decimal import Decimal
from pathlib import Path

import pytest

from curation.pages import slips
from curation.pages.paper import PLACE, paper
from manifests.contract.params import Misspelt

# Copied by hand out of the paper, once more.
MATRICES = {
    1: ((21, 9), (3, 27)),
    2: ((598, 5), (4, 76)),
    3: ((641, 4), (3, 78)),
    4: ((894, 68, 2), (185, 715, 24), (3, 10, 127)),
}
TABLE_5 = """\
Base Model v1            600  Yes No  100 96.10 91.40 97.10 0.82
Base Model v2            3400 No  No  120 98.68 94.00 99.30 0.94
COVID-CXNet v1           3628 No  No  10  99.04 96.43 99.54 0.96
COVID-CXNet v2           3628 No  Yes 10  98.62 97.14 99.28 0.94
Multiclass COVID-CXNet   7700 No  Yes 30  94.20 93.25 94.86 0.85
"""
TABLE_6 = [
    ("Zhang et al", 33, 100, "Yes, ImageNet", "ResNet", "0.72", "No"),
    ("Li et al", 34, 179, "Yes, ImageNet", "Multiple Best: ShuffleNetV2", None, "No"),
    ("Rajaraman et al", 35, 313, "Yes, ImageNet", "Multiple (Ensemble) Best: InceptionV3",
     "0.9841", "Yes, U-Net"),
    ("Wang and Wang", 36, 358, "No", "COVID-Net (Custom Architecture)", "0.9480", "No"),
    ("Mangal et al", 37, 358, "Yes, CheXNet", "DenseNet", "0.9230", "No"),
    ("Proposed Model", None, 738, "Yes, CheXNet", "DenseNet", "0.85", "Yes, U-Net"),
]  # fmt: skip


def test_the_matrices_are_the_papers() -> None:
    assert {one.number: one.cells for one in paper().matrices} == MATRICES
    assert {one.number: one.total for one in paper().matrices} == {1: 60, 2: 683, 3: 726, 4: 2028}
    said = {one.number: (one.accuracy, one.f1) for one in paper().matrices}
    assert said == {
        1: (None, {}),
        2: (Decimal("98.68"), {"infected": Decimal("0.94")}),
        3: (Decimal("99.04"), {"infected": Decimal("0.96")}),
        4: (Decimal("94.20"), {"CP": Decimal("0.86"), "CAP": Decimal("0.83")}),
    }


def test_table_5_is_the_papers_with_all_its_digits() -> None:
    words = {True: "Yes", False: "No"}
    told = [
        f"{row.row:24} {row.films:<4} {words[row.pediatric_bias]:3} "
        f"{words[row.lung_segmentation]:3} {row.epochs:<3} {row.accuracy} {row.low} {row.high} "
        f"{row.f1}"
        for row in paper().comparison.rows
    ]
    assert "\n".join(told) + "\n" == TABLE_5


def test_table_6_is_the_papers() -> None:
    told = [
        (one.model, one.reference, one.covid19_films, one.weights, one.architecture,
         None if one.f1 is None else str(one.f1), one.lung_segmentation)
        for one in paper().related.works
    ]  # fmt: skip
    assert told == TABLE_6


def of_table(number: int) -> list[str]:
    known = paper()
    return slips.of_matrix(known, known.matrices[number - 1])


def test_tables_1_to_3_add_up() -> None:
    assert [of_table(number) for number in (1, 2, 3)] == [[], [], []]


def test_the_accuracy_of_table_4_does_not_follow_from_it() -> None:
    accuracy, occurs, f1, size = of_table(4)
    assert "prints an accuracy of 94.20\u2009%; the cells give 1,736 of 2,028" in accuracy
    assert "85.60\u2009%" in accuracy
    assert "cannot occur on 2,028 films" in occurs
    assert "0.86 for CP, cut off and not rounded; the cells give 0.8669" in f1
    assert "26.34\u2009% of the 7,700" in size


def test_the_first_row_of_table_5_mixes_two_sets_and_cannot_occur() -> None:
    known = paper()
    told = slips.of_row(known, known.row("Base Model v1"))
    assert "96.10\u2009% cannot occur on 120 films: 115 of them are 95.83\u2009%" in told[0]
    assert "It cannot be the mean of 10 runs on so many" in told[0]
    assert "0.82 is what Table 1 gives on 60 external films" in told[-1]
    assert "on those it is 80.00\u2009%" in told[-1]
    assert slips.f1_set(known, known.row("Base Model v1")) == (60, "external")
    assert slips.f1_set(known, known.row("Base Model v2")) == (683, "test")


def test_an_average_that_is_also_said_of_one_model_is_told() -> None:
    known = paper()
    told = {row.row: " ".join(slips.of_row(known, row)) for row in known.comparison.rows}
    assert [name for name, words in told.items() if "as that of one model" not in words] == [
        "COVID-CXNet v2"
    ]
    assert "an F-score of 0.85 for CP (Table 4); the cells give 0.8669" in told[
        "Multiclass COVID-CXNet"
    ]  # fmt: skip


def test_a_larger_dataset_of_the_same_size_and_a_misspelt_author_are_told() -> None:
    known = paper()
    [claim] = slips.of_claims(known)
    assert "3,628 films for COVID-CXNet v2 and 3,628 for COVID-CXNet v1" in claim
    told = [one for work in known.related.works for one in slips.of_work(known, work)]
    assert told[0] == "“Wang and Wang” are Wang and Wong in reference 36."
    assert "Table 6 prints an F-score of 0.85" in told[1]
    assert len(told) == 2


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('accuracy: "94.20"', "accuracy: 94.20", "stands in quotes"),
        ("- [598, 5]", "- [598, 5, 1]", "so many rows and columns"),
        ("ours: {Normal: normal, infected: covid19}", "ours: {Normal: normal}", "name its labels"),
        ("larger: COVID-CXNet v2", "larger: COVID-CXNet v9", "no row of table 5: COVID-CXNet v9"),
        ("films: 683", "films: many", "matrices.1.films"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, before: str, after: str, fault: str) -> None:
    text = PLACE.read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "paper.yaml").write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(Misspelt, match=fault):
        paper(tmp_path / "paper.yaml")


def test_a_figure_that_is_put_right_is_no_slip(tmp_path: Path) -> None:
    text = PLACE.read_text(encoding="utf-8").replace("94.20", "85.60")
    text = text.replace("Wang and Wang", "Wang and Wong")
    (tmp_path / "paper.yaml").write_text(text, encoding="utf-8")
    known = paper(tmp_path / "paper.yaml")
    assert not [one for one in slips.of_matrix(known, known.matrices[3]) if "accuracy" in one]
    assert not [one for work in known.related.works for one in slips.of_work(known, work)
                if "Wang" in one]  # fmt: skip
