"""Which of several copies of one film stays."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from curation.duplicates.pair import Edge, Link
from manifests.contract.vocabulary import Finding

SMALL = 0.25
"""Of the pixels of the largest copy: with fewer a film is a thumbnail, which drives out none."""
NO_LINKS: Mapping[Edge, Link] = {}


def keepers(
    records: pd.DataFrame,
    clusters: Sequence[Sequence[str]],
    links: Mapping[Edge, Link] = NO_LINKS,
) -> dict[str, str]:
    """Record id -> the film of its cluster that stays (itself, for one of them).

    In this order, the first difference decides:

    * A finding that is known: a film without one teaches nothing.
    * No thumbnail: what a whole picture of 200 pixels shows is worth less than a crop at full size.
    * The larger field of view and the fewer marks, by what the `links` say that each lacks: a crop
      has lost anatomy for good, and a network learns arrows and dates in place of disease.
    * The larger picture.
    * The freer licence. Size comes first, since a collection that hands on another's films often
      states a freer one than the owner gave.
    * The smaller record id, so that no order of the rows decides.
    """
    order = _order(records, _lacking(records, links))
    kept: dict[str, str] = {}
    for cluster in clusters:
        small = SMALL * max(order[member].pixels for member in cluster)
        ranks = {
            (order[member].is_unknown, order[member].pixels < small, *order[member].then): member
            for member in cluster
        }
        kept |= dict.fromkeys(cluster, ranks[min(ranks)])
    return kept


class Merit(NamedTuple):
    """What is compared of one film."""

    is_unknown: bool
    pixels: int
    then: tuple[float, int, int, str]
    """What decides after finding and size, the better film smaller."""


def _order(records: pd.DataFrame, lacking: Mapping[str, float]) -> dict[str, Merit]:
    shown = records[["record_id", "finding", "license"]].assign(
        pixels=records["width"] * records["height"]
    )
    return {
        name: Merit(
            finding == Finding.UNKNOWN,
            pixels,
            (lacking.get(name, 0.0), -pixels, strictness(str(license_id)), name),
        )
        for name, finding, license_id, pixels in zip(
            *(shown[column].tolist() for column in shown), strict=True
        )
    }


def _lacking(records: pd.DataFrame, links: Mapping[Edge, Link]) -> dict[str, float]:
    """Record id -> the most that any of its copies shows it to lack.

    Of films of equal pixels one is looked at for all of them.
    """
    looks = dict(zip(records["record_id"], records["pixel_sha256"], strict=True))
    most: dict[str, float] = {}
    for pair, link in links.items():
        for film, lack in zip(pair, link.lacks, strict=True):
            if link.is_copy:
                most[looks[film]] = max(lack, most.get(looks[film], 0.0))
    return {film: most.get(look, 0.0) for film, look in looks.items()}


def strictness(license_id: str) -> int:
    """0 for the freest kind of licence; what is unknown counts as the strictest."""
    known = license_id.upper()
    if known == "NOASSERTION" or known.startswith("LICENSEREF"):
        return 4
    if known.startswith("CC0") or "PDDC" in known:
        return 0
    return 1 + ("-NC" in known) + 2 * ("-ND" in known) if known.startswith("CC-BY") else 3
