import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from replica_server import serve
from told import Shelf, page, read

from curation.network.fetch import Params, fetch
from curation.phantom.replicas import eurorad as replica
from curation.sources.base import Draft, Lost, Page
from curation.sources.eurorad import Eurorad
from curation.sources.eurorad.words import illness, who
from curation.terms import Terms
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Finding, Reason

FIXTURE = Path(__file__).parent / "fixtures" / "eurorad"
TERMS = Path(__file__).parents[2] / "manifests" / "terms.yaml"
CASE = "https://www.eurorad.org/case/16901"
STYLE = "/sites/default/files/styles/figure_image_teaser_large/public/figure_image"
FILE = "https://www.eurorad.org/sites/default/files/figure_image"
QUERIES = tuple(replica.QUERIES)


def source(**given: Any) -> Eurorad:
    usual = {"files": FIXTURE, "max_cases": 500, "queries": QUERIES}
    return Eurorad.model_validate(usual | given)


def figure(caption: str, name: str = "2020-04/16901_1_1.jpg", credit: str = "© Dep., 2020") -> str:
    return (
        f'<div class="figure-gallery__item"><div><img data-src="{STYLE}/{name}?itok=z" '
        f'src="data:image/gif;base64,R0"></div><div class="figure-gallery__item__label">'
        f'<span class="mb-1 d-block">{caption}</span><span>{credit}</span></div></div>'
    )


def body(figures: str, final: str = "COVID-19 pneumonia", more: str = "") -> str:
    return (
        f'<body><h1>A case</h1>{more}<div class="node-contents"><div class="row">'
        '<div class="col-md-3">Clinical History</div><div class="col-md-9"><p>Fever.</p></div>'
        '</div><div class="row"><div class="col-md-3">Final Diagnosis</div>'
        f'<div class="col-md-9">{final}</div></div></div>{figures}</body>'
    )


def parsed(text: str, **shelf: str) -> list[Draft | Lost]:
    return list(source().parse(page(CASE, text), Shelf(**shelf)))


def one(text: str) -> Draft:
    (found,) = parsed(text)
    assert isinstance(found, Draft)
    return found


def lost(text: str) -> Lost:
    (found,) = parsed(text)
    assert isinstance(found, Lost)
    return found


def by_ref() -> dict[str, dict[str, Any]]:
    return {str(told["source_ref"]): told for told in read(source(), FIXTURE)}


@pytest.mark.usefixtures("closed_socket")
def test_the_same_drafts_come_twice_with_the_socket_closed() -> None:
    assert read(source(), FIXTURE) == read(source(), FIXTURE)


def test_every_row_of_the_fixture_is_a_film_or_says_why_it_is_none() -> None:
    told = read(source(), FIXTURE)
    reasons = [str(item.get("reason") or "") for item in told]
    assert len(told) == len(by_ref()) == 27
    assert list(filter(None, reasons)) == ["blocked"]
    assert all(isinstance(item["image"], bytes) for item in told if "image" in item)


def test_base_names_that_every_old_case_has_are_told_apart() -> None:
    same = [ref for ref in by_ref() if ref.endswith("000001.png")]
    assert len(same) == 3
    assert "13878/2018-08/0000013878/000001.png" in same


def test_a_page_that_is_a_gate_is_blocked_and_never_empty() -> None:
    told = by_ref()["eurorad.org/case/16866"]
    assert told["reason"] == Reason.BLOCKED
    gate = "<!doctype html><html><title>eurorad.org</title><p>Please wait</p></html>"

    class Gate:
        def page(self, url: str) -> Page:
            raise Rejected(Reason.BLOCKED, f"{url}: {gate}")

    (first,) = source(queries=["COVID"]).read(Gate())
    assert isinstance(first, Lost)
    assert (first.source_ref, first.reason) == ("search: COVID, page 0", Reason.BLOCKED)


def test_the_site_is_fetched_politely_and_without_a_permission(tmp_path: Path) -> None:
    manners = Params(
        contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=1.0,
        max_page_mb=2, max_file_gb=1, retries=1, max_wait_seconds=1.0,
    )  # fmt: skip
    with serve(FIXTURE) as site:
        asked = source(files=tmp_path / "raw", mirrors=site.mirrors(*Eurorad.about.hosts))
        report = fetch("eurorad", asked, manners, asked.files, tmp_path / "sources.lock")
    assert (report.files, report.lost[Reason.BLOCKED]) == (26, 1)
    assert read(asked, asked.files) == read(source(), FIXTURE)


def test_a_case_that_leads_elsewhere_is_said_to_be_blocked() -> None:
    away = page(CASE, "<html>Log in</html>", "https://www.eurorad.org/user/login?to=/case/16901")
    (found,) = source().parse(away, Shelf())
    assert isinstance(found, Lost)
    assert (found.source_ref, found.reason) == ("case/16901", Reason.BLOCKED)


def tiles(*numbers: int, more: str = "") -> str:
    cases = "".join(f'<span># {n}</span><a href="/case/{n}/teaching-case">x</a>' for n in numbers)
    return f"<html><div>{cases}</div>{more}</html>"


def listed(query: str = "COVID", **shelf: str) -> list[str]:
    told = source(queries=[query]).listing(Shelf(**shelf))
    return [t.reason if isinstance(t, Lost) else t.rpartition("/")[2] for t in told]


class Answers:
    """A `Web` that knows whole addresses only, and which of them were asked."""

    def __init__(self, **pages: str) -> None:
        self.pages = {f"{replica.SITE}/advanced-search?{q}": text for q, text in pages.items()}
        self.asked: list[str] = []

    def page(self, url: str) -> Page:
        self.asked.append(url.partition("?")[2])
        if url not in self.pages:
            raise Rejected(Reason.MISSING_IMAGE, f"{url}: not recorded")
        return page(url, self.pages[url])


NEXT = '<a title="Go to next page" href="/advanced-search?search=COVID&amp;page={}">&rsaquo;</a>'


def test_pages_are_counted_from_zero_and_followed_to_the_last() -> None:
    web = Answers(
        **{
            "search=COVID": tiles(*range(1, 10), more=NEXT.format(1)),
            "search=COVID&page=1": tiles(*range(10, 19), more=NEXT.format(2)),
            "search=COVID&page=2": tiles(19),
        }
    )
    found = list(source(queries=["COVID"]).listing(web))
    assert found == [f"{replica.SITE}/case/{number}" for number in range(1, 20)]
    assert web.asked == ["search=COVID", "search=COVID&page=1", "search=COVID&page=2"]


def test_a_full_page_without_a_link_is_not_taken_for_the_last() -> None:
    full = {"search=COVID": tiles(*range(1, 10))}
    end = Answers(**full, **{"search=COVID&page=1": "<html>No case found</html>"})
    assert len(list(source(queries=["COVID"]).listing(end))) == 9
    more = Answers(**full, **{"search=COVID&page=1": tiles(10)})
    assert len(list(source(queries=["COVID"]).listing(more))) == 10


def test_no_case_found_is_no_fault_but_a_page_without_any_word_is() -> None:
    assert listed(search="<html><p>No case  found</p></html>") == []
    assert listed(search="<html><p>Welcome</p></html>") == [Reason.LAYOUT_CHANGED]


def test_a_short_page_that_goes_on_is_told() -> None:
    short = tiles(1, 2, more=NEXT.format(1).replace("page=1", "page=0"))
    assert listed(search=short) == [Reason.LAYOUT_CHANGED, "1", "2", Reason.LAYOUT_CHANGED]


def test_a_case_is_known_by_the_number_on_its_tile_where_no_link_names_it() -> None:
    assert listed(search="<html><div># 16901</div><div># 16902</div></html>") == ["16901", "16902"]


def test_cases_in_the_frame_of_the_page_were_not_searched() -> None:
    assert listed(search='<html><nav><a href="/case/7">x</a></nav>No case found</html>') == []


def test_what_is_typed_is_quoted() -> None:
    web = Answers()
    list(source(queries=["viral pneumonia & more"]).listing(web))
    assert web.asked == ["search=viral+pneumonia+%26+more"]


def test_named_cases_come_first_whatever_form_they_have() -> None:
    forms = [
        16901, "16902", "https://www.eurorad.org/case/16903/teaching-case?print=1",
        "eurorad.org/case/16904", "https://doi.org/10.35100/eurorad/case.16905", " 16906 ",
    ]  # fmt: skip
    asked = source(queries=[], cases=forms)
    assert asked.cases == tuple(str(number) for number in range(16901, 16907))
    both = source(queries=["COVID"], cases=[7]).listing(Shelf(search=tiles(8)))
    assert list(both) == [f"{replica.SITE}/case/7", f"{replica.SITE}/case/8"]


def test_a_case_that_is_named_and_found_is_read_once() -> None:
    alone, both = source(), source(cases=[16953])
    found = read(both, FIXTURE)
    assert len(found) == len(read(alone, FIXTURE))
    assert str(found[0]["source_ref"]).startswith("16953/")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"queries": [], "cases": []}, "names neither queries nor cases"),
        ({"cases": ["https://radiopaedia.org/cases/a"]}, "is no case; write 16901"),
        ({"cases": ["16901a"]}, "is no case"),
        ({"querys": ["COVID"]}, "Extra inputs"),
    ],
)
def test_wrong_parameters_are_named(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        source(**given)


@pytest.mark.parametrize(
    ("line", "age", "sex"),
    [
        ("47 years, male", "47 years", "male"),
        ("Female, 18 months", "18 months", "female"),
        ("3 years 4 months, male", "3 years 4 months", "male"),
        ("Age: 50+; Sex: F", "50+", "f"),
        ("Adult, woman", "adult", "woman"),
        ("47 years", "47 years", ""),
        ("male", "", "male"),
        ("Published on 20.04.2020", "", ""),
    ],
)
def test_the_line_on_the_patient_is_read_in_any_order(line: str, age: str, sex: str) -> None:
    assert who(line, is_sure=True) == (age, sex)
    found = one(body(figure("Chest X-ray"), more=f'<p class="color-grey">{line}</p>'))
    assert (found.age, found.sex) == (age, sex)


def test_a_patient_of_whom_nothing_is_said_has_no_age() -> None:
    found = one(body(figure("Chest X-ray"), more="<p>Fever for</p><b>3 days</b><p>47 years</p>"))
    assert (found.age, found.sex) == ("", "")
    renamed = one(body(figure("Chest X-ray"), more="<span class='x'> 47 years, male </span>"))
    assert (renamed.age, renamed.sex) == ("47 years", "male")


LAYOUTS = {
    "rows": "<div><div>{h}</div><div>{v}</div></div>",
    "headings": "<h2>{h}</h2><p>{v}</p>",
    "sections": "<section><header><h3><span>{h}:</span></h3></header><div>{v}</div></section>",
    "list": "<dl><dt>{h}</dt><dd>{v}</dd></dl>",
    "capitals": "<h4> {h} </h4>{v}",
    "bold": "<p><b>{h}:</b> {v}</p>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_section_is_known_by_its_heading_in_every_layout(layout: str) -> None:
    parts = {
        "Clinical History": "COVID-19 was feared.", "Background": "Influenza is common.",
        "Differential Diagnosis List": "Influenza", "FINAL DIAGNOSIS": "COVID-19 pneumonia",
        "Teaching Points": "Tuberculosis may look alike.",
    }  # fmt: skip
    text = "".join(LAYOUTS[layout].format(h=name, v=said) for name, said in parts.items())
    found = one(f"<body><h1>Tuberculosis?</h1>{text}{figure('Chest X-ray')}</body>")
    assert found.finding == "COVID-19"
    assert found.facts["differential_diagnosis"] == "Influenza"


def test_a_menu_of_headings_is_not_the_sections() -> None:
    menu = "<nav><ul><li>Final Diagnosis</li><li>Figures and more</li></ul></nav>"
    assert one(body(figure("Chest X-ray"), more=menu)).finding == "COVID-19"


@pytest.mark.parametrize(
    ("diagnosis", "said"),
    [
        ("COVID-19 pneumonia", "COVID-19"),
        ("Severe bilateral COVID-19 pneumonia.", "COVID-19"),
        ("SARS-CoV-2 infection", "COVID-19"),
        ("Coronavirus disease 2019 (COVID-19)", "COVID-19"),
        ("Right upper lobe pneumonia", "pneumonia"),
        ("Pulmonary tuberculosis", "tuberculosis"),
        ("Possible COVID-19 pneumonia", "Possible COVID-19 pneumonia"),
        ("Suspected COVID-19", "Suspected COVID-19"),
        ("Presumed COVID-19", "Presumed COVID-19"),
        ("COVID-19 pneumonia?", "COVID-19 pneumonia?"),
        ("Non-COVID-19 pneumonia", "Non-COVID-19 pneumonia"),
        ("Post-COVID-19 fibrosis", "Post-COVID-19 fibrosis"),
        ("COVID-19 pneumonia and tuberculosis", "COVID-19 pneumonia and tuberculosis"),
        ("COVID-19, pulmonary embolism", "COVID-19, pulmonary embolism"),
        ("Organising pneumonia", "Organising pneumonia"),
    ],
)
def test_only_a_plain_diagnosis_is_shortened(diagnosis: str, said: str) -> None:
    assert illness(diagnosis) == said
    assert one(body(figure("Chest X-ray"), final=diagnosis)).finding == said


def test_two_diagnoses_stay_two() -> None:
    final = "<p>COVID-19 pneumonia</p><p>Tuberculosis</p>"
    found = one(body(figure("Chest X-ray"), final=final))
    assert found.finding == "COVID-19 pneumonia; Tuberculosis"


def test_the_diagnosis_counts_and_not_what_was_searched() -> None:
    terms = Terms.load(TERMS, "eurorad")
    said = by_ref()["14030/2018-08/0000014030/000001.png"]
    assert terms.findings(str(said["finding"])) == (Finding.LIPOID_PNEUMONIA,)
    assert terms.findings("Cryptogenic organising pneumonia") == (Finding.OTHER,)
    with pytest.raises(Rejected, match=r"Possible COVID-19.*add it there under eurorad"):
        terms.findings("Possible COVID-19")


def test_each_case_says_its_own_licence_or_the_sites_holds() -> None:
    licences = {ref.partition("/")[0]: told.get("license") for ref, told in by_ref().items()}
    assert licences["13878"] == "CC-BY-NC-SA-3.0"
    assert licences["16953"] == "CC-BY-NC-SA-4.0"
    assert licences["16751"] == ""
    own = '<a rel="license" href="https://example.org/own">x</a>'
    assert one(body(figure("Chest X-ray"), more=own)).license == "https://example.org/own"


def test_the_department_of_each_figure_is_credited() -> None:
    found = one(body(figure("PA chest X-ray", credit="© Department of X, Y, 2020")))
    assert found.attribution == "© Department of X, Y, 2020 (EuroRad, case 16901)"
    flat = (
        '<div class="figure-gallery__item"><img src="/files/figure_image/a.jpg">AP film © Me</div>'
    )
    assert one(body(flat)).attribution == "© Me (EuroRad, case 16901)"


def test_a_series_of_patients_shares_a_case_and_no_age() -> None:
    first, second = (by_ref()[f"16745/2020-04/16745_{n}_1.png"] for n in (1, 2))
    assert (first["patient"], second["patient"]) == ("16745/patient 1", "16745/patient 2")
    assert first["url"] == second["url"] == "https://www.eurorad.org/case/16745"
    assert (first["age"], second["abnormal"]) == ("", "normal")


def test_the_original_is_asked_before_the_copy_that_the_page_shows() -> None:
    found = one(body(figure("Chest X-ray")))
    _, original, copy = found.image.args  # type: ignore[attr-defined]
    assert original == f"{FILE}/2020-04/16901_1_1.jpg"
    assert copy == f"https://www.eurorad.org{STYLE}/2020-04/16901_1_1.jpg?itok=z"


def test_the_copy_serves_where_the_original_is_gone() -> None:
    said = by_ref()["16745/2020-04/16745_2_1.png"]
    assert isinstance(said["image"], bytes)


def test_a_picture_that_is_gone_in_both_sizes_is_missing() -> None:
    found = one(body(figure("Chest X-ray")))
    with pytest.raises(Rejected) as verdict:
        found.image()
    assert verdict.value.reason == Reason.MISSING_IMAGE


def test_an_original_in_two_sizes_is_one_figure_with_its_caption() -> None:
    head = f'<img src="{STYLE.replace("_teaser_large", "")}/2020-04/16901_1_1.jpg?itok=q">'
    link = f'<a href="{FILE}/2020-04/16901_1_1.jpg">Full size</a>'
    found = one(body(figure("PA chest X-ray") + link, more=head))
    assert (found.modality, found.view) == ("radiograph", "PA")


def test_a_small_picture_that_leads_to_another_case_is_none_of_this() -> None:
    assert not [ref for ref in by_ref() if "17005" in ref]


def test_a_figure_whose_address_never_came_is_said() -> None:
    lazy = '<div class="figure-gallery__item"><img src="data:,"><span>CT</span></div>'
    film, gone = parsed(body(figure("Chest X-ray") + lazy))
    assert isinstance(film, Draft)
    assert isinstance(gone, Lost)
    assert (gone.source_ref, gone.reason) == ("16901/figure 2", Reason.LAYOUT_CHANGED)


@pytest.mark.parametrize(
    "more",
    [
        "".join(f'<a class="figure-gallery-paginator__link" href="#">{n}</a>' for n in (1, 2)),
        "<h2>Imaging Findings</h2><p>A film (Fig. 1) and a CT (Figure 2b).</p><h2>Outcome</h2>",
    ],
)
def test_a_figure_that_is_spoken_of_and_not_there_is_said(more: str) -> None:
    gone, film = parsed(body(figure("Chest X-ray"), more=more))
    assert isinstance(film, Draft)
    assert isinstance(gone, Lost)
    assert gone.reason == Reason.LAYOUT_CHANGED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<html></html>", "no Final Diagnosis"),
        (body(""), "no figure"),
        (body(figure("Chest X-ray"), final=""), "no Final Diagnosis"),
        (body(figure("")), "no figure with a caption"),
    ],
)
def test_a_page_that_gives_nothing_says_why(text: str, found: str) -> None:
    said = lost(text)
    assert said.reason == Reason.LAYOUT_CHANGED
    assert found in said.detail


def test_the_letter_of_a_picture_picks_its_part_of_a_shared_caption() -> None:
    text = "PA (a) and lateral (b) chest radiographs"
    two = figure(text, "2020-05/16901_3_1.jpg") + figure(text, "2020-05/16901_3_2.jpg")
    assert [d.view for d in parsed(body(two)) if isinstance(d, Draft)] == ["PA", "lateral"]
    old = figure(text, "2018-08/0000016901/000001.jpg") + figure(text, "2018-08/x/000002.jpg")
    links = "".join(f'<a class="figure-gallery-paginator__link">1{x}</a>' for x in "ab")
    assert [d.view for d in parsed(body(old + links)) if isinstance(d, Draft)] == ["PA", "lateral"]


@pytest.mark.parametrize(
    "names",
    [
        # A composite; a pair without letters; three pictures under two letters.
        ["2020-05/16901_3_1.jpg"],
        ["2018-08/0000016901/000001.jpg", "2018-08/0000016901/000002.jpg"],
        ["2020-05/16901_3_1.jpg", "2020-05/16901_3_2.jpg", "2020-05/16901_3_3.jpg"],
    ],
)
def test_pictures_that_cannot_be_told_apart_are_left_to_a_person(names: list[str]) -> None:
    text = "PA (a) and lateral (b) chest radiographs"
    found = parsed(body("".join(figure(text, name) for name in names)))
    assert len(found) == len(names)
    for item in found:
        assert isinstance(item, Lost)
        assert item.reason == Reason.NOT_RADIOGRAPH
        assert "a: PA radiograph; b: lateral radiograph" in item.detail
        assert "crop it" in item.detail


def test_each_caption_with_its_own_panels_is_a_composite() -> None:
    found = parsed(
        body(
            figure("PA (a) and lateral (b) X-ray", "2020-05/16901_3_1.jpg")
            + figure("PA (a) and lateral (b) X-ray, day 9", "2020-05/16901_3_2.jpg")
        )
    )
    assert [type(item) for item in found] == [Lost, Lost]


def test_the_day_is_read_where_it_counts_from_the_first_symptoms() -> None:
    day = "Chest X-ray on day 7 after the onset of symptoms"
    assert one(body(figure(day))).offset_days == "7"
    assert one(body(figure("Chest X-ray, 9 days after symptom onset"))).offset_days == "9"
    assert one(body(figure("Chest X-ray on day 7 of admission"))).offset_days == ""


def test_three_thousand_figures_are_read_in_reasonable_time() -> None:
    start = time.process_time()
    many = "".join(figure("AP chest X-ray", f"2020-04/16901_{n}_1.jpg") for n in range(3000))
    assert len(parsed(body(many))) == 3000
    assert len(parsed(body(many.replace("figure-gallery__item", "card")))) == 3000
    heavy = f'<img alt="{"a/" * 500_000}" src="data:image/png;base64,{"A" * 1_000_000}">'
    assert len(parsed(body(figure("AP chest X-ray") + heavy))) == 1
    assert time.process_time() - start < 10


def test_a_case_that_has_moved_goes_by_its_new_number() -> None:
    text = body(figure("Chest X-ray"))
    moved = replace(page(CASE, text), final_url="https://www.eurorad.org/case/16902")
    (found,) = source().parse(moved, Shelf())
    assert isinstance(found, Draft)
    assert found.patient == "16902"
