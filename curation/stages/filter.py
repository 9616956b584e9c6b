"""Stage filter: frontal radiographs of adults, with the evidence for every other film."""

from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from curation.verdict import Verdict, refuse
from manifests.contract.record import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import Modality, Reason, View

Policy = Literal["keep", "reject"]


class Params(BaseModel):
    """Who counts as an adult, and what happens to films that do not say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adult_from_years: float = Field(ge=0, le=30)
    """Years; a younger patient is a child."""
    unknown_age: Policy
    """A film without an age is not proved adult; kept films carry `pediatric` empty."""
    unknown_view: Policy
    """A radiograph without a view may be a lateral."""


def main(records: pd.DataFrame, params: Params) -> Verdict:
    """Frontal radiographs of patients who are or may be adults; the first fitting rule decides."""
    records = records.copy()
    age = records["age_years"]
    records["pediatric"] = (age < params.adult_from_years).astype("bool[pyarrow]")
    records["pediatric_evidence"] = pd.Series(
        [f"age {value:g} years" if pd.notna(value) else "age unknown" for value in age],
        index=records.index, dtype="string[pyarrow]",
    )  # fmt: skip
    rules = [
        (~records["modality"].eq(Modality.X_RAY), Reason.NOT_RADIOGRAPH, "modality", "modality"),
        (records["view"].eq(View.L), Reason.NOT_FRONTAL, "view", "view"),
        (records["pediatric"], Reason.PEDIATRIC, "pediatric_evidence", "patient"),
    ]
    if params.unknown_view == "reject":
        unknown = records["view"].eq(View.UNKNOWN)
        rules.append((unknown, Reason.NOT_FRONTAL, "view", "view"))
    if params.unknown_age == "reject":
        rules.append((age.isna(), Reason.PEDIATRIC, "pediatric_evidence", "patient"))
    kept, rejections = records, [frame([], Rejection)]
    for is_out, reason, column, what in rules:
        out = kept[is_out.reindex(kept.index).fillna(False).astype(bool)]
        details = [
            f"{what}: {found}; this data set holds frontal radiographs of patients from "
            f"{params.adult_from_years:g} years"
            for found in out[column]
        ]
        rejections.append(refuse(out, "filter", reason, details))
        kept = kept.drop(out.index)
    return Verdict(kept, pd.concat(rejections, ignore_index=True))
