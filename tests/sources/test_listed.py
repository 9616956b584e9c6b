from pathlib import Path

import pandas as pd
import pytest

from curation.duplicates.groups import groups
from curation.licenses import Licenses
from curation.network.errors import NotPermitted
from curation.network.fetch import Params, fetch
from curation.sources.base import Draft, Lost
from curation.sources.listed import Listed
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/listed"
THREAD = "x.com/invented/status/9000000000000000001"
HEADER = "url,media_index,patient_ref,day_offset,sex,age,file,sha256\n"


def read(files: Path) -> dict[str, Draft | Lost]:
    return {one.source_ref: one for one in Listed(files=files).read(files)}


def ingested(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    params = ingest.Params(max_side=64, max_megapixels=1)
    terms = ROOT / "manifests/terms.yaml"
    return ingest.main("listed", Listed(files=FIXTURE), folder, terms, params)


def one_row(folder: Path, row: str) -> Draft | Lost:
    (folder / "images").mkdir()
    (folder / "images/a.png").write_bytes((FIXTURE / "images/insta.png").read_bytes())
    (folder / "list.csv").write_text(HEADER + row + "\n")
    first, *_ = Listed(files=folder).read(folder)
    return first


def test_every_row_and_file_is_kept_or_rejected_with_a_reason(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert sorted(kept["source_ref"]) == [
        "instagram.com/invented_page#1", f"{THREAD}#1", f"{THREAD}#2",
    ]  # fmt: skip
    reasons = dict(zip(rejected["record_id"], rejected["reason"], strict=True))
    assert reasons == {
        "listed/stray.png": "unlisted_image",
        "listed/x.com/invented/status/9000000000000000002#1": "missing_image",
    }


def test_a_thread_of_many_patients_does_not_make_them_one(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert len(set(groups(kept, {}).values())) == 3


def test_vague_ages_and_days_are_read_and_a_clear_film_is_not_normal(tmp_path: Path) -> None:
    kept = ingested(tmp_path)[0].set_index("source_ref")
    second = kept.loc[f"{THREAD}#2"]
    assert (second["age_years"], second["offset_days"]) == (40.0, -1)
    assert (second["finding"], second["abnormal"]) == ("covid19", False)


def test_nothing_of_it_is_handed_on(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["license"]) == {"NOASSERTION"}
    licenses = Licenses.load(ROOT / "manifests/licenses.yaml")
    assert {licenses.channel("CC0-1.0", url) for url in kept["source_url"]} == {"pointers"}
    assert kept["attribution"].tolist() == kept["source_url"].tolist()


def test_a_row_without_its_file_says_where_to_put_it() -> None:
    lost = read(FIXTURE)["x.com/invented/status/9000000000000000002#1"]
    assert isinstance(lost, Lost)
    assert "put the picture into images" in lost.detail


def test_a_file_is_found_in_any_letter_case_and_whatever_its_ending() -> None:
    draft = read(FIXTURE)[f"{THREAD}#2"]
    assert isinstance(draft, Draft)
    assert draft.image().startswith(b"\x89PNG")


def test_a_file_that_is_not_the_listed_one_is_refused(tmp_path: Path) -> None:
    draft = one_row(tmp_path, f"https://x.com/a/status/1,1,p,,,,a.png,{'0' * 64}")
    assert isinstance(draft, Draft)
    with pytest.raises(Rejected, match="not the listed one") as verdict:
        draft.image()
    assert verdict.value.reason is Reason.INVALID_FIELD


@pytest.mark.parametrize(
    "url",
    [
        "http://x.com/a",
        "file:///etc/passwd",
        "",
        "javascript:x",
        "https://[",
        "https://",
        "https:a",
    ],
)
def test_an_address_that_is_none_is_a_row_and_a_sentence(tmp_path: Path, url: str) -> None:
    lost = one_row(tmp_path, f"{url},1,p,,,,a.png,")
    assert isinstance(lost, Lost)
    assert (lost.reason, "list.csv, line 2" in lost.detail) == (Reason.INVALID_FIELD, True)


def test_a_picture_of_a_post_is_counted_by_a_number(tmp_path: Path) -> None:
    lost = one_row(tmp_path, "https://x.com/a,first,p,,,,a.png,")
    assert isinstance(lost, Lost)
    assert "media_index 'first' is no number" in lost.detail


def test_a_post_has_one_name_under_both_of_its_hosts(tmp_path: Path) -> None:
    for number, host in enumerate(
        ["x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"]
    ):
        (tmp_path / str(number)).mkdir()
        row = f"https://{host}/a/status/1?s=20,2,p,,,,a.png,"
        assert one_row(tmp_path / str(number), row).source_ref == "x.com/a/status/1#2"


def test_a_query_says_which_page_is_meant_but_not_at_the_platforms(tmp_path: Path) -> None:
    urls = ["https://h.example/view?id=5", "https://h.example/view?id=6#top",
            "https://x.com/a/status/1?s=20", "https://www.instagram.com/p/a/?igsh=b"]  # fmt: skip
    rows = "".join(f"{url},1,,,,,none.png,\n" for url in urls)
    (tmp_path / "list.csv").write_text(HEADER + rows)
    assert list(read(tmp_path)) == [
        "h.example/view?id=5#1", "h.example/view?id=6#1", "x.com/a/status/1#1",
        "instagram.com/p/a#1",
    ]  # fmt: skip


def test_a_name_that_leaves_the_folder_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    lost = one_row(tmp_path, "https://x.com/a,1,p,,,,../secret.png,")
    assert (lost.reason if isinstance(lost, Lost) else "") == Reason.MISSING_IMAGE


def test_a_live_fetch_is_refused_and_names_the_missing_record(tmp_path: Path) -> None:
    params = Params(
        contact="me@example.org", seconds_between_requests=0, deadline_seconds=1, max_page_mb=1,
        max_file_gb=1, retries=0, max_wait_seconds=0,
    )  # fmt: skip
    with pytest.raises(NotPermitted, match=r"sources\.listed\.permission") as refusal:
        fetch("listed", Listed(files=tmp_path), params, tmp_path / "raw", tmp_path / "lock")
    assert refusal.value.exit_code == 5
    assert not (tmp_path / "raw").exists()


def test_with_a_record_there_is_still_nothing_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="put the pictures you were given into"):
        next(iter(Listed(files=tmp_path).remotes(tmp_path)))
