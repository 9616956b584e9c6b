"""The page of a data set before it is sent: what it shows, and what it never does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from released import film, little_world, released

from curation.publish.inventory import read_inventory, write_inventory
from curation.showcase.showing import showcase
from curation.showcase.words import html

pytestmark = pytest.mark.browser
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold** | cell"


class Seen:
    """A page that is open, with what it asked and complained of."""

    def __init__(self, page: Page, words: str, folder: Path) -> None:
        self.page, self.complaints, self.asked = page, list[str](), list[str]()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        page.on("request", lambda request: self.asked.append(request.url))
        place = folder / "preview.html"
        place.write_text(words, encoding="utf-8")
        page.goto(place.as_uri())


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page()
    yield made
    made.close()


def test_it_shows_the_card_the_question_and_the_films(page: Page, tmp_path: Path) -> None:
    released(little_world(), tmp_path)
    seen = Seen(page, showcase(tmp_path / "release"), tmp_path)
    assert page.get_by_role("heading", name="little-set 0.1.0").count() == 2
    assert page.get_by_role("checkbox").count() == 5
    assert page.locator("#card table").count() == 7
    assert page.locator("section img").count() == 8
    broken = page.locator("img").evaluate_all(
        "all => all.filter((one) => !one.naturalWidth).length"
    )
    assert broken == 0
    assert seen.complaints == []
    assert {address.partition(":")[0] for address in seen.asked} <= {"file", "data"}
    assert Axe().run(page).violations_count == 0


def test_a_set_that_all_may_use_asks_nothing(page: Page, tmp_path: Path) -> None:
    released([film("a"), film("b", split="test")], tmp_path)
    Seen(page, showcase(tmp_path / "release"), tmp_path)
    assert page.get_by_role("checkbox").count() == 0


def test_words_of_strangers_stay_words(page: Page, tmp_path: Path) -> None:
    released([film("a", attribution=HOSTILE, finding_text=HOSTILE)], tmp_path)
    seen = Seen(page, showcase(tmp_path / "release"), tmp_path)
    assert page.get_by_role("cell", name=HOSTILE).count() == 1
    assert page.locator("img[src=x], a[href^=javascript]").count() == 0
    assert seen.complaints == []


def test_a_field_that_the_hub_wants_is_missed_in_red(page: Page, tmp_path: Path) -> None:
    released(little_world(), tmp_path)
    card = tmp_path / "release/README.md"
    card.write_text(card.read_text("utf-8").replace("size_categories:\n- n<1K\n", ""), "utf-8")
    write_inventory(tmp_path / "release", read_inventory(tmp_path / "release"))
    Seen(page, showcase(tmp_path / "release"), tmp_path)
    assert page.get_by_role("alert").inner_text() == "The YAML lacks: size_categories"


def test_on_a_narrow_screen_only_tables_move_sideways(page: Page, tmp_path: Path) -> None:
    released(little_world(), tmp_path)
    page.set_viewport_size({"width": 390, "height": 800})
    Seen(page, showcase(tmp_path / "release"), tmp_path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_markdown_of_the_card_holds_no_html() -> None:
    made = html("<script>alert(1)</script> [a](javascript:alert(1)) <b>x</b>\n\n|a|\n|--:|\n|1|\n")
    assert "<script" not in made
    assert "href" not in made
    assert 'class="number"' in made
    assert "style" not in made
