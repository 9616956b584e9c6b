"""The film whose grey levels a recipe gives to all others (paper 5.3): found, or a sentence."""

import logging

import pandas as pd

from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Finding, Split, View

log = logging.getLogger(__name__)
UPRIGHT = (View.PA, View.AP)


def base_film(records: pd.DataFrame, came_in: pd.DataFrame, named: str, recipe: str) -> str:
    """The record id of the film that is `named` by its hash or its record id.

    A hash pins the very bytes. Drawn films are named by id: the last bit of their grey levels, and
    so their hash, depends on the processor that drew them.

    `records` are the films to prepare, `came_in` all that were ingested. Raises `Misspelt`, saying
    which film to choose instead, where none of `records` has it.
    """
    found = records.loc[is_named(records, named)]
    if len(found):
        if (found["split"] == Split.TEST).any():
            log.warning(
                "recipes.%s.base: %s is a test film, whose grey levels all others get; choose one "
                "that is not", recipe, found["record_id"].min(),
            )  # fmt: skip
        return str(found["record_id"].min())
    left = came_in.loc[is_named(came_in, named), "record_id"]
    why = (
        f"of {left.min()}, which left on the way (data/*/rejected.parquet say why)"
        if len(left) else "of no film that came in"
    )  # fmt: skip
    told = named if "/" in named else f"{named[:12]}…"
    raise Misspelt(
        f"params.yaml: 'recipes.{recipe}.base' is {told}, the name {why}; choose a normal, frontal "
        "film by the column sha256 (of drawn films record_id) of manifests/dataset.parquet"
        f"{_such_as(records)}, or empty it"
    )


def is_named(records: pd.DataFrame, *names: str) -> pd.Series:
    """Bool for each record: is it one of those films, named by hash or by record id?"""
    return records["sha256"].isin(names) | records["record_id"].isin(names)


def _such_as(records: pd.DataFrame) -> str:
    fits = (
        (records["finding"] == Finding.NORMAL)
        & (records["split"] == Split.TRAIN)
        & records["view"].isin(UPRIGHT)
    )
    some = records.loc[fits].sort_values("record_id")
    return f", such as {some['sha256'].iloc[0]} ({some['record_id'].iloc[0]})" if len(some) else ""
