"""What every source is asked: each question gives a sentence for each thing that is wrong.

The name of a function is the question, so that the list can be read aloud.
"""

import importlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from curation.licenses import Licenses
from curation.questions.case import PARAMS, Case, told
from curation.questions.layout import changes
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, check_records
from manifests.contract.vocabulary import Reason

UNFILLED = ("https://example.org", "Who is to be credited", "Say here what", "owner/name")
"""Words of `cxr source new` that a person was to replace."""
LONGEST = 180
"""Lines of a source that a newcomer still reads to the end."""
EXPECTED = frozenset({
    Reason.MISSING_IMAGE, Reason.UNLISTED_IMAGE, Reason.NOT_RADIOGRAPH, Reason.BLOCKED,
    Reason.UNREADABLE_IMAGE, Reason.WITHDRAWN,
})  # fmt: skip
"""What a fixture may hold on purpose, to show that the source tells it apart."""
Question = Callable[[Case], Iterator[str]]


def it_says_all_that_a_person_must_know(case: Case) -> Iterator[str]:
    about = case.kind.about
    for name in ("title", "homepage", "license", "citation", "paper", "hosts"):
        if not getattr(about, name):
            yield f"about.{name} is empty"
    if urlsplit(about.homepage).scheme != "https":
        yield f"about.homepage is {about.homepage!r}, no https address"
    if not (about.license_url.startswith("https://") or about.license == "NOASSERTION"):
        yield "about.license_url is no https address: where does the licence stand?"
    code = case.code.read_text(encoding="utf-8")
    yield from (
        f"{case.code} still says {words!r}; fill it in" for words in UNFILLED if words in code
    )
    for host in about.hosts:
        if host != urlsplit(f"https://{host}").hostname:
            yield f"about.hosts names {host!r}, which is no host name"
    try:
        Licenses.load(case.root / "manifests/licenses.yaml").of(about.license)
    except Misspelt as fault:
        yield str(fault)


def its_code_can_be_read_in_one_sitting(case: Case) -> Iterator[str]:
    lines = len(case.code.read_text(encoding="utf-8").splitlines())
    if lines > LONGEST:
        yield f"{case.code} has {lines} lines; more than {LONGEST} belong in parts beside it"
    if not (importlib.import_module(case.kind.__module__).__doc__ or "").strip():
        yield f"{case.code} does not say in its first line what it reads"


def it_has_a_fixture_and_a_test(case: Case) -> Iterator[str]:
    if not (case.fixture.is_dir() and any(case.fixture.iterdir())):
        yield f"{case.fixture} is missing; draw or invent a small one, with its oddities in it"
    if not case.test.is_file():
        yield f"{case.test} is missing; test its traps there"


def it_says_the_same_twice(case: Case) -> Iterator[str]:
    again = [told(one) for one in ingest.drafts_of(case.key, case.source())]
    if not again:
        yield "its fixture gives nothing"
    if again != [told(one) for one in case.given]:
        yield "it gave other drafts the second time; sort what you read"


def every_draft_has_a_name_a_page_and_a_patient(case: Case) -> Iterator[str]:
    refs = [draft.source_ref for draft in case.drafts()]
    if twice := sorted({ref for ref in refs if refs.count(ref) > 1}):
        yield f"names stand twice: {', '.join(twice[:5])}"
    for draft in case.drafts():
        if not (draft.source_ref.strip() and draft.patient.strip()):
            yield f"{draft.source_ref or draft.url}: has no name or no patient"
        if urlsplit(draft.url).scheme != "https":
            yield f"{draft.source_ref}: its page {draft.url!r} is no https address"


def every_draft_survives_ingest_and_the_counts_add_up(case: Case) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        terms = case.root / "manifests/terms.yaml"
        kept, rejected = ingest.main(case.key, case.source(), Path(folder), terms, PARAMS)
    is_strange = ~rejected["reason"].isin([str(reason) for reason in EXPECTED])
    yield from rejected[is_strange]["detail"]
    if not len(kept):
        yield "no film of its fixture is kept"
    if len(kept) + len(rejected) != len(case.given):
        yield f"{len(case.given)} came in, {len(kept)} kept + {len(rejected)} rejected"
    try:
        check_records(kept, "ingest")
    except BrokenTable as fault:
        yield str(fault)
    # A number that another source uses too must not become one patient with it.
    for column in ("patient_id", "study_id", "record_id"):
        strangers = kept[column].dropna()[lambda ids: ~ids.str.startswith(f"{case.key}/")]
        yield from (f"{column} {one!r} could collide with another source's" for one in strangers)


def a_changed_layout_is_reported_and_not_silent(case: Case) -> Iterator[str]:
    before = [told(one) for one in case.given]
    # By name and reason: a sentence may name the folder, which is another one for every change.
    losses = {one.words[:2] for one in before if one.is_loss}
    for change in changes(case):
        lost = {one.words[:2] for one in change.given if one.is_loss}
        is_told = change.refused or lost - losses
        if not is_told and change.given != before:
            yield (
                f"{change.name}: {len(change.given)} rows came instead of {len(before)}, and none "
                "of them says that anything changed"
            )


def it_asks_for_permission_where_its_terms_forbid_copying(case: Case) -> Iterator[str]:
    if case.kind.about.needs_permission and "permission" not in case.kind.model_fields:
        yield "about.needs_permission is set, but no parameter `permission` can name the record"


QUESTIONS: tuple[Question, ...] = (
    it_says_all_that_a_person_must_know,
    its_code_can_be_read_in_one_sitting,
    it_has_a_fixture_and_a_test,
    it_says_the_same_twice,
    every_draft_has_a_name_a_page_and_a_patient,
    every_draft_survives_ingest_and_the_counts_add_up,
    a_changed_layout_is_reported_and_not_silent,
    it_asks_for_permission_where_its_terms_forbid_copying,
)
