"""An article as PMC hands it out today: in the bucket `pmc-oa-opendata`, a folder a version."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from curation.sources.base import Remote
from curation.sources.base_files import film
from curation.sources.journals.doi import Article
from curation.sources.journals.verdicts import another, closed, retracted
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

HOST = "pmc-oa-opendata.s3.amazonaws.com"
BUCKET = "pmc-oa-opendata"
KINDS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".gif", ".webp", ".bmp"})
KEYS = ("pmcid", "is_pmc_openaccess", "is_retracted", "license_code", "xml_url", "media_urls")
FLAGS = ("is_pmc_openaccess", "is_retracted")
UNSURE = "NOASSERTION"
"""The licence of what PMC keeps outside its open collection, or where two statements differ."""
Image = Callable[[], bytes]
Wanted = Callable[[bytes], Collection[str]]
"""XML of an article -> the pictures to take, without extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An article that is here: its XML and what stands beside it."""

    xml: bytes
    pictures: Mapping[str, Image]
    """File name -> its bytes; of an archive only what `wanted` named."""
    license: str
    """The licence by PMC's own record, such as "CC BY-NC"; may be empty."""
    citation: str
    version: str
    """PMCID, with the version where there is one."""


def stem(name: str) -> str:
    """A picture's name without its extension, in small letters; names may hold further dots."""
    folded = PurePath(name).name.casefold()
    return folded.removesuffix(PurePath(folded).suffix) if is_picture(folded) else folded


def is_picture(name: str) -> bool:
    return PurePath(name.casefold()).suffix in KINDS


def best(names: Collection[str], wanted: str) -> str:
    """The file for the graphic `wanted`, empty where none is; a .gif, a thumbnail, comes last."""
    found = [name for name in names if is_picture(name) and stem(name) == stem(wanted)]
    return min(found, key=lambda name: (name.casefold().endswith(".gif"), name), default="")


def remotes(files: Path, article: Article, wanted: Wanted) -> Iterator[Remote]:
    """Which versions there are, the record of the newest, its XML, and the pictures wanted."""
    if not article.version:
        question = f"https://{HOST}/?list-type=2&prefix=metadata/{article.pmcid}."
        yield Remote(url=question, name=_listing(article))
    version = article.version or _highest(_listed(files, article) or [])
    if not version:
        return
    whole = f"{article.pmcid}.{version}"
    yield Remote(url=f"https://{HOST}/metadata/{whole}.json", name=f"metadata/{whole}.json")
    record = _record(files / "metadata" / f"{whole}.json")
    if not record["xml_url"]:
        return
    xml = f"{whole}/{_file(str(record['xml_url']), whole)}"
    yield Remote(url=f"https://{HOST}/{quote(xml)}", name=xml)
    media = [_file(str(url), whole) for url in record["media_urls"]]
    for picture in wanted(film(files / whole, PurePath(xml).name)):
        if name := best(media, picture):
            yield Remote(url=f"https://{HOST}/{whole}/{quote(name)}", name=f"{whole}/{name}")


def held(files: Path, article: Article, wanted: Wanted) -> Held:
    """The article as it lies in `files`; without PMC's record if a person brought it alone.

    What PMC hands out for text mining only comes with no licence. Raises `Rejected`: missing_image
    where it is not here, blocked where it is not open either, withdrawn where PMC's record says
    that it is retracted, layout_changed.
    """
    del wanted
    whole, is_listed = _whole(files, article)
    place = files / "metadata" / f"{whole}.json"
    record = _record(place) if place.is_file() else {}
    folder = files / whole
    names = sorted(place.name for place in folder.glob("*") if place.is_file())
    xml, is_open = _xml(record, whole, names), record.get("is_pmc_openaccess", is_listed)
    if xml not in names and not is_open:
        raise closed(article.pmcid)
    return Held(
        xml=film(folder, xml),
        pictures={name: partial(film, folder, name) for name in names},
        license=str(record.get("license_code") or "") if is_open else UNSURE,
        citation=str(record.get("citation") or ""),
        version=whole,
    )


def _listing(article: Article) -> str:
    return f"listings/{article.pmcid}.xml"


def _whole(files: Path, article: Article) -> tuple[str, bool]:
    """PMCID and version: as asked, the newest by the bucket's list, or the newest that is here.

    Beside it, whether the article is open as far as the list tells.
    """
    listed = _listed(files, article)
    version = article.version or _highest(listed or _here(files, article))
    if version is None and listed is not None:
        raise closed(article.pmcid)
    if version is None:
        detail = (
            f"{article.pmcid}: was not fetched; run `cxr fetch journals`, or put its folder here"
        )
        raise Rejected(Reason.MISSING_IMAGE, detail)
    return f"{article.pmcid}.{version}" if version else article.pmcid, listed != []


def _highest(versions: list[str]) -> str | None:
    return max(versions, key=lambda one: int(one or 0), default=None)


def _here(files: Path, article: Article) -> list[str]:
    """The versions of which a folder or a record is here; "" for a folder without a version."""
    names = [place.name for place in files.glob(f"{article.pmcid}*") if place.is_dir()]
    names += [place.stem for place in (files / "metadata").glob(f"{article.pmcid}.*.json")]
    found = (re.fullmatch(rf"{article.pmcid}(?:\.(\d{{1,3}}))?", name) for name in names)
    return [one[1] or "" for one in found if one]


def _listed(files: Path, article: Article) -> list[str] | None:
    """The versions that the bucket's list names; None without a list."""
    place = files / _listing(article)
    if not place.is_file():
        return None
    listed = place.read_text(encoding="utf-8", errors="replace")
    found: list[str] = re.findall(
        rf"<Key>metadata/{article.pmcid}\.(\d{{1,3}})\.json</Key>", listed
    )
    if not found and "ListBucketResult" not in listed:
        detail = f"{place.name}: is no list of the bucket; fetch it again, or mend layouts.py"
        raise Rejected(Reason.LAYOUT_CHANGED, detail)
    return found


def _xml(record: Mapping[str, Any], whole: str, names: Collection[str]) -> str:
    """The article's own file: as the record or PMC calls it, else the XML that is here."""
    url = record.get("xml_url")
    usual = _file(str(url), whole) if url else f"{whole}.xml"
    others = [name for name in names if PurePath(name.casefold()).suffix in {".xml", ".nxml"}]
    return next((name for name in (usual, *others) if name in names), usual)


def _record(place: Path) -> dict[str, Any]:
    """PMC's record of one version, if the article stands."""
    name = place.stem.partition(".")[0]
    if not place.is_file():
        detail = f"{name}: {place.name} was not fetched; run `cxr fetch journals`"
        raise Rejected(Reason.MISSING_IMAGE, detail)
    try:
        found: dict[str, Any] = json.loads(place.read_bytes())
        missing = [key for key in KEYS if key not in found]
        missing += [key for key in FLAGS if not isinstance(found.get(key, False), bool)]
        missing += [] if isinstance(found.get("media_urls") or [], list) else ["list media_urls"]
    except (ValueError, TypeError, AttributeError, RecursionError):
        missing = ["JSON"]
    if missing:
        detail = f"{place.name}: holds no {', '.join(missing)}; look at it and mend layouts.py"
        raise Rejected(Reason.LAYOUT_CHANGED, detail)
    if str(found["pmcid"]).upper() != name:
        raise another(place.name, str(found["pmcid"]))
    if found["is_retracted"]:
        raise retracted(name)
    return found | {"media_urls": found["media_urls"] or []}


def _file(url: str, whole: str) -> str:
    """The plain name of a file of the version `whole`, by its s3 or https address."""
    parts = urlsplit(url)
    folder, _, name = unquote(parts.path).strip("/").rpartition("/")
    if parts.netloc not in {HOST, BUCKET} or folder != whole or name in {"", ".", ".."}:
        detail = f"{whole}: names {url[:120]!r}, which is no file of its folder; mend layouts.py"
        raise Rejected(Reason.LAYOUT_CHANGED, detail)
    return name
