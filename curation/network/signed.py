"""Addresses as they are recorded: without the signatures and tokens that a host put into them.

A redirect often leads to an address that opens a door for whoever holds it, for hours or for ever.
It is asked whole; what is written down says that there was a signature, and not which.
"""

import re
from urllib.parse import unquote

NOT_KEPT = "(not kept)"
DOOR = re.compile(
    r"cookie|authori[sz]ation|authenticat|(^|[-_])auth([-_]|$)|token|secret|session|csrf|xsrf"
    r"|password|api[-_]?key|credential|signature",
    re.IGNORECASE,
)
"""In the name of a header or of a parameter, whose value could then open a door."""
SIGNED = re.compile(
    DOOR.pattern + r"|^x-(amz|goog|oss|cos|ms)-|accesskeyid$|accessid$|^hdn"
    r"|^(sig|sign|expires?|policy|key([-_]?pair[-_]?id)?|hmac|sas|jwt|ticket|sid|pass|pwd)$",
    re.IGNORECASE,
)
PARAMETER = re.compile(r"""(?<=[?&;#])([^=&;#?\s<>"]+)=([^&;#\s<>"]*)""")
# Box hands a file out at /d/1/<several hundred letters>/download.
OPAQUE = re.compile(r"(?<=/d/\d/)[^/?#\s]+(?=/download)")


def unsigned(text: str) -> str:
    """An address, or a header that holds some, without the values of what looks signed."""
    return PARAMETER.sub(_told, OPAQUE.sub(NOT_KEPT, text))


def _told(found: re.Match[str]) -> str:
    name, value = found.groups()
    # A sign-in page is told by a parameter where to go on: an address in an address.
    within = unquote(unquote(value))
    names = [name, *(inner for inner, _ in PARAMETER.findall(within))]
    is_signed = OPAQUE.search(within) or any(SIGNED.search(unquote(one)) for one in names)
    return f"{name}={NOT_KEPT}" if is_signed else found[0]
