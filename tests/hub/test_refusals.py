"""What the Hub refuses or cannot give now ends in one sentence and an exit code, never a trace."""

from pathlib import Path

import pytest
from hub.faults import Fault, Rule, status
from hub.server import HubServer
from pushing import NAME, TOKEN, cxr_release, on_hub, placed, push
from staged import files

from curation.network.errors import Unavailable
from curation.network.hub.patience import Patience
from curation.network.hub.repository import repository


def refused(
    hub: HubServer,
    work: Path,
    releases: Path,
    token: str = TOKEN,
    version: str = "0.1.0",
    **more: str,
) -> tuple[int, str]:
    """Exit code and the one line of a push that does not come to its end."""
    done = cxr_release(
        hub, work, "push", NAME, "--version", version, "--releases", str(releases), "--yes",
        token=token, **more,
    )  # fmt: skip
    said = done.stderr.splitlines()
    assert len(said) == 1
    assert not token or token not in done.stdout + done.stderr
    return done.returncode, said[0]


@pytest.mark.parametrize("token", ["", "hf_nobody"])
def test_nobody_is_logged_in(hub: HubServer, releases: Path, tmp_path: Path, token: str) -> None:
    code, said = refused(hub, tmp_path, releases, token)
    assert code == 5
    assert "`hf auth login`" in said
    assert hub.world.repositories == {}


def test_a_token_that_may_only_read(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    code, said = refused(hub, tmp_path, releases, "hf_readonly")
    assert code == 5
    assert "this token may not do that" in said


def test_a_repository_of_others(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    placed(hub, releases, "0.1.0", is_public=True)
    before = on_hub(hub)
    code, said = refused(hub, tmp_path, releases, "hf_stranger", version="0.2.0")
    assert code == 5
    assert "this token may not do that" in said
    assert before == on_hub(hub)


@pytest.mark.parametrize("more", [(), ("--yes",), ("--yes", "--public"), ("--yes", "--pr")])
def test_noncommercial_films_without_a_gate(
    hub: HubServer, releases: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    placed(hub, releases, "0.1.0")
    before = on_hub(hub)
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.2.0", "--releases", str(releases),
        "--gate", "none", *more,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (5, "")
    assert "say --gate auto or --gate manual" in done.stderr
    assert (hub.repository(NAME).is_private, before) == (True, on_hub(hub))


def test_a_repository_that_is_to_be_made_without_a_gate(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.2.0", "--releases", str(releases),
        "--gate", "none", "--yes", "--public",
    )  # fmt: skip
    assert done.returncode == 5
    assert hub.world.repositories == {}


def test_the_network_is_ruled_out(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    code, said = refused(hub, tmp_path, releases, HF_HUB_OFFLINE="1")
    assert code == 2
    assert "HF_HUB_OFFLINE is set" in said
    assert hub.log == []


def test_a_long_pause_is_not_waited_for(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    hub.rules(Rule(fault=status(429, Retry_After="3600"), path="/preupload/", last=None))
    code, said = refused(hub, tmp_path, releases)
    assert code == 3
    assert "answered 429; repeat the command in 3600 seconds" in said
    assert hub.plan.injected == 1


@pytest.mark.parametrize("fault", [status(429, Retry_After="1"), status(503)])
def test_a_short_pause_is_waited_for(
    hub: HubServer, releases: Path, tmp_path: Path, fault: Fault
) -> None:
    hub.rules(Rule(fault=fault, method="PUT", path="/objects/"), Rule(fault=fault, path="/commit/"))
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    assert hub.plan.injected == 2
    assert files(releases / "0.1.0/dataset") == on_hub(hub, "v0.1.0")


def test_a_hub_that_stays_away_is_given_up(hub: HubServer) -> None:
    hub.rules(Rule(fault=status(500), path="/whoami", last=None))
    patience = Patience(tries=4, pause=0.01)
    there = repository(NAME, "dataset", endpoint=hub.url, token=TOKEN, patience=patience)
    said = "answered 500; repeat the command: what was sent or fetched is kept"
    with pytest.raises(Unavailable, match=said):
        there.owners()
    assert hub.plan.injected == 4
