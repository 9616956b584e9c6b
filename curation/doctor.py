"""What `cxr doctor` looks at: this machine, its installation, and the sources' folders."""

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.doctor_publishing import remotes, token
from curation.doctor_sources import standings
from curation.sources.loading import load
from manifests.contract.params import Misspelt, section

GIGABYTE = 10**9
NEEDED_GB = 5
STAGES = ("phantom", "ingest", "merge", "dedup", "filter", "split", "release", "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: what was found, and what to do if it is not well."""

    what: str
    is_well: bool
    found: str
    cure: str = ""


def checks(params: Mapping[str, Any]) -> list[Check]:
    """Everything worth looking at before a run, in the order of likelihood to be wrong."""
    return [_python(), _torch(), _disk(), _remotes(), _token(), _params(params),
            *_sources(params["sources"])]  # fmt: skip


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    return Check(
        what="python", is_well=sys.version_info >= (3, 11), found=found,
        cure="install Python 3.11 or later, then `make PYTHON=python3.12 repro`, say",
    )  # fmt: skip


def _torch() -> Check:
    """Torch and torchvision must come from one build; a CPU torch with a CUDA torchvision fails."""
    if importlib.util.find_spec("torch") is None:
        return Check(
            what="torch", is_well=False, found="not installed",
            cure="`pip install -c constraints.txt -e '.[train]'`; curation works without it",
        )  # fmt: skip
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("torch", "torchvision")]
    return Check(
        what="torch", is_well=_torchvision_loads(), found=" with ".join(versions),
        cure="the two come from different builds: install both from one index, "
        "`pip install --force-reinstall -c constraints.txt torch torchvision`",
    )  # fmt: skip


def _torchvision_loads() -> bool:
    try:
        importlib.import_module("torchvision")
    except (ImportError, RuntimeError):
        return False
    return True


def _disk() -> Check:
    free = shutil.disk_usage(".").free / GIGABYTE
    return Check(
        what="disk", is_well=free >= NEEDED_GB, found=f"{free:.0f} GB free",
        cure=f"free {NEEDED_GB} GB; `dvc gc -w` drops what no stage uses",
    )  # fmt: skip


def _remotes() -> Check:
    """Where the team keeps what was made; to have no such place is well."""
    known = remotes(Path(".dvc"))
    speaks_s3 = [name for name, url in known.items() if url.startswith("s3://")]
    return Check(
        what="dvc remotes", found=", ".join(known) or "none; CONTRIBUTING.md says how to add one",
        is_well=not speaks_s3 or importlib.util.find_spec("dvc_s3") is not None,
        cure=f"{', '.join(speaks_s3)}: `pip install -c constraints.txt -e '.[s3]'`",
    )  # fmt: skip


def _token() -> Check:
    """Only who publishes needs one, and whether it is a good one is asked when it is used."""
    place = token()
    found = f"a token in {place}" if place else "no token; only publishing needs one"
    return Check(what="the Hub", is_well=True, found=found)


def _params(params: Mapping[str, Any]) -> Check:
    """Every number that curation reads; training's own are checked when it starts."""
    asked = [(stage, f"curation.stages.{stage}") for stage in STAGES]
    asked += [(f"recipes.{key}", "curation.stages.prepare") for key in params["recipes"]]
    faults = []
    for name, module in asked:
        try:
            section(params, name, importlib.import_module(module).Params)
        except Misspelt as fault:
            faults.append(str(fault))
    for key in params["sources"]:
        try:
            load(key, params["sources"])
        except Misspelt as fault:
            faults.append(str(fault))
    return Check(
        what="params.yaml", is_well=not faults, found="; ".join(faults) or "understood",
        cure="mend the keys named above",
    )  # fmt: skip


def _sources(sources: Mapping[str, Mapping[str, Any]]) -> list[Check]:
    return [
        Check(
            what=f"source {one.key}",
            is_well=one.is_well,
            found=f"{one.state}: {one.found}",
            cure=one.cure,
        )
        for one in standings(sources)
    ]
