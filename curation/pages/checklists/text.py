"""The lists as Markdown, to copy into a submission; words of strangers stay words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from curation.pages.checklists.answers import CheckList, Row
from curation.publish.words import markdown
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

PAGE = "index.html"
"""The report, which lies beside this file."""


def text(lists: Sequence[CheckList], figures: Mapping[str, Any]) -> str:
    """`checklists.md`: the same bytes for the same answers."""
    return "\n".join([*_head(figures), *(line for own in lists for line in _list(own))]) + "\n"


def _head(figures: Mapping[str, Any]) -> list[str]:
    named = f"{markdown(figures['name'])} {markdown(figures['version'])}"
    drawn = [f"**{DRAWN}**", ""] if figures["is_drawn"] else []
    return [
        f"# Checklists of {named}", "", *drawn, DISCLAIMER, "",
        f"Manifest {markdown(figures['manifest_id'])}, profile {markdown(figures['profile'])}.", "",
        "Answered from what the pipeline left; what is open, a person writes.", "",
    ]  # fmt: skip


def _list(own: CheckList) -> Iterator[str]:
    yield from (f"## {own.name}", "", f"{own.citation}, <{own.address}>. {own.note}", "")
    yield from (", ".join(f"{verdict}: {n}" for verdict, n in own.counts.items()), "")
    if own.risks:
        yield from ("| domain | risk of bias | because |", "|---|---|---|")
        yield from (f"| {one.domain} | {one.level} | {one.because} |" for one in own.risks)
        yield ""
    for section, rows in own.sections.items():
        yield from (
            f"### {section}",
            "",
            "| | asks | verdict | evidence, or what to write | shown in |",
        )
        yield "|---|---|---|---|---|"
        yield from map(_row, rows)
        yield ""


def _row(row: Row) -> str:
    verdict, sentence, anchor = row.answer
    where = f"[{anchor}]({PAGE}#{anchor})" if anchor else ""
    cells = (row.item.number, row.item.asks, verdict.value, markdown(sentence), where)
    return f"| {' | '.join(cells)} |"
