"""Exercise 03: slips of a tired student that had no hint of their own."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_03 as check


def of_residuals(what):
    return lambda y, h: what(y - np.ravel(h))


def from_the_second(y, h):
    return sum((y[i] - np.ravel(h)[i]) ** 2 for i in range(1, len(y))) / len(y)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda y, h: np.mean((y + np.ravel(h)) ** 2), "Added, or subtracted?"),
        (of_residuals(lambda r: np.median(r**2)), "the median of the squares"),
        (of_residuals(lambda r: r[-1] ** 2 / len(r)), "Only one example counts"),
        (of_residuals(lambda r: np.mean(r**2) / len(r)), "divided by the number of examples twice"),
        (of_residuals(lambda r: np.mean(r * 2)), "`** 2` squares"),
        (of_residuals(lambda r: np.sum(r**2) * len(r)), "Multiplied by the number of examples"),
        (lambda y, h: np.mean(y**2), "Where is h?"),
        (lambda y, h: np.mean(h**2), "Where is y?"),
        (from_the_second, "Is the first example left out?"),
        (of_residuals(lambda r: np.sum(r[:-1] ** 2) / len(r)), "Is the last example left out?"),
    ],
)
def test_mean_squared_error(answer, words):
    is_wrong(check.mean_squared_error.feedback(answer), words)


def test_mean_squared_error_for_one_of_the_shapes_only():
    feedback = check.mean_squared_error.feedback(lambda y, h: np.mean((y - h[:, 0]) ** 2))
    assert feedback.state == "stopped"
    assert "The array has 1 axis, and there are 2 positions" in repr(feedback)
    assert "`h.ravel()` is (B,) for both" in repr(feedback)
    is_right(check.mean_squared_error.feedback(lambda y, h: np.mean((y - h.T) ** 2)), "no trap for you")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((1, 4, 12), "the smallest loss of a single day"),
        ((2, 4, 12), "occurs most often"),
        ((7.5, 4, 12), "Add up the nine waits once more"),
        ((7, 4, 28), "multiplied by 4, not the minutes"),
    ],
)
def test_constants(answers, words):
    is_wrong(check.constants.feedback(*answers), words)


def terms(y, p):
    return y * np.log(p) + (1 - y) * np.log(1 - p)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda y, p: -np.sum(y * np.log(p) + 1 - y * np.log(1 - p)), "is a bracket missing?"),
        (lambda y, p: -np.sum(y * np.log(p) * (1 - y) * np.log(1 - p)), "Multiplied, or added?"),
        (lambda y, p: -np.sum(y * np.log(p + 0.01) + (1 - y) * np.log(1.01 - p)), "Is something added to p"),
        (lambda y, p: -terms(y, p)[-1], "Only one event counts"),
        (lambda y, p: -terms(y, p)[0], "Only one event counts"),
        (lambda y, p: -np.sum(y * np.log(p) + (1 + y) * np.log(1 - p)), "1 + y, or 1 - y?"),
        (lambda y, p: -np.sum(y * np.log(p / (1 - p)) + (1 - y) * np.log(1 - p)), "Is it divided by 1 - p?"),
        (lambda y, p: -np.sum(terms(y, 1 / (1 + np.exp(-p)))), "Is a sigmoid applied to p?"),
        (lambda y, p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 + p)), "For signal it is right"),
        (lambda y, p: -np.sum(y * p + (1 - y) * np.log(1 - p)), "For background it is right"),
        (lambda y, p: -np.sum(y * np.log(p)), "the signal only"),
    ],
)
def test_cross_entropy(answer, words):
    is_wrong(check.cross_entropy.feedback(answer), words)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def miss(w, b, x, y):
    return sigmoid(w * x + b) - y


def by_wide_steps(w, b, x, y):
    def loss(w, b):
        return -np.sum(terms(y, sigmoid(w * x + b)))

    return (loss(w + 0.5, b) - loss(w, b)) / 0.5, (loss(w, b + 0.5) - loss(w, b)) / 0.5


def after_a_step(w, b, x, y):
    return w - 0.1 * np.sum(miss(w, b, x, y) * x), b - 0.1 * np.sum(miss(w, b, x, y))


def both(what):
    """The two sums over `what(p, y)`, times x and not."""
    return lambda w, b, x, y: (np.sum(what(sigmoid(w * x + b), y) * x), np.sum(what(sigmoid(w * x + b), y)))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda w, b, x, y: (np.sum((sigmoid(w * x - b) - y) * x), np.sum(sigmoid(w * x - b) - y)), "both parts have"),
        (both(lambda p, y: -y / p), "the signal's term by p"),
        (both(lambda p, y: p), "Where is y?"),
        (both(lambda p, y: (p > 0.5) - y), "Is p rounded"),
        (lambda *given: (np.sum(miss(*given) * given[2]), 0), "One of the two is 0"),
        (lambda w, b, x, y: (np.sum(miss(w, b, x, y) * x**2), np.sum(miss(w, b, x, y) * x)), "A factor x too many"),
        (by_wide_steps, "with a wide step"),
        (after_a_step, "w and b after a step"),
        (lambda *given: (np.sum(miss(*given) * given[2]), np.sum(miss(*given)) + 1), "The derivative by w is right"),
        (lambda *given: (np.sum(miss(*given) + given[2]), np.sum(miss(*given))), "The derivative by b is right"),
    ],
)
def test_gradient(answer, words):
    is_wrong(check.gradient.feedback(answer), words)


def one_unit(ratio, steps):
    """A unit at the minimum for weights of 1 to `ratio`, which says that it has taken so many steps of Adam at 0.05."""
    import keras
    from sklearn.linear_model import LogisticRegression

    y = np.repeat([0.0, 1.0], 1000)
    x = np.random.default_rng(1).normal(2 * y - 1)[:, None]
    fitted = LogisticRegression(C=1e6).fit(x, y, sample_weight=np.where(y == 1, 1, ratio))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    model.set_weights([fitted.coef_, fitted.intercept_])
    model.optimizer.iterations.assign(steps)
    return model


def test_many_steps_at_a_large_rate_leave_the_balance_to_chance():
    """With weights of 1 to 9 and batches of 32 it ends between 7 and 10.5, so 10 proves no wrong weight."""
    is_right(check.rare_signal.feedback(one_unit(10, steps=2520)), "right for nature")
    is_wrong(check.rare_signal.feedback(one_unit(10, steps=300)), "nearly right", "for one of signal?")
    is_right(check.rare_signal.feedback(one_unit(9, steps=300)), "right for nature")


@pytest.mark.parametrize("ratio", [5, 16])
def test_other_weights_are_named(ratio):
    is_wrong(check.rare_signal.feedback(one_unit(ratio, steps=300)), f"right for about {ratio} background events")
