"""Stage filter: frontal radiographs of adults, with the evidence for every other film."""

from functools import partial
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from curation.licenses import Licenses
from curation.strictest import strictest
from curation.verdict import Verdict, refuse
from manifests.contract.record import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import Finding, Modality, Reason, View

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


def main(records: pd.DataFrame, left: pd.DataFrame, licenses: Licenses, params: Params) -> Verdict:
    """Frontal radiographs of patients who are or may be adults; the first fitting rule decides.

    `left` (columns of `Record`) hold the copies that left in dedup. A film and its copies are one
    picture, so the strictest that any of their sources says counts for the one that stays.
    """
    records = records.copy()
    records["pediatric"], records["pediatric_evidence"] = _childhood(records, left, params)
    kept, rejections = records, [frame([], Rejection)]
    rules = [*_rules(records, left, params), _license_rule(records, left, licenses)]
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


def _childhood(
    records: pd.DataFrame, left: pd.DataFrame, params: Params
) -> tuple["pd.Series[bool]", "pd.Series[str]"]:
    """Whether the patient is a child, by age or by the source's mark, and what that rests on."""
    age = strictest(records, left, "age_years", lambda years: _age_rank(years, params))
    mark = strictest(records, left, "is_child", lambda child: 0 if _is_true(child) else 1)
    is_marked = mark["value"].map(_is_true).astype(bool)
    is_child = (age["value"] < params.adult_from_years).astype("bool[pyarrow]")
    # An age that is a child's says more than a mark.
    is_marked_only = is_marked & ~is_child.fillna(False).astype(bool)
    evidence = [
        f"the source marks a child{marked_by}" if marked
        else f"age {years:g} years{by}" if pd.notna(years)
        else "age unknown"
        for years, by, marked, marked_by in zip(
            age["value"], age["by"], is_marked_only, mark["by"], strict=True
        )
    ]  # fmt: skip
    found = pd.Series(evidence, index=records.index, dtype="string[pyarrow]")
    return is_child.mask(is_marked, True), found


def _is_true(value: object) -> bool:
    return value is not None and value is not pd.NA and bool(value)


def _rules(records: pd.DataFrame, left: pd.DataFrame, params: Params) -> list[Rule]:
    modality = strictest(records, left, "modality", _modality_rank)
    view = strictest(records, left, "view", _view_rank)
    machine = "modality: " + modality["value"] + modality["by"]
    projection = "view: " + view["value"] + view["by"]
    patient = "patient: " + records["pediatric_evidence"]
    rules = [
        (modality["value"] != Modality.X_RAY, Reason.NOT_RADIOGRAPH, machine),
        (view["value"] == View.L, Reason.NOT_FRONTAL, projection),
        (records["pediatric"], Reason.PEDIATRIC, patient),
    ]
    if params.unknown_view == "reject":
        rules.append((view["value"] == View.UNKNOWN, Reason.NOT_FRONTAL, projection))
    if params.unknown_age == "reject":
        rules.append((records["pediatric"].isna(), Reason.PEDIATRIC, patient))
    return rules


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


def _age_rank(years: float | None, params: Params) -> int:
    """A child's age is the strictest; none at all says least."""
    return 2 if pd.isna(years) else int(years >= params.adult_from_years)


def _view_rank(view: str) -> int:
    return {View.L: 0, View.UNKNOWN: 2}.get(View(view), 1)
