"""Invented articles as PubMed Central hands them out: in its bucket, or as an archive."""

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from replica_server import Site

BUCKET = "https://pmc-oa-opendata.s3.amazonaws.com"
SERVICE = "https://www.ncbi.nlm.nih.gov/pmc/utils/oa/oa.fcgi"
ARCHIVES = "ftp.ncbi.nlm.nih.gov/pub/pmc"
CONVERTER = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/"
HEAD = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96)//EN" "JATS-archivearticle1.dtd">'
BY = "https://creativecommons.org/licenses/by/4.0/"
COLUMNS = ("id", "figure", "file", "patient", "finding", "view", "age", "sex", "modality")


def fig(caption: str, picture: str = "abc-01-g001", name: str = "F1", label: str = "") -> str:
    """One figure; `caption` may hold tags."""
    label = label or f"Figure {name[1:]}"
    return (
        f'<fig id="{name}"><label>{label}</label><caption><p>{caption}</p></caption>'
        f'<graphic xlink:href="{picture}"/></fig>'
    )


@dataclass(frozen=True, kw_only=True)
class Printed:
    """One article: what its XML and PMC's record say, and the files beside the XML."""

    pmcid: str = "PMC9000001"
    doi: str = "10.9999/drawn.2020.001"
    figures: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    href: str = BY
    code: str = "CC BY"
    front: str = ""
    kind: str = "case-report"
    head: str = HEAD
    is_open: bool = True
    is_retracted: bool = False
    version: str = "1"

    @property
    def whole(self) -> str:
        return f"{self.pmcid}.{self.version}"

    def xml(self) -> bytes:
        link = f' xlink:href="{self.href}"' if self.href else ""
        return f"""<?xml version="1.0" encoding="UTF-8"?>
{self.head}
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="{self.kind}">
<front><article-meta><article-id pub-id-type="doi">{self.doi}</article-id>
<title-group><article-title>A drawn case</article-title></title-group>{self.front}
<contrib-group><contrib><name><surname>Phantom</surname></name></contrib>
<contrib><name><surname>Drawn</surname></name></contrib></contrib-group>
<permissions><license license-type="open-access"{link}><license-p>Invented.</license-p></license>
</permissions></article-meta></front>
<body>{self.figures}</body></article>
""".encode()

    def record(self) -> bytes:
        """The metadata of the bucket."""
        folder = f"s3://pmc-oa-opendata/{self.whole}"
        has_files = self.is_open or self.files
        return json.dumps({
            "pmcid": self.pmcid, "version": int(self.version), "doi": self.doi,
            "title": "A drawn case", "citation": "Drawn J. 2020; 1:1",
            "is_pmc_openaccess": self.is_open, "is_manuscript": False, "is_historical_ocr": False,
            "is_retracted": self.is_retracted, "license_code": self.code,
            "xml_url": f"{folder}/{self.whole}.xml?md5=0" if has_files else None,
            "media_urls": [f"{folder}/{quote(name)}?md5=0" for name in self.files],
        }, indent=1).encode()  # fmt: skip

    def listing(self) -> bytes:
        key = f"<Contents><Key>metadata/{self.whole}.json</Key></Contents>"
        return f'<?xml version="1.0"?><ListBucketResult>{key}</ListBucketResult>'.encode()

    def answer(self) -> bytes:
        """What the converter says on the DOI."""
        record = {"doi": self.doi, "pmcid": self.pmcid, "requested-id": self.doi}
        return json.dumps({"status": "ok", "records": [record]}).encode()

    def oa(self) -> bytes:
        """What the OA service says."""
        if not self.is_open:
            return b'<OA><error code="idIsNotOpenAccess">not Open Access</error></OA>'
        retracted = "yes" if self.is_retracted else "no"
        return (
            f'<OA><records><record id="{self.pmcid}" citation="Drawn J. 2020" '
            f'license="{self.code}" retracted="{retracted}"><link format="tgz" '
            f'href="ftp://{ARCHIVES}/oa_package/aa/bb/{self.pmcid}.tar.gz"/>'
            "</record></records></OA>"
        ).encode()

    def package(self) -> bytes:
        files = {**self.files, "paper.nxml": self.xml(), "notes.pdf": b"%PDF-"}
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as archive:
            folder = tarfile.TarInfo(self.pmcid)
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
            for name, content in files.items():
                member = tarfile.TarInfo(f"{self.pmcid}/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return gzip.compress(data.getvalue(), mtime=0)

    def at(self) -> dict[str, bytes]:
        """Everything by its address, of both layouts."""
        bucket, archive = f"{BUCKET}/{self.whole}", f"https://{ARCHIVES}/oa_package/aa/bb"
        return {
            f"{CONVERTER}?ids={quote(self.doi, safe='')}&format=json": self.answer(),
            f"{BUCKET}/?list-type=2&prefix=metadata/{self.pmcid}.": self.listing(),
            f"{BUCKET}/metadata/{self.whole}.json": self.record(),
            f"{bucket}/{self.whole}.xml": self.xml(),
            **{f"{bucket}/{quote(name)}": data for name, data in self.files.items()},
            f"{SERVICE}?id={self.pmcid}": self.oa(),
            f"{archive}/{self.pmcid}.tar.gz": self.package(),
        }

    def lay(self, folder: Path) -> None:
        """Into a folder as `cxr fetch` leaves it, of both layouts."""
        places = {
            f"idconv/{quote(self.doi, safe='')}.json": self.answer(),
            f"listings/{self.pmcid}.xml": self.listing(),
            f"metadata/{self.whole}.json": self.record(),
            f"{self.whole}/{self.whole}.xml": self.xml(),
            **{f"{self.whole}/{name}": data for name, data in self.files.items()},
            f"oa/{self.pmcid}.xml": self.oa(),
            f"packages/{self.pmcid}.tar.gz": self.package(),
        }
        for name, data in places.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


def publish(site: Site, *articles: Printed) -> None:
    for article in articles:
        site.files |= article.at()


def write_list(folder: Path, *rows: str | dict[str, str]) -> None:
    """`articles.csv`: a row for each id, or for each dictionary of cells."""
    cells = [{"id": row} if isinstance(row, str) else row for row in rows]
    lines = [",".join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in cells]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "articles.csv").write_text("\n".join((",".join(COLUMNS), *lines, "")))
