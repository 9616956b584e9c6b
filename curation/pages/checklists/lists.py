"""Both lists answered, for the page and for `checklists.md` alike."""

from collections.abc import Sequence

from curation.pages.checklists import claim, probast
from curation.pages.checklists.answers import CheckList, Item, Row
from curation.pages.inputs import ReportInputs


def checklists(inputs: ReportInputs) -> list[CheckList]:
    """CLAIM and PROBAST with every item answered."""
    reported, judged = _rows(claim.ITEMS, inputs), _rows(probast.ITEMS, inputs)
    return [
        CheckList(key="claim", name="CLAIM: is it told?", citation=claim.CITATION,
                  address=claim.ADDRESS, note=claim.NOTE, rows=reported),
        CheckList(key="probast", name="PROBAST: is it biased?", citation=probast.CITATION,
                  address=probast.ADDRESS, note=probast.NOTE, rows=judged,
                  risks=probast.risks(judged)),
    ]  # fmt: skip


def _rows(items: Sequence[Item], inputs: ReportInputs) -> list[Row]:
    return [Row(item, item.answer(inputs)) for item in items]
