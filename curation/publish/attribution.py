"""ATTRIBUTION.csv: whom to credit for each film, and when it came from which version of its source.

Safe to open in a spreadsheet.
"""

import csv
import io

import pandas as pd

from curation.licenses import Licenses
from manifests.contract.cells import cell

HEADER = ("record_id", "source", "channel", "license", "license_url", "source_url", "attribution",
          "retrieved", "snapshot_id")  # fmt: skip


def attribution(records: pd.DataFrame, rulings: pd.DataFrame, licenses: Licenses) -> str:
    """One line for each film, sorted by `record_id`."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(HEADER)
    told = {
        name: records[name].astype("string").fillna("") for name in ("retrieved", "snapshot_id")
    }
    ruled = records.assign(channel=rulings["channel"], **told).sort_values("record_id")
    for row in ruled.itertuples():
        values = (row.record_id, row.source, row.channel, row.license,
                  licenses.of(str(row.license)).url, row.source_url, row.attribution,
                  row.retrieved, row.snapshot_id)  # fmt: skip
        lines.writerow([cell(value) for value in values])
    return page.getvalue()
