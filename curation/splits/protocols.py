"""The protocols of a manifest in figures: films on each side, and how many of them leak."""

from typing import NamedTuple

import pandas as pd

from manifests.contract.protocol import leak, protocols, sides, warning
from manifests.contract.vocabulary import Split


class Line(NamedTuple):
    """One protocol: films per side, and the test films whose group is in training too."""

    protocol: str
    train: int
    val: int
    test: int
    external: int
    leaked: int
    warning: str | None


def lines(records: pd.DataFrame) -> list[Line]:
    """One line per protocol; none where there is no film."""
    return [_line(records, protocol) for protocol in protocols(records)] if len(records) else []


def _line(records: pd.DataFrame, protocol: str) -> Line:
    found = sides(records, protocol)
    measured = leak(records["group"], found)
    count = found.value_counts()
    return Line(
        protocol=protocol, **{side.value: int(count.get(side.value, 0)) for side in Split},
        leaked=measured.leaked, warning=warning(protocol, measured),
    )  # fmt: skip
