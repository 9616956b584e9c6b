"""Whether this machine could publish: where a login lies, never what it says, and which stores."""

import configparser
import os
import re
from pathlib import Path

_REMOTE = re.compile(r"""^'?remote "(?P<name>[^"]+)"'?$""")


def token() -> str:
    """Where a token of the Hugging Face Hub lies: a variable or a file; empty where none does.

    The places are those of its own library, in its own order.
    """
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if os.environ.get(name, "").strip():
            return name
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("HF_HOME", f"{cache}/huggingface")
    place = Path(os.environ.get("HF_TOKEN_PATH", f"{home}/token")).expanduser()
    return str(place) if place.is_file() and place.stat().st_size else ""


def remotes(folder: Path) -> dict[str, str]:
    """The remotes of DVC that `folder` (`.dvc`) names, for all or for this checkout: name -> URL.

    A file that cannot be read names none: DVC itself says what is wrong with it.
    """
    made: dict[str, str] = {}
    for name in ("config", "config.local"):
        known = configparser.RawConfigParser(strict=False)
        try:
            known.read(folder / name, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in known.sections():
            if found := _REMOTE.match(section):
                made[found["name"]] = known.get(
                    section, "url", fallback=made.get(found["name"], "")
                )
    return made
