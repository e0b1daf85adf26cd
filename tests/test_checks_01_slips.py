"""Exercise 01: slips of a tired student that had no hint of their own."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_01 as check


def relu(z):
    return np.maximum(z, 0)


def f(x):
    return np.exp(-10 * x)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x: 2 * relu(x) - 4 * relu(x - 1) + 2 * relu(x - 2), "no kink at x = 1/2"),
        (lambda x: 2 * x - 4 * relu(x - 0.5) + 2 * relu(x - 1), "Which of your terms has no ReLU"),
        (lambda x: 4 * x * (1 - x), "This is a curve"),
        (lambda x: (2 * relu(x), -4 * relu(x - 0.5), 2 * relu(x - 1)), "one for each ReLU"),
        (lambda x: [2, -4, 2], "weights perhaps"),
        (lambda x: 3 * relu(x) - 4 * relu(x - 0.5) + 2 * relu(x - 1), "yours has the slope 3."),
    ],
)
def test_triangle(answer, words):
    is_wrong(check.triangle.feedback(answer), words)


@pytest.mark.parametrize(
    ("n", "words"),
    [(12_500**2, "squared once more"), (1, "at x = 1"), (10, "at the middle"), (12_500, "Is a root missing")],
)
def test_predicted(n, words):
    is_wrong(check.predicted.feedback(n), words)


def test_what_the_hints_say_of_the_second_derivative():
    assert [int(np.ceil(np.sqrt(100 * np.exp(-10 * x) / 0.008))) for x in (0, 0.5, 1)] == [112, 10, 1]


X = np.linspace(0, 1, 10_001)


def smallest(good):
    """The smallest n for which `good` holds of the signed errors of its broken line."""
    knots = ((n, np.linspace(0, 1, n + 1)) for n in range(1, 200))
    return next(n for n, t in knots if good(np.interp(X, t, f(t)) - f(X)))


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (smallest(lambda e: np.max(-e) <= 0.001), "Or is `np.abs` missing?"),
        (smallest(lambda e: round(np.abs(e).max(), 3) <= 0.001), "rounded before it is compared"),
        (smallest(lambda e: np.max(e**2) <= 0.001), "the square of the largest error"),
        (np.bool_(True), "Wanted is the n itself"),
        (True, "Received: True."),
        (10, "for the next task"),
        (120, "is the first good one kept?"),
        (111.8, "Received: n = 111.8."),
    ],
)
def test_measured(n, words):
    is_wrong(check.measured.feedback(n), words)


@pytest.mark.parametrize(
    ("knots", "words"),
    [
        (np.diff(np.linspace(0, 1, 12) ** 2), "the lengths of the pieces"),
        (100 * np.linspace(0, 1, 11) ** 2, "On which scale"),
        (np.logspace(0, 1, 11), "On which scale"),
    ],
)
def test_knots(knots, words):
    is_wrong(check.knots.feedback(knots), words)


def columns(x, a, b, activation):
    return np.column_stack([activation(x[:, None] * a + b), np.ones(len(x))])


def best(H, y):
    return H @ np.linalg.lstsq(H, y, rcond=None)[0]


def by_normal_equations(x, y, a, b, activation):
    H = columns(x, a, b, activation)
    return H @ (np.linalg.inv(H.T @ H) @ H.T @ y)


def with_the_mean(x, y, a, b, activation):
    return best(columns(x, a, b, activation)[:, :-1], y) + y.mean()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, y, a, b, activation: best(columns(x, a, b, activation), f(x)), "With y = cos(5 x)"),
        (lambda x, y, a, b, activation: best(columns(x, a, b, activation), f(x)), "`y` comes as an argument"),
        (lambda x, y, a, b, activation: best(columns(x, b, a, activation), y), "Are a and b exchanged?"),
        (lambda x, y, a, b, activation: activation(best(columns(x, a, b, lambda z: z), y)), "to each hidden unit"),
        (with_the_mean, "Is the mean of y added?"),
    ],
)
def test_fit(answer, words):
    is_wrong(check.fit.feedback(answer), words)


def test_fit_by_normal_equations_is_right_with_relus_only():
    feedback = check.fit.feedback(by_normal_equations)
    assert feedback.state != "right"
    assert "b subtracted" not in repr(feedback)


def test_fit_in_other_ways():
    is_right(check.fit.feedback(lambda x, y, a, b, s: list(best(columns(x, a, b, s), y))), "A sum of parabolas")
    by_inverse = check.fit.feedback(
        lambda x, y, a, b, s: columns(x, a, b, s) @ (np.linalg.pinv(columns(x, a, b, s)) @ y)
    )
    is_right(by_inverse, "A sum of parabolas")


def test_net_with_one_unit_that_is_off():
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="relu"), keras.layers.Dense(1)])
    model.set_weights([np.array([[-1.0]]), np.zeros(1), np.ones((1, 1)), np.array([0.1])])
    model.compile("adam", "mse")
    model.optimizer.iterations.assign(35)
    is_wrong(check.net.feedback(model), "It has 1 hidden unit")
