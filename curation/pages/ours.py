"""Our figures for the paper's tables, told from figures.json of stage repeat."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from curation.pages.arithmetic import precision, recall
from curation.pages.counts import Cross
from curation.pages.page import NOTHING, figure
from curation.pages.paper import Row
from curation.pages.repeats import caveats
from curation.pages.tabled import Cell, Counted, Line

Facts = Mapping[str, Any]
Shown = Callable[[float | None], str]
"""How a figure is written."""


def matching(given: Sequence[Facts], row: Row, known: Collection[str]) -> Facts | None:
    """The repeat that says it is this row, else the one of its name that is no row of `known`."""
    named = [facts for facts in given if facts["printed"]["row"] == row.row]
    called = [
        facts
        for facts in given
        if facts["experiment"] == row.experiment and facts["printed"]["row"] not in known
    ]
    return next(iter(named + called), None)


def command(experiment: str) -> str:
    """What repeats an experiment on the paper's numbers of films."""
    return f"dvc exp run -S +profiles=paper repeat@{experiment}"


def sides(facts: Facts) -> Iterator[tuple[str, str, Facts]]:
    """(protocol, set, figures) of each set that holds a film."""
    for protocol, own in facts["protocols"].items():
        yield protocol, "test", own
        if own["external"]["n"]:
            yield protocol, "external", own["external"]


def by(protocol: str, side: str) -> str:
    """Whose figures a line has."""
    return f"ours, protocol {protocol}, {side}"


def accuracy(own: Facts, side: str, runs: int) -> Cell:
    """In per cent, as the paper has it."""
    return _cell(own["accuracy"], films(own["n"], side), runs, percent)


def f1(own: Facts, side: str, runs: int, label: str) -> Cell:
    """Nothing where the task has no such label."""
    spread = own["f1"].get(label)
    return Cell() if spread is None else _cell(spread, films(own["n"], side), runs, figure)


def of_label(own: Facts, side: str, runs: int, labels: Sequence[str], label: str) -> list[Cell]:
    """Precision, recall and F1; nothing where the task has no such label."""
    if label not in labels:
        return [Cell()] * 3
    n = list(labels).index(label)
    both = [
        _over([score(cells, n).value for cells in own.get("matrices", ())])
        for score in (precision, recall)
    ]
    told = [_cell(spread, films(own["n"], side), runs, figure) for spread in both]
    return [*told, f1(own, side, runs, label)]


def _over(values: Iterable[float | None]) -> Facts:
    """As figures.json has it: over the runs in which the figure exists."""
    known = [value for value in values if value is not None]
    if not known:
        return dict.fromkeys(("mean", "min", "max"))
    return {"mean": sum(known) / len(known), "min": min(known), "max": max(known)}


def counted(facts: Facts, side: str) -> list[Counted]:
    """The confusion matrices of one set, all runs added up."""
    made = []
    for protocol, found, own in sides(facts):
        whole, each = facts["protocols"][protocol], own.get("matrices")
        if found == side and each:
            told = f"Ours, protocol {protocol}: {films(own['n'], side)}, {_runs(len(each))}"
            made.append(Counted(
                name=told if len(each) == 1 else f"{told} added up",
                cross=Cross(rows=whole["labels"], columns=whole["labels"], cells=_added(each)),
            ))  # fmt: skip
    return made


def _added(each: Sequence[Sequence[Sequence[int]]]) -> list[list[int]]:
    return [[sum(cells) for cells in zip(*rows, strict=True)] for rows in zip(*each, strict=True)]


def warnings(facts: Facts, manifest_id: str, wanted: Sequence[str]) -> list[str]:
    """What must be known of our figures, the leak of a protocol among it."""
    own = list(facts["protocols"].values())
    told = [*caveats(facts, manifest_id), *(one["warning"] for one in own if one["warning"])]
    labels = own[0]["labels"] if own else wanted
    if sorted(labels) != sorted(wanted):
        told.append(
            f"Ours tells {', '.join(labels)} apart, and the paper {', '.join(wanted)}: "
            "another question, so the figures are not to be compared."
        )
    return told


def missing(name: str, experiment: str) -> Line:
    """The line of an experiment that was not repeated."""
    return Line(name=name, by="ours", command=command(experiment))


def films(count: int, side: str) -> str:
    """How many films of which set."""
    return f"{count:,} {side} film{'' if count == 1 else 's'}"


def percent(value: float | None) -> str:
    """A share as the paper prints it."""
    return NOTHING if value is None else f"{100 * value:.2f}\u2009%"


def _cell(spread: Facts, on: str, runs: int, shown: Shown) -> Cell:
    if spread["mean"] is None:
        return Cell(films=on)
    span = f"{shown(spread['min'])} to {shown(spread['max'])}, range of {_runs(runs)}"
    return Cell(
        value=shown(spread["mean"]), films=on,
        interval="no interval: one run" if runs == 1 else span,
    )  # fmt: skip


def _runs(count: int) -> str:
    return "one run" if count == 1 else f"{count} runs"
