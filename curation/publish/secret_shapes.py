"""How keys, and places of a machine, look: the patterns that a release is searched for.

The shapes of keys are those that their issuers print in their documentation; each is whole, with
its end, so that a hash, a picture's bytes or base64 of them is none.
"""

import re
from typing import NamedTuple

_BEFORE = (
    rb"(?:(?<![A-Za-z0-9+_-])"
    # JSON writes a new line as a letter after a stroke, an address writes a sign as two digits.
    rb"|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
)
_AFTER = rb"(?![A-Za-z0-9+=_-])"
_NAME = rb"[^/\\\s\"'<>|*?\x00-\x1f\x7f-\xff]{1,64}"
_ROOT = rb"(?<![A-Za-z0-9._~%-])"
"""Before a path that begins at the root; what goes on from a name is part of an address."""
_DRIVE = rb"(?<![A-Za-z0-9])[A-Zcde]:(?![\\/]{1,2}[Uu]sers[\\/])"
_FOLDER = rb"[^/\\\s\"'<>|*?:{}$()\[\]\x00-\x1f\x7f-\xff]{1,64}"
_NO_ESCAPE = rb"(?![bfnrtu][^\\]{0,63}\\[bfnrtu])"
"""`\n…\t` in JSON is no folder; where both words begin so, it is taken for JSON."""


class Rule(NamedTuple):
    """One kind of thing; `marks` are the words of which one is in every such thing."""

    kind: str
    marks: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    is_drawn: bool = False
    """Its letters come from a generator of chance."""
    unless: re.Pattern[bytes] | None = None
    """What stands right before it where it is harmless, to the end of those words."""


def _key(kind: str, marks: str, rest: bytes) -> Rule:
    """A key that begins with one of `marks` (words) and goes on as `rest` says."""
    words = tuple(word.encode() for word in marks.split())
    begin = b"(?:" + b"|".join(map(re.escape, words)) + b")"
    return Rule(kind, words, re.compile(_BEFORE + begin + rest + _AFTER), is_drawn=True)


_ADDRESS = re.compile(
    rb"(?:[a-z][a-z0-9+.-]{1,12}://[^\s\"'<>,/][^\s\"'<>,]*"
    rb"|(?:href|src|srcset|action|poster|content|data-[a-z-]{1,30})\s?=\s?\\?[\"']?|url\([\"']?)$"
)
"""An address of the web that goes on here, or an attribute of a page that holds one."""

ANYWHERE = (
    _key("a token of the Hugging Face Hub", "hf_ api_org_", rb"[A-Za-z0-9]{30,200}"),
    _key("a token of GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9]{36,255}"),
    _key("a token of GitHub", "github_pat_", rb"[A-Za-z0-9_]{50,255}"),
    _key("a token of GitLab", "glpat-", rb"[A-Za-z0-9_.-]{20,255}"),
    _key("an access key of AWS", "AKIA ASIA", rb"[A-Z2-7]{16}"),
    _key("a key of Google", "AIza", rb"[A-Za-z0-9_-]{35}"),
    _key("a key of OpenAI", "sk-", rb"[A-Za-z0-9]{32,64}"),
    _key("a key of OpenAI", "sk-proj- sk-svcacct- sk-admin-", rb"[A-Za-z0-9_-]{32,255}"),
    _key("a key of Anthropic", "sk-ant-", rb"[A-Za-z0-9_-]{32,255}"),
    _key("a token of Slack", "xoxb- xoxp- xoxa- xoxr- xoxs-", rb"[A-Za-z0-9-]{20,255}"),
    _key("a token of PyPI", "pypi-AgEI", rb"[A-Za-z0-9_-]{50,1000}"),
    Rule("a private key", (b"PRIVATE KEY",),
         re.compile(rb"-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----")),
    Rule("a home folder", (b"/home/", b"/Users/"),
         re.compile(_ROOT + rb"/(?:home|Users)/" + _NAME + rb"/")),
    Rule("a home folder", (b"/root/",), re.compile(_ROOT + rb"/root/[A-Za-z0-9._-]{2}"),
         unless=_ADDRESS),
    Rule("a folder of a disk", tuple(f"/{name}/".encode() for name in (
        "mnt", "media", "srv", "scratch", "homes", "nfs", "lustre", "gpfs")),
         re.compile(_ROOT + rb"/(?:mnt|media|srv|scratch|homes|nfs|lustre|gpfs)/" + _NAME + rb"/"),
         unless=_ADDRESS),
    Rule("a folder of a disk", (b"/Volumes/",),
         re.compile(_ROOT + rb"/Volumes/[^/\\\r\n\"'<>|*?\x00-\x1f\x7f-\xff]{1,64}/"),
         unless=_ADDRESS),
)  # fmt: skip
"""So long that bytes of pictures and weights do not make one by chance."""
TEXT = (
    Rule("a home folder", (b"\\", b":/"),
         re.compile(rb"(?<![A-Za-z0-9])[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}" + _NAME,
                    re.IGNORECASE)),
    Rule("a folder of a drive", (b":\\", b":/"),
         re.compile(_DRIVE + rb"(?:\\\\" + _FOLDER + rb"\\\\|\\" + _NO_ESCAPE + _FOLDER
                    + rb"\\(?!\\)|/" + _FOLDER + rb"/)" + _FOLDER)),
    Rule("a folder of a server", (b"\\\\",),
         re.compile(rb"(?<![\\A-Za-z0-9:])(?:\\\\\\\\[A-Za-z0-9][\w.-]{1,62}(?:\\\\" + _FOLDER
                    + rb"){2}|\\\\[A-Za-z0-9][\w.-]{1,62}\\" + _NO_ESCAPE + _FOLDER + rb"\\"
                    + _FOLDER + rb")")),
    Rule("a temporary folder", (b"/tmp/",), re.compile(_ROOT + rb"/tmp/[A-Za-z0-9._-]")),
    Rule("a secret key of AWS", (b"=", b":"),
         re.compile(rb"aws_secret_access_key[\"']?\s{0,4}[=:]\s{0,4}[\"']?[A-Za-z0-9/+]{40}"
                    rb"(?![A-Za-z0-9+/=_-])", re.IGNORECASE)),
    Rule("a web address with a password", (b"://",),
         re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@\"'<>?#]{1,100}:[^\s:/@\"'<>?#]{1,200}@")),
    Rule("the header of a login", (b":", b"="),
         re.compile(rb"authorization[\"']?\s{0,4}[=:]\s{0,4}[\"']?(?:bearer|basic|token) "
                    rb"[A-Za-z0-9._~+/=-]{16}", re.IGNORECASE)),
    Rule("a signed web token", (b"eyJ",),
         re.compile(_BEFORE + rb"eyJ[A-Za-z0-9_-]{15,800}\.eyJ[A-Za-z0-9_-]{15,2000}"
                    rb"\.[A-Za-z0-9_-]{20,800}")),
    Rule("a signed web address", (b"=",),
         re.compile(rb"[?&;](?:X-Amz|X-Goog)-Signature=[0-9a-f]{64}", re.IGNORECASE)),
    Rule("a key of Kaggle", (b'"key"', b"KGAT_"),
         re.compile(rb"(?:KGAT_|\"key\"\s{0,4}:\s{0,4}\")[0-9a-f]{32}(?![0-9a-f])")),
)  # fmt: skip
"""Looked for in words alone, since bytes of pictures may make one by chance."""
