"""The same questions to every source; a new one is asked them as soon as its file exists."""

import hashlib
import inspect
import socket
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from curation.licenses import Licenses
from curation.sources.base import Draft, Lost, Scraper, Source
from curation.sources.loading import keys, load, source_class
from curation.stages import ingest
from manifests.contract.record import Rejected
from manifests.contract.table import check_records
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
TERMS = ROOT / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)
LONGEST = 180
# What a fixture may hold on purpose, to show that the source tells it apart.
EXPECTED = {Reason.MISSING_IMAGE, Reason.UNLISTED_IMAGE, Reason.NOT_RADIOGRAPH, Reason.BLOCKED,
            Reason.UNREADABLE_IMAGE}  # fmt: skip

pytestmark = pytest.mark.parametrize("key", keys())


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError("a source reads a folder and never goes online")

    monkeypatch.setattr(socket, "socket", closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)


def of_fixture(key: str) -> Source:
    """The source with its entry in params.yaml, reading its fixture."""
    entry = yaml.safe_load((ROOT / "params.yaml").read_text())["sources"][key]
    return load(key, {key: {**entry, "files": FIXTURES / key}})


def told(key: str) -> Iterator[tuple[str, ...]]:
    """Everything a source says, its pictures as hashes."""
    for draft in ingest.drafts_of(key, of_fixture(key)):
        if isinstance(draft, Lost):
            yield (draft.source_ref, str(draft.reason), draft.detail)
        else:
            words = [getattr(draft, f.name) for f in fields(Draft) if f.name != "image"]
            yield (*words, picture(draft))


def picture(draft: Draft) -> str:
    try:
        return hashlib.sha256(draft.image()).hexdigest()
    except Rejected as verdict:
        return str(verdict)


def test_it_says_all_that_a_person_must_know(key: str) -> None:
    about = source_class(key).about
    assert about.title
    assert about.citation
    assert about.paper.startswith("§")
    assert urlsplit(about.homepage).scheme == "https"
    assert about.hosts
    assert all(host == urlsplit(f"https://{host}").hostname for host in about.hosts)
    assert about.license_url.startswith("https://") or about.license == "NOASSERTION"
    Licenses.load(ROOT / "manifests/licenses.yaml").of(about.license)


def test_its_module_says_in_its_first_line_what_it_reads(key: str) -> None:
    module = inspect.getmodule(source_class(key))
    assert module is not None
    assert (module.__doc__ or "").strip()


def test_it_is_short_enough_to_be_copied(key: str) -> None:
    place = ROOT / f"curation/sources/{key}/__init__.py"
    assert len(place.read_text().splitlines()) <= LONGEST


def test_it_has_a_fixture(key: str) -> None:
    assert any((FIXTURES / key).iterdir())


def test_it_says_the_same_twice(key: str) -> None:
    once = list(told(key))
    assert once
    assert once == list(told(key))


def test_every_draft_has_a_name_a_page_and_a_patient(key: str) -> None:
    drafts = [d for d in ingest.drafts_of(key, of_fixture(key)) if isinstance(d, Draft)]
    assert len({draft.source_ref for draft in drafts}) == len(drafts)
    for draft in drafts:
        assert draft.source_ref.strip()
        assert draft.patient.strip()
        assert urlsplit(draft.url).scheme == "https"


def test_every_draft_survives_ingest(key: str, tmp_path: Path) -> None:
    kept, rejected = ingest.main(key, of_fixture(key), tmp_path, TERMS, PARAMS)
    surprising = rejected[~rejected["reason"].isin([str(reason) for reason in EXPECTED])]
    assert list(surprising["detail"]) == []
    assert len(kept)
    check_records(kept, "ingest")
    assert len(kept) + len(rejected) == len(list(told(key)))


def test_it_names_a_live_site_only_with_permission(key: str) -> None:
    source = source_class(key)
    assert source.about.needs_permission <= issubclass(source, Scraper)
