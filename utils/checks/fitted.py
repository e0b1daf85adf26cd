"""Nets for two classes that a student has trained: what they say, and whether a training made them."""

import numpy as np

from utils.checks.answer import Unusable
from utils.checks.trained import is_keras, kernels, steps_of


def classifier(model, x):
    """Gives what a net says: the outputs, shape (B,), and the classes, 0 or 1.

    Args:
        model: an `Answer`.
        x: shape (B, D).

    Raises:
        Unusable: for outputs that are not one probability, or two, per example.
    """
    outputs = model.call(x)
    if outputs.shape == (len(x), 2):  # a softmax with two outputs says the same
        return outputs[:, 1], outputs.argmax(axis=1)
    if outputs.size != len(x):
        what = f"The model gives an array of shape {outputs.shape} for {len(x)} examples, wanted one output for each."
        raise Unusable(what, "How many units has the last layer? One with a sigmoid gives a probability.")
    outputs = outputs.ravel()
    return outputs, (outputs > 0.5).astype(int)


def fault_of_training(model, knows):
    """Finds why what a net does is not the result of a training.

    A net trained by `fit` has counted steps. One trained in a loop of one's own, or by `utils.train`, has not; but its
    biases have moved away from the 0 where they begin.

    Args:
        model: what the student gave; its answers are good.
        knows: a function without arguments that tells whether the model's answers are good, as it is then.

    Returns:
        What is wrong and a hint, as for `wrong`; or None.
    """
    if not is_keras(model):
        what = f"The answers are good, but a trained Keras model is wanted. Received: {type(model).__name__}."
        return what, "Give the model itself, the one that you have trained."
    if not kernels(model):
        return "The answers are good, but the model has no weights.", "A `Dense` layer has some."
    moved = any(array.ndim == 1 and np.any((array != 0) & (array != 1)) for array in model.get_weights())
    if not steps_of(model) and not moved:
        return "The answers are good, but no weight has moved.", "Compile the model, and fit it to the examples."
    before = model.get_weights()
    try:
        model.set_weights([np.zeros_like(array) for array in before])
        by_itself = knows()
    finally:
        model.set_weights(before)
    if by_itself:
        what = "The answers are good, and stay so when all weights are set to 0: they do not come from a training."
        return what, "Build the model of `Dense` layers, and let a training find their weights."
    return None


def is_straight(x, p):
    """Tells whether probabilities, shape (B,), change along straight lines only, as those of a linear net."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    inside = (p > 1e-4) & (p < 1 - 1e-4)
    if inside.sum() < 30:
        return False
    logits, columns = np.log(p / (1 - p))[inside], np.column_stack([x, np.ones(len(x))])[inside]
    rest = logits - columns @ np.linalg.lstsq(columns, logits, rcond=None)[0]
    return np.ptp(logits) > 0.1 and np.abs(rest).max() < 0.01 * np.ptp(logits)


def why_wrong(p, share):
    """Finds what is wrong with the outputs of a net for two classes, whatever net it is.

    Args:
        p: outputs, shape (B,).
        share: of right answers.

    Returns:
        A hint, or None.
    """
    if p.min() < -0.01 or p.max() > 1.01:
        return "An output outside of [0, 1] is no probability. Is a sigmoid missing at the end?"
    if share <= 0.1:
        return "It is nearly always wrong, so it has learned much. Are the labels exchanged?"
    return None


__all__ = ["classifier", "fault_of_training", "is_straight", "kernels", "steps_of", "why_wrong"]
