"""A push, a pull request and a squash that die at every one of their requests, in three manners.

After each death `main` is the old release or the new one, whole, in every commit it ever had; a
repetition finishes. The faults that were used are counted: a loop that injects none proves nothing.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hub.exchange import World
from hub.faults import CUT_ANSWER, CUT_REQUEST, Fault, Rule, status
from hub.repositories import MAIN
from hub.server import HubServer
from pushing import NAME, TOKEN, on_hub, placed
from staged import files

from curation.network.errors import Unavailable
from curation.network.hub.gate import Wishes
from curation.network.hub.patience import Patience
from curation.network.hub.proposal import propose
from curation.network.hub.push import look, push
from curation.network.hub.repository import Hub, repository
from curation.network.hub.squash import squash
from curation.publish.inventory import read_inventory

FAULTS = {"status": status(500), "request cut": CUT_REQUEST, "answer cut": CUT_ANSWER}
Act = Callable[[Hub, Path], object]


def pushed(hub: Hub, folder: Path) -> object:
    told = read_inventory(folder)
    return push(hub, folder, told, look(hub, folder, told), Wishes(is_public=True))


def proposed(hub: Hub, folder: Path) -> object:
    told = read_inventory(folder)
    return propose(hub, folder, told, look(hub, folder, told), Wishes())


def squashed(hub: Hub, folder: Path) -> object:
    return squash(hub, folder, read_inventory(folder))


def alone(hub: HubServer) -> Hub:
    patience = Patience(tries=1)
    return repository(NAME, "dataset", endpoint=hub.url, token=TOKEN, patience=patience)


@pytest.fixture
def first(hub: HubServer, releases: Path) -> World:
    """A Hub with 0.1.0 on it."""
    placed(hub, releases, "0.1.0")
    return copy.deepcopy(hub.world)


@pytest.fixture
def both(hub: HubServer, releases: Path, first: World) -> World:
    """A Hub with 0.2.0 on it as well."""
    del first
    pushed(alone(hub), releases / "0.2.0/dataset")
    return copy.deepcopy(hub.world)


def deaths(hub: HubServer, before: World, act: Act, folder: Path, fault: Fault) -> Iterator[int]:
    """The world after each death, the first request first, until the act gets through."""
    for number in range(1, 100):
        hub.world = copy.deepcopy(before)
        hub.rules(Rule(fault=fault, first=number, last=number))
        with suppress(Unavailable):
            act(alone(hub), folder)
        if hub.plan.injected == 0:
            return
        yield hub.plan.injected
    raise AssertionError("it never comes to its end")


def trees(hub: HubServer) -> list[dict[str, str]]:
    """Every release that main was, the oldest first."""
    commits = list(hub.repository(NAME).history(MAIN))[::-1]
    own = [{path: entry.sha256 for path, entry in commit.tree.items() if path != ".gitattributes"}
           for commit in commits]  # fmt: skip
    return [tree for tree in own if tree]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_push_may_die_at_any_request(
    hub: HubServer, first: World, releases: Path, fault: Fault
) -> None:
    old, new = files(releases / "0.1.0/dataset"), files(releases / "0.2.0/dataset")
    injected = 0
    for number in deaths(hub, first, pushed, releases / "0.2.0/dataset", fault):
        injected += number
        assert trees(hub) in ([old], [old, new])
        assert on_hub(hub, "v0.2.0") in ({}, new)
        assert hub.repository(NAME).is_private or on_hub(hub, "v0.2.0") == new
        pushed(alone(hub), releases / "0.2.0/dataset")
        assert [old, new] == trees(hub)
        assert (old, new) == (on_hub(hub, "v0.1.0"), on_hub(hub, "v0.2.0"))
        assert not hub.repository(NAME).is_private
    assert injected == 20


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_proposal_may_die_at_any_request(
    hub: HubServer, first: World, releases: Path, fault: Fault
) -> None:
    old, new = files(releases / "0.1.0/dataset"), files(releases / "0.2.0/dataset")
    injected = 0
    for number in deaths(hub, first, proposed, releases / "0.2.0/dataset", fault):
        injected += number
        proposed(alone(hub), releases / "0.2.0/dataset")
        assert [old] == trees(hub)
        assert list(hub.repository(NAME).pulls) == [1]
        assert new == on_hub(hub, "refs/pr/1")
    assert injected == 19


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_squash_may_die_at_any_request(
    hub: HubServer, both: World, releases: Path, fault: Fault
) -> None:
    old, new = files(releases / "0.1.0/dataset"), files(releases / "0.2.0/dataset")
    injected = 0
    for number in deaths(hub, both, squashed, releases / "0.2.0/dataset", fault):
        injected += number
        assert trees(hub) in ([old, new], [new])
        squashed(alone(hub), releases / "0.2.0/dataset")
        assert [new] == trees(hub)
        assert new == on_hub(hub, "v0.2.0")
        assert on_hub(hub, "v0.1.0") == {}
        assert {e.sha256 for e in hub.tree(NAME).values() if e.is_lfs} == (
            hub.repository(NAME).stored
        )
    assert injected == 21
