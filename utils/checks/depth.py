"""Why a deep net does not learn: its weights, its outputs and its steps tell."""

import numpy as np

from utils.checks.fitted import is_straight, steps_of, why_wrong
from utils.checks.trained import is_keras

DEPTH, GOAL = 12, 0.95


def why_not_deep(model, x, p, share):
    """Finds why a deep net is not right.

    Args:
        model: what the student gave.
        x: new points, shape (B, 2).
        p: what the model says, shape (B,).
        share: of right answers.

    Returns:
        A hint.
    """
    found = why_wrong(x, p, share)
    if found:
        return found
    weights = [array for array in model.get_weights() if array.ndim == 2] if is_keras(model) else []
    if any(not array.any() for array in weights):
        return "A kernel is still 0 everywhere. Through a kernel of zeros no gradient passes: how do weights begin?"
    if any(array.shape[1] > 1 and np.ptp(array, axis=1).max() < 1e-6 for array in weights):
        return "All units of a layer have the same weights. Units that begin alike stay alike: what tells them apart?"
    if is_keras(model) and not steps_of(model) and share < 0.7:
        return "It has not been trained, or in a loop of your own that moved little: no step of `fit` was counted."
    if np.ptp(p) == 0:
        return (
            "It says exactly the same for every point: somewhere on the way all units of a layer are dead. A smaller "
            "learning rate, or an activation that is never flat?"
        )
    if np.ptp(p) < 0.05:
        return (
            "It says nearly the same everywhere: what the first layers see does not reach the last one, nor the "
            "gradient the first ones. By which factor does each layer scale it? Another activation, another start?"
        )
    if is_straight(x, p):
        return "Its boundary is a straight line: without an activation twelve layers are one."
    if share > 0.8:
        return "It learns. More epochs, or another learning rate: 0.001, 0.003, 0.01 with Adam?"
    return "It has hardly begun. Print the loss of each epoch: does it stay, fall, or jump about?"
