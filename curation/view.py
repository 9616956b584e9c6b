"""Whether a film is a frontal radiograph: by what its sources say, and by what its pixels show."""

from typing import NamedTuple

import pandas as pd

from manifests.contract.vocabulary import Modality, Reason, SeenView, View

SAID = "the source"


class Judged(NamedTuple):
    """Per film: the reason to leave or nothing, and who said what and who counts."""

    reason: "pd.Series[str]"
    evidence: "pd.Series[str]"


class Word(NamedTuple):
    """What is known of one film's modality or view; `by` is ", by its copy …" or empty."""

    value: str
    by: str


def judged(
    records: pd.DataFrame, modality: pd.DataFrame, view: pd.DataFrame, sure: float, unknown: str
) -> Judged:
    """The verdict on every record; `modality` and `view` are what its sources say together.

    Pixels that are surer than `sure` (0-1) beat the source. `unknown` is "reject" where a film
    that neither tells must leave.
    """
    found = [
        _one(Word(*words), Word(*ways), _seen(seen, score), float(score or 0), sure, unknown)
        for words, ways, seen, score in zip(
            modality[["value", "by"]].itertuples(index=False),
            view[["value", "by"]].itertuples(index=False),
            records["seen_view"].astype(object).where(records["seen_view"].notna(), None),
            records["view_score"].astype(object).where(records["view_score"].notna(), None),
            strict=True,
        )
    ]
    table = pd.DataFrame(found, index=records.index, columns=["reason", "evidence"])
    return Judged(*(table[name].astype("string[pyarrow]") for name in ("reason", "evidence")))


def _seen(seen: object, score: object) -> SeenView:
    return SeenView(str(seen)) if seen and score is not None else SeenView.UNKNOWN


def _one(  # noqa: PLR0913, PLR0917 - the two voices and the two settings
    modality: Word, view: Word, seen: SeenView, score: float, sure: float, unknown: str
) -> tuple[str, str]:
    if modality.value != Modality.X_RAY:
        return Reason.NOT_RADIOGRAPH, f"modality: {modality.value}{modality.by}"
    is_sure = score >= sure and seen is not SeenView.UNKNOWN
    shown = f"{_named(seen)} by its pixels ({score:.2f})"
    if is_sure and seen is SeenView.OTHER:
        return Reason.NOT_RADIOGRAPH, f"modality: X_RAY by the source, {shown}"
    if view.value == View.UNKNOWN:
        return _untold(seen, shown, unknown, is_sure=is_sure)
    said = f"view: {view.value}{view.by or (' by ' + SAID if is_sure else '')}"
    is_lateral = view.value == View.L
    if is_sure and is_lateral != (seen is SeenView.L):
        reason = "" if is_lateral else Reason.NOT_FRONTAL
        return reason, f"{said}, {shown}, and the pixels count"
    return (Reason.NOT_FRONTAL if is_lateral else ""), said + (f", {shown}" if is_sure else "")


def _untold(seen: SeenView, shown: str, unknown: str, *, is_sure: bool) -> tuple[str, str]:
    if is_sure:
        return (Reason.NOT_FRONTAL if seen is SeenView.L else ""), f"view: not told, {shown}"
    reason = Reason.NOT_FRONTAL if unknown == "reject" else ""
    return reason, "view: UNKNOWN"


def _named(seen: SeenView) -> str:
    return {SeenView.L: "lateral", SeenView.FRONTAL: "frontal"}.get(seen, "no chest film")
