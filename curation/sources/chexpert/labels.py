"""What the fourteen labels of a row say: findings, doubts, and when a film counts as clear.

1.0 is a finding, 0.0 says that there is none, -1.0 that the report (or the program which read it)
leaves it open, and blank that it is not mentioned. A row without any 1.0 names no finding.

"No Finding" counts only where no other label is positive or in doubt, because that is how its
authors define it. Support Devices is left aside, as they do it: a tube or a pacemaker is no
disease, so a clear film with one is clear; the device then stands in `facts` only.
"""

from typing import Literal, NamedTuple, TypeAlias, get_args

from curation.sources.base_files import Row

Label: TypeAlias = Literal[
    "No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Opacity", "Lung Lesion",
    "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion",
    "Pleural Other", "Fracture", "Support Devices",
]  # fmt: skip
UncertainRule: TypeAlias = Literal["keep", "positive", "negative"]
"""What a label of -1.0 counts as.

- keep: a doubt. It is no finding, and stands in `uncertain`; the film is not clear either.
- positive: a finding, as 1.0 is (U-Ones in the paper on CheXpert).
- negative: nothing, as 0.0 is (U-Zeros there).
"""
CLEAR, DEVICES = "No Finding", "Support Devices"
LABELS: tuple[str, ...] = get_args(Label)
COLUMNS = tuple(label.lower().replace(" ", "_") for label in LABELS)
POSITIVE, DOUBTFUL, NEITHER = {"1.0", "1"}, {"-1.0", "-1"}, {"0.0", "0", ""}


class Said(NamedTuple):
    """The labels that hold, and those that are left open."""

    positive: tuple[str, ...]
    uncertain: tuple[str, ...]


def said(row: Row, rule: UncertainRule) -> Said:
    """The labels of the row, in the order of the table, by `rule`."""
    cells = {label: row[column] for label, column in zip(LABELS, COLUMNS, strict=True)}
    holds = POSITIVE | DOUBTFUL if rule == "positive" else POSITIVE
    positive = [label for label, cell in cells.items() if cell in holds]
    doubtful = [label for label, cell in cells.items() if cell in DOUBTFUL and rule == "keep"]
    disease = {*positive, *doubtful} - {CLEAR, DEVICES}
    if CLEAR in positive and not disease:
        return Said((CLEAR,), ())
    # A doubt about "No Finding" is no finding that is in doubt.
    return Said(*(tuple(x for x in labels if x != CLEAR) for labels in (positive, doubtful)))


def strange(row: Row) -> str:
    """What is wrong with a label of the row; empty where nothing is."""
    for label, column in zip(LABELS, COLUMNS, strict=True):
        if row[column] not in POSITIVE | DOUBTFUL | NEITHER:
            return f"{label} is {row[column][:80]!r}, not 1.0, 0.0, -1.0 or blank"
    return ""
