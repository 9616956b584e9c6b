"""Stage filter: frontal radiographs of adults, with the evidence for every other film."""

from functools import partial
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from curation.licenses import Licenses
from curation.pediatric import childhood
from curation.strictest import strictest
from curation.verdict import Verdict, refuse
from curation.view import Judged, judged
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import (
    PNEUMONIAS,
    Finding,
    Modality,
    Quality,
    Reason,
    Severity,
    View,
)

UNFIT = frozenset({Quality.BLANK, Quality.TINY, Quality.INVERTED})
"""No film to learn from; the other words are kept in the table for whoever minds them."""
Policy = Literal["keep", "reject"]
Rule = tuple["pd.Series[bool]", Reason, "pd.Series[str]"]
"""Which films leave, why, and what was found."""


class Params(BaseModel):
    """Who counts as an adult, and what happens to films that do not say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adult_from_years: float = Field(ge=0, le=30)
    """Years; a younger patient is a child."""
    unknown_age: Policy
    """A film without an age is not proved adult; kept films carry `pediatric` empty."""
    unknown_view: Policy
    """A radiograph without a view may be a lateral."""
    contradicted_by_test: Policy
    """COVID-19 with a negative virus test, or a normal film with a positive one, on any copy."""
    overrule_from: float = Field(gt=0.5, le=1)
    """Pixels as sure of the view as this, 0-1, beat what the source says."""
    pediatric_rule: Literal["use", "ignore"]
    """Whether a film without age and mark leaves when its lungs are a child's."""
    pediatric_from: float = Field(gt=0, le=1)
    """The least `pediatric_score` of a child."""
    quality: Policy
    """Films that are blank, tiny or a negative."""
    early: Policy
    """Films of a diseased patient that show nothing."""


def main(records: pd.DataFrame, left: pd.DataFrame, licenses: Licenses, params: Params) -> Verdict:
    """Frontal radiographs of patients who are or may be adults; the first fitting rule decides.

    `records` come with the columns of `curation.lung_sizes`, `left` (columns of `Record`) hold the
    copies that left in dedup. A film and its copies are one picture, so the strictest that any of
    their sources says counts for the one that stays.
    """
    records = records.copy()
    records["pediatric"], records["pediatric_evidence"] = childhood(
        records, left, params.adult_from_years,
        params.pediatric_from if params.pediatric_rule == "use" else None,
    )  # fmt: skip
    view = judged(
        records, strictest(records, left, "modality", _modality_rank),
        strictest(records, left, "view", _view_rank), params.overrule_from, params.unknown_view,
    )  # fmt: skip
    records["view_evidence"] = view.evidence
    kept, rejections = records, [frame([], Rejection)]
    rules = [*_rules(records, view, params), _license_rule(records, left, licenses)]
    # Last, so that a person is asked about films only that nothing else takes out.
    rules += _label_rules(records, left, params)
    for is_out, reason, found in rules:
        out = kept[is_out.reindex(kept.index).fillna(False).astype(bool)]
        details = [
            f"{what}; this data set holds frontal radiographs of patients from "
            f"{params.adult_from_years:g} years that a model may learn from"
            for what in found[out.index]
        ]
        rejections.append(refuse(out, "filter", reason, details))
        kept = kept.drop(out.index)
    return Verdict(kept, pd.concat(rejections, ignore_index=True))


def _rules(records: pd.DataFrame, view: Judged, params: Params) -> list[Rule]:
    patient = "patient: " + records["pediatric_evidence"]
    picture = "quality: " + records["quality"].astype("string[pyarrow]")
    early = pd.Series("early: a diseased patient's film that shows nothing", index=records.index)
    rules: list[Rule] = [
        (view.reason == reason, reason, view.evidence)
        for reason in (Reason.NOT_RADIOGRAPH, Reason.NOT_FRONTAL)
    ]
    rules.append((records["pediatric"], Reason.PEDIATRIC, patient))
    if params.unknown_age == "reject":
        rules.append((records["pediatric"].isna(), Reason.PEDIATRIC, patient))
    if params.quality == "reject":
        rules.append((records["quality"].isin(list(UNFIT)), Reason.QUALITY, picture))
    if params.early == "reject":
        rules.append((_is_early(records), Reason.EARLY_STAGE, early.astype("string[pyarrow]")))
    return rules


def _is_early(records: pd.DataFrame) -> "pd.Series[bool]":
    """Films that show nothing though the patient has a pneumonia."""
    is_clear = records["abnormal"].eq(False).fillna(False).astype(bool)
    is_clear |= records["severity"].eq(Severity.NONE).fillna(False).astype(bool)
    return is_clear & records["finding"].isin(list(PNEUMONIAS)).astype(bool)


def _license_rule(records: pd.DataFrame, left: pd.DataFrame, licenses: Licenses) -> Rule:
    said = strictest(records, left, "license", lambda spdx: licenses.of(spdx).may_train)
    is_out = pd.Series(
        [not licenses.of(spdx).may_train for spdx in said["value"]], index=records.index, dtype=bool
    )
    return is_out, Reason.LICENSE, "license: " + said["value"] + said["by"]


def _label_rules(records: pd.DataFrame, left: pd.DataFrame, params: Params) -> list[Rule]:
    """Films whose label is disputed train and test nothing until a person decides."""
    disputed = (
        "label conflict: copies of it are called different things (data/dedup/conflicts.parquet); "
        "one line in manifests/corrections.csv or manifests/pairs.csv brings it back; finding: "
    ) + records["finding"]
    rules: list[Rule] = [
        (records["is_conflict"].fillna(False), Reason.LABEL_CONFLICT, disputed)
    ]  # fmt: skip
    if params.contradicted_by_test == "reject":
        for finding, outcome in ((Finding.COVID19, False), (Finding.NORMAL, True)):
            test = strictest(records, left, "pcr_positive", partial(_test_rank, outcome))
            is_out = (records["finding"] == finding) & (test["value"] == outcome)
            found = f"label conflict: {finding} with a {outcome} virus test" + test["by"]
            rules.append((is_out, Reason.LABEL_CONFLICT, found))
    return rules


def _test_rank(outcome: bool, positive: bool | None) -> int:  # noqa: FBT001 - a cell
    return 0 if pd.notna(positive) and positive is outcome else 1


def _modality_rank(modality: str) -> int:
    return {Modality.X_RAY: 1, Modality.UNKNOWN: 2}.get(Modality(modality), 0)


def _view_rank(view: str) -> int:
    return {View.L: 0, View.UNKNOWN: 2}.get(View(view), 1)
