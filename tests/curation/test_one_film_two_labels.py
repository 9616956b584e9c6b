"""One exposure that two collections hold as two people: a child's film shown as an adult's.

Figure 1 holds a film of Kermany's as the COVID-19 of a man of 39 years.
"""

import dataclasses
import io
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from project import ROOT

from curation.desk import Desk, Taken
from curation.licenses import Licenses
from curation.phantom.world import shots_of
from curation.sources.base import Draft
from curation.sources.cohen import Cohen
from curation.stages import dedup, ingest
from curation.stages import filter as filtering
from curation.terms import Terms
from curation.verdict import Verdict
from manifests.contract.record import Record
from manifests.contract.table import frame
from manifests.contract.working import WorkingCopies, write_packed

TERMS = ROOT / "manifests/terms.yaml"
READING = ingest.Params(max_side=1024, max_megapixels=10)
COMPARING = dedup.Params(candidates=5, copy_at_least=0.9, same_patient_at_least=0.6)
FILTERING = filtering.Params(
    adult_from_years=18, unknown_age="keep", unknown_view="keep", overrule_from=0.8,
    pediatric_rule="use", pediatric_from=0.9, quality="reject", early="keep",
    contradicted_by_test="keep",
)  # fmt: skip
USUAL = {"url": "https://example.org", "modality": "X-ray", "license": "CC BY 4.0"}


def grabbed(data: bytes) -> bytes:
    """The film as a screenshot of it: a border, other bytes."""
    with Image.open(io.BytesIO(data)) as film:
        framed = Image.new("L", (film.width + 16, film.height + 10), 0)
        framed.paste(film.convert("L"), (8, 5))
    out = io.BytesIO()
    framed.save(out, "JPEG", quality=80)
    return out.getvalue()


def taken(key: str, ref: str, data: bytes, **words: str) -> Taken:
    desk = Desk(
        key=key,
        about=Cohen.about,
        terms=Terms.load(TERMS, key),
        is_drawn=True,
        max_side=READING.max_side,
        max_pixels=int(READING.max_megapixels * 1e6),
    )
    draft = Draft(source_ref=ref, image=partial(bytes, data), patient=ref, **USUAL)  # type: ignore[arg-type]  # words only
    judged = desk.judge(dataclasses.replace(draft, **words))  # type: ignore[arg-type]  # words only
    assert isinstance(judged, Taken)
    return judged


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Verdict]:
    folder: Path = tmp_path_factory.mktemp("films")
    film, other = next(shots_of(0, 1)).data, next(shots_of(3, 1)).data
    films = [
        taken("kermany", "person7_virus_1", film, finding="virus", age="1-5 years", view="AP"),
        taken("figure1", "COVID-7", grabbed(film), finding="COVID-19", age="39", view="AP"),
        taken("figure1", "COVID-8", other, finding="COVID-19", age="50+", view="AP"),
    ]
    write_packed(folder, [(one.record.record_id, one.copy) for one in films])
    records = frame([one.record for one in films], Record)
    verdict, _ = dedup.main(
        records, records[:0], WorkingCopies([folder]), ROOT / "manifests/pairs.csv", COMPARING
    )
    return records, verdict


def test_one_of_them_leaves_and_the_conflict_is_named(came: tuple[pd.DataFrame, Verdict]) -> None:
    _, verdict = came
    (gone,) = verdict.rejected.to_dict("records")
    assert gone["reason"] == "duplicate"
    assert {gone["record_id"], gone["kept_id"]} == {"kermany/person7_virus_1", "figure1/COVID-7"}
    assert "label conflict: " in gone["detail"]
    assert "covid19" in gone["detail"]
    assert "viral_pneumonia" in gone["detail"]


def test_the_one_that_stays_is_a_childs_whichever_it_is(
    came: tuple[pd.DataFrame, Verdict],
) -> None:
    records, verdict = came
    for swap in (False, True):
        kept = verdict.kept.copy()
        if swap:
            kept = _with_the_other_one(records, verdict)
        left = records[~records["record_id"].isin(kept["record_id"])]
        licenses = Licenses.load(ROOT / "manifests/licenses.yaml")
        out = filtering.main(kept, left, licenses, FILTERING)
        assert out.rejected["reason"].tolist() == ["pediatric"]
        assert out.kept["record_id"].tolist() == ["figure1/COVID-8"]


def _with_the_other_one(records: pd.DataFrame, verdict: Verdict) -> pd.DataFrame:
    """The kept films as if the copy had stayed and the other one had left."""
    (gone,) = verdict.rejected.to_dict("records")
    stays = records[records["record_id"] == gone["record_id"]].copy()
    twin = verdict.kept[verdict.kept["record_id"] == gone["kept_id"]]
    for column in ("group", "patient_ill"):
        stays[column] = twin[column].to_numpy()
    stays["copies"] = pd.Series([[gone["kept_id"]]], index=stays.index, dtype=twin["copies"].dtype)
    rest = verdict.kept[verdict.kept["record_id"] != gone["kept_id"]]
    joined: pd.DataFrame = pd.concat([rest, stays], ignore_index=True)
    return joined
