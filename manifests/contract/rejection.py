"""A row that left, and the verdict that makes it leave."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict

from manifests.contract.column import Column
from manifests.contract.vocabulary import Reason


class Rejection(BaseModel):
    """One row that left, with the reason. Nothing that came in is ever lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: Annotated[str, Column("any", "`<source>/<ref>` of the row that left", True)]
    source: Annotated[str, Column("any", "key of the source", True)]
    stage: Annotated[str, Column("any", "the stage that refused it", True)]
    reason: Annotated[Reason, Column("any", "from the closed list", True)]
    detail: Annotated[str, Column("any", "what was found, where, what to do", True)]
    sha256: Annotated[str | None, Column("any", "of the file, where there was one")] = None
    kept_id: Annotated[str | None, Column("any", "the record that stayed, for a copy")] = None


class Rejected(Exception):  # noqa: N818 - a verdict on one row, not a fault of the program
    """One row cannot be taken. Caught once, in `ingest`, and turned into a `Rejection`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = legible(detail)


def legible(words: str) -> str:
    """`words` with what is no Unicode as escapes: a file name may hold any bytes, a table not."""
    return words.encode(errors="backslashreplace").decode()
