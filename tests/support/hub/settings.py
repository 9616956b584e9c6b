"""Who asks, what a repository is set to, its tags, its pull requests and its past."""

from hub import answers
from hub.exchange import Answer, Refusal, Request, World, told
from hub.repositories import HEADS, TAGS, Conflict


def whoami(world: World, request: Request) -> Answer:
    account = world.account(request)
    if account is None:
        raise Refusal(401, "Invalid username or password.")
    return told({"type": "user", "id": "1", "name": account.name,
                 "orgs": [{"name": name} for name in account.organisations]})  # fmt: skip


def validate_yaml(_: World, request: Request) -> Answer:
    if not request.json()["content"].startswith("---\n"):
        return told({"errors": [], "warnings": [{"message": "empty or missing yaml metadata"}]})
    return told({"errors": [], "warnings": []})


def create(world: World, request: Request) -> Answer:
    asked = request.json()
    kind, name = asked.get("type", "model"), f"{asked['organization']}/{asked['name']}"
    world.check_writer(request, name)
    url = f"{request.base}/{'datasets/' if kind == 'dataset' else ''}{name}"
    if (kind, name) in world.repositories:
        return told({"error": "You already created this repo", "url": url}, 409)
    world.create(kind, name, is_private=asked.get("visibility") == "private")
    return told({"url": url, "name": name, "id": "0" * 24})


def change(world: World, request: Request, kind: str, name: str) -> Answer:
    repository, asked = world.writable(request, kind, name), request.json()
    repository.gated = asked.get("gated", repository.gated)
    if "visibility" in asked:
        repository.is_private = asked["visibility"] == "private"
    return told({})


def refs(world: World, request: Request, kind: str, name: str) -> Answer:
    return told(answers.refs(world.readable(request, kind, name)))


def discussions(world: World, request: Request, kind: str, name: str) -> Answer:
    return told(answers.discussions(world.readable(request, kind, name)))


def merge(world: World, request: Request, kind: str, name: str, number: str) -> Answer:
    world.writable(request, kind, name).merge(int(number))
    return told({})


def tag(world: World, request: Request, kind: str, name: str, revision: str) -> Answer:
    repository = world.writable(request, kind, name)
    try:
        repository.tag(request.json()["tag"], revision)
    except Conflict as fault:
        raise Refusal(409, str(fault)) from None
    except KeyError:
        raise Refusal(404, "Invalid rev id", "RevisionNotFound") from None
    return told({})


def untag(world: World, request: Request, kind: str, name: str, tag: str) -> Answer:
    repository = world.writable(request, kind, name)
    if repository.refs.pop(TAGS + tag, None) is None:
        raise Refusal(404, "no such tag", "RevisionNotFound")
    repository.forget()
    return told({})


def squash(world: World, request: Request, kind: str, name: str, branch: str) -> Answer:
    world.writable(request, kind, name).squash(HEADS + branch, request.json()["message"])
    return told({})


def objects(world: World, request: Request, kind: str, name: str) -> Answer:
    return told(answers.objects(world.writable(request, kind, name)))


def drop_objects(world: World, request: Request, kind: str, name: str) -> Answer:
    gone = request.json()["deletions"]["sha"]
    world.writable(request, kind, name).drop_objects(gone)
    for sha256 in gone:
        world.blobs.pop(sha256, None)
    return told({})
