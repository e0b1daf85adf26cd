"""Exercise 06: slips of a tired student that had no hint of their own."""

import numpy as np
import pytest

from tests.answers import is_wrong
from utils.checks import chapter_06 as check


def s(z):
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z: s(z) - s(z) ** 2 / 2, "A factor 1/2"),
        (lambda z: np.gradient(s(z)), "takes the points for one apart"),
        (lambda z: 1 / 1 + np.exp(-z), "needs brackets below the line"),
        (lambda z: (z > 0) * 0.25, "It jumps"),
        (lambda z: np.log(s(z)) - np.log(1 - s(z)), "That is z itself"),
    ],
)
def test_sigmoid_slope(answer, words):
    is_wrong(check.sigmoid_slope.feedback(answer), words)


def walk(factor, start=1.0, together=lambda d, f: d * f, bias=0.0, first=0):
    """A chain with one slip; `factor` is made of w, what comes in, what goes out, and x."""

    def slope(x, weights):
        d, a = start, x
        for w in weights[first:]:
            before, a = a, s(w * a + bias)
            d = together(d, factor(w, before, a, x))
        return d

    return slope


def good(w, before, a, x):
    return w * a * (1 - a)


def output(x, weights):
    for w in weights:
        x = s(w * x)
    return x


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (walk(good, together=lambda d, f: d + f), "Yours are added"),
        (walk(good, start=0), "Does the product begin at 0"),
        (walk(good, first=1), "Is the first weight left out?"),
        (walk(lambda w, before, a, x: w * before * (1 - before)), "It wants what goes out"),
        (walk(lambda w, before, a, x: w * a * (1 - a) * x), "A factor x too many"),
        (walk(lambda w, before, a, x: a * a * (1 - a)), "A factor x too many, or a"),
        (walk(good, bias=1.0), "Is there a bias in it?"),
        (lambda x, weights: output(x + 1e-12, weights) - output(x, weights), "not divided by the step"),
        (lambda x, weights: (output(x + 1, weights) - output(x - 1, weights)) / 2, "Nearly"),
    ],
)
def test_chain_slope(answer, words):
    is_wrong(check.chain_slope.feedback(answer), words)


def test_chain_slope_with_an_answer_above_that_is_missing():
    feedback = check.chain_slope.feedback(lambda x, weights: weights[0] * ...)
    assert feedback.state == "stopped"
    assert "One part of it is still `...`" in repr(feedback)


def normal(width):
    return lambda fan_in, fan_out, rng: rng.normal(0, width(fan_in, fan_out), (fan_in, fan_out))


@pytest.mark.parametrize(
    ("glorot", "words"),
    [
        (normal(lambda i, o: np.sqrt(2 / i + o)), "Is a bracket missing below the line?"),
        (normal(lambda i, o: np.sqrt(4 / (i + o))), "or a factor 2 is too many"),
    ],
)
def test_initial(glorot, words):
    is_wrong(check.initial.feedback(normal(lambda i, o: np.sqrt(2 / i)), glorot), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda X, W, b: (X @ W + b >= 0).all(axis=0), "on for every example"),
        (lambda X, W, b: np.all(np.maximum(0, X @ W + b), axis=0), "on for every example"),
        (lambda X, W, b: (X @ W - b <= 0).all(axis=0), "Is the bias subtracted?"),
        (lambda X, W, b: (np.maximum(0, X @ W) + b <= 0).all(axis=0), "added after the ReLU?"),
        (lambda X, W, b: W.sum(axis=0) + b <= 0, "Is `X` used?"),
        (lambda X, W, b: (X @ W + b <= 0).mean(axis=0) > 0.5, "Or is it off for most examples?"),
    ],
)
def test_dead_units(answer, words):
    is_wrong(check.dead_units.feedback(answer), words)


def test_dead_units_with_not():
    feedback = check.dead_units.feedback(lambda X, W, b: not (X @ W + b > 0).any(axis=0))
    assert feedback.state == "stopped"
    assert "`np.where`, `~` and `np.maximum`" in repr(feedback)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda delta, z, W: (z > 0) @ W, "Where is `delta`?"),
        (lambda delta, z, W: delta @ np.linalg.pinv(W) * (z > 0), "Is W inverted?"),
        (lambda delta, z, W: delta @ W.T * z * (1 - z), "the slope of a sigmoid taken, with z"),
        (lambda delta, z, W: delta @ (W * (W > 0)).T, "negative weights cut off"),
        (lambda delta, z, W: (delta @ W.T)[z > 0], "The others are 0, in their places"),
        (lambda delta, W, z: delta @ W.T * (z > 0), "Are z and W exchanged?"),
    ],
)
def test_backward(answer, words):
    is_wrong(check.backward.feedback(answer), words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, weights: list(x), "behind `in` of a loop"),
        (lambda x, weights: len(x), "has no length"),
        (lambda x, weights: [1 for i in range(2.5)], "want whole numbers"),
        (lambda x, weights: x.__setitem__(0, 1), "It has no `__setitem__`"),
    ],
)
def test_other_errors_in_words(answer, words):
    feedback = check.chain_slope.feedback(answer)
    assert feedback.state == "stopped"
    assert words in repr(feedback)


def test_a_net_of_sigmoids_that_says_exactly_the_same_has_no_dead_units():
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(16, activation="sigmoid") for _ in range(12)]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1, activation="sigmoid")])
    layers[5].bias.assign(np.full(16, 40.0))  # so all of them give 1
    model.compile("sgd", "binary_crossentropy")
    model.optimizer.iterations.assign(200)
    is_wrong(check.deep_net.feedback(model), "It says nearly the same everywhere", "scale it?")
