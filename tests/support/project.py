"""Reads the project's imports as text, so that a test can hold them to the plan."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("curation", "manifests", "training")


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))


@cache
def imported(module: Path) -> frozenset[str]:
    """Dotted names that `module` imports anywhere, `from a import b` giving both a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


def file_of(name: str) -> Path | None:
    """The project's file for a dotted name, if it is one with code in it."""
    if name.split(".", maxsplit=1)[0] not in ROOMS:
        return None
    place = ROOT / Path(*name.split("."))
    return next((f for f in (place.with_suffix(".py"), place / "__init__.py") if f.exists()), None)


def reached(start: Path) -> frozenset[Path]:
    """Every file of ours that `start` imports, directly or not, without empty packages."""
    seen: set[Path] = set()
    todo = [start]
    while todo:
        module = todo.pop()
        if module in seen:
            continue
        seen.add(module)
        todo += [file for name in imported(module) if (file := file_of(name))]
    return frozenset(file for file in seen if not _holds_only_a_docstring(file))


def _holds_only_a_docstring(file: Path) -> bool:
    return len(ast.parse(file.read_text(encoding="utf-8")).body) <= 1 and file.stem == "__init__"
