"""`cxr rebuild org/name@VERSION` against a Hub on loopback, in a process of its own."""

import csv
import subprocess
import sys
from pathlib import Path

import cv2
from hub.server import HubServer
from pointers import Row, publish
from pushing import NAME, environment
from textures import texture

from curation.sources.cohen import Cohen

NAMES = ("x.png", "y.png", "z.png")
UPLOAD = """
import sys
from huggingface_hub import HfApi
api, name, folder, tag = HfApi(), *sys.argv[1:]
api.create_repo(name, repo_type="dataset", exist_ok=True)
api.upload_folder(repo_id=name, repo_type="dataset", folder_path=folder)
if tag:
    api.create_tag(name, repo_type="dataset", tag=tag)
"""
WITHDRAWN = "kind,value,when,sha256,pixel_sha256,phash\nrecord_id,cohen/y.png,2026-05-01,,,\n"


class Place:
    """A release on the Hub, and a folder that holds its films."""

    def __init__(self, hub: HubServer, folder: Path) -> None:
        self.hub, self.folder = hub, folder
        (folder / "theirs/images").mkdir(parents=True)
        lines = ["patientid,finding,view,modality,filename,url,license"]
        for seed, name in enumerate(NAMES):
            lines.append(f"{seed},COVID-19,PA,X-ray,{name},,")
            cv2.imwrite(str(folder / "theirs/images" / name), texture(seed))
        (folder / "theirs/metadata.csv").write_text("\n".join(lines) + "\n")
        source = Cohen(files=folder / "theirs", commit="a" * 40)
        self.rows: list[Row] = publish(folder / "release", {"cohen": source})

    def python(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *words], cwd=self.folder, capture_output=True, text=True, check=False,
            env=environment(self.hub, self.folder / "home"), timeout=120,
        )  # fmt: skip

    def upload(self, tag: str = "") -> None:
        done = self.python("-c", UPLOAD, NAME, "release", tag)
        assert done.returncode == 0, done.stderr

    def rebuild(self, what: str) -> "subprocess.CompletedProcess[str]":
        return self.python("-m", "curation", "rebuild", what, "--out", "out", "--from",
                           f"cohen={self.folder / 'theirs'}")  # fmt: skip

    def table(self, name: str) -> dict[str, dict[str, str]]:
        with (self.folder / "out" / name).open(newline="", encoding="utf-8") as file:
            return {row["record_id"]: row for row in csv.DictReader(file)}


def test_a_published_version_is_rebuilt_and_later_withdrawals_count(tmp_path: Path) -> None:
    with HubServer() as hub:
        place = Place(hub, tmp_path)
        place.upload("v0.1.0")
        done = place.rebuild(f"{NAME}@0.1.0")
        assert done.returncode == 0, done.stderr
        assert set(place.table("films.csv")) == {row["record_id"] for row in place.rows}
        (tmp_path / "release/withdrawals.csv").write_text(WITHDRAWN)
        place.upload()
        assert place.rebuild(f"{NAME}@0.1.0").returncode == 1
        assert place.table("gap.csv")["cohen/y.png"]["why"] == "withdrawn since"
        assert set(place.table("films.csv")) == {"cohen/x.png", "cohen/z.png"}


def test_a_version_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with HubServer() as hub:
        place = Place(hub, tmp_path)
        place.upload("v0.1.0")
        done = place.rebuild(f"{NAME}@0.9.0")
        assert done.returncode in {2, 5}
        assert done.stderr.startswith(f"error: {NAME}@0.9.0: no such dataset or version")
        assert "Traceback" not in done.stderr
        assert place.rebuild("little-set").returncode == 2
