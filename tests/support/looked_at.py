"""What stage explain leaves for the report, invented: `words` stand wherever some may."""

from typing import Any

import numpy as np
import pandas as pd

from curation.pages.looked import Looked
from manifests.contract.packing import png

GREY = np.tile(np.arange(32, dtype=np.uint8) * 8, (32, 1))
HALVES = {"pointing_hit": [True, False, None], "iou": [0.25, 0.125, None],
          "box_hit": [None, True, None], "box_iou": [None, 0.375, None]}  # fmt: skip


def heatmaps(words: str) -> pd.DataFrame:
    """A film with much heat in the lungs, one with little, and one of which nobody knows."""
    return pd.DataFrame({
        "record_id": ["cohen/late", f"cohen/{words}", "cohen/unsaid"], "label": ["normal"] * 3,
        "predicted": [words, "normal", "normal"], "probability": [0.8, 0.7, 0.6],
        "film": [png(GREY)] * 3, "heat": [png(GREY)] * 3,
        "heat_in_lungs": [0.9, 0.1, None], "is_drawn": [False] * 3,
        "is_shared": [True, True, False], **HALVES,
    })  # fmt: skip


def looked(words: str) -> Looked:
    """Super-pixels that speak, an occluded film, curves that fall, a network that forgets."""
    left, right = np.zeros_like(GREY), np.zeros_like(GREY)
    left[:, :8], right[:, 24:] = 255, 255
    maps = heatmaps(words)
    lime = maps[["record_id", "label", "predicted", "probability", "film"]].head(2)
    shares = [0.0, 0.5, 1.0]
    spoken: dict[str, Any] = {
        "speaks_for": [png(left)] * 2, "speaks_against": [png(right)] * 2,
        "weights_for": [np.array([0.31]), np.array([])],
        "weights_against": [np.array([-0.12]), np.array([])],
    }  # fmt: skip
    return Looked(
        lime=lime.assign(**spoken),
        occlusion=maps.head(1),
        curves=pd.DataFrame([
            {"way": way, "order": order, "share": share, "probability": 0.9 - part * share,
             "low": 0.8 - part * share, "high": 0.95 - part * share}
            for way in ("deletion", "insertion")
            for order, part in (("heat", 0.8), ("random", 0.4), ("centre", 0.5))
            for share in shares
        ]),
        randomised=pd.DataFrame({
            "part": ["none", words, "stem"], "from_head": [0, 1, 2],
            "rank_correlation": [1.0, 0.4, -0.05], "low": [None, 0.3, -0.1],
            "high": [None, 0.5, 0.02], "ssim": [1.0, 0.3, 0.1],
        }),
    )  # fmt: skip


def scores() -> dict[str, Any]:
    """scores.json: a figure with an interval, one without, a gain, and no box."""
    return {
        "films": 3, "scored": 9, "blank": 2, "heat_in_lungs": 0.5, "heat_in_lungs_low": 0.4,
        "heat_in_lungs_high": 0.625, "heat_in_lungs_n": 7, "heat_in_lungs_groups": 6,
        "lungs_in_frame": 0.3, "pointing_game": None, "pointing_game_n": 0,
        "iou": 0.21, "iou_low": None, "iou_high": None, "iou_n": 1, "iou_groups": 1,
        "iou_by_chance": 0.045, "deletion_gain_over_random": 0.09,
        "deletion_gain_over_random_low": -0.02, "deletion_gain_over_random_high": 0.2,
        "deletion_gain_over_random_n": 5, "deletion_gain_over_random_groups": 5,
        "pointing_game_all": 0.4, "pointing_game_all_low": 0.2, "pointing_game_all_high": 0.6,
        "pointing_game_all_n": 6, "pointing_game_all_groups": 5, "opacities_in_frame": 0.06,
        "lime_for_in_lungs": 0.4375, "lime_for_in_lungs_low": None, "lime_for_in_lungs_high": None,
        "lime_for_in_lungs_n": 2, "lime_for_in_lungs_groups": 2,
        "method": "HiResCAM", "layer": "features.norm5", "cells": 7, "randomised_blank": 1,
        "randomised_agreement": -0.05, "randomised_agreement_low": -0.1,
        "randomised_agreement_high": 0.02, "randomised_holds": True,
    }  # fmt: skip
