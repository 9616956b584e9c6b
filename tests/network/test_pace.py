"""The pace adapts: slower after refusals and slow answers, never faster than agreed."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from replica_server import Site, body, serve, status

from curation.network.manners import Params
from curation.network.pace import GOOD_IN_A_ROW, Pace
from curation.network.store import Store
from curation.network.web import PoliteWeb
from curation.sources.sirm import Sirm

HOST = "https://www.sirm.org"
STEP = 0.05
NICE = Params(
    contact="data@example.org", seconds_between_requests=STEP, deadline_seconds=2.0,
    max_page_mb=2, max_file_gb=1, retries=4, max_wait_seconds=1.5,
)  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.faults[f"{HOST}/robots.txt"] = [status(404)]
        yield running


def gaps(site: Site, folder: Path, count: int, slow: dict[int, float]) -> list[float]:
    """Seconds from one request to the next, as the site sees them; some it answers late."""
    moments = list[float]()

    def at(place: str, url: str) -> None:
        if place == "asked" and not url.endswith("robots.txt"):
            moments.append(time.monotonic())
            time.sleep(slow.get(len(moments) - 1, 0.0))

    site.at = at
    source = Sirm(files=folder, max_cases=9, mirrors=site.mirrors("www.sirm.org"))
    asking = PoliteWeb(source, NICE, Store(folder), "2026-01-02")
    for number in range(count):
        url = f"{HOST}/{number}"
        site.faults[url] += [body(b"<html></html>")]
        asking.page(url)
    return [later - sooner for sooner, later in pairwise(moments)]


# The site's clock and ours tick apart by some thread's turn.
SLACK = 0.015


def test_a_quick_host_is_asked_at_the_agreed_pace(site: Site, tmp_path: Path) -> None:
    found = gaps(site, tmp_path, 8, {})
    assert min(found) >= STEP - SLACK
    assert sorted(found)[len(found) // 2] < 2 * STEP


def test_a_slow_host_rests_as_long_as_it_took(site: Site, tmp_path: Path) -> None:
    found = gaps(site, tmp_path, 7, {2: 0.2, 3: 0.2})
    # Each took 0.2 seconds, and had as many of rest before the next request came.
    assert min(found[2:4]) >= 0.4 - SLACK
    # Then the rest halves from answer to answer, until the agreed pace is longer.
    assert found[4] >= 0.1 - SLACK
    assert found[4] < found[3]
    assert found[-1] < 2 * STEP + SLACK


def test_a_host_that_refuses_is_asked_more_slowly_and_then_faster_again(
    site: Site, tmp_path: Path
) -> None:
    site.faults[f"{HOST}/0"] = [status(429), status(503)]
    found = gaps(site, tmp_path, 2 * GOOD_IN_A_ROW + 6, {})
    # The first two are the tries' own waits: two and four times the pace.
    assert found[0] >= 2 * STEP - SLACK
    assert found[1] >= 4 * STEP - SLACK
    slow, middle, last = found[2:11], found[13:21], found[23:]
    assert min(slow) >= 4 * STEP - SLACK
    assert min(middle) >= 2 * STEP - SLACK
    assert min(last) >= STEP - SLACK
    assert sum(last) / len(last) < sum(middle) / len(middle) < sum(slow) / len(slow)


def test_nobody_is_asked_within_the_time_they_asked_for(site: Site, tmp_path: Path) -> None:
    site.faults[f"{HOST}/0"] = [status(503, Retry_After="1"), status(429, Retry_After="1")]
    found = gaps(site, tmp_path, 2, {})
    assert min(found[:2]) >= 1 - SLACK


def test_the_pace_is_never_faster_than_agreed() -> None:
    pace = Pace()
    for _ in range(100):
        pace.answered(0.0, is_good=True)
    assert pace.pause(1.0) == 1.0
    assert pace.rest() == 0.0


def test_a_quick_refusal_is_no_sign_of_health() -> None:
    pace = Pace()
    pace.answered(2.0, is_good=True)
    for _ in range(5):
        pace.refused()
        pace.answered(0.01, is_good=False)
    assert pace.rest() == 2.0
    assert pace.pause(1.0) == 32.0


def test_one_refusal_among_good_answers_starts_the_count_anew() -> None:
    pace = Pace()
    pace.refused()
    for _ in range(GOOD_IN_A_ROW - 1):
        pace.answered(0.0, is_good=True)
    pace.answered(0.0, is_good=False)
    for _ in range(GOOD_IN_A_ROW - 1):
        pace.answered(0.0, is_good=True)
    assert pace.pause(1.0) == 2.0
    pace.answered(0.0, is_good=True)
    assert pace.pause(1.0) == 1.0
