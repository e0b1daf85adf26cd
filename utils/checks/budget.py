"""Two moons, a budget of steps, and why a net is not right for the moons when the steps are used up."""

import numpy as np

from utils.checks.fitted import is_straight, why_wrong

BUDGET, GOAL = 300, 0.96


def moons(examples, seed):
    """Draws two moons as the notebook does: x of shape (B, 2), and y of shape (B,), 0 or 1."""
    from sklearn.datasets import make_moons

    return make_moons(examples, noise=0.15, random_state=seed)


def why_slow(model, x, y, p, steps):
    """Finds why a net is not yet right when its steps are used up.

    Args:
        model: what the student gave.
        x, y: new points, shapes (B, 2) and (B,).
        p: what the model says, shape (B,).
        steps: how many the model has counted.

    Returns:
        A hint.
    """
    share = np.mean((p > 0.5) == y)
    found = why_wrong(p, share)
    if found:
        return found
    if steps == 0:
        return "It has not been trained: `fit` has counted no step."
    if np.ptp(p) < 0.02:
        return (
            "It says nearly the same everywhere. A learning rate that is far too large kills all ReLUs in the first "
            "steps, and from weights that all begin at 0 there is no way out."
        )
    if is_straight(x, p):
        return "Its boundary is a straight line. Has it a hidden layer, with an activation?"
    if steps < BUDGET / 2:
        return f"Only {steps} of 300 steps are used. Count: epochs times steps in an epoch."
    rate = rate_of(model)
    if rate <= 0.01:
        return (
            f"The learning rate is {rate:.2g}. With so few steps each of them has to count: which rate is the "
            "largest at which the loss still falls?"
        )
    if rate >= 0.5:
        return f"The learning rate is {rate:.2g}. Print the loss of each epoch: does it fall, or does it jump about?"
    return (
        "Print the loss of each epoch. If it still falls steadily, take a larger rate, or momentum; if it jumps about, "
        "a smaller rate or larger batches."
    )


def rate_of(model):
    """Gives the learning rate of a model's optimiser at its end, or nan where it does not say."""
    try:
        return float(np.asarray(model.optimizer.learning_rate))
    except Exception:  # noqa: BLE001 - a model of theirs without one, or in a form of its own: nothing is known then
        return float("nan")
