"""Drawings of how far heat can be believed: pixels taken away by heat, and networks that forget."""

import pandas as pd

from curation.pages.charts import Band, Chart, chart, column
from curation.pages.scores import number

RANKS = "rank correlation"
ORDERS = {"heat": "hottest first", "random": "random map", "centre": "centre first"}


def curves(found: pd.DataFrame | None) -> list[tuple[str, Chart]]:
    """The curves of deletion and of insertion, as far as they are there."""
    made = []
    for way, rows in [] if found is None else found.groupby("way", sort=True):
        series = {
            words: column(rows[rows["order"] == order], "share", "probability")
            for order, words in ORDERS.items()
        }
        band = _band(rows[rows["order"] == "heat"], "share")
        ends = [f"{name} from {line[0][1]:.2f} over {line[len(line) // 2][1]:.2f} to "
                f"{line[-1][1]:.2f}" for name, line in series.items() if line]  # fmt: skip
        told = (
            f"{way}, the label's probability by the share of pixels: {', '.join(ends)}"
            f"{_told(band, ORDERS['heat'])}"
        )
        drawn = chart(series, "share of pixels", "probability", told, is_share=True, band=band)
        if drawn is not None:
            made.append((str(way), drawn))
    return made


def sanity(found: pd.DataFrame | None) -> Chart | None:
    """Agreement of maps as the network forgets; None where nothing was compared."""
    if found is None or not len(found):
        return None
    series = {
        RANKS: column(found, "from_head", "rank_correlation"),
        "SSIM": column(found, "from_head", "ssim"),
    }
    band = _band(found, "from_head")
    known = (number(value) for value in pd.to_numeric(found["rank_correlation"], errors="coerce"))
    told = "agreement of heat maps with those before, by parts of the network that forgot: " + (
        ", ".join("not known" if value is None else f"{value:.2f}" for value in known)
        + _told(band, RANKS)
    )
    # Ranks may disagree, and a drawing of shares ends at 0.
    return chart(series, "parts that forgot, from the head down", "agreement", told,
                 is_share=False, band=band)  # fmt: skip


def _band(rows: pd.DataFrame, across: str) -> Band:
    """The interval along the line; without columns `low` and `high` there is none."""
    return Band(column(rows, across, "low"), column(rows, across, "high"))


def _told(band: Band, name: str) -> str:
    """The interval where the line has come halfway, and at its end; "" without one."""
    pairs = list(zip(band.low, band.high, strict=False))
    if not pairs:
        return ""
    half, end = (
        f"{low[1]:.2f} to {high[1]:.2f}" for low, high in (pairs[len(pairs) // 2], pairs[-1])
    )
    return f"; interval of {name} halfway {half}, in the end {end}"
