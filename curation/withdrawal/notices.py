"""Films that somebody asked to take out (`manifests/withdrawals.csv`)."""

import logging
from pathlib import Path

import pandas as pd

from curation.reviewed_csv import lines
from curation.sources.base_doi import doi_of, mentions
from curation.withdrawal.tombstones import recognised, tombstone
from manifests.contract.params import Misspelt

log = logging.getLogger(__name__)
HEADER = ("kind", "value", "reason", "when")
TOMBSTONE = ("who", "sha256", "pixel_sha256", "phash")
"""Columns that came later: who asked, and what lets the film be known when it comes back."""
HASHES = ("sha256", "pixel_sha256")
ARTICLE = "doi"
KINDS = ("record_id", *HASHES, "patient_id", "source_url", ARTICLE)
TELLING = ("source_url", "attribution", "facts")
"""Columns in which a source names the article that a film stands in."""


def withdrawn(records: pd.DataFrame, place: Path, within: int) -> "pd.Series[str]":
    """The sentence for each withdrawn record, empty for the others; indexed as `records`.

    Films of equal pixels leave with the one that is named, whichever source they came by, and so
    does a film whose tombstone is at most `within` bits of 256 away; other copies are found, and
    leave, in dedup.
    """
    why = pd.Series(pd.NA, index=records.index, dtype="string")
    notices = [(line, tombstone(line)) for line in lines(place, HEADER, TOMBSTONE)]
    elsewhere = []
    for (line, notice), stone in notices:
        kind, value = notice["kind"], notice["value"].strip()
        if kind not in KINDS:
            raise Misspelt(f"{line}: kind '{kind}' is none of {', '.join(KINDS)}")
        if kind == ARTICLE and not doi_of(value):
            raise Misspelt(f"{line}: {value}: is no DOI, such as 10.1000/x")
        hit = named(records, kind, value)
        if not hit.any() and _is_of_absent_source(kind, value, records):
            elsewhere.append(value)
        elif not hit.any() and not stone:
            # It may be missing in this copy of the source; but it may be a slip of the pen.
            log.warning("%s: no film here has the %s %s; nothing withdrawn", line, kind, value)
        why[hit] = f"withdrawn on {notice['when']} by {kind}: {notice['reason']}"
    if elsewhere:
        log.info(
            "%s: %d lines are of sources that this profile leaves out or draws, such as %s",
            place, len(elsewhere), elsewhere[0],
        )  # fmt: skip
    why = why.fillna(_of_twins(records, why))
    return why.fillna(recognised(records, [stone for _, stone in notices if stone], within))


def named(records: pd.DataFrame, kind: str, value: str) -> "pd.Series[bool]":
    """Which records a line of this kind and value means; none where they lack the column."""
    if kind == ARTICLE:
        return _of_article(records, doi_of(value))
    if kind not in records:
        return pd.Series(False, index=records.index)
    hit = records[kind] == (value.lower() if kind in HASHES else value)
    return hit.fillna(False).astype(bool)


def _of_article(records: pd.DataFrame, doi: str) -> "pd.Series[bool]":
    """Which films' address, credit or facts name exactly this article."""
    told = [records[name].astype(object).fillna("") for name in TELLING if name in records]
    is_it = [bool(doi) and any(mentions(str(said), doi) for said in words)
             for words in zip(*told, strict=True)]  # fmt: skip
    return pd.Series(is_it or False, index=records.index, dtype=bool)


def _is_of_absent_source(kind: str, value: str, records: pd.DataFrame) -> bool:
    """The id is of a source that this profile leaves out, or draws."""
    named = records["source"] == value.partition("/")[0]
    is_id = kind in {"record_id", "patient_id"}
    return is_id and not (named & ~records["is_drawn"].astype(bool)).any()


def _of_twins(records: pd.DataFrame, why: "pd.Series[str]") -> "pd.Series[str]":
    """For every film with the pixels of a withdrawn one the sentence of that one."""
    named = records.assign(why=why)[why.notna()].drop_duplicates("pixel_sha256")
    told = {
        row.pixel_sha256: f"the same pixels as {row.record_id}, {row.why}"
        for row in named.itertuples()
    }
    return records["pixel_sha256"].map(told).astype("string")
