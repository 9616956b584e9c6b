"""Records of WARC 1.1 (ISO 28500), the format in which libraries keep web pages.

Nothing in a record comes from the moment it is written: its id is made of what it says, its date is
that of the answer. So the same answers give the same bytes.
"""

import uuid
from http import HTTPStatus
from io import BytesIO
from typing import IO, NamedTuple

from requests.utils import requote_uri
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from curation.network.entry import Headers

VERSION = "1.1"
# A body is kept without what was put around it for the way, so its head must not promise that.
FRAMING = frozenset({"content-length", "transfer-encoding"})
ORIGINAL = "X-Archive-Orig-"


class Came(NamedTuple):
    """One answer: where and when it came from, its head, and the SHA-256 of its body."""

    url: str
    date: str
    status: int
    headers: Headers
    sha256: str
    size: int
    is_decoded: bool = True
    """The body is kept unpacked, whatever `Content-Encoding` it came in."""


class Warc:
    """Writes records to `out`, each compressed by itself, as readers expect of .warc.gz."""

    def __init__(self, out: IO[bytes], key: str) -> None:
        self.records = 0
        self._key = key
        self._writer = WARCWriter(out, gzip=True, warc_version=VERSION)

    def info(self, date: str, about: dict[str, str]) -> None:
        """What the file is, for a stranger."""
        self._fields("warcinfo", date, about, {})

    def via(self, date: str, asked: str, response: str) -> None:
        """That the answer `response` was asked for under another address."""
        self._fields(
            "metadata", date, {"via": requote_uri(asked)}, {"WARC-Concurrent-To": response}
        )

    def response(self, came: Came, body: IO[bytes], *, is_taken: bool = True) -> str:
        """An answer with its head; its id. Not `is_taken`: its body was left unread."""
        untrue = FRAMING | ({"content-encoding"} if came.is_decoded else set())
        head = [
            (ORIGINAL + name if name.lower() in untrue else name, value)
            for name, value in came.headers
        ]
        head.append(("Content-Length", str(came.size)))
        reason = HTTPStatus(came.status).phrase if came.status in set(HTTPStatus) else ""
        http = StatusAndHeaders(f"{came.status} {reason}".strip(), head, protocol="HTTP/1.1")
        more = {} if is_taken else {"WARC-Truncated": "unspecified"}
        return self._write("response", came, body, more, http_headers=http)

    def resource(self, came: Came, body: IO[bytes]) -> str:
        """A file that came in several answers, or whose head is not known; its id."""
        kind = next((v for n, v in came.headers if n.lower() == "content-type"), "")
        return self._write(
            "resource", came, body, {}, warc_content_type=kind or "application/octet-stream"
        )

    def _fields(self, kind: str, date: str, said: dict[str, str], more: dict[str, str]) -> None:
        data = "".join(f"{name}: {value}\r\n" for name, value in said.items()).encode()
        came = Came(said.get("via", ""), date, 0, [], "", len(data))
        self._write(kind, came, BytesIO(data), more, warc_content_type="application/warc-fields")

    def _write(
        self, kind: str, came: Came, body: IO[bytes], more: dict[str, str], **given: object
    ) -> str:
        said = (self._key, kind, came.url, came.date, came.sha256, str(self.records))
        name = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(said))}>"
        named = {"WARC-Record-ID": name, "WARC-Date": came.date, **more}
        if came.sha256:
            named["WARC-Payload-Digest"] = f"sha256:{came.sha256}"
        record = self._writer.create_warc_record(
            requote_uri(came.url), kind, payload=body, length=came.size,
            warc_headers_dict=named, **given,
        )  # fmt: skip
        self._writer.write_record(record)
        self.records += 1
        return name
