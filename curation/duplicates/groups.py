"""Connected components: what belongs together through any chain of links."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlsplit

import pandas as pd

from curation.duplicates.pair import Edge, Link
from manifests.contract.vocabulary import PNEUMONIAS

CASE_PAGES = {
    "radiopaedia.org": re.compile(r"/cases/[^/?#]+"),
    "eurorad.org": re.compile(r"/case/[^/?#]+"),
    "sirm.org": re.compile(r"/\d{4}/\d\d/\d\d/[^/?#]+"),
}
"""Sites that give each patient a page of its own, and how the path of such a page begins."""


def components(members: Iterable[str], edges: Iterable[Edge]) -> list[list[str]]:
    """The members in sorted lists, one list for each component, in the order of their first."""
    parent = {member: member for member in sorted(members)}

    def root(member: str) -> str:
        while parent[member] != member:
            # Path halving keeps long chains short.
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for one, other in edges:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    together: dict[str, list[str]] = {}
    for member in parent:
        together.setdefault(root(member), []).append(member)
    return list(together.values())


def groups(
    records: pd.DataFrame, links: Mapping[Edge, Link], gone: Collection[str] = ()
) -> dict[str, str]:
    """Record id -> name of its group: one side of the split for all that belongs together.

    Joined are the films of a patient, of a study, and the two films of every link that says so:
    copies of one film carry different patient ids in different collections (SEED fact 3). The page
    of one case joins films of different collections; any other address joins nothing, since
    thousands of films share that of an archive. Films that are `gone` join the others and name no
    group: a withdrawn film may be the one proof that two patients are one.
    """
    edges = [pair for pair, link in links.items() if link.joins]
    pages = records["source_url"].map(case_page)
    # Where the address is a file's, the study may name the page.
    studied = records["study_id"].map(lambda s: case_page(s.partition("/")[2]), na_action="ignore")
    for shared in (records["patient_id"], records["study_id"]):
        edges += _shared(records["record_id"], shared)
    # A case has a lasting address and another one that people cite.
    cited = records["facts"].map(_cited, na_action="ignore")
    both = pd.concat([pages.fillna(studied), cited], ignore_index=True)
    edges += _shared(pd.concat([records["record_id"]] * 2, ignore_index=True), both)
    return {
        member: name([m for m in component if m not in gone] or component)
        for component in components(records["record_id"], edges)
        for member in component
    }


def name(component: Iterable[str]) -> str:
    """The record id with the smallest hash.

    The smallest id itself would rename, and so reshuffle, every group that a source early in the
    alphabet touches; by hash a newcomer renames a group of n films once in n + 1 cases.
    """
    return min(component, key=lambda member: hashlib.sha256(member.encode()).digest())


def patient_ill(records: pd.DataFrame) -> "pd.Series[bool]":
    """Does another film of the same group show COVID-19 or a pneumonia, whether it is here or not?

    By the group, since one patient bears several names in several collections. A pneumonia counts
    though its own film is clear, and so does a positive test: the patient is ill. A film taken
    before the illness (negative offset) is a healthy person's: the paper uses such studies as
    normals (§3.1).
    """
    is_named = records["finding"].isin(list(PNEUMONIAS))
    shows = is_named | records["pcr_positive"].fillna(False).astype(bool)
    others = shows.groupby(records["group"]).transform("sum") - shows.astype("int64")
    elsewhere = [
        isinstance(found, Iterable) and not PNEUMONIAS.isdisjoint(found)
        for found in records["found_elsewhere"]
    ]
    is_told = pd.Series(elsewhere, records.index, dtype=bool)
    is_told = is_told.groupby(records["group"]).transform("any")
    is_before = (records["offset_days"] < 0).fillna(False)
    return (((others > 0) | is_told) & ~is_before).astype("bool[pyarrow]")


def case_page(address: str) -> str | None:
    """The page of one case at `address`, written alike however it was cited; None for any other.

    "http://www.SIRM.org/2020/03/05/caso-3/?a=b" is the page "sirm.org/2020/03/05/caso-3".
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        # "https://[" is no address; it joins nothing.
        return None
    host = (parts.hostname or "").rstrip(".")
    for site, path in CASE_PAGES.items():
        if host == site or host.endswith(f".{site}"):
            found = path.match(parts.path)
            return f"{site}{found[0]}" if found else None
    return None


def _cited(facts: str) -> str | None:
    """The page of the case by the second address that its source gives in `facts`."""
    return case_page(str(json.loads(facts).get("case", "")))


def _shared(record_ids: "pd.Series[str]", values: "pd.Series[str]") -> list[Edge]:
    """Each film beside the first one with the same value; empty values join nothing."""
    firsts = record_ids.groupby(values).transform("first")
    return list(zip(firsts[values.notna()], record_ids[values.notna()], strict=True))
