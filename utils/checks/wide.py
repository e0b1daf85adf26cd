"""What a wide net on twenty measurements has learned: the truth, the noise, or what it must not have seen."""

import numpy as np

from utils.checks import right, wrong
from utils.checks.answer import attribute
from utils.checks.trained import one_each, untrained

GOAL = 0.16
BEST = 0.105  # expected loss: below it is nobody who has only the twenty measurements (0.107 is the best that we found)
SEEN = 0.08  # loss on the validation sample: nets that were not trained on it have 0.084 or more; the truth has 0.076


def truth(x):
    """The curve behind the data of the lesson."""
    return np.sin(np.pi * x / 2)


def noisy_sine(seed, examples=20):
    """Draws x in [-2, 2] and y with noise, both of shape (B,), as the notebook does."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, size=examples)
    return x, truth(x) + 0.3 * rng.normal(size=examples)


def weights_in(model):
    """Gives how many weights and biases a model says it has, or None where it does not say."""
    count = attribute(model.raw, "count_params")
    try:
        return int(count()) if callable(count) else None
    except Exception:  # noqa: BLE001 - a model of theirs that can not count: then nothing is known
        return None


def judge(model):
    """Says whether a wide net has learned the curve from its twenty measurements, and what went wrong if not.

    Args:
        model: an `Answer`.

    Returns:
        A `Feedback`.
    """
    (x, y), (x_val, y_val), grid = noisy_sine(1), noisy_sine(101), np.linspace(-2, 2, 401)
    points = np.concatenate([grid, x, x_val])
    outputs = one_each(model, points, "places", "One output for each x: how many units has the last layer?")
    curve, h, h_val = outputs[:401], outputs[401:421], outputs[421:]
    trained, validation = np.mean((y - h) ** 2), np.mean((y_val - h_val) ** 2)
    expected = 0.3**2 + np.mean((curve - truth(grid)) ** 2)
    weights = weights_in(model)
    if weights is not None and weights < 1000:
        hint = "A small net is one way out, and a fair one. Here the way is to keep many weights and to hold them back."
        return wrong(f"This net has {weights} weights and biases, wanted are 1,000 or more.", hint)
    if expected > GOAL:
        what = f"Its loss is {trained:.3f} on the 20 examples; {expected:.3f} is expected on new ones, wanted at most "
        return wrong(f"{what}{GOAL}.", _why(grid, curve, trained, validation))
    fault = untrained(model.raw, lambda: _expected(model, grid) <= GOAL, by_fit=False)
    if fault:
        return wrong(*fault)
    if expected < BEST or validation < SEEN:
        what = f"Its expected loss is {expected:.3f}, its validation loss {validation:.3f}, its training loss "
        hint = "Has it seen the validation sample, or the truth? Only `x_train`, `y_train` are for training."
        return wrong(f"{what}{trained:.3f}: better than these twenty examples allow.", hint)
    return right(
        "The expected loss is at most 0.16, of which 0.09 is noise that no net can foresee. A thousand weights or "
        "more for 20 examples: what counts is not how many there are, but how free they are."
    )


def _expected(model, grid):
    """The expected loss of a model as it is now."""
    return 0.3**2 + np.mean((model.call(grid).ravel() - truth(grid)) ** 2)


def _why(grid, curve, trained, validation):
    """The hint for a net whose expected loss is too large."""
    line = np.polyval(np.polyfit(grid, curve, 1), grid)
    if np.ptp(curve) < 0.2:
        return "It says nearly the same everywhere. Was it fitted, and does the penalty leave the weights any room?"
    if curve.min() > -0.02 and curve.max() > 0.6:
        return "It never goes below 0, and the sine does. Which activation has the last layer?"
    if np.abs(curve - line).max() < 0.05 * np.ptp(curve):
        return "It is nearly a straight line. Was it fitted, and have the hidden layers an activation?"
    if np.mean((curve + truth(grid)) ** 2) < 0.1:
        return "It is the curve upside down. Is y given with the wrong sign?"
    if trained > 0.2:
        if validation < min(0.2, trained - 0.15):
            return "It fits the validation sample better than the training sample. Which of the two was it trained on?"
        return (
            "It misses even the examples that it was given. Was it fitted, and for long enough? Or is it held back too "
            "much? Set strength and rate to 0, see that it can learn, and then tighten."
        )
    if trained < 0.07:
        return (
            "It is far closer to these 20 examples than the truth itself, which has 0.126 on them: it has learned "
            "their noise. What holds its weights back? If it was to be stopped in time: `EarlyStopping` keeps the last "
            "weights, not the best ones, unless you say `restore_best_weights=True`."
        )
    return (
        "Not far. Does the learning rate fall to 0 at the end, so that the last steps are quiet? A strength three "
        "times larger or smaller, another patience, `restore_best_weights=True`? Look at the loss on `x_val`, `y_val`."
    )
