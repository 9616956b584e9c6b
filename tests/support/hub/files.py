"""How files go out: what is there, and its bytes."""

import re

from hub import answers
from hub.exchange import Answer, Refusal, Request, World, told
from hub.repositories import Commit, Repository


def about(world: World, request: Request, kind: str, name: str, revision: str = "main") -> Answer:
    repository = world.readable(request, kind, name)
    return told(answers.about(repository, _commit(repository, revision)))


def history(world: World, request: Request, kind: str, name: str, revision: str) -> Answer:
    repository = world.readable(request, kind, name)
    _commit(repository, revision)
    return told(answers.history(repository, revision))


def tree(  # noqa: PLR0913, PLR0917 - the parts of the address
    world: World, request: Request, kind: str, name: str, revision: str, under: str = ""
) -> Answer:
    commit = _commit(world.readable(request, kind, name), revision)
    is_recursive = request.query.get("recursive", "").lower() == "true"
    return told(answers.tree(commit.tree, under, is_recursive=is_recursive))


def resolve(  # noqa: PLR0913, PLR0917 - the parts of the address
    world: World, request: Request, kind: str, name: str, revision: str, path: str
) -> Answer:
    """The bytes of a file, or for an LFS object where they lie: on another host name."""
    repository = world.readable(request, kind, name)
    account = world.account(request)
    is_inside = account and (account.owns(name) or account.name in repository.admitted)
    if repository.gated and not is_inside:
        raise Refusal(403, f"Access to {name} is restricted", "GatedRepo")
    commit = _commit(repository, revision)
    entry = commit.tree.get(path)
    if entry is None:
        raise Refusal(404, "Entry not found", "EntryNotFound")
    tag = entry.sha256 if entry.is_lfs else entry.oid
    headers = {"X-Repo-Commit": commit.sha, "ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
    if not entry.is_lfs:
        return _bytes(request, world.blobs[entry.sha256], headers)
    # The client follows a redirect to the same host, and would miss the headers of this answer.
    elsewhere = request.base.replace("127.0.0.1", "localhost")
    linked = {"X-Linked-Size": str(entry.size), "X-Linked-Etag": f'"{entry.sha256}"',
              "Location": f"{elsewhere}/objects/{entry.sha256}"}  # fmt: skip
    return Answer(302, b"", headers | linked)


def object_(world: World, request: Request, sha256: str) -> Answer:
    if sha256 not in world.blobs:
        raise Refusal(404, "no such object", "EntryNotFound")
    return _bytes(request, world.blobs[sha256], {"ETag": f'"{sha256}"'})


def _bytes(request: Request, data: bytes, headers: dict[str, str]) -> Answer:
    asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
    headers = {"Content-Type": "application/octet-stream", **headers}
    if not asked:
        return Answer(200, data, headers)
    start = int(asked[1])
    place = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return Answer(206, data[start:], {**headers, "Content-Range": place})


def _commit(repository: Repository, revision: str) -> Commit:
    found = repository.resolve(revision)
    if found is None:
        raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound")
    return found
