"""From a key in `params.yaml` to its source: the folder of that name, nothing to register."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from curation import sources
from curation.sources.base import Source
from manifests.contract.params import Misspelt, read_yaml, section

KEY = re.compile(r"[a-z0-9_]{1,40}")


def keys() -> list[str]:
    """The keys of all sources: the names of the folders beside this file."""
    return sorted(part.name for part in pkgutil.iter_modules(sources.__path__) if part.ispkg)


def source_class(key: str) -> type[Source]:
    """The one `Source` that the folder `key` declares. Raises `Misspelt` for an unknown key."""
    if KEY.fullmatch(key) is None or key not in keys():
        raise Misspelt(
            f"params.yaml: 'sources.{key}' is no source; known here: {', '.join(keys())}"
        )
    module = importlib.import_module(f"{sources.__name__}.{key}")
    (found,) = (
        declared
        for declared in vars(module).values()
        if isinstance(declared, type)
        and issubclass(declared, Source)
        and declared.__module__ == module.__name__
    )
    return found


def load(key: str, entries: Mapping[str, Any]) -> Source:
    """The source `key` with its entry in `entries`, the section `sources` of `params.yaml`."""
    return section({"sources": entries}, f"sources.{key}", source_class(key))


def of_profile(folder: Path, profile: str) -> dict[str, Any]:
    """The sources of `folder/<profile>.yaml`. Raises `Misspelt` for an unknown profile."""
    known = sorted(place.stem for place in folder.glob("*.yaml"))
    if profile not in known:
        raise Misspelt(f"profile '{profile}' is not in {folder}; known: {', '.join(known)}")
    entries: dict[str, Any] = read_yaml(folder / f"{profile}.yaml")["profile"]["sources"]
    return entries
