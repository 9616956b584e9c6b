"""What a source says of one film, or of what it could not give: its own words, as strings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Box(NamedTuple):
    """A finding that the source has marked on the film, all in its own words."""

    finding: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One film as its source describes it: the source's own words, nothing interpreted.

    An empty string means that the source says nothing. `ingest` decodes, hashes and translates.
    """

    source_ref: str
    """The source's own name for the picture, unique within the source; `ingest` keeps one."""
    image: Callable[[], bytes]
    """Gives the file's bytes when asked. Raises `Rejected` when there are none."""
    url: str
    patient: str
    """The source's own patient; where it has none, the smallest thing known to be one patient."""
    study: str = ""
    age: str = ""
    child: str = ""
    """A word that marks a child where no age is given, such as a suffix of the file name."""
    sex: str = ""
    view: str = ""
    modality: str = ""
    finding: str = ""
    abnormal: str = ""
    """A word of the source on whether this very film shows disease, such as "RX negativo"."""
    uncertain: str = ""
    """Findings that the source itself doubts, written as `finding` is."""
    elsewhere: tuple[str, ...] = ()
    """What the source finds in this patient in rows whose film is not here, `finding` for each."""
    severity: str = ""
    pcr: str = ""
    offset_days: str = ""
    boxes: tuple[Box, ...] = ()
    masks: tuple[Callable[[], bytes], ...] = ()
    """The source's own lung masks of this film, as files; together they cover both lungs."""
    official_split: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else the table says (survival, symptoms, …), by column; blank cells are left out."""
    license: str = ""
    attribution: str = ""
    retrieved: str = ""
    snapshot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Something a source named but could not give as a `Draft`: it becomes a rejection row."""

    source_ref: str
    reason: str
    """A `Reason`."""
    detail: str

    @classmethod
    def at(cls, ref: str, reason: str, found: str) -> "Lost":
        """What the source calls `ref`, in a sentence that begins with it."""
        return cls(source_ref=ref, reason=reason, detail=f"{ref}: {found}")
