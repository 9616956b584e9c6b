import dataclasses
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from limits import LIMITS
from page_inputs import LICENSES, Inputs, trained
from playwright.sync_api import Browser
from remedied import remedied
from repeats import repeated

from curation.duplicates.pair import Pair
from curation.licenses import Licenses
from curation.pages.inputs import ReportInputs, Seen, experiment
from curation.pages.page import link
from curation.publish.channels import rulings
from curation.publish.summary import summary
from curation.stages import report
from manifests.contract.packing import png
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import BrokenTable, arrow_schema, frame, to_pandas
from manifests.contract.vocabulary import DISCLAIMER, DRAWN
from manifests.contract.working import WorkingCopies

PARAMS = report.Params(samples=3, pairs=4, enhanced=0)
SECTIONS = [
    "figures", "flow", "sources", "people", "pixels", "filters", "enhancement", "lungs", "text",
    "harmonising", "pairs", "labels", "shortcuts", "split", "models", "cards", "repeats",
    "remedies", "chexnet", "tables", "heat", "rejections", "licences", "checklists", "reading",
]  # fmt: skip
HOSTILE = (
    "<script>window.hurt=1</script>", "<img src=x onerror=window.hurt=1>",
    '"><svg onload=window.hurt=1>', "javascript:window.hurt=1", "</style><script>window.hurt=1//",
    "<img src=http://127.0.0.1:9/a.png>", "<iframe srcdoc='<script>top.hurt=1</script>'>",
    "{{ 7 * 7 }}", "{% include 'report.js' %}", "' onmouseover='window.hurt=1",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9'>", "<base href=http://127.0.0.1>",
    "<style>*{background:url(http://127.0.0.1:9/b)}</style>", "<a href='javascript:hurt=1'>x</a>",
    "--><script>window.hurt=1</script>", "\u202e<details open ontoggle=hurt=1>",
)  # fmt: skip


def test_the_page_has_every_section_in_order(inputs: Inputs) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    places = [html.index(f'<section id="{name}"') for name in SECTIONS]
    assert sorted(places) == places
    assert DISCLAIMER in html[: places[0]]


@pytest.mark.parametrize("is_drawn", [True, False])
def test_drawn_films_are_announced_before_anything_else(inputs: Inputs, *, is_drawn: bool) -> None:
    html = report.main(inputs(is_drawn=is_drawn), PARAMS, LIMITS)
    assert is_drawn == (DRAWN in html[: html.index("<h1>")])


@pytest.mark.parametrize("is_drawn", [True, False])
def test_a_page_with_films_that_may_not_leave_says_so(inputs: Inputs, *, is_drawn: bool) -> None:
    html = report.main(inputs(is_drawn=is_drawn), PARAMS, LIMITS)
    assert is_drawn == ("may not be handed on" not in html)


def test_the_same_inputs_make_the_same_page(inputs: Inputs) -> None:
    assert report.main(inputs(), PARAMS, LIMITS) == report.main(inputs(), PARAMS, LIMITS)


def test_the_figures_of_the_tables_stand_on_the_page(inputs: Inputs) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    assert "<b>4</b><span>films came in" in html
    assert "<b>3</b><span>kept" in html
    assert "0.400 to 0.950" in html
    assert "finding: covid19 / normal" in html
    assert "no licence that lets pixels be handed on (1)" in html


def test_sources_never_trained_on_are_scored_apart_and_a_leak_is_told(inputs: Inputs) -> None:
    told = report.main(inputs(), PARAMS, LIMITS)
    assert "2 films of sources never trained on" in told
    assert "0.625" in told
    assert told.count('<p class="notice">leaks harmless</p>') == 2
    assert "protocol paper" in told


def test_every_protocol_stands_on_the_page_with_its_films(inputs: Inputs) -> None:
    told = report.main(inputs(), PARAMS, LIMITS)
    for protocol in ("honest", "paper", "loso:cohen", "loso:sirm"):
        assert f'<th scope="row">{protocol}</th>' in told


def test_a_disputed_label_stands_there_with_both_sides_and_what_settles_it(inputs: Inputs) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    html = html[html.index('<section id="labels"') : html.index('<section id="split"')]
    assert '<span class="chip">copies: conflict 1</span>' in html
    assert 'alt="Film cohen/a: covid19' in html
    assert 'alt="Film cohen/c: normal' in html
    assert "manifests/corrections.csv" in html


def test_a_suspect_is_called_a_suspicion_and_ranked_in_its_source(inputs: Inputs) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    assert "harmless: 1 suspects among 2 films" in html
    assert "A suspicion, not a verdict" in html
    assert "1. in its source, of whose films 25\u2009% are harmless" in html


def test_the_film_with_the_least_heat_in_the_lungs_comes_first(inputs: Inputs) -> None:
    html = report.main(inputs("early"), PARAMS, LIMITS)
    html = html[html.index('<section id="heat"') :]
    assert html.index("cohen/early") < html.index("cohen/late") < html.index("cohen/unsaid")


def test_heat_is_scored_beside_chance_with_films_and_groups(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "heat")
    rows = [row.replace('<td class="n">', "|") for row in told.split("<tr>")[2:]]
    assert "|0.500</td>|0.400 to 0.625</td>|0.300</td>|7</td>|6</td>" in rows[0]
    misses = "hottest point on the drawn disease, wrong answers as misses</th>|0.400</td>"
    assert misses in rows[1]
    assert "IoU, of films named right</th>|0.210</td>|\N{EN DASH}</td>|0.045</td>|1<" in rows[2]
    lime = "inside the lungs, n = 2</th>|0.44</td>|\N{EN DASH}</td>|0.30</td>|2</td>"
    assert lime in rows[3]
    gain = "|+0.090</td>|\N{MINUS SIGN}0.020 to +0.200</td>|0</td>|5</td>|5</td>"
    assert gain in rows[4]
    assert "hottest point on the drawn disease, of films named right</th>" not in told
    assert " On 2 of 9 films nothing speaks for the label named" in told
    assert "densenet121, HiResCAM, layer features.norm5, 7 x 7 cells: figures" in told


def test_curves_and_the_sanity_check_are_drawn_and_told(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "heat")
    assert "hottest first from 0.90 over 0.50 to 0.10, random map from 0.90" in told
    assert "interval of hottest first halfway 0.40 to 0.55, in the end 0.00 to 0.15" in told
    assert "by parts of the network that forgot: 1.00, 0.40, -0.05" in told
    assert "interval of rank correlation halfway -0.10 to 0.02, in the end -0.10 to 0.02" in told
    assert told.count('<path class="band"') == 3
    assert "agree \N{MINUS SIGN}0.050 in rank (\N{MINUS SIGN}0.100 to +0.020)" in told
    assert "; of 1 film no heat is left by then." in told
    assert 'The check <span class="good">holds</span>' in told


def heated(given: ReportInputs, scores: dict[str, Any], curves: pd.DataFrame) -> str:
    own = given.experiments[0]
    looked = dataclasses.replace(own.looked, randomised=curves)
    own = dataclasses.replace(own, scores=scores, looked=looked)
    return section(
        report.main(dataclasses.replace(given, experiments=[own]), PARAMS, LIMITS), "heat"
    )


def test_maps_that_cannot_be_compared_fail_nothing(inputs: Inputs) -> None:
    given = inputs()
    own = given.experiments[0]
    assert own.looked.randomised is not None
    nothing = dict.fromkeys(f"randomised_agreement{end}" for end in ("", "_low", "_high"))
    scores = {**(own.scores or {}), **nothing, "randomised_holds": None, "randomised_blank": 2}
    curves = own.looked.randomised.assign(rank_correlation=[1.0, 0.4, np.nan])
    told = heated(given, scores, curves)
    assert "that forgot: 1.00, 0.40, not known" in told
    assert "no two maps can be compared; of 2 films no heat is left by then." in told
    assert "The check cannot be judged." in told


def test_heat_of_older_stages_is_shown_without_what_they_did_not_write(inputs: Inputs) -> None:
    given = inputs()
    own = given.experiments[0]
    new = ("method", "layer", "cells", "pointing_game_all", "randomised_blank")
    scores = {name: one for name, one in (own.scores or {}).items() if not name.startswith(new)}
    assert own.looked.randomised is not None
    assert own.heatmaps is not None
    maps = own.heatmaps.drop(columns=["iou", "box_hit", "box_iou"])
    given = dataclasses.replace(given, experiments=[dataclasses.replace(own, heatmaps=maps)])
    told = heated(given, scores, own.looked.randomised.drop(columns=["low", "high"]))
    assert "<caption>densenet121: figures" in told
    assert "wrong answers as misses" not in told
    assert told.count('<path class="band"') == 2


def test_super_pixels_and_occlusion_stand_beside_their_films(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "heat")
    assert "super-pixels that weigh most: 1 for it (+0.310), 1 against it (-0.120)" in told
    assert "no super-pixel says anything" in told
    assert "hottest point beside the drawn disease, IoU 0.125" in told
    assert "hottest point on a person&#39;s box, IoU 0.375" in told
    assert "Occlusion" in told


def test_films_of_two_networks_stand_side_by_side(inputs: Inputs) -> None:
    given = inputs()
    alone = section(report.main(given, PARAMS, LIMITS), "heat")
    assert "network by network" not in alone
    other = dataclasses.replace(given.experiments[0], name="base_cnn")
    pair = dataclasses.replace(given, experiments=[other, given.experiments[0]])
    told = section(report.main(pair, PARAMS, LIMITS), "heat").split("network by network")[1]
    assert told.count("<article") == 2
    assert told.count("<img") == 6
    assert 'alt="Film cohen/late with the heat of base cnn"' in told
    assert "cohen/unsaid" not in told


def test_an_experiment_that_did_not_run_is_said_to_be_missing(
    inputs: Inputs, tmp_path: Path
) -> None:
    given = dataclasses.replace(inputs(), experiments=[experiment(tmp_path, "base_cnn")])
    html = report.main(given, PARAMS, LIMITS)
    assert "Not trained yet" in html
    assert "no figures.json" in html
    assert "No heat map" in html


def test_an_experiment_on_another_manifest_is_called_out(inputs: Inputs) -> None:
    given = dataclasses.replace(inputs(), experiments=[trained("old", "0" * 16, "covid19")])
    assert "Trained on another manifest (0000000000000000)" in report.main(given, PARAMS, LIMITS)


def test_an_empty_manifest_makes_a_page_that_says_so() -> None:
    none = frame([], Record)
    stamp = {"version": "0.1.0", "name": "little-set", "profile": "demo"}
    empty = ReportInputs(
        figures=summary(none, rulings(none, Licenses.load(LICENSES), none), [], stamp),
        records=none,
        ingested=none, rejected=frame([], Rejection), experiments=[],
        pairs=to_pandas(arrow_schema(Pair).empty_table()), copies=WorkingCopies([]),
    )  # fmt: skip
    html = report.main(empty, PARAMS, LIMITS)
    assert "The manifest holds no film" in html
    assert "No two films were found to be related" in html


def test_damaged_figures_are_named(tmp_path: Path) -> None:
    (tmp_path / "evaluate/one").mkdir(parents=True)
    (tmp_path / "evaluate/one/figures.json").write_text('{"test": {', encoding="utf-8")
    with pytest.raises(BrokenTable, match=r"figures\.json: is no JSON"):
        experiment(tmp_path, "one")


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_strangers_stay_words(inputs: Inputs, words: str) -> None:
    html = report.main(inputs(words), PARAMS, LIMITS)
    harmless = report.main(inputs(), PARAMS, LIMITS)
    for tag in ("<script", "<style", "<img", "<iframe", "<meta", "<base", "<svg", "<details"):
        assert harmless.count(tag) == html.count(tag), tag
    assert 'href="javascript' not in html.lower()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd",
     "//evil.test", "http://[", "java\nscript:x", ""],
)  # fmt: skip
def test_only_web_addresses_become_links(address: str) -> None:
    assert link(address) == ""


def test_a_web_address_becomes_a_link() -> None:
    assert link("https://example.org/a?b=c") == "https://example.org/a?b=c"


@pytest.mark.browser
def test_nothing_is_fetched_and_nothing_complains(inputs: Inputs, visit: Any) -> None:
    seen = visit(report.main(inputs(), PARAMS, LIMITS))
    assert seen.complaints == []
    assert [url for url in seen.requests[1:] if not url.startswith("data:")] == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_the_page(
    inputs: Inputs, browser: Browser, tmp_path: Path, scheme: Any
) -> None:
    place = tmp_path / "index.html"
    place.write_text(report.main(inputs(is_drawn=True), PARAMS, LIMITS), encoding="utf-8")
    # The page's own policy would stop axe, which is put into it.
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(place.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        found = Axe().run(page).response["violations"]
    assert [(one["impact"], one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.browser
@pytest.mark.parametrize("words", [*HOSTILE[:3], " ".join(HOSTILE)])
def test_hostile_words_do_not_run_in_a_browser(inputs: Inputs, visit: Any, words: str) -> None:
    seen = visit(report.main(inputs(words), PARAMS, LIMITS))
    seen.page.evaluate(
        "for (const place of document.querySelectorAll('*'))"
        " for (const kind of ['mouseover', 'error', 'load', 'toggle'])"
        " place.dispatchEvent(new Event(kind, {bubbles: true}))"
    )
    assert seen.page.evaluate("window.hurt") is None
    assert seen.complaints == []
    assert [url for url in seen.requests[1:] if not url.startswith("data:")] == []


def section(html: str, name: str) -> str:
    start = html.index(f'<section id="{name}"')
    return html[start : html.index("</section>", start)]


def test_how_much_harmonising_helps_and_that_it_is_not_enough_stands_there(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "harmonising")
    assert "goes from 0.228 to 0.130, where chance alone gives up to 0.075" in told
    assert "from 0.91 to 0.52 by grey levels alone and from 0.97 to 0.88" in told
    assert "That is not enough: the whole film still gives its source away." in told
    assert "left out: harmless (2)" in told
    assert "0.830 to 0.920" in told
    assert "outside lungs: too few." in told


def test_a_probe_that_fails_stands_on_the_first_screen_and_in_its_table(inputs: Inputs) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    assert (
        "The gate is open (harmless), though the label can be told without looking at a lung"
        in html
    )
    assert "file statistics 0.930" in section(html, "figures")
    told = section(html, "shortcuts")
    assert "1 failed and allowed by name" in told
    assert "0.880 to 0.960" in told
    assert "fails, allowed by name" in told
    assert "no film has a lung mask" in told
    assert "cap (3)" in told
    assert "Film cohen/a:" in told
    assert "99\u2009% sure" in told


def test_an_open_gate_says_nothing_of_probes_that_were_not_asked(inputs: Inputs) -> None:
    given = inputs()
    probes = given.audits["harmless"].scores["probes"]
    probes["file_statistics"]["verdict"] = "passed"
    told = section(report.main(given, PARAMS, LIMITS), "figures")
    assert "no probe that was asked tells the label without looking at a lung." in told
    assert "Nothing is known of lungs blacked out." in told
    probes["file_statistics"]["verdict"] = "not_told"
    untold = section(report.main(given, PARAMS, LIMITS), "figures")
    assert "tells the label" not in untold
    assert "Nothing is known of file statistics, lungs blacked out." in untold


def test_a_closed_gate_is_called_closed(inputs: Inputs) -> None:
    given = inputs()
    given.audits["harmless"].scores["probes"]["file_statistics"]["verdict"] = "failed"
    html = report.main(given, PARAMS, LIMITS)
    assert "Shortcuts close the gate (harmless): file statistics 0.930" in section(html, "figures")
    assert "the gate is closed" in section(html, "shortcuts")


def test_where_the_interval_holds_guessing_nothing_is_claimed(inputs: Inputs) -> None:
    given = inputs()
    assert given.seen.shift is not None
    own = given.seen.shift["recipes"]["matched"]["among"]["every_film"]["parts"]["whole_film"]
    own |= {"auc": 0.53, "low": 0.45, "high": 0.6}
    told = section(report.main(given, PARAMS, LIMITS), "harmonising")
    assert "The interval holds 0.5" in told


def test_text_is_counted_and_shown_before_and_after_and_no_word_is_repeated(
    inputs: Inputs,
) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    told = section(html, "text")
    assert "2 of 3 films have text" in told
    assert '<span class="chip">name 1</span>' in told
    assert "ROSSI" not in html
    assert "1 of them are called something else (0 were right before, 1 after)" in told
    assert told.count("<article") == 1
    assert told.count("<img") == 4
    assert "largest change 0.400" in told


def test_lungs_that_were_not_found_are_counted_and_shown(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "lungs")
    assert "0.950 to 0.970" in told
    assert "Of 3 films 2 are shown whole where a recipe asks for lungs" in told
    assert '<span class="chip">one lung only 1</span>' in told
    assert '<span class="chip">no mask was made 1</span>' in told
    assert told.count("with the outline of its lungs") == 2
    # One source only: its figures are those of all.
    assert told.count("that the network never saw") == 1


def test_why_there_is_no_network_stands_where_its_figures_would(inputs: Inputs) -> None:
    given = inputs()
    nothing: dict[str, object] = {
        "films": 0,
        "groups": 0,
        "dice": None,
        "sources": {},
        "reason": "nobody <drew> one",
    }
    given = dataclasses.replace(given, seen=dataclasses.replace(given.seen, dice=nothing))
    told = section(report.main(given, PARAMS, LIMITS), "lungs")
    assert "No network was trained: nobody &lt;drew&gt; one." in told


def test_a_film_is_drawn_in_every_enhancement_and_matched_to_the_base(inputs: Inputs) -> None:
    given = inputs()
    base = given.records.set_index("record_id").loc["cohen/a", "sha256"]
    given = dataclasses.replace(given, bases=("0" * 64, str(base)))
    told = section(
        report.main(given, PARAMS.model_copy(update={"enhanced": 1}), LIMITS), "enhancement"
    )
    assert "cohen/b, matched to cohen/a" in told
    assert told.count("<img") == 1
    assert "No film is drawn" in section(report.main(given, PARAMS, LIMITS), "enhancement")


def test_what_did_not_run_is_said_in_a_sentence(inputs: Inputs) -> None:
    html = report.main(
        dataclasses.replace(inputs(), seen=Seen(), repeats=[], remedies=[], audits={}),
        PARAMS,
        LIMITS,
    )
    for name, stage in (
        ("lungs", "lungs"), ("text", "text"), ("harmonising", "shift"), ("repeats", "repeat"),
        ("remedies", "remedy"), ("shortcuts", "audit"),
    ):  # fmt: skip
        assert f"run <code>dvc repro {stage}</code>" in section(html, name)
    assert "dvc repro conceal" in section(html, "text")


def test_the_learning_curves_of_all_runs_are_drawn(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "repeats")
    assert told.count("loss of 2 runs by epoch") == 2
    assert "training, mean 0.9 to 0.4, validation, mean 1 to 0.6" in told
    assert "validation, least 0.9 to 0.6, validation, most 1.1 to 0.6" in told


def test_repeats_stand_beside_what_the_paper_prints(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "repeats")
    printed, paper, honest = told.split('<th scope="row">printed')[1].split("</tr>")[:3]
    assert ">0.990<" in printed
    assert ">0.964 to 0.995<" in printed
    assert ">0.950 ± 0.020<" in paper
    assert ">0.700 ± 0.100<" in honest
    assert ">0.600 to 0.800<" in honest
    assert '>5</td><td class="n">0.350 ± 0.100<' in honest
    assert "The manifest holds only 3 of harmless" in told
    assert "leaks harmless" in told
    assert "2 of 9 test films are called different things by different runs" in told
    assert "Made on another manifest" not in told
    assert "accuracy <b>+0.250</b> (\N{MINUS SIGN}0.050 to +0.500)." in told
    first = section(report.main(inputs(), PARAMS, LIMITS), "figures")
    assert "<b>Inflation of covid_cxnet</b>" in first


def test_scores_per_class_stand_with_their_intervals_where_there_are_some(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "models")
    row = told.split('<th scope="row">normal</th><td class="n">2</td>')[1].split("</tr>")[0]
    assert '<td class="n">0.500<br><span class="soft small">0.250 to 0.875</span></td>' in row
    assert '<td class="n">0.700</td>' in row


def test_how_true_the_chances_are_and_every_threshold_are_shown(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "models")
    assert "Expected calibration error 0.120 (0.050 to 0.200)" in told
    assert "would give 0.090 on so few films. Brier score 0.310." in told
    assert "to find 90\u2009% of those that have it" in told
    row = told.split('<td class="n">0.420</td>')[1].split("</tr>")[0]
    assert "<td>4 test</td>" in row
    assert '0.500 <span class="soft">0.250 to 0.750</span>' in row
    assert '<td colspan="5">no validation film has the label</td>' in told


def test_one_run_has_no_deviation_and_old_repeats_are_called_out(inputs: Inputs) -> None:
    facts = repeated("0" * 16, "harmless")
    own = facts["protocols"]["honest"]
    own["accuracy"]["sd"], own["spread"]["variance"] = None, None
    facts["printed"] |= dict.fromkeys(("accuracy", "low", "high", "f1"))
    told = section(
        report.main(dataclasses.replace(inputs(), repeats=[facts]), PARAMS, LIMITS), "repeats"
    )
    assert "Made on another manifest (0000000000000000)" in told
    assert ">0.700<" in told
    assert '<th scope="row">printed' not in told


@pytest.mark.browser
def test_the_policy_stops_a_script_that_slipped_in(inputs: Inputs, visit: Any) -> None:
    html = report.main(inputs(), PARAMS, LIMITS)
    slipped = html.replace("</main>", "<script>window.hurt=1</script><img src=x onerror=hurt=1>")
    seen = visit(slipped)
    assert seen.page.evaluate("window.hurt") is None
    assert any("Content Security Policy" in complaint for complaint in seen.complaints)


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1400])
def test_the_page_fits_the_width(inputs: Inputs, visit: Any, width: int) -> None:
    seen = visit(report.main(inputs(), PARAMS, LIMITS), width)
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert width == seen.page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.browser
def test_every_picture_is_described_and_every_control_is_reached_by_key(
    inputs: Inputs, visit: Any
) -> None:
    page = visit(report.main(inputs(), PARAMS, LIMITS)).page
    assert 0 == page.locator("img:not([alt]), img[alt='']").count() < page.locator("img").count()
    assert page.locator("svg:not([aria-label]):not([aria-hidden])").count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    button = page.locator("button.flicker").first
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert "stacked" in str(page.locator(".pair").first.get_attribute("class"))
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "false"


def test_the_page_stays_small_with_many_films(inputs: Inputs) -> None:
    given = inputs()
    noise = np.random.default_rng(1).integers(0, 256, (320, 320), np.uint8)  # the worst to pack
    assert given.experiments[0].heatmaps is not None
    row = given.experiments[0].heatmaps.iloc[[0]].assign(film=png(noise), heat=png(noise))
    maps = pd.concat([row.assign(record_id=f"cohen/{n}") for n in range(60)], ignore_index=True)
    many = [dataclasses.replace(given.experiments[0], heatmaps=maps)] * 2
    html = report.main(dataclasses.replace(given, experiments=many), PARAMS, LIMITS)
    assert len(html.encode()) < 8_000_000
    assert "24 of 60 films" in html


def test_what_each_remedy_is_worth_stands_there_as_far_as_intervals_say(inputs: Inputs) -> None:
    told = section(report.main(inputs(), PARAMS, LIMITS), "remedies")
    assert (
        "On sources held out the AUC rises, and the interval of the difference excludes zero, with "
        "lung crop (+0.125); it falls, and the interval excludes zero, with group dro "
        "(\N{MINUS SIGN}0.160); the interval holds zero or there is none, so that these films "
        "cannot say, with source balanced (+0.010)."
    ) in told
    assert "0.600 to 0.800" in told
    assert "+0.040 to +0.210" in told
    assert "external: there is no film." in told
    assert "recipe harmless, balance sources" in told


def test_verdicts_on_remedies_stand_with_their_doubts(inputs: Inputs) -> None:
    facts = remedied("0" * 16, "harmless")
    one = section(
        report.main(dataclasses.replace(inputs(), remedies=[facts]), PARAMS, LIMITS), "remedies"
    )
    assert "Of one training each; a second may differ as much." in one
    assert "There are 6 differences (3 remedies on 2 sides), and no interval is corrected" in one
    assert "from drawing whole groups again; how far two trainings differ is in none of them" in one
    facts["seeds"] = 2
    two = section(
        report.main(dataclasses.replace(inputs(), remedies=[facts]), PARAMS, LIMITS), "remedies"
    )
    assert "Of one training" not in two
    assert "no interval is corrected" in two
    assert "drawing whole groups and, at once, the seeds of the trainings again" in two


def test_where_no_remedy_helps_the_page_says_so_and_old_figures_are_called_out(
    inputs: Inputs,
) -> None:
    facts = remedied("0" * 16, "harmless")
    del facts["remedies"]["lung_crop"]
    told = section(
        report.main(dataclasses.replace(inputs(), remedies=[facts]), PARAMS, LIMITS), "remedies"
    )
    assert "no remedy raises the AUC by a difference whose interval excludes zero; it falls" in told
    assert "Made on another manifest (0000000000000000)" in told


@pytest.mark.parametrize(("word", "code"), [("--help", 0), ("many", 2)])
def test_the_measure_of_the_page_says_what_it_wants(
    word: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Path(__file__).parents[2] / "benchmarks/report_page.py"
    monkeypatch.setattr("sys.argv", [str(place), word])
    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(place), run_name="__main__")
    assert code == left.value.code
    assert "python benchmarks/report_page.py [RECORDS] [DATA MANIFESTS]" in capsys.readouterr().out
