"""figures.json of stage remedy, invented: `words` stand wherever somebody's may."""

from typing import Any

NOTHING = dict.fromkeys(("auc", "low", "high", "difference", "difference_low", "difference_high"))


def remedied(manifest_id: str, words: str) -> dict[str, Any]:
    """One remedy that helps, one that harms, one of which nothing can be said."""
    return {
        "experiment": "covid_cxnet", "model": words, "manifest_id": manifest_id, "label": words,
        "reading": {"seen": words, "unseen": words, "external": words, "difference": words},
        "confidence": 0.95, "held_out": [words, "cohen"], "seeds": 1, "size": 96, "epochs": 3,
        "sides": {
            side: {"n": 9, "groups": 5, "with_label": 3}
            for side in ("seen", "unseen", f"unseen:{words}", "external")
        },
        "remedies": {
            "as_it_is": _remedy(words, None), "lung_crop": _remedy(words, (0.04, 0.21)),
            "group_dro": _remedy(words, (-0.3, -0.02)),
            "source_balanced": _remedy(words, (-0.1, 0.12)),
        },
    }  # fmt: skip


def _remedy(words: str, ends: tuple[float, float] | None) -> dict[str, Any]:
    usual = {"auc": 0.7, "low": 0.6, "high": 0.8, "reason": None, "difference": None,
             "difference_low": None, "difference_high": None}  # fmt: skip
    if ends is not None:
        usual |= {"difference": sum(ends) / 2, "difference_low": ends[0],
                  "difference_high": ends[1]}  # fmt: skip
    return {
        "recipe": words, "recipe_id": "r", "balance": "sources", "robust": "none",
        "sides": {"seen": usual, "unseen": usual, f"unseen:{words}": NOTHING | {"reason": words},
                  "external": NOTHING | {"reason": "there is no film"}},
    }  # fmt: skip
