"""How files come in: what is LFS, the objects, and the commit that names them."""

import base64
import hashlib
import json
from typing import Any

from hub.exchange import Answer, Refusal, Request, World, told
from hub.repositories import HEADS, Conflict, Entry, Repository

LARGE = (".parquet", ".safetensors", ".bin", ".onnx", ".png", ".jpg")


def preupload(world: World, request: Request, kind: str, name: str, revision: str) -> Answer:
    repository = _committable(world, request, kind, name, revision)
    commit = repository.resolve(revision)
    known = commit.tree if commit else {}
    return told({
        "files": [
            {
                "path": asked["path"], "shouldIgnore": False,
                "uploadMode": "lfs" if asked["path"].endswith(LARGE) else "regular",
                "oid": _oid(known.get(asked["path"])),
            }
            for asked in request.json()["files"]
        ]
    })  # fmt: skip


def _oid(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    return entry.sha256 if entry.is_lfs else entry.oid


def batch(world: World, request: Request, kind: str, name: str) -> Answer:
    """Where to send each object; nowhere for one that was sent before."""
    repository = _committable(
        world, request, kind, name, request.json().get("ref", {}).get("name", "")
    )
    return told({
        "transfer": "basic",
        "objects": [
            {**asked, **({} if asked["oid"] in repository.stored else _where(request, repository,
                                                                              asked["oid"]))}
            for asked in request.json()["objects"]
        ],
    })  # fmt: skip


def _where(request: Request, repository: Repository, oid: str) -> dict[str, Any]:
    place = f"{request.base}/objects/{repository.kind}/{repository.name}/{oid}"
    return {"actions": {"upload": {"href": place, "header": {}},
                        "verify": {"href": f"{request.base}/verify", "header": {}}}}  # fmt: skip


def put_object(world: World, request: Request, kind: str, name: str, sha256: str) -> Answer:
    if hashlib.sha256(request.body).hexdigest() != sha256:
        raise Refusal(400, "these bytes are not those of the address")
    world.blobs[sha256] = request.body
    world.repositories[kind, name].stored.add(sha256)
    return told({})


def verify_object(world: World, request: Request) -> Answer:
    asked = request.json()
    if len(world.blobs.get(asked["oid"], b"")) != asked["size"]:
        raise Refusal(404, "not all of it came")
    return told({})


def commit(world: World, request: Request, kind: str, name: str, revision: str) -> Answer:
    repository = _committable(world, request, kind, name, revision)
    head, changes = _read(world, repository, request.body)
    title, parent = head["summary"], head.get("parentCommit")
    more: dict[str, str] = {}
    try:
        if request.query.get("create_pr") == "1":
            account = world.account(request)
            author = account.name if account else ""
            pull, made = repository.propose(changes, title, parent, author)
            more = {"pullRequestUrl": f"{request.base}/{kind}s/{name}/discussions/{pull.number}"}
        else:
            ref = revision if revision.startswith("refs/pr/") else HEADS + revision
            made = repository.change(ref, changes, title, parent)
    except Conflict as fault:
        raise Refusal(412, str(fault)) from None
    except KeyError:
        raise Refusal(404, f"Invalid rev id: {revision}", "RevisionNotFound") from None
    url = f"{request.base}/{kind}s/{name}/commit/{made.sha}"
    return told({"success": True, "commitOid": made.sha, "commitUrl": url, **more})


def _read(
    world: World, repository: Repository, body: bytes
) -> tuple[dict[str, str], dict[str, Entry | None]]:
    """The header, and what becomes of each path. Raises `Refusal` for an object nobody sent."""
    head: dict[str, str] = {}
    changes: dict[str, Entry | None] = {}
    for line in map(json.loads, body.splitlines()):
        value = line["value"]
        if line["key"] == "header":
            head = value
        elif line["key"] == "file":
            changes[value["path"]] = world.keep(base64.b64decode(value["content"]))
        elif line["key"] == "lfsFile":
            if value["oid"] not in repository.stored:
                raise Refusal(400, f"LFS object {value['oid']} was never sent")
            changes[value["path"]] = Entry.lfs(value["oid"], value["size"])
        elif line["key"] == "deletedFile":
            changes[value["path"]] = None
        else:
            raise Refusal(400, f"cannot read {line['key']}")
    return head, changes


def _committable(
    world: World, request: Request, kind: str, name: str, revision: str = ""
) -> Repository:
    """The repository, for those who write, or who read it and commit to their own pull request.

    `revision` is empty where a pull request is about to be opened.
    """
    account = world.account(request)
    if account is None:
        raise Refusal(401, "Invalid username or password.")
    found = world.readable(request, kind, name)
    own = {pull.ref for pull in found.pulls.values() if pull.author == account.name}
    is_opened = not revision or request.query.get("create_pr") == "1"
    return found if is_opened or revision in own else world.writable(request, kind, name)
