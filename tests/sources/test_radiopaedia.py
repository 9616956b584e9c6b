import html
import json
from pathlib import Path

import pytest
from drawn_shots import radiopaedia_shots
from told import Shelf, page, read

from curation.duplicates.groups import groups
from curation.phantom.replicas import radiopaedia as replica
from curation.sources.base import Draft, Lost, Web
from curation.sources.radiopaedia import Radiopaedia
from curation.stages import ingest
from curation.terms import Terms
from manifests.contract.vocabulary import Finding, Modality, Reason, View

TERMS = Path(__file__).parents[2] / "manifests" / "terms.yaml"
CASE = "https://radiopaedia.org/cases/drawn-1?lang=us"
END = '<div class="author-info">Case contributed by Dr Phantom</div></html>'


def source(folder: Path, max_cases: int = 500) -> Radiopaedia:
    return Radiopaedia(files=folder, max_cases=max_cases, queries=tuple(replica.QUERIES))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("radiopaedia")
    replica.file_shots(folder, radiopaedia_shots(), 1)
    return folder


def drafts(site: Path) -> dict[bytes, dict[str, object]]:
    return {d["image"]: d for d in read(source(site), site) if "image" in d}  # type: ignore[misc]


def parsed(body: str, **shelf: str) -> list[Draft | Lost]:
    return list(source(Path()).parse(page(CASE, body + END), Shelf(**shelf)))


def reasons(found: list[Draft | Lost]) -> list[str]:
    return [item.reason if isinstance(item, Lost) else "film" for item in found]


def stacks(**image: object) -> str:
    shown = {"id": 7, "public_filename": "https://x/7/a.png", "plane_projection": "Frontal"}
    return json.dumps([{"modality": "X-ray", "images": [shown | image]}])


OLD = '<h1>{title}</h1>{more}<div class="case-study" data-study-id="5">{study}</div>'


@pytest.mark.usefixtures("closed_socket")
def test_the_same_drafts_come_twice_with_the_socket_closed(site: Path) -> None:
    assert read(source(site), site) == read(source(site), site)


def test_no_film_of_the_site_is_lost(site: Path) -> None:
    shots = {shot.data for shot in radiopaedia_shots()}
    assert shots == set(drafts(site))


def test_every_film_is_named_once(site: Path) -> None:
    refs = [d["source_ref"] for d in read(source(site), site)]
    assert len(refs) == len(set(refs))


def test_the_words_mean_what_was_drawn(site: Path) -> None:
    terms, found = Terms.load(TERMS, "radiopaedia"), drafts(site)
    for shot in radiopaedia_shots():
        said = found[shot.data]
        assert terms.modality(str(said["modality"])) == shot.modality
        if shot.modality is Modality.X_RAY:
            assert terms.view(str(said["view"])) in {shot.view, View.FRONTAL}
            assert terms.abnormal(str(said["abnormal"])) == shot.shows_disease


def test_a_normal_study_before_the_illness_is_normal_and_the_case_is_not(site: Path) -> None:
    terms, found = Terms.load(TERMS, "radiopaedia"), drafts(site)
    before, during, clear = (
        found[s.data] for s in radiopaedia_shots() if s.patient in {"p003", "p007"}
    )
    assert terms.findings(str(before["finding"])) == (Finding.NORMAL,)
    assert terms.findings(str(during["finding"])) == (Finding.COVID19,)
    assert terms.findings(str(clear["finding"])) == (Finding.COVID19,)
    assert before["patient"] == during["patient"]


def test_a_patient_keeps_one_group_across_both_labels(site: Path, tmp_path: Path) -> None:
    params = ingest.Params(max_side=64, max_megapixels=1)
    kept, _ = ingest.main("radiopaedia", source(site), tmp_path, TERMS, params)
    named = kept["record_id"].map(groups(kept, {}))
    both = kept.groupby(named)["finding"].agg(lambda found: {"normal", "covid19"} <= set(found))
    (patient,) = set(kept["patient_id"][named.isin(both[both].index)])
    films = kept[kept["patient_id"] == patient].set_index("finding")
    assert set(films.index) == {"normal", "covid19"}
    assert not films.loc["normal", "abnormal"]
    # Before the illness it is a normal film; a clear film of the illness would not be.
    assert films.loc["normal", "age_years"] == films.loc["covid19", "age_years"]


def test_a_case_for_signed_in_users_is_blocked_and_said_so(site: Path) -> None:
    (lost,) = (d for d in read(source(site), site) if "reason" in d)
    assert lost["reason"] == Reason.BLOCKED


def test_a_case_credits_its_contributor_and_says_its_own_licence(site: Path) -> None:
    said = next(d for d in drafts(site).values() if d["patient"] == "90041")
    assert said["attribution"] == "Case courtesy of Dr Phantom, Radiopaedia.org, rID: 90041"
    assert said["url"] == "https://radiopaedia.org/cases/90041"
    assert {d["license"] for d in drafts(site).values()} == {"", "CC-BY-NC-SA-4.0"}


def test_no_more_cases_are_read_than_asked_for(site: Path) -> None:
    patients = {d["patient"] for d in read(source(site, max_cases=3), site) if "patient" in d}
    assert len(patients) == 3


def test_the_same_shots_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    replica.file_shots(tmp_path, list(reversed(radiopaedia_shots())), 1)
    index = "responses.jsonl"
    assert (site / index).read_bytes() == (tmp_path / index).read_bytes()


def test_frontal_is_not_taken_for_pa() -> None:
    (film,) = parsed(OLD.format(title="Pneumonia", more="", study=""), studies=stacks())
    assert isinstance(film, Draft)
    assert film.view == "Frontal"


@pytest.mark.parametrize(
    ("certainty", "expected"),
    [
        ("Diagnosis certain\N{NO-BREAK SPACE}", "COVID-19 pneumonia"),
        ("Diagnosis almost certain", "COVID-19 pneumonia"),
        ("Diagnosis probable", "COVID-19 pneumonia, diagnosis probable"),
        ("", "COVID-19 pneumonia"),
    ],
)
def test_a_doubtful_diagnosis_carries_its_doubt(certainty: str, expected: str) -> None:
    more = f'<span class="diagnostic-certainty-title">{certainty}</span>'
    body = OLD.format(title="COVID-19 pneumonia - severe", more=more, study="")
    (film,) = parsed(body, studies=stacks())
    assert isinstance(film, Draft)
    assert film.finding == expected


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ("The lungs are clear.", "lungs are clear"),
        ("Bilateral opacities.", "opacities"),
        ("No consolidation.", ""),
        ("Previously clear lungs, now consolidation.", ""),
        ("", ""),
    ],
)
def test_what_a_study_shows_is_said_only_where_it_is_sure(findings: str, expected: str) -> None:
    study = f'<div class="study-findings"><p>{findings}</p></div>'
    (film,) = parsed(OLD.format(title="Pneumonia", more="", study=study), studies=stacks())
    assert isinstance(film, Draft)
    assert film.abnormal == expected


VIEWER = {
    "study": {
        "id": 5, "modality": "X-ray",
        "series": [{"perspective": "AP", "specifics": "supine", "frames": [{"id": 9}],
                    "encodings": {"thumbnailed_files": [{"original": "b.png"}]}}],
    }
}  # fmt: skip


@pytest.mark.parametrize(
    "study",
    [
        '<div class="main-study-desc" id="case-images-study-5"></div>{inline}',
        '<div id="study-5"></div>{inline}',
        '<a href="/cases/1/studies/5?lang=us">view</a>{inline}',
    ],
)
def test_the_study_is_found_in_every_layout(study: str) -> None:
    inline = f'<div class="hidden data">{html.escape(json.dumps(VIEWER))}</div>'
    body = f'<h1>Pneumonia</h1><div class="case-study">{study.format(inline=inline)}</div>'
    (film,) = parsed(body)
    assert isinstance(film, Draft)
    assert (film.study, film.view) == ("5", "AP supine")


def test_a_picture_without_encodings_has_its_fixed_name() -> None:
    bare = json.loads(json.dumps(VIEWER))
    bare["study"]["series"][0]["encodings"] = None
    body = OLD.format(title="Pneumonia", more="", study="")
    (film,) = parsed(body, annotated_viewer_json=json.dumps(bare))
    assert isinstance(film, Draft)
    assert film.image.args[1].endswith("/9/dr-original.jpg")  # type: ignore[attr-defined]


def test_of_a_ct_only_the_key_image_is_taken() -> None:
    images = [
        {"id": n, "public_filename": f"https://x/{n}.png", "plane_projection": "Axial",
         "show_stack_key_image": n == 40}
        for n in range(100)
    ]  # fmt: skip
    shelf = json.dumps([{"modality": "CT", "images": images}])
    (film,) = parsed(OLD.format(title="Pneumonia", more="", study=""), studies=shelf)
    assert isinstance(film, Draft)
    assert (film.source_ref, film.modality, film.view) == ("drawn-1/5/40", "CT", "")


@pytest.mark.parametrize(
    ("body", "shelf", "reason"),
    [
        ("<html><h1>Pneumonia</h1></html>", {}, Reason.LAYOUT_CHANGED),
        (OLD, {"studies": "[]"}, Reason.LAYOUT_CHANGED),
        (OLD, {"studies": '{"study": {"id": 5}}'}, Reason.LAYOUT_CHANGED),
        (OLD, {"studies": "not json"}, Reason.LAYOUT_CHANGED),
        (OLD, {"studies": "<!DOCTYPE html><html></html>"}, Reason.BLOCKED),
        (OLD, {}, Reason.MISSING_IMAGE),
        ("", {}, Reason.LAYOUT_CHANGED),
    ],
)
def test_a_page_that_gives_nothing_says_why(body: str, shelf: dict[str, str], reason: str) -> None:
    assert reasons(parsed(body, **shelf)) == [reason]


def listed(web: Web) -> list[str | Lost]:
    return list(Radiopaedia(files=Path(), max_cases=9, queries=("covid",)).listing(web))


def test_a_search_without_results_is_no_fault_but_an_empty_page_is() -> None:
    nothing = "<html>No results were found with these refinement filters applied</html>"
    assert listed(Shelf(search=nothing)) == []
    (lost,) = listed(Shelf(search="<html><p>Welcome</p></html>"))
    assert isinstance(lost, Lost)
    assert lost.reason == Reason.LAYOUT_CHANGED


def test_a_site_without_cases_is_a_changed_layout() -> None:
    web = Shelf(search="<html>No results were found</html>")
    assert reasons(list(source(Path()).read(web))) == [Reason.LAYOUT_CHANGED]
