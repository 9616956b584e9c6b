"""What a release carries beside films and cards: changes, withdrawals, the audit, the sources."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from curation.reviewed_csv import lines, text
from curation.sources.base import About, Source
from curation.withdrawal.notices import HEADER, TOMBSTONE
from manifests.contract.cells import cell
from manifests.contract.table import BrokenTable

SHOWN = ("kind", "value", "when", "sha256", "pixel_sha256", "phash")
"""Of a withdrawal: what names the film. Who asked, and why, is nobody's business."""
LOCAL = frozenset({"files", "permission", "mirrors", "links"})
"""Of a source's entry: what is a place on somebody's machine. None is written into a release, and
none is taken from one."""
TOLD = ("title", "homepage", "license", "license_url", "citation", "needs_permission")


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """The files of a release that come from other files, as they will stand in it."""

    changelog: str
    withdrawals: str
    audit: Mapping[str, Any]
    """Task -> the scores of its probes; with the gate, and the manifest they were taken on."""
    sources: Mapping[str, Any]
    """Key -> what a person must know of the source, and the entry that reads it."""

    def files(self, stamp: Mapping[str, str]) -> dict[str, str]:
        """File name -> its words; `stamp` stands at the top of the audit."""
        return {
            "CHANGELOG.md": self.changelog,
            "withdrawals.csv": self.withdrawals,
            "audit.json": _json({**stamp, **self.audit}),
            "sources.json": _json(self.sources),
        }


def papers(
    changelog: Path, withdrawals: Path, audited: Path, gate: Path, sources: Mapping[str, Source]
) -> Papers:
    """Read them all; `audited` holds a folder for each task, `sources` those of params.yaml."""
    return Papers(
        changelog=text(changelog),
        withdrawals=_without_people(withdrawals),
        audit=_audit(audited, gate),
        sources={key: source_note(source) for key, source in sorted(sources.items())},
    )


def check_audit(told: Mapping[str, Any], manifest_id: str) -> None:
    """Raise `BrokenTable` for probes that were shown another manifest."""
    for task, scores in told["tasks"].items():
        if scores.get("manifest_id") != manifest_id:
            raise BrokenTable(
                f"the audit of {task} is of manifest {scores.get('manifest_id')}, the release of "
                f"{manifest_id}; run `dvc repro release`"
            )


def source_note(source: Source) -> dict[str, Any]:
    """What stands of a source in sources.json, enough to fetch and read it again."""
    about: About = source.about
    known = {field.name: getattr(about, field.name) for field in fields(about)}
    entry = source.model_dump(mode="json", exclude=set(LOCAL))
    return {**{name: known[name] for name in TOLD}, "entry": entry}


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _audit(audited: Path, gate: Path) -> dict[str, Any]:
    tasks = {place.parent.name: place for place in sorted(audited.glob("*/scores.json"))}
    return {
        "gate": json.loads(gate.read_text(encoding="utf-8")) if gate.is_file() else None,
        "tasks": {
            task: json.loads(place.read_text(encoding="utf-8")) for task, place in tasks.items()
        },
    }


def _without_people(withdrawals: Path) -> str:
    page = io.StringIO()
    table = csv.writer(page, lineterminator="\n")
    table.writerow(SHOWN)
    for _, line in lines(withdrawals, HEADER, TOMBSTONE):
        table.writerow([cell(line[name]) for name in SHOWN])
    return page.getvalue()
