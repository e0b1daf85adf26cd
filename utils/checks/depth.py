"""Why a deep net does not learn: its weights, its outputs and its steps tell."""

import numpy as np

from utils.checks.answer import attribute
from utils.checks.fitted import is_straight, why_wrong
from utils.checks.trained import is_keras, steps_of

DEPTH, GOAL = 12, 0.95


def why_not_deep(model, x, y, p):
    """Finds why a deep net is not right.

    Args:
        model: what the student gave.
        x, y: new points, shapes (B, 2) and (B,).
        p: what the model says, shape (B,).

    Returns:
        A hint.
    """
    share = np.mean((p > 0.5) == y)
    found = why_wrong(p, share)
    if found:
        return found
    weights = [array for array in model.get_weights() if array.ndim == 2] if is_keras(model) else []
    if any(not array.any() for array in weights):
        return "A kernel is still 0 everywhere. Through a kernel of zeros no gradient passes: how do weights begin?"
    if any(array.shape[1] > 1 and np.ptp(array, axis=1).max() < 1e-6 for array in weights):
        return "All units of a layer have the same weights. Units that begin alike stay alike: what tells them apart?"
    if share_in_training(model, x, y) > 0.9:
        return (
            "While it trains it is right for most points, and after it is not: batch normalisation then goes by "
            "running means, and these have not caught up. More steps, or a smaller `momentum` in the layer?"
        )
    if is_keras(model) and not steps_of(model) and share < 0.7:
        return "It has not been trained, or in a loop of your own that moved little: no step of `fit` was counted."
    if np.ptp(p) == 0 and not fading(model):
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


def fading(model):
    """Tells whether a net has layers of sigmoids or hyperbolic tangents: these do not die, the signal fades in them."""
    return any(
        attribute(attribute(layer, "activation"), "__name__") in ("sigmoid", "tanh")
        for layer in (attribute(model, "layers") or [])[:-1]
    )


def share_in_training(model, x, y):
    """Gives the share of right answers with the layers as they are in training, or 0 where that is not to be had."""
    try:
        before = model.get_weights()
        try:
            return np.mean((np.asarray(model(x, training=True)).ravel() > 0.5) == y)
        finally:
            model.set_weights(before)  # batch normalisation has moved its running means
    except Exception:  # noqa: BLE001 - a model of theirs that can not: then nothing is known
        return 0.0
