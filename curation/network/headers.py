"""The headers of an answer as they are kept: all of them, without what could open a door."""

import re

import requests

from curation.network.store import Headers

SECRET = re.compile(
    r"cookie|authori[sz]ation|authenticat|(^|-)auth(-|$)|token|secret|session|csrf|xsrf|password"
    r"|api-?key|credential|signature",
    re.IGNORECASE,
)
NOT_KEPT = "(not kept)"


def kept(response: requests.Response) -> Headers:
    """Name and value of every header line, in order; cookies and credentials by name only."""
    lines = response.raw.headers.items()
    # A folded line brings its line end along.
    return [[n, NOT_KEPT if SECRET.search(n) else " ".join(str(v).split())] for n, v in lines]


def values(response: requests.Response, name: str) -> list[str]:
    """The value of every line of that name; `requests` joins them, which loses whose is whose."""
    return [str(value) for value in response.raw.headers.getlist(name)]
