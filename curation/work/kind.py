"""What a remembered result was made by, so that none outlives the code that made it.

The name of a result holds a digest of the source text of the function's module and of every module
of ours that it imports, the files of numbers that lie beside them, and the versions of the
libraries that touch pixels. Nobody has to think of raising a number when a line changes.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("curation", "manifests")
DATA = (".csv", ".json", ".npy", ".npz", ".txt", ".yaml")
"""Suffixes of what a module may read beside itself."""
LIBRARIES = (
    "imagehash", "numba", "numpy", "opencv-python-headless", "pillow", "pydicom", "pylibjpeg",
    "pylibjpeg-libjpeg", "pylibjpeg-openjpeg", "pylibjpeg-rle", "python-gdcm", "scipy",
)  # fmt: skip
"""Another version of these may give another last digit; a decoder that comes, a film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One sort of result: its name, the version of its layout, and the code that makes it."""

    name: str
    version: int
    code: str
    """What `code_of` gives."""

    def key(self, *parts: str) -> bytes:
        """32 bytes for the result of this kind from `parts`: hashes of content, parameters."""
        whole = "\0".join([self.name, str(self.version), self.code, *parts])
        return hashlib.sha256(whole.encode()).digest()


def kind(name: str, version: int, module: str) -> Kind:
    """The kind `name`, made by the functions of `module` (a dotted name)."""
    return Kind(name=name, version=version, code=code_of(module))


@cache
def code_of(module: str, root: Path = ROOT) -> str:
    """A digest of `module` and all of ours that it imports, directly or not, and of libraries."""
    digest = hashlib.sha256()
    modules = _reached(module, root)
    beside = {file for one in modules for file in one.parent.glob("*.*") if file.suffix in DATA}
    for file in sorted(modules | beside):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
        digest.update(file.read_bytes())
    for library in LIBRARIES:
        digest.update(f"{library}=={_version(library)}\0".encode())
    return digest.hexdigest()[:16]


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "absent"


def _reached(module: str, root: Path) -> set[Path]:
    seen: set[Path] = set()
    todo = [module]
    while todo:
        file = _file(todo.pop(), root)
        if file and file not in seen:
            seen.add(file)
            todo.extend(_imported(file))
    return seen


def _file(name: str, root: Path) -> Path | None:
    if name.split(".", maxsplit=1)[0] not in OURS:
        return None
    place = root / Path(*name.split("."))
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def _imported(file: Path) -> Iterator[str]:
    """Dotted names; `from a import b` gives both a and a.b, of which one is a module."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
