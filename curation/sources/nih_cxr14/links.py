"""The links that NIH hands out, as a person lists them for `cxr fetch`."""

import re
from pathlib import Path

from curation.sources.base import Lost, Remote
from curation.sources.base_files import Row, rows
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected


def remotes_in(links: Path) -> list[Remote]:
    """All files to bring; looked at before the first is asked for."""
    try:
        found = [_remote(row, links) for row in rows(links, "name", "url", "sha256")]
    except Rejected as verdict:
        raise Misspelt(f"sources.nih_cxr14.links: {verdict.detail}") from None
    names = [remote.name for remote in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Misspelt(f"{links}: {twice} stand twice; give each file one link")
    return found


def _remote(row: Row | Lost, links: Path) -> Remote:
    if isinstance(row, Lost):
        raise Misspelt(f"{links}: {row.detail}")
    sha256 = row["sha256"].lower()
    if sha256 and not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise Misspelt(
            f"{links}, line {row.line}: sha256 is {row['sha256'][:80]!r}, not 64 hexadecimal "
            "digits; mend it, or leave it blank where none is published"
        )
    return Remote(url=row["url"], name=row["name"], sha256=sha256)
