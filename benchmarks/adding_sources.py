"""What adding each source in turn moves: the road is run without it, frozen, and run with it.

    python benchmarks/adding_sources.py

Run it in the project's folder after `dvc repro ingest`. It writes nothing there. For each source it
prints how many films stood in test without it, and how many films moved when it came: with the
ledger as `cxr freeze` wrote it before, and by the hash alone.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from manifests.contract.table import read_stage

ROOT = Path.cwd()
STAGES = ("merge", "dedup", "filter", "split")


def world(folder: Path, sources: list[str]) -> Path:
    """A project in `folder` with these sources and no ledger; its films are those of ROOT."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["sources"] = {key: params["sources"][key] for key in sources}
    folder.mkdir()
    shutil.copytree(ROOT / "manifests", folder / "manifests")
    shutil.rmtree(folder / "manifests" / "assignments")
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    (folder / "data").mkdir()
    (folder / "data" / "ingest").symlink_to(ROOT / "data" / "ingest")
    return folder


def run(folder: Path, *stages: str) -> None:
    known = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    for name in stages:
        command = known[name]["cmd"].split()[1:] if name in known else ["-m", "curation", name]
        subprocess.run(
            [sys.executable, *command], cwd=folder, check=True, capture_output=True,
            env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT))},
        )  # fmt: skip


def sides(folder: Path) -> dict[str, str]:
    rows = read_stage(folder / "data" / "split")[0]
    return dict(zip(rows["record_id"], rows["split"], strict=True))


def moved(before: dict[str, str], after: dict[str, str]) -> str:
    """How many films moved, and how many of them were or are test films."""
    gone = [name for name, side in before.items() if after.get(name, side) != side]
    tests = [name for name in gone if "test" in {before[name], after[name]}]
    return f"{len(gone)} moved ({len(tests)} into or out of test)"


def main() -> None:
    every = sorted(yaml.safe_load((ROOT / "params.yaml").read_text())["sources"])
    with tempfile.TemporaryDirectory() as place:
        whole = world(Path(place) / "whole", every)
        run(whole, *STAGES)
        hashed = sides(whole)
        for key in every:
            old = world(Path(place) / key, [other for other in every if other != key])
            run(old, *STAGES)
            told = f"{key}: by hash {moved(sides(old), hashed)}"
            run(old, "freeze", "split")
            before = sides(old)
            shutil.copytree(old / "manifests" / "assignments", whole / "manifests" / "assignments")
            run(whole, "split")
            tests = sum(side == "test" for side in before.values())
            mergers = len((whole / "data" / "split" / "moved.csv").read_text().splitlines()) - 1
            print(f"{told}; frozen, {tests} test films: {moved(before, sides(whole))}, "
                  f"{mergers} told in moved.csv", flush=True)  # fmt: skip
            shutil.rmtree(whole / "manifests" / "assignments")


if __name__ == "__main__":
    main()
