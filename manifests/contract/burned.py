"""What stage text finds on each film: the table beside the masks in `data/text`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.column import Column
from manifests.contract.record import RecordId, Share
from manifests.contract.vocabulary import PersonalText

TEXT = "text.parquet"
"""Its name; the masks lie beside it as packed shards, only of films with text."""


class BurnedText(BaseModel):
    """One film that dedup kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_id: Annotated[RecordId, Column("text", "as in the manifest", True)]
    text_fraction: Annotated[Share, Column("text", "share of the film under words, 0-1", True)]
    text_boxes: Annotated[
        int, Field(ge=0), Column("text", "parts of the mask that hang together", True)
    ]
    personal: Annotated[
        PersonalText | None, Column("text", "what the words look like; empty: like no patient's")
    ] = None
    words: Annotated[
        str, Column("text", "what was read, a line each; empty without the OCR library", True)
    ] = ""
