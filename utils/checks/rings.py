"""Three rings of particles: which kind each is, and why a net does not know them."""

import numpy as np

from utils.checks.trained import is_keras, steps_of


def kind_of(X):
    """Gives the kind of each row of X, shape (B, 2): 0, 1 or 2, by its distance from the centre."""
    return np.digitize(np.hypot(X[:, 0], X[:, 1]), [0.8, 1.2])


def straight(X, scores):
    """Tells whether scores (B, 3), probabilities or logits, change along straight lines, as a linear net's do."""
    logits = np.log(np.clip(scores, 1e-7, None)) if np.all(scores >= 0) else scores
    leads = logits - logits[:, :1]
    columns = np.column_stack([X, np.ones(len(X))])
    flat = columns @ np.linalg.lstsq(columns, leads, rcond=None)[0]
    change = np.ptp(leads, axis=0).max()
    return change > 1e-3 and np.abs(flat - leads).max() < 0.02 * change


def hint_of_net(model, layers, X, scores, wanted):
    """Finds what a net that is not good enough may lack."""
    said, fitted = scores.argmax(axis=1), steps_of(model) if is_keras(model) else None
    missing = sorted({0, 1, 2} - set(said.tolist()))
    shifted = max((((said + k) % 3 == wanted).mean(), k) for k in (1, 2))
    sums_to_1 = np.allclose(scores.sum(axis=1), 1, atol=1e-3)
    if fitted == 0:
        return "Was `fit` called? This model has counted no step of training, so its weights are those it began with."
    if straight(X, scores):
        return "Its boundaries can only be straight lines. Has the hidden layer an activation?"
    if shifted[0] > 0.6:
        return "It says one kind for another, everywhere: are the kinds in `y_train` those of the task, 0, 1 and 2?"
    if fitted is not None and not sums_to_1:
        return (
            "Its three outputs do not add up to 1. The loss takes them for probabilities: has the last layer softmax? "
            "(Or the loss is told `from_logits=True`.)"
        )
    if layers and layers[0][1] < 6:
        count = f"{layers[0][1]} hidden unit{'s' if layers[0][1] > 1 else ''}"
        return f"It has {count}, each with one line. How many lines does it take to go round a circle, twice?"
    if len(missing) == 2:
        return f"It answers {said[0]} everywhere. Was it fitted to `y_train`, with a rate neither tiny nor huge?"
    if missing:
        return f"It never answers {missing[0]}. More epochs, or more hidden units?"
    return "It is on its way. More epochs, a larger learning rate (Adam with 0.02), or more hidden units?"
