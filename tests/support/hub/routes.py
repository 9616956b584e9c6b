"""Which request is answered by what."""

import re
from collections.abc import Callable
from urllib.parse import unquote

from hub import commits, files, settings
from hub.exchange import Answer, Refusal, Request, World

Route = Callable[..., Answer]
REPOSITORY = r"/api/(?P<kind>model|dataset)s/(?P<name>[^/]+/[^/]+)"
GIT = r"/(?:(?P<kind>dataset)s/)?(?P<name>[^/]+/[^/]+)"
ROUTES: list[tuple[str, str, Route]] = [
    ("GET", "/api/whoami-v2", settings.whoami),
    ("POST", "/api/validate-yaml", settings.validate_yaml),
    ("POST", "/api/repos/create", settings.create),
    ("PUT", f"{REPOSITORY}/settings", settings.change),
    ("GET", f"{REPOSITORY}/refs", settings.refs),
    ("GET", f"{REPOSITORY}/discussions", settings.discussions),
    ("POST", rf"{REPOSITORY}/discussions/(?P<number>\d+)/merge", settings.merge),
    ("POST", f"{REPOSITORY}/tag/(?P<revision>[^/]+)", settings.tag),
    ("DELETE", f"{REPOSITORY}/tag/(?P<tag>[^/]+)", settings.untag),
    ("POST", f"{REPOSITORY}/super-squash/(?P<branch>[^/]+)", settings.squash),
    ("GET", f"{REPOSITORY}/lfs-files", settings.objects),
    ("POST", f"{REPOSITORY}/lfs-files/batch", settings.drop_objects),
    ("POST", f"{REPOSITORY}/preupload/(?P<revision>[^/]+)", commits.preupload),
    ("POST", f"{REPOSITORY}/commit/(?P<revision>[^/]+)", commits.commit),
    ("GET", f"{REPOSITORY}(?:/revision/(?P<revision>[^/]+))?", files.about),
    ("GET", f"{REPOSITORY}/commits/(?P<revision>[^/]+)", files.history),
    ("GET", f"{REPOSITORY}/tree/(?P<revision>[^/]+)(?:/(?P<under>.+))?", files.tree),
    ("POST", rf"{GIT}\.git/info/lfs/objects/batch", commits.batch),
    ("PUT", "/objects/(?P<kind>[a-z]+)/(?P<name>[^/]+/[^/]+)/(?P<sha256>[0-9a-f]{64})",
     commits.put_object),
    ("POST", "/verify", commits.verify_object),
    ("GET", "/objects/(?P<sha256>[0-9a-f]{64})", files.object_),
    ("GET|HEAD", f"{GIT}/resolve/(?P<revision>[^/]+)/(?P<path>.+)", files.resolve),
]  # fmt: skip


def answered(world: World, request: Request) -> Answer:
    """The answer of the first route that fits."""
    for method, pattern, route in ROUTES:
        found = re.fullmatch(pattern, request.path)
        if found and re.fullmatch(method, request.method):
            named = {key: unquote(value) for key, value in found.groupdict().items() if value}
            if "name" in named:
                named.setdefault("kind", "model")
            try:
                return route(world, request, **named)
            except Refusal as refusal:
                return refusal.answer
    return Refusal(404, f"no such route: {request.method} {request.path}").answer
