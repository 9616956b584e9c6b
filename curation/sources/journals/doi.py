"""The article that a person means: a DOI or PMCID, bare or within the address of any site."""

import json
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from curation.sources.base import Remote
from curation.sources.base_doi import doi_in, plain
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

CONVERTER = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/"
PMCID = re.compile(r"(?<![a-z0-9])(PMC\d{1,12})(?:\.(\d{1,3}))?(?![a-z0-9])", re.IGNORECASE)


class Article(NamedTuple):
    """One of `doi` and `pmcid` is empty; `version` only where the person asks for one."""

    doi: str
    pmcid: str
    version: str = ""


def article(text: str) -> Article:
    """What `text` names. Raises `Rejected` (invalid_field) where it names no article."""
    words = plain(text.strip())
    if doi := doi_in(words):
        return Article(doi, "")
    if found := PMCID.search(words):
        return Article("", found[1].upper(), found[2] or "")
    raise Rejected(
        Reason.INVALID_FIELD,
        f"id {text[:80]!r} holds no DOI and no PMCID; write one, such as 10.1000/x or PMC1234567",
    )


def question(doi: str) -> Remote:
    """The converter's answer on `doi`, to be stored."""
    return Remote(url=f"{CONVERTER}?ids={quote(doi, safe='')}&format=json", name=_name(doi))


def pmcid(files: Path, doi: str) -> str:
    """The PMCID of `doi` by the stored answer.

    Raises `Rejected`: missing_image without an answer, blocked where PMC does not hold the
    article, layout_changed for an answer that is not understood.
    """
    place = files / _name(doi)
    if not place.is_file():
        raise Rejected(
            Reason.MISSING_IMAGE,
            f"{doi}: its PMCID was not asked for; run `cxr fetch journals`, or give its PMCID",
        )
    try:
        records = json.loads(place.read_bytes())["records"]
        record = next((one for one in records if _is_about(one, doi)), None)
        if record is None and records:
            raise _changed(place, f"is no answer on {doi}, but on another article")
        record = record or {}
        is_absent = record.get("status") == "error" or "errmsg" in record
        found = PMCID.fullmatch(str(record.get("pmcid", "")))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        raise _changed(place, "is no answer of PMC's ID converter") from fault
    if found is None and (is_absent or "doi" in record):
        raise Rejected(
            Reason.BLOCKED,
            f"{doi}: PMC does not hold it, and publishers allow a link only; take its row out",
        )
    if found is None:
        raise _changed(place, "is no answer of PMC's ID converter")
    return found[1].upper()


def _name(doi: str) -> str:
    return f"idconv/{quote(doi, safe='')}.json"


def _is_about(record: dict[str, object], doi: str) -> bool:
    """The record names the DOI that was asked, and no other."""
    named = [str(record[key]) for key in ("doi", "requested-id") if record.get(key)]
    return bool(named) and all(unquote(name).strip().lower() == doi for name in named)


def _changed(place: Path, found: str) -> Rejected:
    detail = f"{place.name}: {found}; fetch it again, or mend doi.py"
    return Rejected(Reason.LAYOUT_CHANGED, detail)
