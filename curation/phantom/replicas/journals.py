"""A few articles as PubMed Central's bucket holds them, and the list that a person keeps."""

import csv
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from curation.phantom.replicas.journals_captions import caption
from curation.phantom.replicas.pages import number_of
from curation.phantom.shot import Shot
from manifests.contract.vocabulary import Modality

COLUMNS = ("id", "figure", "file", "patient", "finding", "view", "age", "sex", "modality")
CC = "https://creativecommons.org"
LICENSES = (
    ("CC BY", f"{CC}/licenses/by/4.0/"), ("CC0", f"{CC}/publicdomain/zero/1.0/"),
    ("CC BY-NC", f"{CC}/licenses/by-nc/4.0/"), ("CC BY-NC-ND", f"{CC}/licenses/by-nc-nd/4.0/"),
    ("CC BY-NC-SA", ""), ("TDM", ""),
)  # fmt: skip
RETRACTED, CLOSED = 9_900_001, 9_900_002


class Issue(NamedTuple):
    """One article, by the number of its patient."""

    number: int
    shots: tuple[Shot, ...]
    is_copy: bool

    @property
    def pmcid(self) -> str:
        return f"PMC{9_000_000 + 2 * self.number + self.is_copy}"

    @property
    def doi(self) -> str:
        return f"10.9999/drawn.{self.pmcid[3:]}"

    @property
    def version(self) -> int:
        return 1 + (self.number % 4 == 1)

    @property
    def is_in_panels(self) -> bool:
        """Its figures stand beside slices, so that a person has cropped the films."""
        return self.number % 7 == 3  # noqa: PLR2004 - one in seven

    @property
    def license(self) -> tuple[str, str]:
        return LICENSES[self.number % len(LICENSES)]


def file_shots(folder: Path, shots: Sequence[Shot], world: int) -> None:
    """Write the articles that show `shots`: one per patient, one for a patient's copies.

    Any condition may be filed. Raises `ValueError` for a film from before the illness: a caption
    that calls its patient healthy would make it another person's. The same shots give the same
    bytes, in every world.
    """
    del world
    for shot in shots:
        if shot.condition == "normal" and shot.day < 0:
            raise ValueError(f"{shot.ref}: no article shows a film from before the illness")
    rows: list[dict[str, str]] = []
    ordered = sorted(shots, key=lambda shot: (*_key(shot), shot.day, shot.ref))
    for (number, is_copy), films in groupby(ordered, _key):
        issue = Issue(number, tuple(films), is_copy)
        _file_article(folder, issue)
        rows += _rows(issue)
    if shots:
        _file_record(folder, f"PMC{RETRACTED}", is_retracted=True)
        _file_record(folder, f"PMC{CLOSED}", is_pmc_openaccess=False)
        rows += [{"id": f"PMC{number}"} for number in (RETRACTED, CLOSED)]
    with (folder / "articles.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _key(shot: Shot) -> tuple[int, bool]:
    return number_of(shot.patient), bool(shot.copy_of)


def _rows(issue: Issue) -> list[dict[str, str]]:
    """Figures are named where the caption alone would not do: several films, slices, crops."""
    name = _spelt(issue)
    is_film = issue.shots[0].modality is Modality.X_RAY and not issue.is_in_panels
    if len(issue.shots) == 1 and is_film:
        return [{"id": name}]
    rows = []
    for order, shot in enumerate(issue.shots, start=1):
        row = {"id": name, "figure": f"F{order}", "patient": "1"}
        if issue.is_in_panels:
            row |= {"figure": f"Figure {order}A", "file": _crop(issue, order, shot)}
        rows.append(row)
    return rows


def _spelt(issue: Issue) -> str:
    """The article as people write it: a PMCID, or a DOI in one of its disguises."""
    return (
        f"https://doi.org/{issue.doi}",
        issue.pmcid,
        quote(issue.doi.upper(), safe=""),
        f"https://doi-org.library.example.edu/{issue.doi}?journalCode=drawn",
        f"https://www.ncbi.nlm.nih.gov/pmc/articles/{issue.pmcid}/",
        f"http://dx.doi.org/{issue.doi}#ref-CR{issue.number}",
    )[issue.number % 6]


def _crop(issue: Issue, order: int, shot: Shot) -> str:
    return f"{issue.pmcid}-{order}a.{shot.extension}"


def _put(place: Path, data: bytes | str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data.encode() if isinstance(data, str) else data)


def _file_article(folder: Path, issue: Issue) -> None:
    whole = f"{issue.pmcid}.{issue.version}"
    if "PMC" not in _spelt(issue):
        record = {"doi": issue.doi, "pmcid": issue.pmcid, "requested-id": issue.doi}
        answer = json.dumps({"status": "ok", "records": [record]}, indent=1)
        _put(folder / "idconv" / f"{quote(issue.doi, safe='')}.json", answer)
    media: list[str] = []
    for order, shot in enumerate(issue.shots, start=1):
        name = f"{_graphic(issue, order)}.{shot.extension.upper()}"
        place = f"crops/{_crop(issue, order, shot)}" if issue.is_in_panels else f"{whole}/{name}"
        media.append(f"s3://pmc-oa-opendata/{whole}/{name}")
        _put(folder / place, shot.data)
    more = {"license_code": issue.license[0], "media_urls": media}
    _file_record(folder, issue.pmcid, issue.version, **more)
    _put(folder / whole / f"{whole}.xml", _xml(issue))


def _file_record(folder: Path, pmcid: str, version: int = 1, **more: object) -> None:
    """The list of versions, and PMC's record of the newest."""
    whole = f"{pmcid}.{version}"
    keys = "".join(
        f"<Contents><Key>metadata/{pmcid}.{one}.json</Key></Contents>"
        for one in range(1, version + 1)
    )
    _put(folder / "listings" / f"{pmcid}.xml", f"<ListBucketResult>{keys}</ListBucketResult>\n")
    record = {
        "pmcid": pmcid, "version": version, "doi": f"10.9999/drawn.{pmcid[3:]}",
        "title": "A drawn case", "citation": "J Drawn Radiol. 2020; 1:1",
        "is_pmc_openaccess": True, "is_retracted": False, "license_code": "CC BY",
        "xml_url": f"s3://pmc-oa-opendata/{whole}/{whole}.xml", "media_urls": [], **more,
    }  # fmt: skip
    _put(folder / "metadata" / f"{whole}.json", json.dumps(record, indent=1) + "\n")


def _graphic(issue: Issue, order: int) -> str:
    return f"drawn.{issue.number}-g{order:03}"


def _figure(issue: Issue, order: int, shot: Shot) -> str:
    words = caption(shot, is_in_panels=issue.is_in_panels)
    return (
        f'<fig id="F{order}"><label>Figure {order}</label><caption><p>{words}</p></caption>'
        f'<graphic xlink:href="{_graphic(issue, order)}"/></fig>'
    )


def _xml(issue: Issue) -> str:
    code, href = issue.license
    link = f' xlink:href="{href}"' if href else ""
    figures = "\n".join(
        _figure(issue, order, shot) for order, shot in enumerate(issue.shots, start=1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!-- Drawn by a computer, not data -->
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96)//EN" "JATS-archivearticle1.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="case-report">
<front><article-meta><article-id pub-id-type="doi">{issue.doi}</article-id>
<title-group><article-title>A drawn case</article-title></title-group>
<contrib-group><contrib><name><surname>Phantom</surname></name></contrib></contrib-group>
<permissions><license{link}><license-p>{code}</license-p></license></permissions>
</article-meta></front>
<body>{figures}
<fig id="F99"><label>Figure 99</label><caption><p>How it was drawn.</p></caption>
<graphic xlink:href="drawing"/></fig></body></article>
"""
