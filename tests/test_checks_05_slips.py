"""Exercise 05: slips of a tired student that had no hint of their own."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_05 as check


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda examples, batch_size, epochs: 210, "always the number of the first example"),
        (
            lambda examples, epochs, batch_size: -(-examples // batch_size) * epochs,
            "Are batch size and epochs exchanged?",
        ),
    ],
)
def test_count_steps(answer, words):
    is_wrong(check.count_steps.feedback(answer), words)


def slopes(h=1e-5, sign=-1, divide=lambda change, h: change / (2 * h), rows=slice(None), kind=float):
    """A gradient by steps to both sides with one slip."""

    def gradient(loss, w):
        g = np.zeros(len(w), kind)
        for i in range(len(w))[rows]:
            e = h * np.eye(len(w))[i]
            g[i] = divide(loss(w + e) + sign * loss(w - e), h)
        return g

    return gradient


def test_the_slopes_without_a_slip_are_right():
    is_right(check.numerical_gradient.feedback(slopes()), "Two values of the loss")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda loss, w: np.gradient(loss(w)), "differences along a row of values"),
        (slopes(rows=slice(0, -1)), "The last slope is 0"),
        (slopes(rows=slice(1, None)), "The first slope is 0"),
        (slopes(sign=1), "Are two losses added"),
        (slopes(divide=lambda change, h: change / 2 * h), "multiplies by h: brackets"),
        (slopes(h=10**5), "is the step huge"),
        (slopes(kind=int), "an array of whole numbers?"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value", "ignore:divide by zero")
def test_numerical_gradient(answer, words):
    is_wrong(check.numerical_gradient.feedback(answer), words)


def power_without_a_norm(A):
    w = np.ones(len(A))
    for _ in range(2):
        w = A @ w
    return 2 / np.linalg.norm(A @ w)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda A: 2 / np.linalg.eig(A)[1].max(), "These are directions"),
        (lambda A: 2 / np.linalg.inv(A).max(), "The inverse is large where A is flat"),
        (power_without_a_norm, "again and again grows"),
    ],
)
def test_largest_rate(answer, words):
    is_wrong(check.largest_rate.feedback(answer), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda A: 2 / np.linalg.svd(A), "which of them holds the curvatures?"),
        (lambda A: np.linalg.eigvalsh(2 / A).max(), "first its curvatures"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_largest_rate_stopped(answer, words):
    feedback = check.largest_rate.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


def sgd(rows=lambda i, size, n: slice(i, i + size), step=lambda w, rate, g: w - rate * g, rate=None, bias=False):
    """Stochastic gradient descent with one slip."""

    def train(X, y, w, learning_rate, batch_size, epochs):
        b = 0.0
        for _ in range(epochs):
            for i in range(0, len(X), batch_size):
                part = rows(i, batch_size, len(X))
                miss = X[part] @ w + b - y[part]
                w = step(w, rate or learning_rate, 2 * X[part].T @ miss / len(miss))
                b -= bias * learning_rate * 2 * np.mean(miss)
        return w

    return train


def shuffled(X, y, w, learning_rate, batch_size, epochs):
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(len(X))
        w = sgd()(X[order], y[order], w, learning_rate, batch_size, 1)
    return w


def whole_way(X, y, w, learning_rate, batch_size, epochs):
    way = []
    sgd(step=lambda w, rate, g: way.append(w - rate * g) or way[-1])(X, y, w, learning_rate, batch_size, epochs)
    return way


def test_the_descent_without_a_slip_is_right():
    is_right(check.sgd.feedback(sgd()), "The same weights as")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sgd(rows=lambda i, size, n: slice(None)), "Each step uses all examples"),
        (sgd(rows=lambda i, size, n: slice(i, i + 1)), "One example of each batch is used"),
        (sgd(rows=lambda i, size, n: slice(i, i + size - 1)), "A slice `a:b` stops before b"),
        (sgd(step=lambda w, rate, g: -rate * g), "in the place of the weights"),
        (sgd(rate=0.01), "Is the learning rate used that is given"),
        (sgd(bias=True), "Is there a bias in it?"),
        (shuffled, "With all examples in one batch it is right"),
        (whole_way, "the whole way, step by step"),
    ],
)
def test_sgd(answer, words):
    is_wrong(check.sgd.feedback(answer), words)


def adam(m=(0.9, 0.1), v=(0.999, 0.001), power=2, first=lambda g: 0 * g, new=lambda g: g, step=None, correct=None):
    """Adam with one slip."""
    correct = correct or (lambda m, v, t: (m / (1 - 0.9**t), v / (1 - 0.999**t)))
    step = step or (lambda m, v: m / (np.sqrt(v) + 1e-7))

    def train(gradients, w, learning_rate):
        m_, v_ = first(gradients[0]), first(gradients[0]) ** 2
        for t, g in enumerate(gradients, 1):
            m_, v_ = m[0] * m_ + m[1] * new(g), v[0] * v_ + v[1] * new(g**power)
            w = w - learning_rate * step(*correct(m_, v_, t))
        return w

    return train


def the_mean(gradients, w, learning_rate):
    m = 0 * w
    for g in gradients:
        m = 0.9 * m + 0.1 * g
    return m


def test_adam_without_a_slip_is_right():
    is_right(check.adam.feedback(adam()), "not moved ten times as far")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (adam(m=(0.1, 0.9)), "the wrong way round?"),
        (adam(v=(0.001, 0.999)), "the wrong way round?"),
        (adam(power=1), "v is a mean of squares"),
        (adam(v=(0.99, 0.01)), "another one in yours?"),
        (adam(correct=lambda m, v, t: (m - 0.9**t, v / (1 - 0.999**t))), "Brackets are missing"),
        (adam(first=lambda g: g), "begin with the first gradient?"),
        (adam(new=np.mean), "Is a mean taken over the weights?"),
        (adam(step=lambda m, v: m / np.sqrt(v + 1e-7)), "Is epsilon under the root?"),
        (the_mean, "That is a mean of the gradients"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_adam(answer, words):
    is_wrong(check.adam.feedback(answer), words)
