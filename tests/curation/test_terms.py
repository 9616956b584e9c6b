from pathlib import Path

import pytest

from curation.sources.loading import keys
from curation.terms import Terms
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Finding, Modality, Reason, Sex, View

PLACE = Path(__file__).parents[2] / "manifests/terms.yaml"
COHEN, NIH = Terms.load(PLACE, "cohen"), Terms.load(PLACE, "nih_cxr14")


@pytest.mark.parametrize(
    ("text", "findings"),
    [("COVID-19", ["covid19"]),
     ("COVID-19, ARDS", ["covid19", "ards"]),
     ("Pneumonia/Viral/COVID-19", ["covid19", "viral_pneumonia", "pneumonia"]),
     ("Pneumonia/Bacterial/Staphylococcus/MRSA", ["bacterial_pneumonia", "pneumonia"]),
     ("Pneumonia/Fungal/Pneumocystis", ["fungal_pneumonia", "pneumonia"]),
     ("Mycoplasma Bacterial Pneumonia", ["bacterial_pneumonia"]),
     ("MERS-CoV", ["mers"]), ("Lipoid", ["lipoid_pneumonia"]), ("  no   FINDING ", ["normal"]),
     ("todo", ["unknown"]), ("Unknown", ["unknown"]), ("", ["unknown"]), (" ", ["unknown"])],
)  # fmt: skip
def test_cohens_findings_in_all_their_spellings(text: str, findings: list[str]) -> None:
    assert [str(finding) for finding in COHEN.findings(text)] == findings


def test_nih_labels_are_split_at_bars_only() -> None:
    assert NIH.findings("Edema|Pleural_Thickening") == (Finding.EDEMA, Finding.PLEURAL_THICKENING)
    with pytest.raises(Rejected):
        NIH.findings("Edema, Mass")


@pytest.mark.parametrize("text", ["Pneumonia/Viral/Martian", "COVID-19 ARDS", "covid"])
def test_an_unknown_finding_is_named_and_not_guessed(text: str) -> None:
    with pytest.raises(Rejected) as verdict:
        COHEN.findings(text)
    assert verdict.value.reason is Reason.UNKNOWN_TERM
    assert "add it there under cohen.finding" in verdict.value.detail


def test_normal_and_ill_at_once_is_refused() -> None:
    with pytest.raises(Rejected, match="normal and not normal"):
        NIH.findings("No Finding|Mass")


def test_single_words_are_translated() -> None:
    assert COHEN.view("AP semi erect") is View.AP_ERECT
    assert COHEN.view("Axial") is View.UNKNOWN
    assert COHEN.view("?") is View.UNKNOWN
    assert COHEN.view("Frontal") is View.FRONTAL
    assert COHEN.modality("X-ray") is Modality.X_RAY
    assert COHEN.sex("female") is Sex.F
    assert (COHEN.sex(""), COHEN.sex("unknown")) == (None, None)
    assert [COHEN.pcr(word) for word in ("Y", "n", "Unclear", "")] == [True, False, None, None]
    with pytest.raises(Rejected, match=r"cohen: view 'Oblique' is not in manifests/terms\.yaml"):
        COHEN.view("Oblique")


@pytest.mark.parametrize("key", keys())
def test_no_source_takes_a_vague_view_for_a_certain_one(key: str) -> None:
    """Frontal may be PA or AP; an AP film may have been taken of a standing patient."""
    terms = Terms.load(PLACE, key)
    assert terms.view("Frontal") is View.FRONTAL
    assert {terms.view(word) for word in ("ap", "AP", " Ap ")} == {View.AP}
    assert terms.view("pa") is View.PA
    assert terms.view("") is View.UNKNOWN


def test_a_film_without_signs_in_an_ill_patient_has_its_word() -> None:
    assert Terms.load(PLACE, "sirm").abnormal("RX negativo") is False


@pytest.mark.parametrize(
    ("word", "url", "spdx"),
    [("CC BY-NC-SA", "https://www.radiopaedia.org/cases/x", "CC-BY-NC-SA-3.0"),
     ("CC BY-NC-SA", "https://example.org", "LicenseRef-CC-BY-NC-SA"),
     ("cc by-nc-sa 4.0", "https://radiopaedia.org/cases/x", "CC-BY-NC-SA-4.0"),
     ("CC-BY-3.0", "", "CC-BY-3.0"), (" ", "https://radiopaedia.org", "NOASSERTION")],
)  # fmt: skip
def test_a_licence_follows_from_its_word_and_its_host(word: str, url: str, spdx: str) -> None:
    assert COHEN.license(word, url, "NOASSERTION") == spdx


def test_a_source_without_a_block_uses_the_general_one() -> None:
    assert Terms.load(PLACE, "new_source").findings("Pneumonia") == (Finding.PNEUMONIA,)


def written(folder: Path, text: str) -> Path:
    place = folder / "terms.yaml"
    place.write_text(text, encoding="utf-8")
    return place


def test_a_block_comes_before_the_general_one_and_a_star_stands_for_letters(
    tmp_path: Path,
) -> None:
    place = written(
        tmp_path,
        "general: {finding: {pneumonia: pneumonia, covid: covid19}}\n"
        'x: {finding: {covid: other, "*, possible": unknown}}\n',
    )
    terms = Terms.load(place, "x")
    assert terms.findings("Covid") == (Finding.OTHER,)
    assert terms.findings("Pneumonia, possible") == (Finding.UNKNOWN,)
    assert terms.findings("pneumonia") == (Finding.PNEUMONIA,)


@pytest.mark.parametrize(
    ("text", "found"),
    [("general: {finding: {flu: influenza}}", "general.finding.flu"),
     ("general: {findings: {}}", "general.findings"),
     ("general: {view: {pa: PA, PA : AP}}", "stands twice"),
     ("general: {view: {pa: PA, pa: AP}}", "stands twice"),
     ("general:\n  finding:\n", "general.finding"), ("general: {silence: 3}", "general.silence"),
     ("- a list", "expected sections with names, found a list"), ("general: [", "cannot be read")],
)  # fmt: skip
def test_a_mistake_in_the_file_is_named(text: str, found: str, tmp_path: Path) -> None:
    with pytest.raises(Misspelt) as fault:
        Terms.load(written(tmp_path, text), "cohen")
    assert found in str(fault.value)
    assert "terms.yaml" in str(fault.value)
