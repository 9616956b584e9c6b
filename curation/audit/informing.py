"""How much of a label the source tells, also where one label is so common that guesses do well."""

import numpy as np
import pandas as pd

from curation.audit.dealing import dealt_anew, numbered
from curation.audit.fault import has
from manifests.contract.association import Whole, area, share_told, shared

TELLS = 0.5
"""Share of what the label holds, beyond chance."""
ROUNDS = 20


def told_by_source(films: pd.DataFrame) -> tuple[float, float] | None:
    """The share of the label that the source tells, and its AUC; None where it tells little.

    Nothing is said where labels dealt anew to the patients give as much once in `ROUNDS` rounds.
    """
    source, label = (numbered(films[name].tolist()) for name in ("source", "label"))
    once = np.ones((1, len(films)))
    found, whole = shared(once, source, label), shared(once, label, label)
    # What chance gives only makes it less, and takes long to find out.
    if not found[0] >= TELLS * whole[0] > 0:
        return None
    names = films["patient"] if has(films, "patient") else pd.Series("", index=films.index)
    alone = pd.Series([f"row {n}" for n in range(len(films))], index=films.index)
    groups = numbered(names.where(names != "", alone).tolist())
    anew = np.array([shared(once, source, row)[0] for row in dealt_anew(label, groups, ROUNDS)])
    share = float(share_told(found, float(anew.mean()), whole)[0])
    if share < TELLS or found[0] <= anew.max():
        return None
    return share, _area(source, label)


def _area(source: Whole, label: Whole) -> float:
    """The mean AUC of each label by its share in the source."""
    table = pd.crosstab(source, label, normalize="index").to_numpy(np.float64)
    once, strata = np.ones((1, len(label))), np.zeros(len(label), np.int64)
    return float(np.mean([
        area(once, label == n, table[source, n], strata)[0] for n in range(table.shape[1])
    ]))  # fmt: skip
