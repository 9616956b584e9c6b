import re
from pathlib import Path

import pytest
import yaml

from curation.sources.radiopaedia.words import illness, said_of_study
from curation.terms import Terms
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Finding, Reason, View

ROOT = Path(__file__).parents[2]
TERMS = Terms.load(ROOT / "manifests/terms.yaml", "radiopaedia")
PAPER = yaml.safe_load((ROOT / "profiles/paper.yaml").read_text())["profile"]["sources"]
CITED = PAPER["radiopaedia"]["cases"]


@pytest.mark.parametrize(
    "title",
    ["Non-COVID-19 viral pneumonia", "Pulmonary oedema mimicking COVID-19 pneumonia",
     "COVID-19 mimic: organising pneumonia", "Possible COVID-19", "Suspected COVID-19 pneumonia",
     "COVID-19?", "Post-COVID-19 fibrosis", "Fibrosis post COVID-19", "Fibrosis after COVID-19",
     "Long COVID-19", "COVID-19 vaccine lymphadenopathy", "Appendicitis in the COVID-19 era",
     "No pneumonia", "Resolved pneumonia", "Pneumonia ruled out", "Negative for COVID-19",
     "COVID-19 without pneumonia", "Not a normal chest x-ray", "Abnormal chest radiograph",
     "Heart failure versus pneumonia", "Old tuberculosis", "Cryptogenic organizing pneumonia",
     "Usual interstitial pneumonia", "COVID-19-like pneumonia"],
)  # fmt: skip
def test_a_title_that_denies_or_doubts_waits_for_a_person(title: str) -> None:
    said = illness(title, "covid-19, viral pneumonia" if "bnormal" not in title else "", "")
    assert said == title
    with pytest.raises(Rejected) as verdict:
        TERMS.findings(said)
    assert verdict.value.reason is Reason.UNKNOWN_TERM


@pytest.mark.parametrize(
    ("title", "tags", "finding"),
    [("COVID-19 pneumonia - severe", "", Finding.COVID19),
     ("COVID-19 interstitial pneumonia", "", Finding.COVID19),
     ("Viral pneumonia (COVID-19)", "", Finding.COVID19),
     ("COVID-19 in a 40 year old", "", Finding.COVID19),
     ("Ground glass", "covid-19", Finding.COVID19),
     ("Lobar pneumonia", "", Finding.PNEUMONIA),
     ("Post-primary tuberculosis", "", Finding.TUBERCULOSIS),
     ("Normal chest x-ray", "", Finding.NORMAL)],
)  # fmt: skip
def test_a_plain_title_means_its_illness(title: str, tags: str, finding: Finding) -> None:
    assert TERMS.findings(illness(title, tags, ""))[0] is finding


def test_a_tag_that_doubts_names_nothing() -> None:
    assert illness("Ground glass", "covid-19 mimic", "") == "Ground glass"


@pytest.mark.parametrize(
    "caption",
    ["Before the infection", "Two days before onset", "Prior to COVID-19", "Prior to admission",
     "12 days before the illness", "Pre-admission film", "Baseline", "2 years earlier"],
)  # fmt: skip
def test_a_normal_study_before_the_illness_is_normal(caption: str) -> None:
    assert said_of_study(caption, "unremarkable", "COVID-19")["finding"] == "unremarkable"


@pytest.mark.parametrize(
    "caption",
    ["Day 3", "Before intubation", "Previous surgery. Chest x-ray", "Prior to discharge",
     "2 years before surgery", "Smoker until 2 years ago", "Before and after drainage"],
)  # fmt: skip
def test_before_anything_else_is_not_before_the_illness(caption: str) -> None:
    said = said_of_study(caption, "unremarkable", "COVID-19")
    assert (said["finding"], said["abnormal"]) == ("COVID-19", "unremarkable")


@pytest.mark.parametrize("slug", CITED)
def test_every_case_that_the_published_set_cites_is_covid(slug: str) -> None:
    title = re.sub(r"(?<!covid)-\d+$", "", slug).replace("-", " ")
    assert TERMS.findings(illness(title, "", ""))[0] is Finding.COVID19


def test_the_published_list_is_whole() -> None:
    assert len(CITED) == len(set(CITED)) == 29


@pytest.mark.parametrize(
    "title", ["Recovered COVID-19 pneumonia", "Recovery from COVID-19", "Resolution of pneumonia"]
)
def test_an_illness_that_is_over_is_not_named(title: str) -> None:
    assert illness(title, "covid-19", "") == title


@pytest.mark.parametrize(
    ("title", "finding"),
    [("SARS: severe acute respiratory syndrome", Finding.SARS),
     ("Middle East respiratory syndrome", Finding.MERS),
     ("Viral pneumonia", Finding.VIRAL_PNEUMONIA),
     ("Klebsiella pneumonia", Finding.BACTERIAL_PNEUMONIA), ("Round pneumonia", Finding.PNEUMONIA),
     ("Pneumocystis pneumonia", Finding.FUNGAL_PNEUMONIA), ("Clear lungs", Finding.NORMAL),
     ("Lipoid pneumonia", Finding.LIPOID_PNEUMONIA), ("Normal chest radiograph", Finding.NORMAL),
     ("Aspiration pneumonia", Finding.ASPIRATION_PNEUMONIA)],
)  # fmt: skip
def test_other_titles_are_other_findings(title: str, finding: Finding) -> None:
    assert TERMS.findings(illness(title, "", ""))[0] is finding


@pytest.mark.parametrize(
    ("title", "finding"),
    [("PJP pneumonia in HIV", Finding.FUNGAL_PNEUMONIA),
     ("PJP pneumonia", Finding.FUNGAL_PNEUMONIA),
     ("Pneumocystis jirovecii pneumonia", Finding.FUNGAL_PNEUMONIA),
     ("Chickenpox pneumonia", Finding.VIRAL_PNEUMONIA),
     ("Severe right upper lobe pneumonia in a child", Finding.PNEUMONIA),
     ("Normal chest x-ray - 30 year old female", Finding.NORMAL)],
)  # fmt: skip
def test_a_germ_is_kept_and_what_changes_nothing_is_not(title: str, finding: Finding) -> None:
    assert TERMS.findings(illness(title, "covid-19", "")) == (finding,)


@pytest.mark.parametrize(
    "title",
    ["Hypersensitivity pneumonia", "Necrotising pneumonia", "Radiation pneumonia",
     "Organizing pneumonia", "Pneumonia and tuberculosis", "Normal chest x-ray in pneumonia",
     "Renal tuberculosis"],
)  # fmt: skip
def test_an_illness_of_which_more_is_said_waits_for_a_person(title: str) -> None:
    said = illness(title, "pneumonia", "")
    assert said == title
    with pytest.raises(Rejected) as verdict:
        TERMS.findings(said)
    assert verdict.value.reason is Reason.UNKNOWN_TERM


def test_a_tag_of_which_more_is_said_names_nothing() -> None:
    assert illness("Ground glass", "radiation pneumonia", "") == "Ground glass"
    assert illness("Ground glass", "chest, pneumonia, viral pneumonia", "") == "pneumonia"


@pytest.mark.parametrize(
    ("word", "view"),
    [("Frontal", View.FRONTAL), ("Lateral", View.L), ("PA", View.PA), ("AP", View.AP),
     ("AP supine", View.AP_SUPINE), ("AP erect", View.AP_ERECT), ("Left lateral", View.L)],
)  # fmt: skip
def test_a_projection_is_never_guessed(word: str, view: View) -> None:
    assert TERMS.view(word) is view


@pytest.mark.parametrize(
    ("caption", "findings", "abnormal"),
    [("Baseline", "Heart unremarkable. 3 cm mass in the left upper lobe.", ""),
     ("Two years before admission", "Lungs are clear apart from a right apical nodule.", ""),
     ("Two years before admission", "Lungs are clear, except for the left apex.", ""),
     ("Baseline", "Lungs are not clear. Lungs unremarkable in the upper zones.", ""),
     ("Baseline", "Lungs are clear with a small effusion.", ""),
     ("Baseline", "No abnormality of the bones.", ""), ("Baseline", "Clear lungs are not seen", ""),
     ("Day 1", "Cardiomediastinal contour is unremarkable. Patchy airspace shadowing", ""),
     ("Day 1", "No pneumothorax, bilateral opacities. Mediastinum unremarkable.", "opacities"),
     ("Day 1", "No pneumothorax but consolidation", "consolidation"),
     ("Day 1", "No effusion with bibasal infiltrates", "infiltrates")],
)  # fmt: skip
def test_a_diseased_film_is_never_clear(caption: str, findings: str, abnormal: str) -> None:
    said = said_of_study(caption, findings, "COVID-19")
    assert (said["finding"], said["abnormal"]) == ("COVID-19", abnormal)


@pytest.mark.parametrize(
    ("findings", "abnormal"),
    [("Lungs are clear. No effusion or pneumothorax.", "lungs are clear"),
     ("Clear lungs, no mass, consolidation, or effusion.", "clear lungs"),
     ("The lungs are unremarkable and the heart is large.", "unremarkable"),
     ("Unremarkable chest radiograph.", "unremarkable"), ("Unremarkable study", "unremarkable"),
     ("No effusion, opacity or pneumothorax", ""), ("Unremarkable heart", "")],
)  # fmt: skip
def test_a_clear_film_is_clear_beside_what_it_denies(findings: str, abnormal: str) -> None:
    said = said_of_study("Before the pneumonia", findings, "COVID-19")
    assert said["abnormal"] == abnormal
    assert TERMS.abnormal(said["abnormal"]) is (False if abnormal else None)
