"""Pictures and drawings seen large, values read out, and the page on paper, in a browser."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from limits import LIMITS
from page_inputs import Inputs
from playwright.sync_api import Browser, Page

from curation.stages import report

PARAMS = report.Params(samples=3, pairs=4, enhanced=0)
pytestmark = pytest.mark.browser


@pytest.fixture
def page(inputs: Inputs, visit: Any) -> Page:
    seen: Page = visit(report.main(inputs(), PARAMS, LIMITS)).page
    return seen


def gets_the_focus_back(page: Page, alt: str) -> None:
    # A browser says that a dialog was closed in a task of its own, after the key.
    page.wait_for_function(
        "alt => (document.activeElement.firstElementChild || {}).alt === alt", arg=alt
    )


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_picture_opens_by_key_says_what_it_is_and_gives_the_focus_back(
    page: Page, key: str
) -> None:
    opener = page.locator("#sources .opener").first
    alt = opener.locator("img").get_attribute("alt")
    opener.focus()
    page.keyboard.press(key)
    box = page.locator("dialog.large")
    assert box.is_visible()
    assert alt == page.locator("#large-words").inner_text()
    assert "pixels, enlarged" in box.inner_text()
    page.keyboard.press("Escape")
    assert not box.is_visible()
    gets_the_focus_back(page, str(alt))


def test_arrows_go_to_the_next_picture_and_the_one_before(page: Page) -> None:
    pictures = page.locator("#sources .opener img")
    first, second = (str(pictures.nth(n).get_attribute("alt")) for n in (0, 1))
    page.locator("#sources .opener").first.click()
    page.keyboard.press("ArrowRight")
    assert second == page.locator("#large-words").inner_text()
    page.keyboard.press("ArrowLeft")
    assert first == page.locator("#large-words").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    gets_the_focus_back(page, second)


def test_a_picture_grows_and_is_at_home_in_its_stage(page: Page) -> None:
    page.locator("#sources .opener").first.click()
    picture = page.locator(".large .stage img")
    before = picture.bounding_box()
    page.get_by_role("button", name="Larger").click()
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(1.5 * before["width"], rel=0.02)
    page.keyboard.press("-")
    assert page.get_by_role("button", name="Smaller").is_disabled()


def test_a_drawing_tells_its_values_by_key_and_by_pointer(page: Page) -> None:
    own = page.locator("#models div:has(> .opener svg.chart)").first
    output = own.locator("output")
    assert "point at the drawing" in str(output.text_content())
    own.locator(".opener").focus()
    page.keyboard.press("ArrowRight")
    assert output.text_content() == "training: epoch 1, loss 1"
    page.keyboard.press("ArrowRight")
    assert output.text_content() == "training: epoch 2, loss 0.5"
    own.locator("svg.chart").hover(position={"x": 60, "y": 10})
    assert "epoch 1" in str(output.text_content())
    page.keyboard.press("Enter")
    assert page.locator(".large .stage svg.chart").is_visible()


def test_columns_and_dots_tell_what_they_stand_for(page: Page) -> None:
    for name, words in (("people", "50 to 55"), ("harmonising", "plain")):
        own = page.locator(f"#{name} .opener:has(svg.chart)").first
        own.focus()
        page.keyboard.press("ArrowRight")
        assert words in str(page.locator(f"#{name} output").first.text_content())


def test_every_picture_is_there(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    broken = "[...document.images].filter(one => !(one.complete && one.naturalWidth)).length"
    page.wait_for_function(f"{broken} === 0")
    assert page.locator("img").count() > 0


@pytest.mark.parametrize("name", ["reading", "people", "models"])
def test_a_link_of_the_bar_leads_to_its_section(page: Page, name: str) -> None:
    page.locator(f'nav a[href="#{name}"]').click()
    page.wait_for_function(
        "(name) => { const top = document.getElementById(name + '-title')"
        ".getBoundingClientRect().top; return top > 0 && top < innerHeight; }", arg=name,
    )  # fmt: skip


def test_what_is_folded_is_printed_open_and_nothing_sticks(page: Page) -> None:
    folded = page.locator("details:not([open])").count()
    assert folded > 0
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
    page.emulate_media(media="print")
    for name in ("nav", "output.readout", ".skip"):
        assert not page.locator(name).first.is_visible()


def test_it_prints_in_ink_on_paper_in_the_dark_too(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    told = "(name) => getComputedStyle(document.body)[name]"
    assert [page.evaluate(told, name) for name in ("backgroundColor", "color")] == [
        "rgb(255, 255, 255)",
        "rgb(0, 0, 0)",
    ]


def test_motion_stays_away_from_those_who_do_not_want_it(page: Page) -> None:
    told = "getComputedStyle(document.querySelector('dialog.large')).animationName"
    for wish, name in (("no-preference", "appear"), ("reduce", "none")):
        page.emulate_media(reduced_motion=wish)  # type: ignore[arg-type]
        page.locator("#sources .opener").first.click()
        assert name == page.evaluate(told)
        page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_an_enlarged_picture(
    inputs: Inputs, browser: Browser, tmp_path: Path, scheme: Any
) -> None:
    place = tmp_path / "index.html"
    place.write_text(report.main(inputs(), PARAMS, LIMITS), encoding="utf-8")
    with browser.new_context(bypass_csp=True, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(place.as_uri())
        page.locator("#sources .opener").first.click()
        found = Axe().run(page).response["violations"]
    assert [(one["impact"], one["id"], one["nodes"][0]["html"]) for one in found] == []
