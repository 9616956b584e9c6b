"""What a half-fetched file is half of, kept beside it until it is whole."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from manifests.contract.folder import PART, whole_file


class Mark(NamedTuple):
    """The answer that a part file came with; the defaults say that none is known."""

    url: str
    version: str = ""
    """A validator that promises equal bytes, as the host wrote it."""
    total: int = -1
    """Bytes of the whole file; -1 where the host did not say."""
    final_url: str = ""
    came: dict[str, Any] = {}  # noqa: RUF012 - no one writes into it
    """Status, moment, headers and redirects of the answer."""


def read(place: Path, url: str) -> Mark:
    """The mark at `place` if it is of `url`, else one that knows nothing."""
    try:
        found = Mark(*json.loads(place.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return Mark(url, final_url=url)
    return found if found.url == url else Mark(url, final_url=url)


def write(place: Path, mark: Mark) -> None:
    """Whole or as it was: a mark cut short by a kill would cost all that came before it."""
    with whole_file(place) as part:
        part.write_text(json.dumps(mark), encoding="utf-8")


def forget(place: Path) -> None:
    """Nothing is on its way any more; a kill may have left a mark that was half written."""
    place.unlink(missing_ok=True)
    place.with_name(place.name + PART).unlink(missing_ok=True)
