"""Tables 1 to 6 of the paper, each with ours beside it and with what does not add up in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from curation.pages import ours, slips
from curation.pages.arithmetic import Figure, accuracy, f1, precision, recall
from curation.pages.counts import Cross
from curation.pages.page import figure
from curation.pages.paper import Matrix, Paper, Row, Work
from curation.pages.tabled import Cell, Counted, Line, Table

PRINTED = "the paper prints"
GIVEN = "its cells give"
Given = Sequence[Mapping[str, Any]]


def tables(paper: Paper, given: Given, manifest_id: str) -> list[Table]:
    """All of them; `given` holds figures.json of each experiment that was repeated."""
    return [
        *(_matrix(paper, one, given, manifest_id) for one in paper.matrices),
        _comparison(paper, given, manifest_id),
        _related(paper, given, manifest_id),
    ]


def _matrix(paper: Paper, matrix: Matrix, given: Given, manifest_id: str) -> Table:
    row = paper.row(matrix.row)
    own = ours.matching(given, row, paper.rows)
    columns = ["accuracy"]
    for label in matrix.positive:
        columns += [f"precision of {label}", f"recall of {label}", f"F-score of {label}"]
    lines = [_printed(matrix), _computed(matrix)]
    cross = Cross(rows=matrix.labels, columns=matrix.labels, cells=matrix.cells)
    name = f"The paper: {ours.films(matrix.total, matrix.set)}"
    shown, warnings = [Counted(name=name, cross=cross)], []
    if own is None:
        lines.append(ours.missing(row.row, row.experiment))
    else:
        lines += _ours_of_matrix(matrix, own)
        shown += ours.counted(own, matrix.set)
        warnings = ours.warnings(own, manifest_id, [matrix.ours[one] for one in matrix.labels])
    return Table(
        number=matrix.number, caption=matrix.caption, note=matrix.note, columns=columns,
        lines=lines, counted=shown, warnings=warnings, slips=slips.of_matrix(paper, matrix),
    )  # fmt: skip


def _printed(matrix: Matrix) -> Line:
    on = ours.films(matrix.total, matrix.set)
    cells = [_bare(None if matrix.accuracy is None else f"{matrix.accuracy}\u2009%", on)]
    for label in matrix.positive:
        told = matrix.f1.get(label)
        cells += [Cell(), Cell(), _bare(None if told is None else str(told), on)]
    return Line(name=matrix.row, by=PRINTED, cells=cells)


def _bare(printed: str | None, on: str) -> Cell:
    """A figure beside which the paper prints no interval."""
    if printed is None:
        return Cell()
    return Cell(value=printed, interval="no interval printed", films=on)


def _computed(matrix: Matrix) -> Line:
    whole, cells = ours.films(matrix.total, matrix.set), matrix.cells
    made = [_wilson(accuracy(cells), whole, ours.percent)]
    for label in matrix.positive:
        n = matrix.labels.index(label)
        called, actual = sum(row[n] for row in cells), sum(cells[n])
        either = called + actual - cells[n][n]
        made += [
            _wilson(precision(cells, n), f"{called:,} {matrix.set} films called {label}", figure),
            _wilson(recall(cells, n), f"{actual:,} {matrix.set} films with {label}", figure),
            _wilson(f1(cells, n), f"{either:,} {matrix.set} films with {label} or called so",
                    figure),
        ]  # fmt: skip
    return Line(name=matrix.row, by=GIVEN, cells=made)


def _wilson(found: Figure, on: str, shown: ours.Shown) -> Cell:
    if found.value is None:
        return Cell(films=on)
    span = f"{shown(found.low)} to {shown(found.high)}, 95\u2009% Wilson"
    return Cell(value=shown(found.value), interval=span, films=on)


def _ours_of_matrix(matrix: Matrix, own: Mapping[str, Any]) -> list[Line]:
    lines = []
    for protocol, side, found in ours.sides(own):
        whole = own["protocols"][protocol]
        cells = [ours.accuracy(found, side, whole["runs"])]
        for label in matrix.positive:
            cells += ours.of_label(found, side, whole["runs"], whole["labels"], matrix.ours[label])
        lines.append(Line(name=matrix.row, by=ours.by(protocol, side), cells=cells))
    return lines


def _comparison(paper: Paper, given: Given, manifest_id: str) -> Table:
    told, lines, warnings, found = paper.comparison, [], [], []
    for row in told.rows:
        lines.append(_printed_row(paper, row))
        found += slips.of_row(paper, row)
        own = ours.matching(given, row, paper.rows)
        if own is None:
            lines.append(ours.missing(row.row, row.experiment))
            continue
        lines += _ours_of_row(row, own)
        wanted = _wanted(paper, row)
        warnings += [f"{row.row}: {one}" for one in ours.warnings(own, manifest_id, wanted)]
    return Table(
        number=5, caption=told.caption, note=told.note,
        columns=["data set", "pediatric bias", "lung segmentation", "epochs", "accuracy",
                 "F-score of CP"],
        lines=lines, warnings=warnings, slips=[*found, *slips.of_claims(paper)],
    )  # fmt: skip


def _wanted(paper: Paper, row: Row) -> list[str]:
    """Our words for the classes that a line of Table 5 tells apart; two where it has no matrix."""
    own = next((one for one in paper.matrices if one.row == row.row), paper.matrices[0])
    return [own.ours[label] for label in own.labels]


def _printed_row(paper: Paper, row: Row) -> Line:
    count, known = slips.tested(paper, row)
    scored, side = slips.f1_set(paper, row)
    runs = paper.comparison.runs
    return Line(name=row.row, by=PRINTED, cells=[
        Cell(value=f"{row.films:,}"), Cell(value=_said(is_so=row.pediatric_bias)),
        Cell(value=_said(is_so=row.lung_segmentation)), Cell(value=str(row.epochs)),
        Cell(value=f"{row.accuracy}\u2009%", films=f"{ours.films(count, 'test')} by {known}",
             interval=f"{row.low} to {row.high}\u2009%, range of {runs} runs"),
        _bare(str(row.f1), ours.films(scored, side)),
    ])  # fmt: skip


def _ours_of_row(row: Row, own: Mapping[str, Any]) -> list[Line]:
    lines = []
    for protocol, side, found in ours.sides(own):
        whole = own["protocols"][protocol]
        learnt = [sum(whole["films"][part].values()) for part in ("train", "val", "test")]
        lines.append(Line(name=row.row, by=ours.by(protocol, side), cells=[
            Cell(value=f"{sum(learnt):,}"), *[Cell()] * 3,
            ours.accuracy(found, side, whole["runs"]),
            ours.f1(found, side, whole["runs"], own["label"]),
        ]))  # fmt: skip
    return lines


def _said(*, is_so: bool) -> str:
    return "Yes" if is_so else "No"


def _related(paper: Paper, given: Given, manifest_id: str) -> Table:
    told = paper.related
    row = paper.row(told.own)
    own = ours.matching(given, row, paper.rows)
    lines = [_work(paper, work) for work in told.works]
    warnings = [] if own is None else ours.warnings(own, manifest_id, _wanted(paper, row))
    if own is None:
        lines.append(ours.missing("Proposed Model", row.experiment))
    else:
        lines += [
            Line(name="Proposed Model", by=ours.by(protocol, side), cells=[
                *[Cell()] * 3,
                ours.f1(found, side, own["protocols"][protocol]["runs"], own["label"]),
                *[Cell()] * 2,
            ])
            for protocol, side, found in ours.sides(own)
        ]  # fmt: skip
    return Table(
        number=6, caption=told.caption, note=told.note,
        columns=["CP images", "pretrained weights", "architecture", "F-score of CP",
                 "lung segmentation", "published as"],
        lines=lines, warnings=warnings,
        slips=[one for work in told.works for one in slips.of_work(paper, work)],
    )  # fmt: skip


def _work(paper: Paper, work: Work) -> Line:
    if work.citation is None:
        on, cited = ours.films(slips.f1_set(paper, paper.row(paper.related.own))[0], "test"), ""
    else:
        place = f"arXiv {work.citation.arxiv}, " if work.citation.arxiv else ""
        on, cited = "films not stated here", (
            f"{', '.join(work.citation.authors)}: {work.citation.title}, {place}"
            f"{work.citation.year} (reference {work.reference})"
        )  # fmt: skip
    score = _bare(None if work.f1 is None else str(work.f1), on)
    return Line(name=work.model, by=PRINTED, cells=[
        Cell(value=str(work.covid19_films)), Cell(value=work.weights),
        Cell(value=work.architecture), score, Cell(value=work.lung_segmentation),
        Cell(value=cited or "this paper"),
    ])  # fmt: skip
