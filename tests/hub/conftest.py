"""A Hub of one test's own, and releases that the tests of a file share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hub.server import HubServer
from huggingface_hub import constants
from staged import FREE, NONCOMMERCIAL, films, staged

from curation.network.hub.patience import leave_it_to_the_library


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """0.1.0 with six free films; 0.2.0 with three more that are not free for every use."""
    place = tmp_path_factory.mktemp("releases")
    staged(place, "0.1.0", films(6, FREE))
    staged(place, "0.2.0", [*films(6, FREE), *films(3, NONCOMMERCIAL)])
    return place


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub, and the library in this process set as HF_HUB_DISABLE_XET=1 sets it at its import."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with HubServer() as running:
        yield running
    leave_it_to_the_library()
