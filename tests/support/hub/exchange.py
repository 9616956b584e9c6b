"""One request and its answer, apart from HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.repositories import ATTRIBUTES, Entry, Repository


class Account(NamedTuple):
    """Whom a token speaks for."""

    name: str
    organisations: tuple[str, ...] = ()
    may_write: bool = True

    def owns(self, repository: str) -> bool:
        return repository.split("/", maxsplit=1)[0] in {self.name, *self.organisations}


TOKENS: Mapping[str, Account] = {
    "hf_team": Account("maintainer", ("team",)),
    "hf_readonly": Account("maintainer", ("team",), may_write=False),
    "hf_stranger": Account("stranger"),
}


class Answer(NamedTuple):
    """What goes back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Refusal(Exception):  # noqa: N818 - a verdict, told with its status
    """The request is answered with an error."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.answer = told({"error": message}, status, {
            "X-Error-Code": code, "X-Error-Message": message,
        })  # fmt: skip


def told(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    kind = {"Content-Type": "application/json"}
    return Answer(status, json.dumps(value).encode(), {**kind, **(headers or {})})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: bytes
    base: str

    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(slots=True)
class World:
    """All repositories, and the bytes of all files by SHA-256."""

    repositories: dict[tuple[str, str], Repository] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def account(self, request: Request) -> Account | None:
        """Raises `Refusal` for a token that nobody has."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if given and given not in TOKENS:
            raise Refusal(401, "Invalid credentials in Authorization header")
        return TOKENS.get(given)

    def keep(self, data: bytes) -> Entry:
        entry = Entry.regular(data)
        self.blobs[entry.sha256] = data
        return entry

    def create(self, kind: str, name: str, *, is_private: bool) -> Repository:
        made = Repository(kind=kind, name=name, is_private=is_private)
        made.begin(self.keep(ATTRIBUTES))
        self.repositories[kind, name] = made
        return made

    def readable(self, request: Request, kind: str, name: str) -> Repository:
        """The repository, as if it were not there for who may not read it."""
        account = self.account(request)
        found = self.repositories.get((kind, name))
        if found is None or (found.is_private and not (account and account.owns(name))):
            raise Refusal(404 if account else 401, "Repository not found", "RepoNotFound")
        return found

    def writable(self, request: Request, kind: str, name: str) -> Repository:
        """The repository, for its owners' tokens with the right to write."""
        found = self.readable(request, kind, name)
        self.check_writer(request, name)
        return found

    def check_writer(self, request: Request, name: str) -> Account:
        account = self.account(request)
        if account is None:
            raise Refusal(401, "Invalid username or password.")
        if not (account.may_write and account.owns(name)):
            raise Refusal(403, f"You don't have the rights to write to {name}")
        return account
