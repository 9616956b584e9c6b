"""How the runs of a repeated experiment learnt: their mean, and how far they lie apart."""

import pandas as pd

from curation.pages.charts import Chart, chart, column

LOSSES = {"training": "train_loss", "validation": "val_loss"}


def courses(history: pd.DataFrame | None) -> Chart | None:
    """Loss by epoch of all runs; None where no curve was kept.

    `history` has a row per seed and epoch. From where some runs have ended, it is the mean of the
    others.
    """
    if history is None or not len(history):
        return None
    numbers = history[["epoch", *LOSSES.values()]].apply(pd.to_numeric, errors="coerce")
    by_epoch = numbers.groupby("epoch")
    series = {
        f"{name}, mean": column(by_epoch.mean().reset_index(), "epoch", of)
        for name, of in LOSSES.items()
    }
    runs = history["seed"].nunique()
    if runs > 1:
        for words, made in (("least", by_epoch.min()), ("most", by_epoch.max())):
            series[f"validation, {words}"] = column(made.reset_index(), "epoch", "val_loss")
    series = {name: line for name, line in series.items() if line}
    ends = [f"{name} {line[0][1]:.3g} to {line[-1][1]:.3g}" for name, line in series.items()]
    told = f"loss of {runs} runs by epoch, from the first to the last: {', '.join(ends)}"
    return chart(series, "epoch", "loss", told, is_share=False)
