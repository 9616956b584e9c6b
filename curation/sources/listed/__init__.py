"""Pictures a person may only point at: a list of addresses, and the files that the person has.

Paper §3.1, positives 6 (a Twitter thread) and 9 (Instagram pages); any other such place goes the
same way. The platforms forbid copying by machine and the pictures belong to their posters, so
nothing is fetched and no words of a post are kept: `list.csv` says what a person read there, and
`images/` holds the files that the person was given.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import Field

from curation.sources.base import About, Draft, Importer, Lost, Remote, same
from curation.sources.base_files import Row, film, rows
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

TABLE, IMAGES = "list.csv", "images"
PLATFORMS = frozenset({"x.com", "mobile.x.com", "instagram.com"})
NEEDED = ("url", "media_index", "patient_ref", "day_offset", "sex", "age", "file")
# These may be absent; a blank modality is an X-ray, which is why the picture was listed.
OPTIONAL = ("view", "modality", "finding", "abnormal", "pcr", "license", "attribution", "sha256")


class Listed(Importer):
    """The rows of `list.csv`; `patient_ref` is one person throughout the list."""

    about: ClassVar[About] = About(
        title="Listed pictures (Twitter, Instagram and others)",
        homepage="https://x.com/ChestImaging/status/1243928581983670272",
        license="NOASSERTION",
        license_url="",
        citation="The poster of each picture, at its address",
        paper="§3.1, positives 6 and 9",
        hosts=("x.com", "twitter.com", "www.instagram.com"),
        needs_permission=True,
    )
    permission: Path | None = Field(None)
    """Your permission record (YAML); it covers the files you hold, nothing is fetched."""

    def remotes(self, files: Path) -> Iterator[Remote]:
        raise Misspelt(
            f"listed: a post names no file that may be fetched; put the pictures you were given "
            f"into {files / IMAGES}, and name each in the column `file` of {files / TABLE}"
        )

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        held = sorted(place.name for place in (files / IMAGES).glob("*") if place.is_file())
        # A list is written by hand: "A.JPG" is "a.jpg" where no file has just that name.
        spelt = {name.casefold(): name for name in reversed(held)} | {name: name for name in held}
        named = set[str]()
        for row in rows(files / TABLE, *NEEDED):
            if isinstance(row, Lost):
                yield row
                continue
            name = spelt.get(row["file"]) or spelt.get(row["file"].casefold(), "")
            named.add(name)
            yield self._draft(row, files / IMAGES, name)
        for name in held:
            if name not in named:
                detail = f"{name}: in {IMAGES}, but no row of {TABLE} says where it is from"
                yield Lost(source_ref=name, reason=Reason.UNLISTED_IMAGE, detail=detail)

    def _draft(self, row: Row, images: Path, name: str) -> Draft | Lost:
        ref = f"{_post(row['url'])}#{row['media_index'] or 1}"
        if fault := _fault(row):
            found = f"{TABLE}, line {row.line}: {fault}; mend it"
            return Lost(source_ref=ref, reason=Reason.INVALID_FIELD, detail=found)
        if not name:
            file = f"{row['file']!r} is not there" if row["file"] else "it names no file"
            found = f"{ref}: {file}; put the picture into {IMAGES} and its name into `file`"
            return Lost(source_ref=ref, reason=Reason.MISSING_IMAGE, detail=found)
        # No study: one thread shows fifty patients, and its address must not make them one.
        return Draft(
            source_ref=ref,
            image=partial(_picture, images, name, row["sha256"].lower()),
            url=row["url"],
            patient=row["patient_ref"] or ref,
            age=row["age"],
            sex=row["sex"],
            view=row["view"],
            modality=row["modality"] or "X-ray",
            finding=row["finding"],
            abnormal=row["abnormal"],
            pcr=row["pcr"],
            offset_days=row["day_offset"],
            license=row["license"],
            attribution=row["attribution"] or row["url"],
        )


def _post(url: str) -> str:
    """The address without what changes nothing; Twitter's posts are X's under both names.

    A query is nothing to the platforms ("?s=20"), while elsewhere it may say which page is meant.
    """
    post = re.sub(r"^(mobile\.)?twitter\.com/", "x.com/", same(url))
    query = url.partition("#")[0].partition("?")[2]
    return f"{post}?{query}" if query and post.partition("/")[0] not in PLATFORMS else post


def _fault(row: Row) -> str:
    """What is wrong with the place that the row points at; nothing where it is one."""
    try:
        parts = urlsplit(row["url"])
        is_address = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        return f"{row['url'][:80]!r} is no https address"
    index = row["media_index"]
    return "" if not index or index.isdecimal() else f"media_index {index[:20]!r} is no number"


def _picture(images: Path, name: str, sha256: str) -> bytes:
    """The file. Raises `Rejected` where it is not the one that was listed."""
    data = film(images, name)
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise Rejected(
            Reason.INVALID_FIELD, f"{name}: its SHA-256 is not the listed one; is it the same file?"
        )
    return data
