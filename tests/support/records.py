"""Records to test with: small, valid, and different where the caller says so."""

import hashlib
from collections.abc import Sequence

import pandas as pd

from manifests.contract.record import Record, leading
from manifests.contract.table import frame
from manifests.contract.vocabulary import Finding


def record(name: str, **given: object) -> Record:
    """A record `cohen/<name>`; any field may be given."""
    source = str(given.get("source", "cohen"))
    findings = leading([Finding(str(given.get("finding", "covid19")))])
    usual: dict[str, object] = {
        "record_id": f"{source}/{name}", "source": source, "source_ref": name,
        "source_url": f"https://example.org/{name}", "license": "CC-BY-4.0",
        "attribution": "A. Rossi", "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "pixel_sha256": hashlib.sha256(b"pixels" + name.encode()).hexdigest(), "is_drawn": False,
        "width": 640, "height": 512, "format": "PNG", "bits": 8, "decoding": "", "phash": "0" * 64,
        "mean": 120.0, "deviation": 50.0, "patient_id": f"{source}/{name}", "age_years": 50.0,
        "view": "PA", "modality": "X_RAY", "finding": findings[0], "findings": findings,
        "finding_text": "COVID-19",
    }  # fmt: skip
    return Record.model_validate(usual | given)


def records(rows: Sequence[Record]) -> pd.DataFrame:
    """The rows as a table."""
    return frame(rows, Record)
