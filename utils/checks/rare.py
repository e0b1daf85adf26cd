"""What a classifier of a rare signal has learned: in which world its outputs are probabilities."""

import numpy as np

from utils.checks import digits, right, wrong
from utils.checks.budget import rate_of
from utils.checks.trained import is_keras, kernels, one_each, steps_of, untrained

LARGEST_ERROR = 0.1


def sigmoid(z):
    """The probability that belongs to z."""
    return 1 / (1 + np.exp(-z))


def in_nature(x, ratio=1 / 9):
    """P(signal | x) for unit normal distributions around +1 and -1, with `ratio` signal events per background event."""
    return sigmoid(2 * x + np.log(ratio))


def events():
    """The sample of the notebook: x of shape (2000,), y of shape (2000,)."""
    y = np.repeat([0.0, 1.0], 1000)
    return np.random.default_rng(1).normal(2 * y - 1), y


def judge(model):
    """Says whether the outputs of a model are right for nature, and for which world they are right if not.

    Args:
        model: an `Answer`.

    Returns:
        A `Feedback`.
    """
    x, (seen, y) = np.linspace(-2, 3, 101), events()
    points = np.concatenate([x, seen])
    outputs = one_each(model, points, "events", "One output is enough, P(signal): one unit with a sigmoid at the end.")
    got, wanted = outputs[: len(x)], in_nature(x)
    if np.abs(got - wanted).max() >= LARGEST_ERROR:
        return wrong(
            f"At x = 0.5 the output is {digits(got[50])}, wanted 0.232.",
            _world(model, x, got, balance(outputs[len(x) :], y)),
        )
    fault = _no_training(model, x, np.abs(got - wanted).max())
    if not fault and not _wild(model.raw):
        fault = _ratio(outputs[len(x) :], y)
    if fault:
        return wrong(*fault)
    return right(
        "At x = 0.5 the sample holds nearly three signal events for one of background, and yet your output is near "
        "0.2: right for nature. Weights moved the output, not the order of the events."
    )


def _no_training(model, x, off):
    """Right outputs that no training has found."""
    if not is_keras(model.raw):
        return (
            "The outputs are right for nature, and the model is missing: a trained Keras model is wanted.",
            "Give `model` itself. (The formula of the lesson, after a training without weights, subtracts ln 9 from "
            "the bias of a single unit: so it can be put into the model.)",
        )
    fault = untrained(
        model.raw, lambda: np.abs(model.call(x).ravel() - in_nature(x)).max() < LARGEST_ERROR, by_fit=False
    )
    if fault is None and steps_of(model.raw) == 0 and off < 0.002:
        what = f"The outputs are right to {off:.4f}; 2,000 events do not tell them as well as that."
        return what, "Were the weights set by hand? Let a training find them."
    return fault


def _wild(model):
    """Many steps at a large rate: the last ones leave the balance of the classes to chance, to a tenth of it."""
    return rate_of(model) > 0.03 and steps_of(model) > 1000


def balance(p, y):
    """Gives the weight of background for which sum of (p - y) times weight is 0, as it is at the minimum of a net."""
    return np.sum((1 - p)[y == 1]) / max(np.sum(p[y == 0]), 1e-9)


def _ratio(p, y):
    """One in ten is 1 to 9, not 1 to 10."""
    ratio = balance(p, y)
    if not 9.5 < ratio < 10.7:
        return None
    what = f"The outputs are nearly right. They balance the two classes as weights of 1 to {ratio:.1f} would."
    return what, (
        "One event in ten is a signal: how many background events are there for one of signal? If your weights are 1 "
        "to 9, the last steps were too wild: a smaller learning rate."
    )


def _world(model, x, got, each):
    """The hint for outputs that are wrong for nature; `each` is their balance."""
    if got.min() < -0.05 or got.max() > 1.05:
        return "An output outside of [0, 1] is no probability. Is a sigmoid missing at the end?"
    if np.mean((got < 0.01) | (got > 0.99)) > 0.95:
        return "These are decisions, 0 or 1. A probability can lie between: the output of the sigmoid itself."
    if np.ptp(got) < 0.1:
        return "The output is nearly the same everywhere. Did the loss fall? More epochs, a larger rate?"
    if is_keras(model.raw) and kernels(model.raw) and all(not np.any(b) for b in model.raw.get_weights()[1::2]):
        return "All biases are still 0, as before a training. Was the model fitted?"
    worlds = {
        "This net tells the truth about the sample, half of which is signal. In nature one event in ten is: what "
        "weight must each signal event have, and each background event?": in_nature(x, 1),
        "Here signal counts nine times as much as background. Are the two weights exchanged?": in_nature(x, 9),
        "Do the labels of the sample go the wrong way? Large x means signal, which is 1.": [
            1 - in_nature(x, ratio) for ratio in (1 / 9, 1, 9)
        ],
        "The weights are too strong by far: did a factor come in twice?": in_nature(x, 1 / 81),
        "A weight is the share in nature over the share in the sample, not its root.": in_nature(x, 1 / 3),
        "This is p of the sample times a factor, so it never comes near 1; but at x = 3 nearly every event is a "
        "signal, in nature too. The formula of the lesson has a denominator.": [
            factor * in_nature(x, 1) for factor in (0.1, 0.2, 1 / 9)
        ],
        "All outputs are shifted by one factor. With p = 0.5, of 1 signal and 1 background event, how many of each "
        "are left in nature?": [in_nature(x, 1) - 0.4, in_nature(x, 1) * 0.9],
    }
    away = {
        hint: min(np.abs(got - world).max() for world in (several if isinstance(several, list) else [several]))
        for hint, several in worlds.items()
    }
    hint = min(away, key=away.get)
    if (3.8 < each < 8 or 11 < each < 20) and np.abs(got - in_nature(x, 1 / each)).max() < 0.1:
        return f"That is right for about {each:.0f} background events to each signal event. How many has nature?"
    if away[hint] < 0.2:
        return hint
    return "Is it trained long enough, at a rate that lets it come to rest, and is the ratio of the two weights 1 to 9?"
