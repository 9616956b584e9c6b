"""Boxes, masks, doubts, severity and further facts: what a source marks beyond words on a film."""

import dataclasses
import io
import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from PIL import Image

from curation.desk import Desk, Taken
from curation.sources.base import Box, Draft
from curation.sources.cohen import Cohen
from curation.terms import Terms
from curation.translation import described
from manifests.contract.images import decode
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason
from manifests.contract.working import MASKS, WorkingCopies, write_packed

SHAPE = (96, 64)
TERMS = """
general:
  silence: ["n/a"]
  separators: ["|"]
  finding: {{covid-19: covid19, edema: edema, mass: mass, infiltrate: infiltration}}
  severity: {{normal-pcr+: none, severe: severe}}
  child: {{p: true}}
  official_split: {{valid: val}}
"""


def file(pixels: npt.NDArray[np.uint8]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def film() -> bytes:
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    return file(((rows * 3 + columns * 2) % 256).astype(np.uint8))


def lung(side: str, level: int = 255, scale: int = 1) -> Callable[[], bytes]:
    mask = np.zeros((SHAPE[0] // scale, SHAPE[1] // scale), np.uint8)
    half = mask.shape[1] // 2
    mask[10 // scale : 60 // scale, slice(4, half - 4) if side == "left" else slice(half, -4)] = (
        level
    )
    return lambda: file(mask)


DRAFT = Draft(
    source_ref="a", image=film, url="https://example.org/a", patient="7", finding="COVID-19"
)


@pytest.fixture
def terms(tmp_path: Path) -> Terms:
    place = tmp_path / "terms.yaml"
    place.write_text(TERMS.replace("{{", "{").replace("}}", "}"))
    return Terms.load(place, "x")


def said(terms: Terms, **words: object) -> dict[str, object]:
    made = dataclasses.replace(DRAFT, **words)  # type: ignore[arg-type]  # any field
    return described(made, "x", Cohen.about, terms)


def test_words_of_a_source_become_columns(terms: Terms) -> None:
    found = said(
        terms, child="p", severity="Normal-PCR+", uncertain="Mass|Edema", official_split="valid",
        facts={"survival": "Y", "spo2": " ", "icu": "N/A"},
    )  # fmt: skip
    assert found["is_child"] is True
    assert found["severity"] == "none"
    assert found["uncertain"] == ("edema", "mass")
    assert found["official_split"] == "val"
    assert json.loads(str(found["facts"])) == {"survival": "Y"}


def test_silence_leaves_the_columns_empty(terms: Terms) -> None:
    found = said(terms)
    names = ("is_child", "severity", "uncertain", "official_split", "facts", "boxes")
    assert [found[name] for name in names] == [None] * 6


def test_what_a_patient_has_elsewhere_is_one_list_of_findings(terms: Terms) -> None:
    found = said(terms, elsewhere=("Edema|Mass", "", "COVID-19", "edema"))
    assert found["found_elsewhere"] == ("covid19", "edema", "mass", "unknown")
    assert said(terms)["found_elsewhere"] is None


def test_a_box_keeps_its_pixels_and_gets_our_finding(terms: Terms) -> None:
    box = Box("Infiltrate", "337.898305", "509.559322", "417.6", "403")
    boxes = json.loads(str(said(terms, boxes=(box,))["boxes"]))
    assert boxes == [
        {"finding": "infiltration", "x": 337.9, "y": 509.56, "width": 417.6, "height": 403.0}
    ]


@pytest.mark.parametrize("side", ["", "wide", "-3", "nan", "inf", "1e9"])
def test_a_box_without_a_length_is_refused_by_name(terms: Terms, side: str) -> None:
    with pytest.raises(Rejected, match="width of a box") as verdict:
        said(terms, boxes=(Box("Mass", "1", "2", side, "3"),))
    assert verdict.value.reason is Reason.INVALID_FIELD


@pytest.mark.parametrize("field", ["severity", "child", "official_split", "uncertain"])
def test_an_unknown_word_is_named_in_every_column(terms: Terms, field: str) -> None:
    with pytest.raises(Rejected, match="'strange'") as verdict:
        said(terms, **{field: "strange"})
    assert verdict.value.reason is Reason.UNKNOWN_TERM


def taken(folder: Path, *masks: Callable[[], bytes]) -> tuple[pd.Series, WorkingCopies]:
    desk = Desk(
        key="x", about=Cohen.about, terms=Terms("x", ()), is_drawn=True,
        max_side=64, max_pixels=1_000_000,
    )  # fmt: skip
    judged = desk.judge(dataclasses.replace(DRAFT, finding="", masks=masks))
    assert isinstance(judged, Taken)
    masked = [(judged.record.record_id, judged.mask)] if judged.mask else []
    write_packed(folder / MASKS, masked)
    return pd.Series(judged.record.model_dump()), WorkingCopies([folder / MASKS])


@pytest.mark.parametrize(("level", "scale"), [(255, 1), (1, 1), (255, 2)])
def test_left_and_right_mask_become_one_of_the_size_of_the_working_copy(
    tmp_path: Path, level: int, scale: int
) -> None:
    record, masks = taken(tmp_path, lung("left", level, scale), lung("right", level, scale))
    mask = masks.pixels("x/a")
    assert record["has_lung_mask"] is True
    assert mask.shape == (64, 43)
    assert set(np.unique(mask)) == {0, 255}
    left, right = mask[20:30, :21], mask[20:30, 21:]
    assert left.any()
    assert right.any()


@pytest.mark.parametrize(
    "mask",
    [
        lambda: b"no picture",
        lambda: file(np.zeros(SHAPE, np.uint8)),
        lambda: file(np.full((96, 96), 255, np.uint8)),
    ],
    ids=["undecodable", "empty", "another shape"],
)
def test_a_film_does_not_leave_for_its_mask(
    tmp_path: Path, mask: Callable[[], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        record, masks = taken(tmp_path, mask)
    assert record["has_lung_mask"] is False
    assert "x/a" not in masks
    assert "lung mask of a" in caplog.text
    assert decode(film(), "a").pixel_sha256 == record["pixel_sha256"]


def test_a_film_without_a_mask_says_nothing_of_one(tmp_path: Path) -> None:
    assert taken(tmp_path)[0]["has_lung_mask"] is None
