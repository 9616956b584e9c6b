import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from planted import TASK, prepared, row, rows
from threadpoolctl import threadpool_limits

from manifests.contract.table import metadata, read_arrow, to_pandas
from training.classifier import UNTAUGHT, fold_of, out_of_fold
from training.films import Whole
from training.stages import suspects
from training.suspects import ranked
from training.thumbnails import Thumbnails

PARAMS = suspects.Params(recipe="plain", side=24, components=16, folds=5)
FLIPPED = tuple(range(3, 120, 13))
"""Nine films of 120 whose label is turned round; the picture stays."""


def films(count: int = 120, flipped: tuple[int, ...] = FLIPPED) -> list[dict[str, object]]:
    """Drawn with a square where there is disease, which the flipped ones are not told to have."""
    made = rows(train=count, val=0, test=0)
    for n in flipped:
        made[n]["is_flipped"] = True
    return made


def other(film: dict[str, object]) -> dict[str, object]:
    """What is said of the film once its label is turned round."""
    is_ill = film["finding"] == "normal"
    return {
        "finding": "covid19" if is_ill else "normal", "abnormal": is_ill, "patient_ill": is_ill
    }  # fmt: skip


def looked(folder: Path, given: list[dict[str, object]]) -> tuple[pd.DataFrame, Path]:
    """The table of a run on films whose flipped ones bear the other label than they show."""
    shown = [{k: v for k, v in film.items() if k != "is_flipped"} for film in given]
    folder.mkdir(parents=True)
    drawn = prepared(folder / "drawn", shown, side=48)
    told = [other(film) if "is_flipped" in film else {} for film in given]
    said = pd.DataFrame([{**film, **words} for film, words in zip(shown, told, strict=True)])
    drawn = dataclasses.replace(drawn, rows=said)
    out = folder / "binary"
    out.mkdir()
    suspects.main(drawn, out, PARAMS, TASK)
    return to_pandas(read_arrow(out / "suspects.parquet")), out


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Path]:
    return looked(tmp_path_factory.mktemp("suspects") / "one", films())


def test_labels_flipped_on_purpose_come_out_on_top(run: tuple[pd.DataFrame, Path]) -> None:
    flipped = {f"cohen/{n:03d}" for n in FLIPPED}
    first = run[0].head(len(flipped))
    precision = first["record_id"].isin(flipped).mean()
    assert precision >= 0.9
    assert run[0].set_index("record_id").loc[sorted(flipped), "is_suspect"].mean() >= 0.8
    assert (first["label"] != first["suggested"]).all()


def test_the_ranks_count_from_the_most_doubted(run: tuple[pd.DataFrame, Path]) -> None:
    table = run[0]
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["score"].is_monotonic_increasing
    assert np.allclose([sum(row) for row in table["probabilities"]], 1, atol=1e-5)


def test_equal_films_give_equal_bytes_on_any_number_of_threads(
    run: tuple[pd.DataFrame, Path], tmp_path: Path
) -> None:
    def digest(folder: Path) -> list[str]:
        return [hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())]

    with threadpool_limits(2):
        _, again = looked(tmp_path / "again", films())
    assert digest(run[1]) == digest(again)


def test_the_output_says_that_it_is_a_suspicion_and_how_far_the_source_alone_goes(
    run: tuple[pd.DataFrame, Path],
) -> None:
    figures = json.loads((run[1] / "metrics.json").read_text())
    assert "not a verdict" in metadata(run[1] / "suspects.parquet")["note"]
    assert figures["films"] == figures["judged"] == 120
    assert figures["accuracy_by_source_alone"] == pytest.approx(0.5, abs=0.02)
    assert figures["suspects"] == int(run[0]["is_suspect"].sum()) >= 7


def test_a_film_is_ranked_among_those_of_its_source_too(tmp_path: Path) -> None:
    given = films(60, (3,))
    for n, film in enumerate(given):
        film |= {"source": "sirm" if n >= 40 else "cohen"}
    table, _ = looked(tmp_path / "two", given)
    for _, own in table.groupby("source"):
        assert own["rank_in_source"].tolist() == list(range(1, len(own) + 1))
    assert table["share_in_source"].between(0, 1).all()


def drawn(count: int) -> tuple[Thumbnails, Whole]:
    """Films whose first number tells their class, and the classes."""
    targets = np.arange(count) % 2
    seen = np.random.default_rng(0).normal(size=(count, 6)).astype(np.float32)
    seen[:, 0] += 6 * targets
    return seen, targets


def test_a_group_is_never_judged_by_its_own_films() -> None:
    seen, targets = drawn(60)
    # Ten films of one group bear a mark of their own and the wrong label.
    seen[:10, 5] += 50
    seen[:10, 0], targets[:10] = 6, 0
    names = ["planted"] * 10 + [f"g{n}" for n in range(50)]
    folds = np.array([fold_of(name, 5) for name in names])
    chances = out_of_fold(seen, targets, folds, 2, 6)
    assert (chances[:10, 0] < 0.5).all()
    assert np.bincount([fold_of(f"g{n}", 5) for n in range(2000)]).min() > 300


def test_a_class_that_lies_in_one_fold_is_left_unjudged() -> None:
    seen, targets = drawn(60)
    targets[:10], folds = 2, np.arange(60) % 5
    folds[:10] = 0
    chances = out_of_fold(seen, targets, folds, 3, 6)
    assert np.flatnonzero(np.isnan(chances).any(1)).tolist() == list(range(10))


def test_nothing_is_learnt_from_films_that_no_network_learns_from() -> None:
    seen, targets = drawn(60)
    folds = np.where(np.arange(60) < 10, UNTAUGHT, np.arange(60) % 5)
    chances = out_of_fold(seen, targets, folds, 2, 6)
    turned = np.where(folds == UNTAUGHT, 1 - targets, targets)
    assert (out_of_fold(seen, turned, folds, 2, 6) == chances).all()


def test_equal_scores_are_ranked_by_name() -> None:
    assert ranked(np.array([0.5, 0.1, 0.5]), ["b", "z", "a"]).tolist() == [3, 1, 2]


@pytest.mark.parametrize("finding", ["covid19", "tuberculosis"])
def test_too_little_to_compare_gives_an_empty_list_and_a_count(
    tmp_path: Path, finding: str
) -> None:
    given = [row(n, split="train", finding=finding) for n in range(6)]
    table, out = looked(tmp_path / "few", given)
    figures = json.loads((out / "metrics.json").read_text())
    assert table.empty
    assert figures["films"] == (6 if finding == "covid19" else 0)
    assert figures["judged"] == figures["suspects"] == 0
