"""Copies that need no looking at: the same bytes, or the same pixels in another wrapping."""

import pandas as pd

from curation.duplicates.pair import Edge, Link, edge
from manifests.contract.vocabulary import Relation


def exact(records: pd.DataFrame) -> dict[Edge, Link]:
    """Every film beside the smallest id of its bytes, and that one beside its pixels'.

    A star, not all pairs: a hundred copies of one logo would make 4,950 of them.
    """
    rows = records.sort_values("record_id")
    by_bytes = first_of(rows, "sha256")
    same_bytes = _star(rows, by_bytes, Relation.IDENTICAL_BYTES)
    firsts = rows[rows["record_id"] == by_bytes]
    same_pixels = _star(firsts, first_of(firsts, "pixel_sha256"), Relation.SAME_PIXELS)
    return same_bytes | same_pixels


def first_of(rows: pd.DataFrame, column: str) -> "pd.Series[str]":
    """For each row the first record id with the same value in `column`."""
    return rows.groupby(column)["record_id"].transform("first")


def _star(rows: pd.DataFrame, firsts: "pd.Series[str]", relation: Relation) -> dict[Edge, Link]:
    return {
        edge(first, record_id): Link(relation=relation, score=1.0)
        for first, record_id in zip(firsts, rows["record_id"], strict=True)
        if first != record_id
    }
