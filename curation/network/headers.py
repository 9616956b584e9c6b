"""The headers of an answer as they are kept: all of them, without what could open a door."""

import requests

from curation.network.entry import Headers
from curation.network.signed import DOOR, NOT_KEPT, unsigned


def kept(response: requests.Response) -> Headers:
    """Name and value of every header line, in order; cookies and credentials by name only.

    An address in a value stands there as `unsigned` gives it.
    """
    lines = response.raw.headers.items()
    # A folded line brings its line end along.
    return [
        [n, NOT_KEPT if DOOR.search(n) else unsigned(" ".join(str(v).split()))] for n, v in lines
    ]


def values(response: requests.Response, name: str) -> list[str]:
    """The value of every line of that name; `requests` joins them, which loses whose is whose."""
    return [str(value) for value in response.raw.headers.getlist(name)]
