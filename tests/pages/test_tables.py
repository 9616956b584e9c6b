import functools
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from bs4 import BeautifulSoup, Tag
from limits import LIMITS
from repeats import repeated

from curation.duplicates.pair import Pair
from curation.licenses import Licenses
from curation.pages import answers
from curation.pages.inputs import ReportInputs
from curation.pages.markdown import words
from curation.pages.page import NOTHING
from curation.pages.tabled import NO_SLIP
from curation.publish.channels import rulings
from curation.publish.summary import summary
from curation.stages import report
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import BrokenTable, arrow_schema, frame, to_pandas, write_arrow
from manifests.contract.vocabulary import DISCLAIMER
from manifests.contract.working import WorkingCopies

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "<script>window.hurt=1</script>", "a|b", "`code` | x", "[x](javascript:hurt)", "\n# head",
    "![x](http://127.0.0.1:9/a.png)", "http://127.0.0.1:9/", "**bold** _it_ ~~no~~", "&lt;b&gt;",
    "---\n\n- item", "$x$", "<!-- x", "{{ 7 * 7 }}", "\\",
)  # fmt: skip
TAGS = ("script", "img", "a", "b", "code", "h1")


def inputs(*given: dict[str, Any]) -> ReportInputs:
    """A report on no film, with these repeats."""
    none = frame([], Record)
    stamp = {"version": "0.1.0", "name": "little-set", "profile": "demo"}
    licenses = Licenses.load(ROOT / "manifests/licenses.yaml")
    return ReportInputs(
        figures=summary(none, rulings(none, licenses, none), [], stamp), records=none,
        ingested=none, rejected=frame([], Rejection), experiments=[], repeats=given,
        pairs=to_pandas(arrow_schema(Pair).empty_table()), copies=WorkingCopies([]),
    )  # fmt: skip


def ours(row: str, label: str = "normal") -> dict[str, Any]:
    """Ten runs that say they are this row of Table 5, on the manifest of `inputs`."""
    facts = repeated(str(inputs().figures["manifest_id"]), label)
    facts["printed"]["row"] = row
    return facts


def page(*given: dict[str, Any]) -> BeautifulSoup:
    html = report.main(inputs(*given), report.Params(samples=0, pairs=0, enhanced=0), LIMITS)
    return BeautifulSoup(html, "lxml")


def table(html: BeautifulSoup, number: int) -> Tag:
    [found] = html.select(f"#table-{number}")
    return found


def rows(html: BeautifulSoup, number: int) -> list[list[str]]:
    """The figures of one table as they are read, a list for each line."""
    return [
        [" ".join(place.stripped_strings) for place in line.select("th, td")]
        for line in table(html, number).select(".cited tbody tr")
    ]


def test_where_nothing_was_repeated_only_the_paper_speaks() -> None:
    html = page()
    assert "run dvc repro repeat" in html.select_one("#tables").get_text()  # type: ignore[union-attr]
    by = {line[1] for number in range(1, 7) for line in rows(html, number)}
    assert by == {"the paper prints", "its cells give", "ours"}
    empty = [line for number in range(1, 7) for line in rows(html, number) if line[1] == "ours"]
    assert len(empty) == 4 + 5 + 1
    assert empty[0][2:] == [
        "not run here: dvc exp run -S +profiles=paper repeat@base_cnn_v1 fills it"
    ]


def test_every_printed_figure_has_its_films_and_their_set() -> None:
    html = page()
    first, second = rows(html, 5)[0], rows(html, 4)[1]
    assert (
        first[6]
        == "96.10\u2009% 91.40 to 97.10\u2009%, range of 10 runs 120 test films by the text"
    )
    assert first[7] == "0.82 no interval printed 60 external films"
    assert (
        second[2] == "85.60\u2009% 84.01\u2009% to 87.06\u2009%, 95\u2009% Wilson 2,028 test films"
    )
    assert second[3] == "0.830 0.763 to 0.881, 95\u2009% Wilson 153 test films called CP"
    assert "1,736 of 2,028" in table(html, 4).get_text()
    assert NO_SLIP in table(html, 3).get_text()


def test_ours_stand_beside_the_row_they_name_under_both_protocols_and_on_both_sets() -> None:
    html = page(ours("COVID-CXNet v1"))
    _, _, *mine = rows(html, 3)
    assert [line[1] for line in mine] == [
        f"ours, protocol {protocol}, {side}"
        for protocol in ("paper", "honest")
        for side in ("test", "external")
    ]
    assert mine[0][2] == "95.00\u2009% 93.00\u2009% to 97.00\u2009%, range of 10 runs 9 test films"
    assert mine[0][3] == "0.750 0.750 to 0.750, range of 10 runs 9 test films"
    assert mine[3][2].endswith("range of 10 runs 5 external films")
    names = [place.get_text() for place in table(html, 3).select("caption")]
    assert names[1] == "Ours, protocol paper: 9 test films, 10 runs added up"
    told = table(html, 3).get_text()
    assert "The manifest holds only 3 of normal" in told
    assert "leaks normal" in told
    assert "another question" not in told
    assert "not run here" not in told
    assert "not run here" in table(html, 2).get_text()
    assert [line[2] for line in rows(html, 5) if line[1] == "ours, protocol honest, test"] == ["9"]


def test_table_1_has_our_external_films() -> None:
    names = [place.get_text() for place in table(page(ours("Base Model v1")), 1).select("caption")]
    assert names[1] == "Ours, protocol paper: 5 external films, 10 runs added up"


def test_a_repeat_that_names_no_row_stands_by_its_name_unless_another_names_it() -> None:
    other = ours("") | {"experiment": "mine"}
    assert "ours, protocol" in str(rows(page(ours("")), 3))
    assert "ours, protocol" not in str(rows(page(other), 3))
    named = ours("COVID-CXNet v1") | {"experiment": "mine"}
    named["protocols"].pop("honest")
    named["inflation"] = None
    assert len(rows(page(ours(""), named), 3)) == 2 + 2


def test_another_question_and_another_manifest_are_called_out() -> None:
    facts = ours("COVID-CXNet v1", "other") | {"manifest_id": "0123456789abcdef"}
    told = table(page(facts), 3).get_text()
    assert (
        "Ours tells other, covid19 apart, and the paper normal, covid19: another question" in told
    )
    assert "Made on another manifest (0123456789abcdef)" in told


def test_one_run_has_no_interval_and_a_figure_that_is_not_there_no_value() -> None:
    facts = ours("COVID-CXNet v1")
    own = facts["protocols"]["paper"]
    own["runs"], own["matrices"] = 1, own["matrices"][:1]
    own["external"] |= {"accuracy": dict.fromkeys(("mean", "sd", "min", "max"))}
    own["external"]["matrices"] = [[[3, 0], [2, 0]]]
    html = page(facts)
    mine = rows(html, 3)[2:]
    assert mine[0][2] == "95.00\u2009% no interval: one run 9 test films"
    assert mine[1][2] == mine[1][3] == f"{NOTHING} 5 external films"
    assert mine[1][4] == "0.000 no interval: one run 5 external films"
    assert "9 test films, one run" in table(html, 3).get_text()


def figures(text: str) -> list[str]:
    return re.findall(r"\d[\d.,]*", text)


@pytest.mark.parametrize("given", [[], ["COVID-CXNet v1"], ["Base Model v1", "Base Model v2"]])
def test_the_markdown_has_the_figures_of_the_page(given: list[str]) -> None:
    repeats = [ours(row) for row in given]
    html, told = page(*repeats), report.in_markdown(inputs(*repeats))
    assert DISCLAIMER in told
    parts = re.split(r"^## Table \d: ", told, flags=re.MULTILINE)[1:]
    assert len(parts) == 6
    for number, part in enumerate(parts, 1):
        own = table(html, number)
        lines = [line for line in part.splitlines() if line.startswith("| ")]
        mine = [figures(line) for line in lines if not line.startswith("| ---")]
        assert mine == [figures(line.get_text(" ")) for line in own.select("tr")]
        for sentence in own.select("li"):
            assert f"- {words(sentence.get_text())}" in part


@functools.cache
def harmless() -> tuple[dict[str, int], str]:
    """How many of each tag the page has, and the Markdown."""
    facts = ours("COVID-CXNet v1", "harmless")
    html = page(facts)
    return {tag: len(html.select(tag)) for tag in TAGS}, report.in_markdown(inputs(facts))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_words_in_both(hostile: str) -> None:
    facts = ours("COVID-CXNet v1", hostile)
    html, (tags, usual) = page(facts), harmless()
    assert {tag: len(html.select(tag)) for tag in TAGS} == tags
    told = report.in_markdown(inputs(facts))
    assert len(told.splitlines()) == len(usual.splitlines())
    for line, other in zip(told.splitlines(), usual.splitlines(), strict=True):
        assert line[:3] == other[:3] or line[0] == "|"
        assert len(re.findall(r"(?<!\\)\|", line)) == len(re.findall(r"\|", other))
        if line != other:
            assert "<" not in line
            assert not re.search(r"(?<!\\)[\[`*$]|://", line)


def test_a_command_stays_code_and_special_signs_stay_signs() -> None:
    told = report.in_markdown(inputs())
    assert "`dvc exp run -S +profiles=paper repeat@base_cnn_v1`" in told
    assert words(" a|b\n<c> ") == "a\\|b &lt;c&gt;"


def test_the_runs_are_counted_from_what_they_said(tmp_path: Path) -> None:
    folder = tmp_path / "repeat/one"
    folder.mkdir(parents=True)
    own = {"labels": ["normal", "covid19"], "external": {"n": 1}}
    (folder / "figures.json").write_text(json.dumps({"protocols": {"paper": own}}))
    said = pd.DataFrame(
        [("paper", 1, "test", "normal", "covid19"), ("paper", 1, "test", "normal", "normal"),
         ("paper", 2, "test", "covid19", "covid19"), ("paper", 2, "external", "covid19", "normal"),
         ("honest", 1, "test", "normal", "normal"), ("paper", 1, "val", "normal", "normal")],
        columns=answers.COLUMNS,
    )  # fmt: skip
    write_arrow(folder / "predictions.parquet", pa.Table.from_pandas(said), {})
    [found] = answers.repeated(tmp_path, ["one", "two"])
    assert found["protocols"]["paper"]["matrices"] == [[[1, 1], [0, 0]], [[0, 0], [0, 1]]]
    assert found["protocols"]["paper"]["external"]["matrices"] == [[[0, 0], [1, 0]]]
    (folder / "predictions.parquet").unlink()
    with pytest.raises(BrokenTable, match=r"predictions\.parquet"):
        answers.repeated(tmp_path, ["one"])
