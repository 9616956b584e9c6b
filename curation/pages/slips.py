"""What does not add up in the paper's tables, found by recomputing them; no slip is typed in."""

from decimal import Decimal

from curation.pages.arithmetic import agrees, can_occur, is_cut_off, neighbours
from curation.pages.paper import Matrix, Paper, Row, Work

NEAR = Decimal("0.01")
"""A random split by a share may miss it by so much, as a share of all films."""


def of_matrix(paper: Paper, matrix: Matrix) -> list[str]:
    """The slips of one of Tables 1 to 4."""
    cells, total = matrix.cells, matrix.total
    right = sum(row[n] for n, row in enumerate(cells))
    found = []
    if matrix.films is not None and matrix.films != total:
        found.append(f"The cells add up to {total:,} films, and {matrix.films:,} are stated.")
    if matrix.accuracy is not None and not agrees(matrix.accuracy.scaleb(-2), right, total):
        found.append(
            f"Section {matrix.where} prints an accuracy of {matrix.accuracy}\u2009%; the cells "
            f"give {right:,} of {total:,}, that is {percent(right, total)}."
        )
        found += _impossible("An accuracy", matrix.accuracy, total)
    for label, printed in matrix.f1.items():
        n = matrix.labels.index(label)
        found += _f1_slip(f"Section {matrix.where} prints", label, printed, cells, n)
    return found + _odd_size(paper, matrix)


def _f1_slip(
    who: str, label: str, printed: Decimal, cells: tuple[tuple[int, ...], ...], n: int
) -> list[str]:
    twice, count = f1_parts(cells, n)
    if agrees(printed, twice, count):
        return []
    how = ", cut off and not rounded" if is_cut_off(printed, twice, count) else ""
    return [f"{who} an F-score of {printed} for {label}{how}; the cells give {twice / count:.4f}."]


def f1_parts(cells: tuple[tuple[int, ...], ...], label: int) -> tuple[int, int]:
    """Twice the films rightly called `label`, and all that are or are called it, added up."""
    count = sum(cells[label]) + sum(row[label] for row in cells)
    return 2 * cells[label][label], count


def _odd_size(paper: Paper, matrix: Matrix) -> list[str]:
    row, asked = paper.row(matrix.row), paper.comparison.test_share
    if matrix.set != "test":
        return []
    found = Decimal(matrix.total) / row.films
    if abs(found - asked) <= NEAR:
        return []
    stated = percent(matrix.total, row.films)
    told = (
        f"The cells hold {matrix.total:,} test films, {stated} of the {row.films:,} that Table 5 "
        f"states; a test set of {100 * asked:.0f}\u2009% would hold {round(asked * row.films):,}."
    )
    return [told]


def tested(paper: Paper, row: Row) -> tuple[int, str]:
    """How many test films a line of Table 5 has, and how that is known."""
    for matrix in paper.matrices:
        if matrix.row == row.row and matrix.set == "test":
            return matrix.total, f"the cells of Table {matrix.number}"
    if row.test_films is not None:
        return row.test_films, "the text"
    share = paper.comparison.test_share
    return round(share * row.films), f"{100 * share:.0f}\u2009% of the data set"


def of_row(paper: Paper, row: Row) -> list[str]:
    """The slips of one line of Table 5."""
    count, _ = tested(paper, row)
    runs = paper.comparison.runs
    found = _impossible(f"{row.row}: an average accuracy", row.accuracy, count, runs)
    ends = [end for end in (row.low, row.high) if not can_occur(end.scaleb(-2), count)]
    if ends:
        shown = " and ".join(f"{end}\u2009%" for end in ends)
        found.append(
            f"{row.row}: {shown}, {'an end' if len(ends) == 1 else 'the ends'} of the range of "
            f"single runs, cannot occur on {count:,} test films."
        )
    if row.in_text == row.accuracy:
        found.append(
            f"{row.row}: {row.accuracy}\u2009% is headed as an average of {runs} runs, and the "
            "text gives the same figure as that of one model."
        )
    return found + _other_matrix(paper, row)


def _other_matrix(paper: Paper, row: Row) -> list[str]:
    """The F-score of the line, beside the matrices of its model."""
    found = []
    for matrix in paper.matrices:
        if matrix.row != row.row:
            continue
        n = matrix.labels.index(matrix.positive[0])
        if matrix.set != "external":
            words = f"{row.row}: Table 5 prints, as an average,"
            told = f"{matrix.positive[0]} (Table {matrix.number})"
            found += _f1_slip(words, told, row.f1, matrix.cells, n)
        elif agrees(row.f1, *f1_parts(matrix.cells, n)):
            found.append(
                f"{row.row}: the F-score of {row.f1} is what Table {matrix.number} gives "
                f"on {matrix.total} external films; the accuracy of {row.accuracy}\u2009% beside "
                f"it is of other films, since on those it is {_accuracy(matrix)}."
            )
    return found


def f1_set(paper: Paper, row: Row) -> tuple[int, str]:
    """How many films of which set the F-score of a line is of."""
    for matrix in paper.matrices:
        n = matrix.labels.index(matrix.positive[0])
        own = matrix.row == row.row and matrix.set == "external"
        if own and agrees(row.f1, *f1_parts(matrix.cells, n)):
            return matrix.total, "external"
    return tested(paper, row)[0], "test"


def of_claims(paper: Paper) -> list[str]:
    """Sentences of the text that Table 5 does not hold."""
    return [
        f"Section {claim.where}: “{claim.words}”; Table 5 has {paper.row(claim.larger).films:,} "
        f"films for {claim.larger} and {paper.row(claim.smaller).films:,} for {claim.smaller}."
        for claim in paper.comparison.claims
        if paper.row(claim.larger).films <= paper.row(claim.smaller).films
    ]


def of_work(paper: Paper, work: Work) -> list[str]:
    """The slips of one line of Table 6."""
    if work.citation is not None:
        named = [word for word in work.model.removesuffix(" et al").split(" and ") if word]
        known = list(work.citation.authors[: len(named)])
        if named == known:
            return []
        return [f"“{work.model}” are {' and '.join(known)} in reference {work.reference}."]
    found = []
    for matrix in paper.matrices:
        if matrix.row == paper.related.own and work.f1 is not None:
            label = matrix.positive[0]
            n = matrix.labels.index(label)
            told = f"{label} (Table {matrix.number})"
            found += _f1_slip(f"{work.model}: Table 6 prints", told, work.f1, matrix.cells, n)
    return found


def _impossible(who: str, printed: Decimal, count: int, runs: int = 1) -> list[str]:
    """Nothing where the percentage occurs, in one run or as the mean of so many."""
    value = printed.scaleb(-2)
    if can_occur(value, count):
        return []
    below, above = neighbours(value, count)
    told = (
        f"{who} of {printed}\u2009% cannot occur on {count:,} films: {below:,} of them are "
        f"{percent(below, count)}, {above:,} are {percent(above, count)}"
    )
    if runs == 1:
        return [told + "."]
    mean = "can be" if can_occur(value, count * runs) else "cannot be"
    return [f"{told}. It {mean} the mean of {runs} runs on so many."]


def _accuracy(matrix: Matrix) -> str:
    right = sum(row[n] for n, row in enumerate(matrix.cells))
    return percent(right, matrix.total)


def percent(part: int, whole: int) -> str:
    """As the paper prints one."""
    return f"{100 * part / whole:.2f}\u2009%"
