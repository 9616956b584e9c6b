"""What the sources of one picture say together: the strictest word on a film and its copies."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from manifests.contract.vocabulary import Modality, View

log = logging.getLogger(__name__)


def strictest(
    records: pd.DataFrame, left: pd.DataFrame, column: str, rank: Callable[[Any], int]
) -> pd.DataFrame:
    """`value` and `by` for every record: what counts in `column`, and which copy says so.

    `left` (columns of `Record`) hold the copies; `rank` is smallest for the strictest value. A
    film's own word counts unless a copy's is stricter, and then `by` is ", by its copy …", else
    empty. A copy that knows nothing says nothing. Both are indexed as `records`.
    """
    words = dict(zip(left["record_id"], left[column], strict=True))
    told = []
    for film, own, copies in zip(
        records["record_id"], records[column], records["copies"], strict=True
    ):
        said = {"": own} | {
            copy: words[copy] for copy in _listed(copies) if _is_known(words.get(copy))
        }
        by = min(said, key=lambda name: rank(said[name]))
        if by and _is_known(own):
            log.warning(
                "%s: its %s is %s, but %s for its copy %s, and the stricter one counts; correct "
                "the wrong one in manifests/corrections.csv", film, column, own, said[by], by,
            )  # fmt: skip
        told.append((said[by], f", by its copy {by}" if by else ""))
    made = pd.DataFrame(told, index=records.index, columns=["value", "by"])
    return made.astype({"value": records[column].dtype, "by": "string[pyarrow]"})


def _listed(copies: object) -> Iterable[str]:
    # A table that never met dedup has empty cells.
    return copies if isinstance(copies, Iterable) else ()


def _is_known(value: Any) -> bool:  # noqa: ANN401 - a cell of any column
    return bool(pd.notna(value)) and value not in (View.UNKNOWN, Modality.UNKNOWN)
