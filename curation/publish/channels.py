"""Which door a film may leave by: its pixels openly, its pixels non-commercially, or a pointer.

Unknown means no: a film leaves with its pixels only when its own licence says so.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

import pandas as pd

from curation.licenses import Licenses


class Channel(StrEnum):
    """A configuration of the staged data set, the freest first."""

    OPEN = "open"
    NONCOMMERCIAL = "noncommercial"
    POINTERS = "pointers"


WITH_PIXELS = (Channel.OPEN, Channel.NONCOMMERCIAL)
MEANINGS = {
    Channel.OPEN: "films with pixels, also for commercial use, under the licence of each row",
    Channel.NONCOMMERCIAL: "films with pixels, for non-commercial use, mostly share alike",
    Channel.POINTERS: "no pixels: the address, the hash, the labels and the split of each film",
}


class Ruling(NamedTuple):
    """Where a film goes; `why` is empty when its pixels may go with it."""

    channel: Channel
    why: str


def ruling(licenses: Licenses, spdx: str, attribution: str, address: str) -> Ruling:
    """The door for one film and, for a pointer, the reason in words.

    Raises `Misspelt` for a licence that nobody has read yet.
    """
    known = licenses.of(spdx)
    if not known.may_publish:
        return Ruling(Channel.POINTERS, "no licence that lets pixels be handed on")
    if known.only_unmodified:
        return Ruling(Channel.POINTERS, "unmodified copies only, and a working copy is modified")
    try:
        host = urlsplit(address.strip()).hostname or ""
        channel = Channel(licenses.channel(spdx, address.strip()))
    except ValueError:
        return Ruling(Channel.POINTERS, "its address cannot be read")
    if channel not in WITH_PIXELS:
        return Ruling(
            Channel.POINTERS, f"the terms of {host.removeprefix('www.')} narrow the licence"
        )
    if known.attribution_required and not attribution.strip():
        return Ruling(Channel.POINTERS, "credit is due, and the source names nobody")
    return Ruling(channel, "")


def rulings(records: pd.DataFrame, licenses: Licenses, ingested: pd.DataFrame) -> pd.DataFrame:
    """Columns `channel` and `why` for every record, indexed as `records`.

    `ingested` holds all films that came in: where a copy that left says less may be done with the
    picture than the film that stayed, the copy is believed. A film whose
    burned-in words look like a patient's (`personal_text`) leaves without pixels.
    """
    known = pd.concat([ingested, records]).drop_duplicates("record_id", keep="last")
    own = {
        str(row.record_id): ruling(
            licenses, str(row.license), str(row.attribution), str(row.source_url)
        )
        for row in known.itertuples()
    }
    duties = {
        str(record_id): _duties(licenses, str(spdx))
        for record_id, spdx in zip(known["record_id"], known["license"], strict=True)
    }
    rows = [
        _strictest(own, duties, str(record_id), copies if copies is not None else ())
        for record_id, copies in zip(records["record_id"], records["copies"], strict=True)
    ]
    rows = list(map(_impersonal, rows, records["personal_text"]))
    return pd.DataFrame(
        [(str(row.channel), row.why) for row in rows],
        index=records.index, columns=["channel", "why"], dtype="string[pyarrow]",
    )  # fmt: skip


def _impersonal(found: Ruling, personal: str | None) -> Ruling:
    if found.channel is Channel.POINTERS or pd.isna(personal):
        return found
    return Ruling(Channel.POINTERS, f"burned-in words that nobody has looked at: {personal}")


def _duties(licenses: Licenses, spdx: str) -> frozenset[str]:
    said = licenses.of(spdx)
    names = ("only_unmodified", "noncommercial", "share_alike", "attribution_required")
    return frozenset(name for name in names if getattr(said, name))


def _strictest(
    own: Mapping[str, Ruling],
    duties: Mapping[str, frozenset[str]],
    record_id: str,
    copies: Iterable[object],
) -> Ruling:
    """The film's own ruling, or a pointer where a copy asks for more than the film's licence does.

    The row states the film's own licence, so what only a copy asks for would be lost with it.
    """
    found = own[record_id]
    for copy in sorted(map(str, copies)):
        more = ", ".join(sorted(duties[copy] - duties[record_id])).replace("_", " ")
        if own[copy].channel is Channel.POINTERS and found.channel is not Channel.POINTERS:
            found = Ruling(Channel.POINTERS, f"its copy {copy} says otherwise: {own[copy].why}")
        elif more and found.channel is not Channel.POINTERS:
            found = Ruling(Channel.POINTERS, f"its copy {copy} asks for more: {more}")
    return found
