"""Whom a file belongs to: another version, code, machine or wish is another owner."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import timm
import torch
from project import ROOT

from training.owned import owner_of

FACTS = {"params": {"precision": "float32"}, "manifest_id": "m1"}
OWNERS = """
import sys
from pathlib import Path
from training.owned import owner_of

print(owner_of({}))
for name in sys.argv[1:]:
    with Path(name).open("a") as file:
        file.write("# another\\n")
    print(owner_of({}))
"""


def test_the_same_facts_in_another_order_are_the_same_owner() -> None:
    assert owner_of(FACTS) == owner_of(dict(reversed(FACTS.items())))


@pytest.mark.parametrize("library", [torch, timm])
def test_another_version_of_a_library_is_another_owner(
    monkeypatch: pytest.MonkeyPatch, library: object
) -> None:
    before = owner_of(FACTS)
    monkeypatch.setattr(library, "__version__", "0.0.1")
    assert owner_of(FACTS) != before


@pytest.mark.parametrize("fact", [{"params": {"precision": "bfloat16"}}, {"manifest_id": "m2"}])
def test_another_fact_is_another_owner(fact: dict[str, object]) -> None:
    assert owner_of(FACTS | fact) != owner_of(FACTS)


def test_every_other_code_is_another_owner(tmp_path: Path) -> None:
    for room in ("training", "manifests"):
        shutil.copytree(ROOT / room, tmp_path / room)
    changed = ["training/loop.py", "training/models/base_cnn.py", "training/new.py",
               "manifests/contract/prepared.py"]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", OWNERS, *changed], cwd=tmp_path, text=True, capture_output=True,
        env={"PYTHONPATH": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    owners = done.stdout.split()
    # The copy itself is the same code in another folder.
    assert owners[0] == owner_of({})
    assert len(set(owners)) == len(owners) == 1 + len(changed)
