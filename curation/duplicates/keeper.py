"""Which of several copies of one film stays."""

from collections.abc import Sequence

import pandas as pd

from manifests.contract.vocabulary import Finding


def keepers(records: pd.DataFrame, clusters: Sequence[Sequence[str]]) -> dict[str, str]:
    """Record id -> the film of its cluster that stays (itself, for one of them).

    First one whose finding is known, then the larger picture, then the freer licence, then the
    smaller record id. Size comes before licence: a collection that hands on another's films often
    states a freer one than the owner gave.
    """
    shown = records[["record_id", "finding", "width", "height", "license"]]
    order = {
        str(record_id): (
            finding == Finding.UNKNOWN,
            -int(width) * int(height),
            strictness(str(license_id)),
            str(record_id),
        )
        for record_id, finding, width, height, license_id in shown.itertuples(index=False)
    }
    return {
        member: best
        for cluster in clusters
        for best in [min(cluster, key=order.__getitem__)]
        for member in cluster
    }


def strictness(license_id: str) -> int:
    """0 for the freest kind of licence; what is unknown counts as the strictest."""
    known = license_id.upper()
    if known == "NOASSERTION" or known.startswith("LICENSEREF"):
        return 4
    if known.startswith("CC0") or "PDDC" in known:
        return 0
    return 1 + ("-NC" in known) + 2 * ("-ND" in known) if known.startswith("CC-BY") else 3
