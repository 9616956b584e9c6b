"""Whether a patient is a child: by age, by the source's mark, else by the lungs on the film."""

import pandas as pd

from curation.strictest import strictest


def childhood(
    records: pd.DataFrame, left: pd.DataFrame, adult_from: float, rule_from: float | None
) -> tuple["pd.Series[bool]", "pd.Series[str]"]:
    """`pediatric` and its evidence for every record; `left` hold the copies.

    Where neither age nor mark is known, a `pediatric_score` of `rule_from` or more makes a child;
    a lower one proves nothing, and the cell stays empty. None leaves the rule out.
    """
    age = strictest(records, left, "age_years", lambda years: _age_rank(years, adult_from))
    mark = strictest(records, left, "is_child", lambda child: 0 if _is_true(child) else 1)
    is_marked = mark["value"].map(_is_true).astype(bool)
    is_child = (age["value"] < adult_from).astype("bool[pyarrow]")
    # An age that is a child's says more than a mark.
    is_marked_only = is_marked & ~is_child.fillna(False).astype(bool)
    is_told = age["value"].notna() | mark["value"].notna()
    is_seen = ~is_told & (records["pediatric_score"] >= (rule_from or 2)).fillna(False).astype(bool)
    evidence = [
        f"the source marks a child{marked_by}" if marked
        else f"age {years:g} years{by}" if pd.notna(years)
        else f"age unknown, a child's lungs by its pixels ({score:.2f}, from {rule_from:g})" if seen
        else "age unknown"
        for years, by, marked, marked_by, seen, score in zip(
            age["value"], age["by"], is_marked_only, mark["by"], is_seen,
            records["pediatric_score"], strict=True,
        )
    ]  # fmt: skip
    found = pd.Series(evidence, index=records.index, dtype="string[pyarrow]")
    return is_child.mask(is_marked | is_seen, True), found


def _is_true(value: object) -> bool:
    return value is not None and value is not pd.NA and bool(value)


def _age_rank(years: float | None, adult_from: float) -> int:
    """A child's age is the strictest; none at all says least."""
    return 2 if pd.isna(years) else int(years >= adult_from)
