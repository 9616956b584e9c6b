"""Your permission to copy a source: a file you keep, checked before anything is asked."""

import datetime as dt
from pathlib import Path
from typing import Annotated, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from curation.network.errors import NotPermitted
from curation.sources.base import About

Words = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]


class Permission(BaseModel):
    """Who allowed whom what, and where that is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Words
    """Key of the source, as in params.yaml."""
    granted_by: Words
    granted_to: Words
    date: dt.date
    scope: Words
    """What may be done, in the words of the permission."""
    reference: Words
    """Letter, e-mail or contract it stands in."""


def checked(key: str, about: About, place: Path | None) -> Permission | None:
    """The permission record, None where none is needed. Raises `NotPermitted` without one."""
    if not about.needs_permission:
        return None
    if place is None:
        _refuse(key, about, f"params.yaml names none in sources.{key}.permission")
    try:
        record = Permission.model_validate(yaml.safe_load(place.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        _refuse(key, about, f"{place} cannot be read ({fault})")
    except ValidationError as faults:
        fields = "; ".join(
            f"{fault['loc'][0] if fault['loc'] else 'all of it'}: {fault['msg']}"
            for fault in faults.errors()
        )
        _refuse(key, about, f"{place} is not complete: {fields}")
    if record.source != key:
        _refuse(key, about, f"{place} is for {record.source!r}")
    return record


def _refuse(key: str, about: About, found: str) -> NoReturn:
    terms = (
        f"{about.title} states no licence, so all rights are reserved"
        if about.license == "NOASSERTION"
        else f"the terms of {about.title} ({about.license_url}) rule out automated copying"
    )
    raise NotPermitted(
        f"{key}: {terms}; a fetch needs a permission record, and {found}. Ask {about.homepage}, "
        "then write a YAML file with source, granted_by, granted_to, date, scope and reference, "
        f"and name it in params.yaml as sources.{key}.permission"
    )
