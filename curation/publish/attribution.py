"""ATTRIBUTION.csv: whom to credit for each film, safe to open in a spreadsheet."""

import csv
import io

import pandas as pd

from curation.licenses import Licenses
from manifests.contract.cells import cell

HEADER = ("record_id", "source", "channel", "license", "license_url", "source_url", "attribution")


def attribution(records: pd.DataFrame, rulings: pd.DataFrame, licenses: Licenses) -> str:
    """One line for each film, sorted by `record_id`."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(HEADER)
    ruled = records.assign(channel=rulings["channel"]).sort_values("record_id")
    for row in ruled.itertuples():
        values = (row.record_id, row.source, row.channel, row.license,
                  licenses.of(str(row.license)).url, row.source_url, row.attribution)  # fmt: skip
        lines.writerow([cell(value) for value in values])
    return page.getvalue()
