"""What the page says of remedies against the marks of sources, and of what each is worth.

The figures are those of stage remedy; nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.dots import Dots, Score, dots
from curation.pages.page import many, signed, spaced

GUESSING = 0.5
AS_IT_IS, UNSEEN, EXTERNAL = "as_it_is", "unseen", "external"
NAMES = {"seen": "sources seen", UNSEEN: "sources held out, together", EXTERNAL: "external"}
RISES, FALLS, UNSURE = "rises", "falls", "unsure"
VERDICTS = {
    RISES: "the AUC rises, and the interval of the difference excludes zero, with",
    FALLS: "it falls, and the interval excludes zero, with",
    UNSURE: "the interval holds zero or there is none, so that these films cannot say, with",
}
NOBODY = "no remedy raises the AUC by a difference whose interval excludes zero"
ONE_TRAINING = "Of one training each; a second may differ as much."
OVER_GROUPS = (
    "from drawing whole groups again; how far two trainings differ is in none of them, for there "
    "was one of each"
)
OVER_BOTH = "from drawing whole groups and, at once, the seeds of the trainings again"
TOLD = "AUC of each remedy on films of sources seen and unseen, with intervals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Films that every remedy is judged on."""

    name: str
    films: int
    groups: int
    with_label: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The AUC of one remedy on one side, and what lies between it and the experiment as it is."""

    auc: Score
    difference: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One remedy."""

    name: str
    about: str
    """What is different: recipe, balance, robust."""
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The remedies of one experiment."""

    name: str
    label: str
    about: str
    sides: Sequence[Side]
    lines: Sequence[Line]
    verdicts: Sequence[str]
    """Which differences exclude zero, in sentences."""
    doubts: Sequence[str]
    """Why these may be chance, in sentences."""
    over: str
    """What an interval is over."""
    missing: Sequence[str]
    """Why figures are missing."""
    reading: Mapping[str, str]
    confidence: float
    notice: str
    drawing: Dots | None


def remedies(given: Sequence[Mapping[str, Any]], manifest_id: str) -> list[Tried]:
    """The section from the figures.json of each experiment; empty where nothing was tried."""
    return [_tried(facts, manifest_id) for facts in given]


def _tried(facts: Mapping[str, Any], manifest_id: str) -> Tried:
    sides, own = facts["sides"], facts["remedies"]
    lines = [_line(name, sides, one) for name, one in own.items()]
    shown = [n for n, side in enumerate(sides) if _first(own)["sides"][side]["auc"] is not None]
    names = [_words(side) for side in sides]
    held_out = ", ".join(facts["held_out"])
    return Tried(
        name=facts["experiment"], label=facts["label"], reading=facts["reading"],
        about=f"{facts['model']} at {facts['size']} pixels, {facts['epochs']} epochs, "
        f"{many(facts['seeds'], 'seed')}; held out: {held_out}",
        sides=[
            Side(name=name, films=side["n"], groups=side["groups"], with_label=side["with_label"])
            for name, side in zip(names, sides.values(), strict=True)
        ],
        lines=lines, verdicts=[
            words for side, on in ((UNSEEN, "sources held out"), (EXTERNAL, "external films"))
            if (words := _verdict(own, side, on))
        ],
        doubts=_doubts(facts, len(shown)), over=OVER_GROUPS if facts["seeds"] == 1 else OVER_BOTH,
        missing=[
            f"{_words(side)}: {reason}" for side in sides
            if (reason := _first(own)["sides"][side]["reason"])
        ],
        confidence=facts["confidence"],
        notice=f"Made on another manifest ({facts['manifest_id']}) than this release: run dvc "
        "repro." if facts["manifest_id"] != manifest_id else "",
        drawing=dots(
            {line.name: [line.cells[n].auc for n in shown] for line in lines},
            [names[n] for n in shown], f"AUC of {facts['label']}", TOLD, GUESSING,
        ),
    )  # fmt: skip


def _line(name: str, sides: Mapping[str, Any], one: Mapping[str, Any]) -> Line:
    parts = [f"recipe {one['recipe']}"]
    parts += [f"{word} {one[word]}" for word in ("balance", "robust") if one[word] != "none"]
    cells = [_cell(one["sides"][side]) for side in sides]
    return Line(name=_words(name), about=", ".join(parts), cells=cells)


def _cell(own: Mapping[str, Any]) -> Cell:
    return Cell(
        auc=Score(value=own["auc"], low=own["low"], high=own["high"]),
        difference=Score(
            value=own["difference"], low=own["difference_low"], high=own["difference_high"]
        ),
    )


def _verdict(own: Mapping[str, Any], side: str, on: str) -> str:
    """Which remedies help or harm on one side, as far as the intervals say; "" without figures."""
    kinds: dict[str, list[str]] = {kind: [] for kind in VERDICTS}
    for name, one in own.items():
        told = one["sides"][side]
        if name != AS_IT_IS and told["difference"] is not None:
            low, high = told["difference_low"], told["difference_high"]
            kind = UNSURE if low is None or low <= 0 <= high else RISES if low > 0 else FALLS
            kinds[kind].append(f"{_words(name)} ({signed(told['difference'])})")
    if not any(kinds.values()):
        return ""
    parts = [f"{VERDICTS[kind]} {', '.join(names)}" for kind, names in kinds.items() if names]
    return f"On {on} {'; '.join(parts if kinds[RISES] else [NOBODY, *parts])}."


def _doubts(facts: Mapping[str, Any], sides: int) -> list[str]:
    """What a reader of the verdicts must know; `sides` are those with a figure."""
    others = len(facts["remedies"]) - 1
    made = [ONE_TRAINING] if facts["seeds"] == 1 else []
    if others * sides > 1:
        made.append(
            f"There are {many(others * sides, 'difference')} ({many(others, 'remedy', 'remedies')} "
            f"on {many(sides, 'side')}), and no interval is corrected for that: some may exclude "
            "zero by chance."
        )
    return made


def _first(own: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = own[AS_IT_IS]
    return found


def _words(name: str) -> str:
    """A side or a remedy as a person reads it."""
    if name.startswith(f"{UNSEEN}:"):
        return name.removeprefix(f"{UNSEEN}:")
    return NAMES.get(name) or spaced(name)
