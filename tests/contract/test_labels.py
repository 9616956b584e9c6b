import pytest

from manifests.contract.labels import label_of
from manifests.contract.vocabulary import Finding

TASK = {
    "normal": (Finding.NORMAL,),
    "cap": (Finding.PNEUMONIA, Finding.BACTERIAL_PNEUMONIA),
    "covid19": (Finding.COVID19,),
}


@pytest.mark.parametrize(
    ("finding", "abnormal", "patient_ill", "label"),
    [
        ("covid19", None, False, "covid19"),
        ("covid19", True, True, "covid19"),
        ("covid19", False, False, None),
        ("normal", False, False, "normal"),
        ("normal", None, None, "normal"),
        ("normal", False, True, None),
        ("bacterial_pneumonia", None, False, "cap"),
        ("tuberculosis", True, False, None),
    ],
)
def test_a_clear_film_of_an_ill_patient_has_no_label(
    *, finding: str, abnormal: bool | None, patient_ill: bool | None, label: str | None
) -> None:
    assert label_of(TASK, finding=finding, abnormal=abnormal, patient_ill=patient_ill) == label
