"""Reads `params.yaml` strictly: a wrong key or value is named, beside what is known there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class Misspelt(Exception):  # noqa: N818 - shown to a person as a sentence
    """`params.yaml` holds something no stage understands."""


def read(path: Path) -> dict[str, Any]:
    """The sections of `params.yaml`. Called by the two `__main__.py` only."""
    try:
        sections = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise Misspelt(f"{path}: cannot be read ({fault}); run from the project's folder") from None
    if not isinstance(sections, dict):
        raise Misspelt(f"{path}: expected sections, found {type(sections).__name__}")
    return sections


def section(sections: Mapping[str, Any], name: str, model: type[Model]) -> Model:
    """The section `name` (dots go deeper) as `model`; `Misspelt` names every key at fault."""
    values: Any = sections
    for step in name.split("."):
        if not isinstance(values, Mapping) or step not in values:
            raise Misspelt(f"params.yaml: section '{name}' is missing")
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
