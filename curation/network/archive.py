"""An importer's files: streamed to disk, resumed where they broke off, whole or absent."""

import errno
import hashlib
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from curation.network import mark as marks
from curation.network import reserved
from curation.network.asking import Answer, Asker
from curation.network.body import CHUNK, chunks
from curation.network.errors import (
    Cut,
    Failed,
    Mismatch,
    NotPermitted,
    Refused,
    TooMuch,
    Unavailable,
)
from curation.network.recorded import GONE
from curation.sources.base import Remote
from manifests.contract.folder import PART
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

PARTIAL, OK, NOTHING_LEFT = 206, 200, 416
SPARE = 1.2
"""Free space asked for, as a multiple of what is still to come."""


class Download:
    """One remote file on its way to `folder`; what came before a kill is in `<name>.part`."""

    def __init__(self, asker: Asker, remote: Remote, folder: Path, max_bytes: int) -> None:
        name = Path(remote.name)
        if name.is_absolute() or ".." in name.parts or not name.name:
            raise Misspelt(f"{remote.name!r}: is no name for a file in {folder}; mend the source")
        self.asker, self.remote, self.max_bytes = asker, remote, max_bytes
        self.place = folder / name
        if self.place.is_dir():
            raise Misspelt(f"{self.place}: is a folder, where a file is to go; move it away")
        self.part = self.place.with_name(self.place.name + PART)
        self.mark = self.place.with_name(self.place.name + ".version" + PART)
        self.final_url = remote.url
        self.came: dict[str, Any] = {}
        """Status, moment, headers and redirects of the answer that the last bytes came with."""

    def fetch(self) -> str:
        """The SHA-256 of the file, once it is whole; it takes the place of one of that name.

        Raises `Unavailable`, `Mismatch` (not the published hash), `TooMuch` (disk or budget), and
        `Rejected` for a file that is gone.
        """
        self.place.parent.mkdir(parents=True, exist_ok=True)
        if not self._is_whole():
            self._persist()
        found = sha256_of(self.part)
        if self.remote.sha256 and found != self.remote.sha256:
            self.part.unlink()
            marks.forget(self.mark)
            raise Mismatch(
                f"{self.remote.url}: came with SHA-256 {found}, published is {self.remote.sha256}; "
                "removed; fetch again, and if it stays so ask whether upstream changed"
            )
        self.part.replace(self.place)
        marks.forget(self.mark)
        return found

    def _persist(self) -> None:
        """Fill the part file; what came stays in it when the tries are over."""
        try:
            self.asker.persist(self.remote.url, self._take, self._headers, self._size)
        except Refused as fault:
            raise Unavailable(f"{self.remote.url}: {fault}") from fault
        except Failed as fault:
            raise Unavailable(
                f"{self.remote.url}: {fault}, in every try; what came is kept, try again later"
            ) from fault

    def _is_whole(self) -> bool:
        """All came before a kill, and only its name was not given yet."""
        mark = self._mark()
        self.final_url, self.came = mark.final_url, mark.came
        return 0 <= mark.total == self._size()

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _headers(self) -> dict[str, str]:
        """Ask for the rest only of the very address and version that the part is of."""
        headers = {"Accept-Encoding": "identity"}
        version = self._mark().version
        if self._size() and version:
            headers |= {"Range": f"bytes={self._size()}-", "If-Range": version}
        else:
            self.part.unlink(missing_ok=True)
        return headers

    def _mark(self) -> marks.Mark:
        return marks.read(self.mark, self.remote.url)

    def _take(self, answer: Answer) -> None:
        self.final_url, response = answer.url, answer.response
        if why := reserved.by_header(response):
            raise NotPermitted(
                f"{self.remote.url}: {why}; not taken; ask its keepers, or bring the file yourself"
            )
        start, total = _extent(response.headers.get("Content-Range", ""))
        if response.status_code == NOTHING_LEFT and total == self._size():
            return
        if response.status_code == OK or start != self._size():
            self.part.unlink(missing_ok=True)
            start, total = 0, int(response.headers.get("Content-Length") or -1)
        if response.status_code in GONE:
            raise Rejected(
                Reason.MISSING_IMAGE,
                f"{self.remote.url}: is gone (status {response.status_code}); nothing to take",
            )
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and self.place.suffix not in {".html", ".htm"}:
            raise Unavailable(
                f"{self.remote.url}: a web page came where {self.place.name} was asked; look at it "
                "in a browser, it may ask you to sign in or to accept terms"
            )
        if response.status_code not in {OK, PARTIAL} or (start and start != self._size()):
            raise Unavailable(
                f"{self.remote.url}: answers with status {response.status_code}; "
                "look whether the file has moved"
            )
        self._check_room(total)
        headers = response.headers
        # Only a strong validator promises equal bytes.
        version = headers.get("ETag", "")
        version = version if version.startswith('"') else headers.get("Last-Modified", "")
        self.came = {"status": response.status_code, **asdict(answer.evidence())}
        mark = marks.Mark(self.remote.url, version, total, self.final_url, self.came)
        marks.write(self.mark, mark)
        self._append(answer, total)
        if total >= 0 and self._size() != total:
            raise Cut(f"{self._size()} bytes of {total}")

    def _check_room(self, total: int) -> None:
        if total > self.max_bytes:
            raise TooMuch(
                f"{self.remote.url}: {total / 1e9:.2f} GB, more than fetch.max_file_gb allows"
            )
        needed, free = (total - self._size()) * SPARE, shutil.disk_usage(self.part.parent).free
        if needed > free:
            raise TooMuch(
                f"{self.part.parent}: {needed / 1e9:.2f} GB are needed for {self.place.name}, "
                f"{free / 1e9:.2f} GB are free; make room and fetch again"
            )

    def _append(self, answer: Answer, total: int) -> None:
        size = renewed = self._size()
        bar = tqdm(total=max(total, 0) or None, initial=size, unit="B", unit_scale=True,
                   desc=self.place.name, disable=None)  # fmt: skip
        try:
            with bar, self.part.open("ab") as part:
                for chunk in chunks(answer.response, answer.deadline):
                    part.write(chunk)
                    size += len(chunk)
                    bar.update(len(chunk))
                    if size > self.max_bytes:
                        raise TooMuch(f"{self.remote.url}: longer than fetch.max_file_gb allows")
                    # A large file takes its time; only a slow one meets the deadline.
                    if size - renewed >= CHUNK:
                        renewed = size
                        answer.deadline.renew()
        except OSError as fault:
            if fault.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise TooMuch(
                f"{self.part}: the disk is full; make room and fetch again, what came is kept"
            ) from fault


def _extent(content_range: str) -> tuple[int, int]:
    """Start and total of `bytes 5-9/10` or `bytes */10`; -1 for what it does not say."""
    found = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(?:(\d+)|\*)", content_range.strip())
    return (int(found[1] or -1), int(found[2] or -1)) if found else (-1, -1)


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file of any size."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
