"""Answers that are wrong in no typical way: asked again for something simpler, they show where the mistake is."""

import numpy as np
import pytest

from tests.answers import is_wrong
from utils.checks import chapter_02, chapter_03, chapter_04, chapter_05, chapter_06


def relu(z):
    return np.maximum(z, 0)


def s(z):
    return 1 / (1 + np.exp(-z))


def chain(outer, inner=lambda w, a: w * a):
    def slope(x, weights):
        d, a = 1.0, x
        for number, w in enumerate(weights):
            a = s(inner(w, a))
            d = d * w * a * (1 - a) * outer(number, a)
        return d

    return slope


def adam(first, rest):
    """Adam with a factor before its first step, and another one before the others."""

    def train(gradients, w, learning_rate):
        m = v = 0 * w
        for t, g in enumerate(gradients, 1):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            step = learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
            w = w - (first if t == 1 else rest) * step
        return w

    return train


def sgd(factor):
    """Descent with a factor before each step, which may depend on the number of the epoch."""

    def train(X, y, w, learning_rate, batch_size, epochs):
        for epoch in range(epochs):
            for i in range(0, len(y), batch_size):
                A, t = X[i : i + batch_size], y[i : i + batch_size]
                w = w - factor(epoch) * learning_rate * 2 * A.T @ (A @ w - t) / len(t)
        return w

    return train


@pytest.mark.parametrize(
    ("check", "answer", "words"),
    [
        (chapter_02.forward, lambda X, W1, b1, W2, b2: relu(X @ W1.T + b1) @ W2.T + 3 * b2, "What happens with b2?"),
        (chapter_02.forward, lambda X, W1, b1, W2, b2: relu(X @ W1.T + 3 * b1) @ W2.T + b2, "What happens with b1?"),
        (
            chapter_02.forward,
            lambda X, W1, b1, W2, b2: relu(X @ W1.T + 3 * b1) @ W2.T + 3 * b2,
            "Where is each of them",
        ),
        (chapter_02.forward, lambda X, W1, b1, W2, b2: relu(3 * X @ W1.T + b1) @ W2.T + b2, "Without biases"),
        (chapter_03.mean_squared_error, lambda y, h: np.mean(np.abs(y - np.ravel(h)) ** 5), "times as large, wanted 4"),
        (
            chapter_03.gradient,
            lambda w, b, x, y: (np.sum((s(3 * w * x + b) - y) * x), np.sum(s(3 * w * x + b) - y)),
            "where p is 1/2, it is right",
        ),
        (
            chapter_04.penalty,
            lambda weights, strength: strength * sum(np.sum(w**4) for w in weights[::2]),
            "All kernels doubled: yours becomes 16 times as large",
        ),
        (
            chapter_04.prior_width,
            lambda strength, noise, examples: noise / examples / strength**0.25,
            "Four times the examples: yours becomes 0.25 times as large, wanted 0.5",
        ),
        (chapter_05.adam, adam(1.2, 1.2), "The first step is wrong already"),
        (chapter_05.adam, adam(1.0, 1.2), "The first step is right, the second one is not"),
        (chapter_05.sgd, sgd(lambda epoch: 1.7), "One step with all examples is wrong already"),
        (chapter_05.sgd, sgd(lambda epoch: 1.7 if epoch == 1 else 1), "One step with all examples is right"),
        (chapter_06.sigmoid_slope, lambda z: s(z) * (1.3 - s(z)), "At z = 0 yours gives 0.4,"),
        (chapter_06.sigmoid_slope, lambda z: 0.25 - 0.002 * z**2, "At z = 0 it is right"),
        (chapter_06.chain_slope, chain(lambda number, a: 1.7), "it is wrong for one already"),
        (chapter_06.chain_slope, chain(lambda number, a: 1 + 0.3 * number), "For one layer it is right, for two"),
        (chapter_06.backward, lambda d, z, W: np.where(z > 0, d @ W.T, 7.0), "Where all units are on, it is right"),
        (chapter_06.backward, lambda d, z, W: (d**3 @ W.T) * (z > 0), "Where all units are off, it is right"),
    ],
)
def test_where_it_is_wrong(check, answer, words):
    is_wrong(check.feedback(answer), words)


def test_an_answer_that_breaks_when_asked_again_still_gets_its_hint():
    def breaks(y, h):
        if len(y) == 4 and y[0] == 2:
            raise RuntimeError("once is enough")
        return 17.0

    is_wrong(chapter_03.mean_squared_error.feedback(breaks), "which of the three steps differs?")
