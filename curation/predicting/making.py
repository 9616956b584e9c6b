"""How films are made for a network: its own recipe, which must mean here what it meant there."""

import numpy as np
from pydantic import ValidationError

from curation.pixels.histogram import Counts
from curation.pixels.recipe import Recipe
from curation.predicting.stacks import Making
from manifests.contract.network import Network

MAX_SIDE = 1024
"""Longest side of a working copy where the network does not say, pixels."""


class OtherRecipe(ValueError):  # noqa: N818 - shown to a person as a sentence
    """Films cannot be made as those that the network learnt from."""

    exit_code = 4


def making_of(network: Network) -> Making:
    """How the films were made that `network` learnt from.

    Raises `OtherRecipe` where that is not known, or gives other pixels in this version.
    """
    recipe = _recipe(network)
    return Making(recipe, _base(network, recipe), network.max_side or MAX_SIDE)


def _recipe(network: Network) -> Recipe:
    if not network.recipe:
        raise OtherRecipe(
            f"{network.experiment}: its checkpoint.json does not say how films were made for it, "
            "as it was written by an earlier version; train again with `dvc repro train`"
        )
    try:
        recipe = Recipe.model_validate(network.recipe)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise OtherRecipe(
            f"{network.experiment}: its recipe is of another version ({where}: {first['msg']}); "
            "train again, or ask it with the version that trained it"
        ) from None
    if recipe.recipe_id != network.recipe_id:
        raise OtherRecipe(
            f"{network.experiment}: learnt from recipe {network.recipe_id}, and the same recipe "
            f"gives other pixels here ({recipe.recipe_id}); train again, or ask it with the "
            "version that trained it"
        )
    return recipe


def _base(network: Network, recipe: Recipe) -> Counts | None:
    if not recipe.base:
        return None
    if network.base_levels is None or len(network.base_levels) != 256:  # noqa: PLR2004 - grey levels
        raise OtherRecipe(
            f"{network.experiment}: its films have the grey levels of a base film, which its "
            "checkpoint.json does not hold; train again with `dvc repro train`"
        )
    return np.array(network.base_levels, np.int64)
