"""What the curves of a training tell, and whom they do not tell it."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from training.course import Epoch
from training.curves import curves

FIRST = Epoch(
    epoch=1, learning_rate=1e-3, train_loss=0.7, train_accuracy=0.5, val_loss=0.6, val_accuracy=0.5
)


def test_dvc_studio_is_never_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/api/live").respond_with_data("")
    given = {"TOKEN": "secret", "REPO_URL": "git@nowhere:cxr", "URL": httpserver.url_for("/")}
    for name, value in given.items():
        monkeypatch.setenv(f"DVC_STUDIO_{name}", value)
    monkeypatch.chdir(tmp_path)
    with curves(tmp_path / "curves") as told:
        told(FIRST)
    assert (tmp_path / "curves" / "metrics.json").exists()
    assert httpserver.log == []
