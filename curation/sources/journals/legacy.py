"""An article as PMC handed it out until 2026: the OA service, then one archive per article."""

import gzip
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from lxml import etree

from curation.sources.base import Remote
from curation.sources.base_files import MAX_FILE
from curation.sources.journals.doi import Article
from curation.sources.journals.jats import MAX_BYTES
from curation.sources.journals.layouts import (
    UNSURE,
    Held,
    Image,
    Wanted,
    best,
    is_picture,
)
from curation.sources.journals.listed import PACKAGES
from curation.sources.journals.verdicts import another, closed, retracted
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

HOSTS = ("www.ncbi.nlm.nih.gov", "ftp.ncbi.nlm.nih.gov")
SERVICE = f"https://{HOSTS[0]}/pmc/utils/oa/oa.fcgi"
MOVED = ("/pub/pmc/oa_package/", "/pub/pmc/deprecated/oa_package/")
"""Where the archives lay, and where they went in April 2026."""
CLOSED = "idIsNotOpenAccess"
MAX_MEMBERS, MAX_UNPACKED = 10_000, 4 * 2**30
"""Files in one archive, and their bytes together; films and videos of one article have less."""
DAMAGE = (tarfile.TarError, EOFError, zlib.error, OSError)


def remotes(files: Path, article: Article, wanted: Wanted) -> Iterator[Remote]:
    """The service's answer, then the archive that it names, where it lies now."""
    del wanted
    yield Remote(url=f"{SERVICE}?id={article.pmcid}", name=_answer(article))
    _, url = _told(files, article)
    path = urlsplit(url).path
    for place in dict.fromkeys((path, path.replace(*MOVED))):
        yield Remote(url=f"https://{HOSTS[1]}{place}", name=_archive(article))
        if (files / _archive(article)).is_file():
            return


def held(files: Path, article: Article, wanted: Wanted) -> Held:
    """The article in its archive, which is streamed twice: for the XML, then for its pictures.

    The service is gone; where a person brought the archive alone, its answer is not asked for.
    Raises `Rejected`: missing_image where it was not fetched, blocked where it is not open,
    withdrawn where the service says retracted, unreadable_image for a damaged archive.
    """
    place = _here(files, article)
    code = _code(files, article, is_here=place is not None)
    if place is None:
        detail = (
            f"{article.pmcid}: its archive is not here, and PMC has taken down most; put your copy "
            f"into {PACKAGES}/, or fetch it with layout: s3"
        )
        raise Rejected(Reason.MISSING_IMAGE, detail)
    xml, names = b"", set[str]()
    for name, member, data in _members(place):
        if PurePosixPath(name).suffix.lower() in {".nxml", ".xml"} and not xml:
            xml = _taken(member, data, MAX_BYTES, place)
        names |= {name} if is_picture(name) else set()
    if not xml:
        raise _broken(place, "holds no .nxml")
    chosen = {best(names, picture) for picture in wanted(xml)}
    pictures: dict[str, Image] = {}
    for name, member, data in _members(place):
        if name in chosen and name not in pictures:
            pictures[name] = partial(bytes, _taken(member, data, MAX_FILE, place))
    return Held(xml=xml, pictures=pictures, license=code, citation="", version=article.pmcid)


def _answer(article: Article) -> str:
    return f"oa/{article.pmcid}.xml"


def _archive(article: Article) -> str:
    return f"{PACKAGES}/{article.pmcid}.tar.gz"


def _here(files: Path, article: Article) -> Path | None:
    """The archive, where `cxr fetch` puts it, or in a folder below as PMC had it."""
    place = files / _archive(article)
    if place.is_file():
        return place
    return next(iter(sorted((files / PACKAGES).rglob(place.name))), None)


def _code(files: Path, article: Article, *, is_here: bool) -> str:
    """The licence by the service's answer, empty without one."""
    if not (files / _answer(article)).is_file():
        return ""
    try:
        return _told(files, article)[0]
    except Rejected as verdict:
        if is_here and verdict.reason == Reason.BLOCKED:
            return UNSURE
        raise


def _told(files: Path, article: Article) -> tuple[str, str]:
    """Licence and address of the archive, by the service's stored answer."""
    place = files / _answer(article)
    if not place.is_file():
        detail = f"{article.pmcid}: was not fetched; run `cxr fetch journals`"
        raise Rejected(Reason.MISSING_IMAGE, detail)
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(place.read_bytes()[:MAX_BYTES], parser)
    except etree.XMLSyntaxError as fault:
        raise _changed(place, f"is no XML ({fault})") from None
    for error in root.iter("error"):
        if error.get("code") == CLOSED:
            raise closed(article.pmcid)
        raise _changed(place, f"says {error.get('code')!r}")
    record = root.find("records/record")
    link = record.find("link[@format='tgz']") if record is not None else None
    address = link.get("href", "") if link is not None else ""
    if record is not None and record.get("id", article.pmcid) != article.pmcid:
        raise another(f"{place.parent.name}/{place.name}", record.get("id", ""))
    if record is not None and record.get("retracted", "no") != "no":
        raise retracted(article.pmcid)
    if record is None or urlsplit(address).hostname != HOSTS[1]:
        raise _changed(place, f"names no archive at {HOSTS[1]}")
    return record.get("license", ""), address


def _members(archive: Path) -> Iterator[tuple[str, tarfile.TarInfo, tarfile.TarFile]]:
    """The plain files of the archive by their names, folders left out, in its order."""
    unpacked = 0
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as members:
            for number, member in enumerate(members, start=1):
                unpacked += member.size
                if number > MAX_MEMBERS or unpacked > MAX_UNPACKED:
                    raise _broken(archive, "unpacks to more than any article has")
                if member.isreg():
                    yield PurePosixPath(member.name).name, member, members
    except DAMAGE as fault:
        raise _broken(archive, f"is damaged ({fault})") from fault


def _taken(member: tarfile.TarInfo, members: tarfile.TarFile, limit: int, place: Path) -> bytes:
    held_there = members.extractfile(member)
    if held_there is None or member.size > limit:
        raise _broken(place, f"{member.name} has {member.size} bytes, more than {limit}")
    try:
        return held_there.read()
    except DAMAGE as fault:
        raise _broken(place, f"is damaged ({fault})") from fault


def _broken(place: Path, found: str) -> Rejected:
    return Rejected(Reason.UNREADABLE_IMAGE, f"{place.name}: {found}; fetch it again")


def _changed(place: Path, found: str) -> Rejected:
    return Rejected(Reason.LAYOUT_CHANGED, f"{place.name}: {found}; look at it, and mend legacy.py")
