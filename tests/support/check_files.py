"""Checks the files of a commit: YAML and TOML parse, nothing is large, no picture slips in."""

import sys
import tomllib
from pathlib import Path

import yaml

LARGEST = 500_000
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".dcm", ".gif", ".bmp", ".jfif"}


def fault(path: Path) -> str | None:
    """What is wrong with one file, as a sentence."""
    if path.suffix.lower() in PICTURES and "fixtures" not in path.parts:
        return f"{path}: a picture outside fixtures/; films are never committed"
    if path.stat().st_size > LARGEST:
        return f"{path}: larger than {LARGEST} bytes; data belong to DVC"
    try:
        if path.suffix in {".yaml", ".yml"}:
            list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
        elif path.suffix == ".toml":
            tomllib.loads(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, tomllib.TOMLDecodeError) as broken:
        return f"{path}: {broken}"
    return None


if __name__ == "__main__":
    faults = [found for name in sys.argv[1:] if (found := fault(Path(name)))]
    sys.stderr.write("".join(f"{found}\n" for found in faults))
    sys.exit(1 if faults else 0)
