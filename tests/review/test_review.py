import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Dialog, Page
from records import record, records
from textures import texture
from typer.testing import CliRunner

from curation.__main__ import app
from curation.duplicates import reviewed
from curation.duplicates.pair import COPIES, Pair
from curation.labels.conflicts import Side, conflicts
from curation.review.answers import Taken, take
from curation.review.films import BUDGET, pictures
from curation.review.page import review_page
from curation.review.waiting import Waiting, Why, waiting
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.table import arrow_schema, to_pandas
from manifests.contract.vocabulary import Relation
from manifests.contract.working import WorkingCopies, write_working

HEADER = "a_sha256,b_sha256,verdict,who,when\n"
LOOKS = max(COPIES, key=lambda relation: list(Relation).index(relation))
"""The weakest relation that still is a copy."""
BAND = next(r for r in Relation if r not in COPIES and r is not Relation.DIFFERENT)
HOSTILE = (
    "<script>window.hurt=1</script>", "<img src=x onerror=window.hurt=1>",
    "</script><script>window.hurt=1//", '"><svg onload=window.hurt=1>', "javascript:window.hurt=1",
    "{{ 7 * 7 }}", "--><script>window.hurt=1</script>", "<base href=http://127.0.0.1>",
    "<a href='javascript:hurt=1'>x</a>", "<style>*{background:url(http://127.0.0.1:9/b)}</style>",
)  # fmt: skip


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def pair(a: str, b: str, relation: Relation, score: float, who: str = "machine") -> Pair:
    return Pair(
        a=f"cohen/{a}", b=f"cohen/{b}", a_sha256=sha(a), b_sha256=sha(b), relation=relation,
        score=score, decided_by=who, kept_id=f"cohen/{a}" if relation in COPIES else None,
    )  # fmt: skip


def table(*rows: Pair) -> pd.DataFrame:
    return pd.DataFrame([row.model_dump() for row in rows])


NOBODY = to_pandas(arrow_schema(Side).empty_table())
"""No label is disputed."""


def decisions(folder: Path, *lines: str) -> list[tuple[str, reviewed.Decision]]:
    place = folder / "pairs.csv"
    place.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return reviewed.read(place)


def test_borderline_pairs_come_first_and_then_the_least_certain_copies(tmp_path: Path) -> None:
    given = table(
        pair("a", "b", LOOKS, 0.99), pair("c", "d", BAND, 0.61), pair("e", "f", BAND, 0.88),
        pair("g", "h", LOOKS, 0.91), pair("i", "j", Relation.IDENTICAL_BYTES, 1.0),
        pair("k", "l", Relation.DIFFERENT, 1.0, "A. Rossi"),
    )  # fmt: skip
    found = waiting(given, NOBODY, decisions(tmp_path))
    assert [(row.a, row.why) for row in found] == [
        ("cohen/e", Why.BORDERLINE), ("cohen/c", Why.BORDERLINE),
        ("cohen/g", Why.UNCERTAIN), ("cohen/a", Why.UNCERTAIN),
    ]  # fmt: skip


def test_label_conflicts_come_before_all_even_where_the_bytes_are_equal(tmp_path: Path) -> None:
    rows = [record("i"), record("j", finding="normal"), record("c"), record("d")]
    stays = records([record("i", copies=("cohen/j",))])
    given = table(pair("c", "d", BAND, 0.7), pair("i", "j", Relation.IDENTICAL_BYTES, 1.0))
    disputed = conflicts(records(rows), stays, given)
    found = waiting(given, disputed, decisions(tmp_path))
    assert [(row.a, row.why) for row in found] == [
        ("cohen/i", Why.CONFLICT),
        ("cohen/c", Why.BORDERLINE),
    ]


def test_what_a_person_has_decided_is_left_out(tmp_path: Path) -> None:
    given = table(pair("a", "b", BAND, 0.7), pair("c", "d", BAND, 0.8))
    known = decisions(tmp_path, f"{sha('d')},{sha('c')},same_patient,A. Rossi,2026-01-02")
    assert [row.a for row in waiting(given, NOBODY, known)] == ["cohen/a"]


def test_an_export_is_appended_once_and_the_file_keeps_what_it_held(tmp_path: Path) -> None:
    place, incoming = tmp_path / "pairs.csv", tmp_path / "export.csv"
    first = f"{sha('a')},{sha('b')},same,A. Rossi,2026-01-02"
    place.write_text(HEADER + first)  # no newline at the end
    line = f'{sha("c")},{sha("d")},different,"Rossi, A.",2026-01-03\n'
    incoming.write_text(HEADER + first + "\n" + line)
    assert take(incoming, place) == Taken(new=1, known=1)
    assert place.read_text() == HEADER + first + "\n" + line
    assert take(incoming, place) == Taken(new=0, known=2)
    assert place.read_text() == HEADER + first + "\n" + line


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (f"{sha('b')},{sha('a')},different,B. Bianchi,2026-01-04", "export.csv:2: says different"),
        (f"{sha('c')},{sha('d')},maybe,B. Bianchi,2026-01-04", "export.csv:2: verdict is 'maybe'"),
        (f"{sha('c')},{sha('d')},same,,2026-01-04", "export.csv:2: who is ''"),
        (f"{sha('c')},{sha('d')},same,B. Bianchi,yesterday", "export.csv:2: when is"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_written(
    tmp_path: Path, line: str, named: str
) -> None:
    place, incoming = tmp_path / "pairs.csv", tmp_path / "export.csv"
    before = HEADER + f"{sha('a')},{sha('b')},same,A. Rossi,2026-01-02\n"
    place.write_text(before)
    good = f"{sha('e')},{sha('f')},same,B. Bianchi,2026-01-04\n"
    incoming.write_text(HEADER + line + "\n" + good)
    with pytest.raises(Misspelt, match=re.escape(named)):
        take(incoming, place)
    assert place.read_text() == before


def test_the_command_imports_from_the_projects_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/pairs.csv").write_text(HEADER)
    line = f"{sha('a')},{sha('b')},same,A. Rossi,2026-01-02\n"
    (tmp_path / "mine.csv").write_text(HEADER + line)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["review", "--import", "mine.csv"])
    assert done.exit_code == 0, done.output
    assert "1 decisions appended" in done.output
    assert (tmp_path / "manifests/pairs.csv").read_text() == HEADER + line


def html(folder: Path, count: int = 4, words: str = "harmless") -> str:
    """A page of `count` borderline pairs and, first of them, a label conflict."""
    said: dict[str, object] = {
        "finding_text": words, "attribution": words, "source_url": words, "license": words,
    }  # fmt: skip
    rows: list[Record] = []
    pairs = list[Waiting]()
    for n in range(count):
        name = f"{n:04d}{words.strip()}" if words != "harmless" else f"{n:04d}"
        one = record(name, sha256=sha(f"a{n}"), **said)
        other = record(f"{name}.twin", sha256=sha(f"b{n}"), finding="normal", **said)
        rows += [one, other]
        why = Why.BORDERLINE if n else Why.CONFLICT
        pairs.append(Waiting(one.record_id, other.record_id, why, str(BAND), 0.9 - n / 10000))
    few = [texture(n, 256, 224) for n in range(6)]
    shutil.rmtree(folder / "copies", ignore_errors=True)
    write_working(folder / "copies", ((row.record_id, few[n % 6]) for n, row in enumerate(rows)))
    packed = pictures(WorkingCopies([folder / "copies"]), [row.record_id for row in rows])
    known = {str(row["record_id"]): row for row in records(rows).to_dict("records")}
    return review_page(pairs, known, packed, count)


def test_the_same_pairs_make_the_same_page(tmp_path: Path) -> None:
    assert html(tmp_path) == html(tmp_path)


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> str:
    return html(tmp_path_factory.mktemp("thousand"), 1000)


def test_a_thousand_pairs_fit_on_a_page_of_ten_megabytes(thousand: str) -> None:
    page = thousand
    assert len(page.encode()) < 10_000_000
    assert page.count("data:image/webp") == 2000
    assert sum(map(len, re.findall(r"data:image/webp[^\"]*", page))) <= 1.1 * BUDGET


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_strangers_bring_no_markup(tmp_path: Path, words: str) -> None:
    page, harmless = html(tmp_path, 1, words), html(tmp_path, 1)
    for tag in ("<script", "</script", "<style", "<img", "<svg", "<base", "<a "):
        assert harmless.count(tag) == page.count(tag), tag


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Open a page from disk; what it asks for and what it complains of stands in its `seen`."""
    context = browser.new_context(viewport={"width": 1400, "height": 950}, accept_downloads=True)

    def visited(page_html: str, before: str = "") -> Page:
        place = tmp_path / "index.html"
        place.write_text(page_html, encoding="utf-8")
        page = context.new_page()
        if before:
            page.add_init_script(before)
        seen: list[str] = []
        page.on("console", lambda message: seen.append(message.text))
        page.on("pageerror", lambda fault: seen.append(str(fault)))
        page.on("request", lambda request: seen.append(request.url))
        page.goto(place.as_uri())
        page.__dict__["seen"] = seen
        return page

    yield visited
    context.close()


def complaints(page: Any) -> list[str]:
    return [told for told in page.seen[1:] if not told.startswith(("data:", "blob:"))]


def exported(page: Page, folder: Path, who: str = "A. Rossi") -> Path:
    """The file that the page gives for download."""
    page.locator("#who").fill(who)
    with page.expect_download() as download:
        page.locator("#download").click()
    download.value.save_as(folder / "export.csv")
    return folder / "export.csv"


@pytest.mark.browser
def test_keys_answer_undo_takes_back_and_the_export_is_read_as_it_is(
    tmp_path: Path, visit: Visit
) -> None:
    page = visit(html(tmp_path, 5))
    for key in ("s", "p", "u", "d", "ArrowRight", "S"):
        page.keyboard.press(key)
    assert page.locator("#decided").text_content() == "3 decided"
    page.keyboard.press("e")
    found = [decision for _, decision in reviewed.read(exported(page, tmp_path, 'Rossi, "A."'))]
    assert [(d.a_sha256, d.verdict) for d in found] == [
        (sha("a0"), "same"), (sha("a1"), "different"), (sha("a3"), "same"),
    ]  # fmt: skip
    assert {d.who for d in found} == {'Rossi, "A."'}
    assert found[0].b_sha256 == sha("b0")
    assert found[0].when.isoformat() == page.evaluate("today()")
    (tmp_path / "pairs.csv").write_text(HEADER)
    assert take(tmp_path / "export.csv", tmp_path / "pairs.csv") == Taken(new=3, known=0)
    assert complaints(page) == []


@pytest.mark.browser
def test_an_export_without_a_name_is_refused_and_keys_rest_while_one_types(
    tmp_path: Path, visit: Visit
) -> None:
    page = visit(html(tmp_path))
    page.keyboard.press("s")
    page.keyboard.press("e")
    page.locator("#download").click()
    assert page.locator("#nameless").is_visible()
    page.locator("#who").press_sequentially("spud")
    assert page.locator("#decided").text_content() == "1 decided"
    assert page.locator("#lines").input_value().count("\n") == 1
    assert ",spud," in page.locator("#lines").input_value()


@pytest.mark.browser
def test_answers_outlive_a_reload_where_the_browser_keeps_them(
    tmp_path: Path, visit: Visit
) -> None:
    page = visit(html(tmp_path))
    page.keyboard.press("s")
    page.keyboard.press("d")
    page.reload()
    assert page.locator("#decided").text_content() == "2 decided"
    assert page.locator("#place").text_content() == "3"
    assert page.locator("#unkept").is_hidden()


@pytest.mark.browser
def test_where_the_browser_keeps_nothing_it_says_so_and_asks_before_it_leaves(
    tmp_path: Path, visit: Visit
) -> None:
    closed = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('closed'); }})"
    page = visit(html(tmp_path), closed)
    assert page.locator("#unkept").is_visible()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.keyboard.press("s")
    page.reload()
    assert asked == ["beforeunload"]
    assert page.locator("#decided").text_content() == "0 decided"


@pytest.mark.browser
def test_the_two_films_flicker_and_are_subtracted_by_key(tmp_path: Path, visit: Visit) -> None:
    page = visit(html(tmp_path))
    films = page.locator("#films")
    page.keyboard.press("b")
    assert "blink" in str(films.get_attribute("class"))
    page.wait_for_selector("#films.other")
    page.keyboard.press("x")
    assert "difference" in str(films.get_attribute("class"))
    page.keyboard.press("x")
    assert str(films.get_attribute("class")).split() == ["films"]
    page.keyboard.press("i")
    assert "inverted" in str(films.get_attribute("class"))


@pytest.mark.browser
def test_a_conflict_says_which_line_settles_it(tmp_path: Path, visit: Visit) -> None:
    page = visit(html(tmp_path))
    assert str(page.locator("#line").text_content()).startswith("cohen/0000,findings,")
    assert "finding ≠" not in str(page.locator("#words").text_content())
    assert page.locator("tr.differs").first.locator("th").text_content() == "finding"
    page.keyboard.press("ArrowRight")
    assert page.locator("#conflict").is_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("words", [*HOSTILE[:5], " ".join(HOSTILE)])
def test_hostile_words_do_not_run(tmp_path: Path, visit: Visit, words: str) -> None:
    page = visit(html(tmp_path, 2, words))
    for key in ("b", "x", "x", "s", "d", "e"):
        page.keyboard.press(key)
    page.locator("#who").fill(words)
    assert page.evaluate("window.hurt") is None
    assert page.locator("a[href^='javascript']").count() == 0
    assert complaints(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [400, 1400])
def test_the_page_fits_the_width_and_every_picture_is_described(
    tmp_path: Path, visit: Visit, width: int
) -> None:
    page = visit(html(tmp_path))
    page.set_viewport_size({"width": width, "height": 900})
    assert width == page.evaluate("document.documentElement.scrollWidth")
    assert page.locator("img:not([alt]), img[alt='']").count() == 0


@pytest.mark.browser
def test_a_thousand_pairs_can_be_answered(tmp_path: Path, thousand: str, visit: Visit) -> None:
    page = visit(thousand)
    page.evaluate("for (let n = 0; n < 1000; n += 1) answer(n % 2 ? 'same' : 'different')")
    assert page.locator("#decided").text_content() == "1000 decided"
    assert len(reviewed.read(exported(page, tmp_path))) == 1000
