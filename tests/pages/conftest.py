"""Fixtures of the page: what it is made of, a browser, and a visit in it."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from page_inputs import LICENSES, audited, film, pixels, trained
from playwright.sync_api import Browser, Page
from records import records
from remedied import remedied
from repeats import repeated
from seen import seen

from curation.duplicates.pair import Pair
from curation.labels.conflicts import conflicts
from curation.licenses import Licenses
from curation.pages.inputs import ReportInputs
from curation.publish.channels import rulings
from curation.publish.summary import StageCount, summary
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame, manifest_id_of
from manifests.contract.working import WorkingCopies, write_working


@pytest.fixture
def inputs(tmp_path: Path) -> Callable[..., ReportInputs]:
    def made(words: str = "harmless", *, is_drawn: bool = False) -> ReportInputs:
        said: dict[str, object] = {
            "finding_text": words,
            "attribution": words,
            "source_url": words,
            "is_drawn": is_drawn,
        }
        kept = [
            film("a", **said),
            film("b", split="test", finding="normal", **said),
            film(words.strip(), source="sirm", license="NOASSERTION", **said),
        ]
        left = [film("c", finding="normal", sex="F", **said)]
        table, gone = records(kept), frame(
            [Rejection(record_id="cohen/c", source="cohen", stage="dedup", reason="duplicate",
                       detail=words, kept_id="cohen/a")],
            Rejection,
        )  # fmt: skip
        pair = Pair(a="cohen/a", b="cohen/c", a_sha256=kept[0].sha256, b_sha256=left[0].sha256,
                    relation="cropped_or_annotated", score=0.9, decided_by=words, kept_id="cohen/a",
                    findings_differ=True)  # fmt: skip
        counts = [
            *(StageCount(stage="ingest", source=key, came_in=n, kept=n, rejected=gone.head(0))
              for key, n in (("cohen", 3), ("sirm", 1))),
            StageCount(stage="dedup", source="all", came_in=4, kept=3, rejected=gone),
        ]  # fmt: skip
        stamp = {"version": "0.1.0", "name": "little-set", "profile": "demo"}
        write_working(tmp_path, ((row.record_id, pixels(n)) for n, row in enumerate(kept + left)))
        disputed = conflicts(
            records([*kept, film("c", **said, finding="normal")]),
            records([film("a", copies=("cohen/c",), **said), kept[2]]),
            pd.DataFrame([pair.model_dump()]),
        )
        doubted = pd.DataFrame({
            "record_id": ["cohen/a", "cohen/b"], "source": "cohen", "label": "covid19",
            "suggested": words, "score": [0.1, 0.9], "is_suspect": [True, False], "rank": [1, 2],
            "rank_in_source": [1, 2], "share_in_source": 0.25,
        })  # fmt: skip
        return ReportInputs(
            disputed=disputed, suspects={words: doubted}, audits={words: audited(words)},
            figures=summary(table, rulings(table, Licenses.load(LICENSES), table), counts, stamp),
            records=table, ingested=records(kept + left), rejected=gone,
            pairs=pd.DataFrame([pair.model_dump()]),
            experiments=[trained("densenet121", manifest_id_of(table), words)],
            copies=WorkingCopies([tmp_path]), seen=seen(tmp_path / "lungs", words),
            repeats=[repeated(manifest_id_of(table), words)],
            remedies=[remedied(manifest_id_of(table), words)],
        )  # fmt: skip

    return made


@dataclasses.dataclass
class Visit:
    page: Page
    complaints: list[str]
    requests: list[str]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Visit]]:
    pages = []

    def visited(html: str, width: int = 1400) -> Visit:
        place = tmp_path / "index.html"
        place.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        seen = Visit(page, [], [])
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda fault: seen.complaints.append(str(fault)))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.goto(place.as_uri())
        return seen

    yield visited
    for page in pages:
        page.close()
