"""One HTML page that carries all it needs: no address is asked, and only its own script runs."""

import base64
import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from markupsafe import Markup

ROOM = Path(__file__).parent
SCHEMES = ("http", "https")
NOTHING = "\u2013"
"""Stands where a figure does not exist."""


def page(template: str, facts: Mapping[str, object], folder: Path = ROOM) -> str:
    """The template in `folder` with the facts, every one of them escaped.

    Its style and script lie beside it: `report.css` and `report.js` for `report.html.jinja`.

    The policy names the hashes of our own style and script, not a random nonce: the same facts
    give the same bytes, and a word that came as a script is neither.
    """
    name = template.partition(".")[0]
    style = (folder / f"{name}.css").read_text(encoding="utf-8")
    script = (folder / f"{name}.js").read_text(encoding="utf-8")
    policy = "; ".join([
        "default-src 'none'", "img-src data:", f"style-src {_source(style)}",
        f"script-src {_source(script)}", "base-uri 'none'", "form-action 'none'",
    ])  # fmt: skip
    # Both files are ours; escaping would break them, and their hashes with them.
    ours = {"style": Markup(style), "script": Markup(script)}  # noqa: S704 - ours, see above
    return _room(folder).get_template(template).render(policy=policy, **ours, **facts)


@functools.cache
def _room(folder: Path) -> jinja2.Environment:
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    room.filters |= {
        "finely": finely,
        "share": share,
        "link": link,
        "many": many,
        "spaced": spaced,
        "figure": figure,
        "signed": signed,
    }
    return room


def link(address: str) -> str:
    """The address if a browser may follow it, else nothing: a `javascript:` link is a script."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    return address.strip() if parts.scheme.lower() in SCHEMES and parts.hostname else ""


def share(value: float | None) -> str:
    """A share as a person reads it."""
    return NOTHING if value is None else f"{100 * value:.0f}\u2009%"


def finely(value: float | None) -> str:
    """A share that may be a small one."""
    return NOTHING if value is None else f"{100 * value:.2f}\u2009%"


def figure(value: float | None) -> str:
    """A score between 0 and 1."""
    return NOTHING if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    """A difference of scores."""
    return NOTHING if value is None else f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def many(count: int, noun: str, nouns: str = "") -> str:
    """A count with its noun: 1 film, 2 films; `nouns` where an s does not make them several."""
    return f"{count} {noun}" if count == 1 else f"{count} {nouns or f'{noun}s'}"


def spaced(word: object) -> str:
    """A coded word as a person reads it."""
    return str(word).replace("_", " ")


def _source(code: str) -> str:
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"'sha256-{digest}'"
