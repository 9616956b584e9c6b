"""Fits what the pixels of a film are judged by, and prints how well it does, by cross-validation.

    python benchmarks/inspection.py [--write]

Reads the films of the profile `sample`, the lung masks beside them, and drawn films of world 2.
With --write the numbers go to curation/pixels/fitted. Every figure is of real films, and of a film
whose patient was left out of the fit.
"""

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from inspection_films import Film, drawn_films, real_films
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import GroupKFold

from curation.pixels import childhood, fitted, projection
from curation.pixels.chest import COARSE, GRID, INSIDE, MASK, chest, coarsened

FOLDER = Path("curation/pixels/fitted")
MODES, RIDGE = 30, 1.0
MOVES = [(0, 1, 0, 0), (5, 1, 0, 0), (-5, 1, 0, 0), (0, 1.1, 0, 0), (0, 0.9, 0, 0), (0, 1, 4, 0),
         (0, 1, -4, 0), (0, 1, 0, 4), (0, 1, 0, -4), (0, 0.8, 0, 0), (4, 0.85, 3, 3),
         (-4, 0.85, -3, -3), (4, 1.1, -3, 3), (-4, 1.1, 3, -3)]  # fmt: skip
"""Degrees, scale, points right and down: what a fit of few masks lacks."""
FALSE_CHILDREN = 0.015


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Linear scores in the units of the features."""

    centre: np.ndarray
    scale: np.ndarray
    weight: np.ndarray
    bias: np.ndarray


def moved(grid: np.ndarray, mask: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for angle, scale, right, down in MOVES:
        turn = cv2.getRotationMatrix2D((GRID / 2 - 0.5, GRID / 2 - 0.5), angle, scale)
        turn[:, 2] += (right, down)
        seen = cv2.warpAffine(grid, turn, (GRID, GRID), borderMode=cv2.BORDER_REPLICATE)
        inside = cv2.warpAffine(mask, turn, (GRID, GRID))
        yield seen, inside
        yield np.ascontiguousarray(seen[:, ::-1]), np.ascontiguousarray(inside[:, ::-1])


def lung_fit(films: list[Film]) -> fitted.LungModel:
    greys, masks = [], []
    for film in films:
        for grid, mask in moved(film.chest.grid, np.asarray(film.mask)):
            greys.append(coarsened(grid))
            masks.append(cv2.resize(mask, (MASK, MASK), interpolation=cv2.INTER_AREA).ravel())
    grey, mask = np.array(greys, float), np.array(masks, float)
    grey_mean, mask_mean = grey.mean(0), mask.mean(0)
    values, vectors = np.linalg.eigh((mask - mask_mean).T @ (mask - mask_mean))
    modes = vectors[:, np.argsort(-values)[:MODES]].T
    centred = grey - grey_mean
    normal = centred.T @ centred + RIDGE * len(MOVES) * np.eye(COARSE**2)
    to_modes = np.linalg.solve(normal, centred.T @ ((mask - mask_mean) @ modes.T))
    return fitted.LungModel(
        grey_mean.astype(np.float32), to_modes.astype(np.float32),
        mask_mean.astype(np.float32), modes.astype(np.float32),
    )  # fmt: skip


def lungs_of(model: fitted.LungModel, film: Film) -> np.ndarray:
    coarse = film.chest.coarse - model.grey_mean
    mask = (model.mask_mean + (coarse @ model.to_modes) @ model.modes).reshape(MASK, MASK)
    grown = cv2.resize(mask.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown)


def dice(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * float((a & b).sum()) / float(a.sum() + b.sum())


def folds(patients: list[str], count: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield from GroupKFold(count).split(np.zeros(len(patients)), groups=patients)


def show_lungs(films: list[Film]) -> None:
    found: dict[str, list[float]] = {}
    for train, test in folds([film.patient for film in films], 5):
        model = lung_fit([films[i] for i in train])
        for i in test:
            score = dice(lungs_of(model, films[i]) > INSIDE, films[i].mask > INSIDE)
            found.setdefault(films[i].source, []).append(score)
    print("lungs: Dice against the masks (mean, lowest tenth, films)")
    for source, scores in sorted(found.items()):
        print(f"  {source:12} {np.mean(scores):.3f} {np.quantile(scores, 0.1):.3f} {len(scores)}")


def linear(x: np.ndarray, y: np.ndarray, weight: np.ndarray, plain: int, c: float) -> Fit:
    """A logistic fit; the first `plain` features are left in their own units."""
    centre, scale = x.mean(0), x.std(0) + 1e-6
    centre[:plain], scale[:plain] = 0, 1
    made = LogisticRegression(C=c, max_iter=2000).fit((x - centre) / scale, y, sample_weight=weight)
    return Fit(centre=centre, scale=scale, weight=made.coef_.T, bias=made.intercept_)


def shares(fit: Fit, x: np.ndarray) -> np.ndarray:
    scores = ((x - fit.centre) / fit.scale) @ fit.weight + fit.bias
    if scores.shape[1] == 1:
        return np.asarray(1 / (1 + np.exp(-scores[:, 0])))
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def view_fit(films: list[Film]) -> Fit:
    x = [projection.features(film.chest) for film in films]
    x += [projection.features(chest(np.ascontiguousarray(film.chest.small[:, ::-1])))
          for film in films]  # fmt: skip
    y = np.array([film.view for film in films] * 2)
    return linear(np.array(x), y, np.where(y > 0, 3.0, 1.0), COARSE**2, 0.1)


def show_views(films: list[Film]) -> None:
    y, real = np.array([f.view for f in films]), np.array([not f.is_drawn for f in films])
    found = np.zeros((len(films), 3))
    for train, test in folds([film.patient for film in films], 10):
        fit = view_fit([films[i] for i in train])
        found[test] = shares(fit, np.array([projection.features(films[i].chest) for i in test]))
    print("view: AUC, found and false alarms at 0.85, on real films")
    for number, word in enumerate(projection.CLASSES):
        is_it, score = y[real] == number, found[real, number]
        print(f"  {word:8} {roc_auc_score(is_it, score):.4f}  {(score[is_it] >= 0.85).sum()} of "
              f"{is_it.sum()}, {(score[~is_it] >= 0.85).sum()} of {(~is_it).sum()}; "
              f"highest false {score[~is_it].max():.2f}")  # fmt: skip
    show_ap([film for film in films if film.projection in {"AP", "PA"} and not film.is_drawn])


def show_ap(films: list[Film]) -> None:
    """The same features, asked for AP against PA, within NIH and over all sources."""
    for name, some in (
        ("all sources", films),
        ("NIH alone", [f for f in films if "nih" in f.source]),
    ):
        x = np.array([projection.features(film.chest) for film in some])
        y, found = np.array([film.projection == "AP" for film in some]), np.zeros(len(some))
        for train, test in folds([film.patient for film in some], 10):
            found[test] = shares(
                linear(x[train], y[train], np.ones(len(train)), 256, 0.03), x[test]
            )
        print(
            f"  AP against PA, {name}: AUC {roc_auc_score(y, found):.3f} ({y.sum()} AP of {len(y)})"
        )


def child_fit(films: list[Film]) -> Fit:
    x = np.array([childhood.features(film.chest) for film in films])
    # Few children are of a known age and many of the one set that holds nothing else.
    weight = [0.5 if f.is_drawn else 3.0 if f.is_child and f.source != "kermany" else 1.0
              for f in films]  # fmt: skip
    return linear(x, np.array([film.is_child for film in films]), np.array(weight), 0, 1.0)


def held_out(films: list[Film]) -> np.ndarray:
    """float64[N]: how much each film looks like a child's to a fit that never saw its patient."""
    found = np.zeros(len(films))
    for train, test in folds([film.patient for film in films], 10):
        x = np.array([childhood.features(films[i].chest) for i in test])
        found[test] = shares(child_fit([films[i] for i in train]), x)
    return found


def show_children(films: list[Film], found: np.ndarray) -> None:
    """`found` is what `held_out` gives of the films."""
    y = np.array([film.is_child for film in films])
    real = np.array([not film.is_drawn for film in films])
    kermany = np.array([film.source == "kermany" for film in films])
    adults = found[real & ~y]
    limit = float(np.quantile(adults, 1 - FALSE_CHILDREN))
    print(f"children: {len(adults)} adults of known age; at {limit:.2f}, "
          f"{(adults > limit).mean():.1%} of them are called children")  # fmt: skip
    young = np.array([f.is_child and f.age is not None and f.age < 8 for f in films])
    for name, some in (("Kermany", kermany), ("known age", y & real & ~kermany),
                       ("  under 8", young & real & ~kermany)):  # fmt: skip
        truth, score = np.r_[np.ones(some.sum()), np.zeros(len(adults))], np.r_[found[some], adults]
        print(f"  {name:10} AUC {roc_auc_score(truth, score):.3f}, "
              f"found {(found[some] > limit).mean():.0%} of {some.sum()}")  # fmt: skip
        false, right, _ = roc_curve(truth, score)
        points = [
            f"{right[np.searchsorted(false, at, side='right') - 1]:.2f}"
            for at in (0.01, 0.02, 0.05, 0.1, 0.2)
        ]
        print(f"             found at 1, 2, 5, 10, 20 % false: {' '.join(points)}")
    for limit in (0.8, 0.85, 0.88, 0.9, 0.92, 0.95):
        known = found[y & real & ~kermany]
        print(
            f"  from {limit}: {(adults >= limit).mean():.1%} of adults, "
            f"{(found[kermany] >= limit).mean():.0%} of Kermany, "
            f"{(known >= limit).mean():.0%} of children of known age"
        )


def write_lungs(model: fitted.LungModel) -> None:
    modes = [f"mode_{n}" for n in range(MODES)]
    _table("lung_grey.csv", ["mean", *modes], np.column_stack([model.grey_mean, model.to_modes]))
    _table("lung_mask.csv", ["mean", *modes], np.column_stack([model.mask_mean, model.modes.T]))


def write_fit(name: str, features: list[str], classes: list[str], fit: Fit) -> None:
    rows = [[word, f"{a:.5g}", f"{b:.5g}", *(f"{w:.4g}" for w in line)]
            for word, a, b, line in zip(
                features, fit.centre, fit.scale, fit.weight, strict=True)]  # fmt: skip
    rows.append(["bias", "0", "1", *(f"{b:.4g}" for b in fit.bias)])
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [["feature", "centre", "scale", *classes], *rows]
        )


def _table(name: str, heads: list[str], numbers: np.ndarray) -> None:
    lines = [",".join(f"{value:.3g}" for value in row) for row in numbers]
    (FOLDER / name).write_text("\n".join([",".join(heads), *lines, ""]), encoding="utf-8")


def main(arguments: list[str]) -> None:
    is_written = "--write" in arguments
    films = list(real_films())
    masked = [film for film in films if film.mask is not None]
    show_lungs(masked)
    if is_written:
        write_lungs(lung_fit(masked))
        fitted.lung_model.cache_clear()
    films = [film.again() for film in (*films, *drawn_films())]
    viewed = [film for film in films if film.view is not None]
    show_views(viewed)
    frontal = [film for film in films if film.view == 0 and film.is_child is not None]
    frontal = [film for film in frontal if childhood.features(film.chest) is not None]
    show_children(frontal, held_out(frontal))
    view, child = view_fit(viewed), child_fit(frontal)
    for name, centre, scale, weight in zip(
        childhood.NAMED, child.centre, child.scale, child.weight[:, 0], strict=True
    ):
        print(f"  {name:14} centre {centre:8.4f} scale {scale:.4f} weight {weight:+.3f}")
    if is_written:
        grid = [f"grid_{n // COARSE}_{n % COARSE}" for n in range(COARSE**2)]
        write_fit("view", [*grid, *projection.NAMED], [str(c) for c in projection.CLASSES], view)
        write_fit("child", list(childhood.NAMED), ["child"], child)


if __name__ == "__main__":
    main(sys.argv[1:])
