"""What the page says of text in the films: how much was found, and what it does to a network.

No word that was read stands on the page: it may be a patient's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.pages.inputs import Effect
from curation.pages.pictures import Picture, overlay, thumbnail
from manifests.contract.packing import unpng
from manifests.contract.vocabulary import PersonalText

MOST_NAMED = 20
"""Films named for what looks like a patient's; the counts are of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The films of one source and the text on them."""

    source: str
    films: int
    texted: int
    fraction: float | None
    """Mean share of the picture that text covers, on films with text."""
    personal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnedIn:
    """The counts, ready to be printed."""

    films: int
    texted: int
    sources: Sequence[Counted]
    kinds: Mapping[str, int]
    """What looks like a patient's, or was not read -> films."""
    named: Sequence[tuple[str, str]]
    """Record ids of such films, and why."""

    @property
    def looks(self) -> Mapping[str, int]:
        """`kinds` of what was read."""
        return {kind: n for kind, n in self.kinds.items() if kind != PersonalText.UNREAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A film with its heat, before and after its text was concealed."""

    record_id: str
    label: str
    before: str
    after: str
    change: float
    on_text: float | None
    pictures: Sequence[tuple[str, Picture]]
    """What each shows, and the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What concealing text does to one network."""

    name: str
    effect: Mapping[str, Any]
    panels: Sequence[Panel]


def burned_in(found: pd.DataFrame | None) -> BurnedIn | None:
    """The counts from text.parquet, or None where the stage did not run."""
    if found is None:
        return None
    source = found["record_id"].astype(str).str.split("/").str[0]
    personal = found["personal"].fillna("").astype(str)
    table = found.assign(source=source, personal=personal, has=found["text_boxes"] > 0)
    flagged = table[table["personal"] != ""].sort_values("record_id")
    return BurnedIn(
        films=len(table), texted=int(table["has"].sum()),
        sources=[_counted(str(key), rows) for key, rows in table.groupby("source", sort=True)],
        kinds={str(k): int(n) for k, n in flagged["personal"].value_counts().sort_index().items()},
        named=[
            (str(one), str(why)) for one, why in
            flagged[["record_id", "personal"]].head(MOST_NAMED).itertuples(index=False)
        ],
    )  # fmt: skip


def _counted(source: str, rows: pd.DataFrame) -> Counted:
    texted = rows[rows["has"].astype(bool)]
    return Counted(
        source=source, films=len(rows), texted=len(texted),
        fraction=float(texted["text_fraction"].mean()) if len(texted) else None,
        personal=int((rows["personal"] != "").sum()),
    )  # fmt: skip


def effects(given: Mapping[str, Effect]) -> list[Shown]:
    """What concealing did to each network, the film that changed most first."""
    return [
        Shown(
            name=name, effect=one.figures,
            panels=[_panel(row) for row in one.films.to_dict("records") if row["film_before"]],
        )
        for name, one in sorted(given.items())
    ]  # fmt: skip


def _panel(row: Mapping[Any, Any]) -> Panel:
    pictures = []
    for when, words in (("before", "with text"), ("after", "concealed")):
        film, heat = unpng(row[f"film_{when}"]), unpng(row[f"heat_{when}"])
        pictures += [(words, thumbnail(film)), (f"{words}, heat", overlay(film, heat))]
    on_text = row["heat_on_text"]
    return Panel(
        record_id=str(row["record_id"]), label=str(row["label"]),
        before=_said(row, "before"), after=_said(row, "after"), change=float(row["change"]),
        on_text=None if pd.isna(on_text) else float(on_text), pictures=pictures,
    )  # fmt: skip


def _said(row: Mapping[Any, Any], when: str) -> str:
    return f"{row[f'predicted_{when}']} {max(row[f'probabilities_{when}']):.2f}"
