"""Reads `params.yaml` strictly: a wrong key or value is named, beside what is known there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class Misspelt(Exception):  # noqa: N818 - shown to a person as a sentence
    """`params.yaml` holds something no stage understands."""


SECTIONS = (
    "profile", "sources", "fetch", "phantom", "compute", "ingest", "merge", "dedup",
    "masked", "segment", "lungs", "text", "filter", "split", "recipes", "shift", "tasks",
    "suspects", "audit", "experiments", "repeats", "remedies", "rate", "evaluate", "combined",
    "cascades", "fused", "explain", "conceal", "probe", "release", "report",
)  # fmt: skip
"""All sections of `params.yaml`; each must be there, and no other."""


class Profile(BaseModel):
    """Which profile `params.yaml` is, and what it put in the place of the demo's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sources: dict[str, Any] | None = None
    sections: dict[str, Any] = {}
    """Other sections that it replaces; what is not named here is merged with the demo's."""


def read(path: Path) -> dict[str, Any]:
    """The sections of `params.yaml`. Called by the two `__main__.py` only."""
    sections = read_yaml(path)
    for name in sections:
        if name not in SECTIONS:
            raise Misspelt(f"{path}: '{name}' is no section; known here: {', '.join(SECTIONS)}")
    for name in SECTIONS:
        if not isinstance(sections.get(name), dict):
            raise Misspelt(f"{path}: section '{name}' is missing or holds no keys")
    return sections


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file of named sections. Raises `Misspelt` for anything else, naming the file."""
    try:
        sections = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506 - safe
    except FileNotFoundError:
        raise Misspelt(
            f"{path}: not there; run from the project's folder, or bring it back with git"
        ) from None
    except UnicodeDecodeError as fault:
        raise Misspelt(f"{path}: is not UTF-8 at byte {fault.start}; save it as UTF-8") from None
    except (OSError, yaml.YAMLError) as fault:
        raise Misspelt(f"{path}: cannot be read ({fault})") from None
    if not isinstance(sections, dict):
        raise Misspelt(f"{path}: expected sections with names, found {_kind(sections)}")
    return sections


def misspelt(path: Path, faults: ValidationError) -> Misspelt:
    """What to raise for a file whose values are wrong: one line for each."""
    lines = (f"{path}: {'.'.join(map(str, f['loc']))}: {f['msg']}" for f in faults.errors())
    return Misspelt("\n".join(lines))


class _Strict(yaml.SafeLoader):
    """YAML in which a word that stands twice is an error; YAML's own rule takes the last."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for word in seen:
        if seen.count(word) > 1:
            raise yaml.YAMLError(f"{word!r} stands twice, line {node.start_mark.line + 1} on")
    return loader.construct_mapping(node, deep=True)


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _kind(value: object) -> str:
    names = {list: "a list", str: "words", type(None): "nothing"}
    return names.get(type(value), f"a {type(value).__name__}")


def section(sections: Mapping[str, Any], name: str, model: type[Model]) -> Model:
    """The section `name` (dots go deeper) as `model`; `Misspelt` names every key at fault."""
    values: Any = sections
    for step in name.split("."):
        if not isinstance(values, Mapping) or step not in values:
            known = ", ".join(map(str, values)) if isinstance(values, Mapping) else ""
            raise Misspelt(
                f"params.yaml: section '{name}' is missing; known there: {known or 'nothing'}"
            )
        values = values[step]
    try:
        return model.model_validate(values if values is not None else {})
    except ValidationError as faults:
        raise Misspelt(
            "\n".join(_sentence(name, dict(fault), model) for fault in faults.errors())
        ) from (None)


def _sentence(name: str, fault: Mapping[str, Any], model: type[BaseModel]) -> str:
    key = ".".join([name, *(str(step) for step in fault["loc"])])
    if fault["type"] == "extra_forbidden":
        return f"params.yaml: '{key}' is no parameter; known here: {', '.join(model.model_fields)}"
    if fault["type"] == "missing":
        return f"params.yaml: '{key}' is missing"
    return f"params.yaml: '{key}' is {fault['input']!r}; {fault['msg']}"
