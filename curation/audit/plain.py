"""A plain classifier: a logistic regression over few numbers, on groups that it never learnt from.

In SciPy alone, so that a list may be audited where nothing is installed for training. N rows, D
numbers, C labels.
"""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from manifests.contract.association import Floats, Whole

STRENGTH = 0.1
"""Pull of the weights towards nothing, as a share of the error of one mean row."""


def out_of_fold(seen: Floats, targets: Whole, in_fold: Whole, classes: int) -> Floats:
    """float64[N, C]: what is said of each row by one that learnt from the rows of other folds.

    A label weighs the same however rare it is.
    """
    made = np.zeros((len(targets), classes))
    for fold in np.unique(in_fold):
        known, asked = in_fold != fold, in_fold == fold
        centre, spread = seen[known].mean(0), seen[known].std(0)
        scaled = (seen - centre) / np.where(spread > 0, spread, 1)
        weights = _fitted(scaled[known], targets[known], classes)
        made[asked] = softmax(scaled[asked] @ weights[:-1] + weights[-1], axis=1)
    return np.round(made, 6)


def _fitted(seen: Floats, targets: Whole, classes: int) -> Floats:
    """float64[D + 1, C]; the last row stands for no number."""
    inputs = np.column_stack([seen, np.ones(len(seen))])
    truly = np.eye(classes)[targets]
    counts = np.maximum(truly.sum(0), 1)
    weigh = (truly / counts).sum(1)[:, None] / classes
    pulled = np.ones((inputs.shape[1], 1)) * STRENGTH / len(seen) ** 0.5
    pulled[-1] = 0

    def loss(flat: Floats) -> tuple[float, Floats]:
        own = flat.reshape(inputs.shape[1], classes)
        said = log_softmax(inputs @ own, axis=1)
        slope = inputs.T @ (weigh * (np.exp(said) - truly)) + pulled * own
        error = -(weigh * truly * said).sum() + (pulled * own**2).sum() / 2
        return float(error), slope.ravel()

    start = np.zeros(inputs.shape[1] * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return np.asarray(found.x.reshape(inputs.shape[1], classes))
