"""Nets for two classes that a student has trained: what they say, and whether a training made them."""

import numpy as np

from utils.checks.answer import Unusable
from utils.checks.trained import steps_of, untrained


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
    """Finds why what a net does is not the result of a training, by `fit` or in another way.

    A net trained by `fit` has counted steps. One trained in a loop of one's own, or by `utils.train`, has not; but its
    biases have moved away from the 0 where they begin.

    Args:
        model: what the student gave; its answers are good.
        knows: a function without arguments that tells whether the model's answers are good, as it is then.

    Returns:
        What is wrong and a hint, as for `wrong`; or None.
    """
    found = untrained(model, knows, by_fit=False)
    if found or steps_of(model):
        return found
    if any(array.ndim == 1 and np.any((array != 0) & (array != 1)) for array in model.get_weights()):
        return None
    return "The answers are good, but no weight has moved.", "Compile the model, and fit it to the examples."


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
