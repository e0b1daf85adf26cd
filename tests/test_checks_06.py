"""Exercise 06, tasks 1 and 2: the sigmoid's derivative, alone and in a chain, right in many ways and wrong in more."""

import math

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_06 as check


@pytest.fixture(scope="module", autouse=True)
def keras_is_imported():
    """Importing it takes longer than an answer may, on a busy machine."""
    import keras  # noqa: F401


# --- task 1 -----------------------------------------------------------------------------------------------------------


def s(z):
    return 1 / (1 + np.exp(-z))


def of_one_number(z):
    if z >= 0:
        e = math.exp(-z)
        return e / (1 + e) ** 2
    return of_one_number(-z)


def by_tensorflow(z):
    import tensorflow as tf

    x = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sigmoid(x)
    return tape.gradient(y, x)


@pytest.mark.parametrize(
    "answer",
    [
        lambda z: s(z) * (1 - s(z)),
        lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
        lambda z: s(z) - s(z) ** 2,
        lambda z: (1 - np.tanh(z / 2) ** 2) / 4,
        lambda z: (s(z + 1e-6) - s(z - 1e-6)) / 2e-6,
        lambda z: (s(z) * s(-z)).astype("float32")[:, None],
        lambda z: [s(x) * (1 - s(x)) for x in z],
        lambda z: (s(x) * (1 - s(x)) for x in z),
        of_one_number,
        by_tensorflow,
    ],
)
def test_sigmoid_slope_right(answer):
    is_right(check.sigmoid_slope.feedback(answer), "1/4 at 0")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda z: z * (1 - z), ["with z in the place of s?"]),
        (lambda z: s(s(z)) * (1 - s(s(z))), ["The sigmoid is applied twice", "at the activation"]),
        (lambda z: s(z) * (1 - z), ["the other half is z itself"]),
        (lambda z: z * (1 - s(z)), ["the other half is z itself"]),
        (s, ["At z = ", "the sigmoid itself"]),
        (lambda z: 1 - s(z), ["1 minus the sigmoid", "one factor of two"]),
        (lambda z: np.exp(-z) / (1 + np.exp(-z)), ["Is a square missing in the denominator?"]),
        (lambda z: 1 - s(z) ** 2, ["belongs to the hyperbolic tangent"]),
        (lambda z: 1 - np.tanh(z) ** 2, ["the derivative of the hyperbolic tangent"]),
        (lambda z: -s(z) * (1 - s(z)), ["The sign"]),
        (lambda z: s(z) * (1 + s(z)), ["Plus or minus?"]),
        (lambda z: s(z) ** 2 * (1 - s(z)), ["One of the factors is squared"]),
        (lambda z: 1 / (1 + np.exp(-z)) ** 2, ["the square of the sigmoid", "factor exp(-z)"]),
        (lambda z: z * s(z) * (1 - s(z)), ["a factor z too many"]),
        (lambda z: 4 * s(z) * (1 - s(z)), ["scaled so that its largest value is 1"]),
        (lambda z: s(z) * (1 - s(z)) / 2, ["A factor 2"]),
        (lambda z: np.full(25, 0.25), ["its largest value, at every z"]),
        (lambda z: (z > 0) * 1.0, ["the derivative of the ReLU"]),
        (lambda z: np.maximum(z, 0), ["That is a ReLU"]),
        (lambda z: s(z) * (1 - s(z)) * (1 - 2 * s(z)), ["the second derivative"]),
        (lambda z: np.sqrt(s(z) * (1 - s(z))), ["A root is taken"]),
        (lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), ["a bell curve of another kind"]),
        (lambda z: np.log(s(z)), ["a logarithm of it"]),
        (lambda z: (s(z + 0.1) - s(z)) / 0.1, ["Nearly", "wide step"]),
        (lambda z: np.gradient(s(z), z), ["Nearly"]),
        (lambda z: np.diff(s(z)) / np.diff(z), ["returns shape (24,), wanted shape (25,)", "one number short"]),
        (lambda z: np.diag(s(z) * (1 - s(z))), ["returns shape (25, 25)"]),
        (lambda z: np.max(s(z) * (1 - s(z))), ["no sum, mean or maximum"]),
        (lambda z: (s(z), s(z) * (1 - s(z))), ["Two rows came back"]),
        (lambda z: 1 / (z - z), ["Is something divided by 0?"]),
        (lambda z: np.exp(z) / (1 + np.exp(-z)) ** 2, ["opposite signs"]),
        (lambda z: 1 / (1 + np.exp(z)) ** 2, ["The two factors differ"]),
        (lambda z: np.where(z > 0, s(z) * (1 - s(z)), 0), ["its derivative is symmetric"]),
        (lambda z: np.log1p(np.exp(z)), ["That is the softplus"]),
        (lambda z: s(z) + z * s(z) * (1 - s(z)), ["swish"]),
        (lambda z: 2 * s(z) - 1, ["hyperbolic tangent of z / 2"]),
        (lambda z: s(2 * z) * (1 - s(2 * z)), ["is z doubled?"]),
        (lambda z: s(z) * (1 - s(z)) / np.sum(s(z) * (1 - s(z))), ["divided by its sum?"]),
        (lambda z: np.round(s(z) * (1 - s(z)), 2), ["Is it rounded"]),
        (lambda z: np.cos(z), ["Draw the sigmoid"]),
        (0.25, ["A function or a model is needed"]),
    ],
)
def test_sigmoid_slope_wrong(answer, words):
    with np.errstate(all="ignore"):
        is_wrong(check.sigmoid_slope.feedback(answer), *words)


def test_a_function_of_one_number_that_fails_for_it_too_shows_the_first_error():
    feedback = check.sigmoid_slope.feedback(lambda z: math.exp(-z) / undefined)  # noqa: F821
    assert feedback.state == "stopped"


# --- task 2 -----------------------------------------------------------------------------------------------------------


def walk(factor, last=lambda slope, a, x, w: slope):
    """Makes an answer that multiplies by `factor` in each layer."""

    def answer(x, weights):
        a, slope = x, 1.0
        for w in weights:
            z = w * a
            slope *= factor(w, z, a, s(z), x)
            a = s(z)
        return last(slope, a, x, weights)

    return answer


good = walk(lambda w, z, before, a, x: w * a * (1 - a))


def by_small_steps(x, weights):
    def chain(a):
        for w in weights:
            a = s(w * a)
        return a

    return (chain(x + 1e-4) - chain(x - 1e-4)) / 2e-4


def chain_by_tensorflow(x, weights):
    import tensorflow as tf

    x = tf.Variable(x, dtype=tf.float32)
    with tf.GradientTape() as tape:
        a = x
        for w in weights:
            a = tf.sigmoid(float(w) * a)
    return tape.gradient(a, x)


@pytest.mark.parametrize(
    "answer",
    [
        good,
        by_small_steps,
        chain_by_tensorflow,
        lambda x, weights: [good(x, weights.tolist())],
        lambda x, weights: np.float32(good(x, weights)),
        lambda x, weights: (good(x, weights) for _ in range(1)),
    ],
)
def test_chain_slope_right(answer):
    is_right(check.chain_slope.feedback(answer), "less than one millionth")


def test_what_the_check_says_about_chains_is_true():
    assert 0 < good(2.0, [1.0] * 10) < 1e-6
    assert walk(lambda w, z, before, a, x: w * a * (1 - a))(0.0, [4.0]) == 1.0  # all of it, at z = 0


def forgets_the_way(x, weights):
    return np.prod([w * s(w * x) * (1 - s(w * x)) for w in weights])


def not_through_the_sigmoid(x, weights):
    a, slope = x, 1
    for w in weights:
        a = w * a
        slope *= w * s(a) * (1 - s(a))
    return slope


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            walk(lambda *_: 1, lambda slope, a, x, w: a),
            ["For x = 0.9 and weights 1.5, -2, 0.8", "the activation at the end"],
        ),
        (walk(lambda w, z, before, a, x: a * (1 - a)), ["Each layer has two factors"]),
        (walk(lambda w, *_: w), ["a chain without sigmoids"]),
        (walk(lambda w, z, before, a, x: w * s(a) * (1 - s(a))), ["taken at the activation", "applied twice"]),
        (walk(lambda w, z, before, a, x: w * s(before) * (1 - s(before))), ["at what comes into the layer"]),
        (walk(lambda w, z, before, a, x: w * z * (1 - z)), ["Is z (1 - z) the derivative?"]),
        (lambda x, w: 0.25 ** len(w), ["That is the bound"]),
        (lambda x, w: np.prod(w) * 0.25 ** len(w), ["That is the bound"]),
        (forgets_the_way, ["Does every layer get x?"]),
        (lambda x, w: np.prod(w * s(x) * (1 - s(x))), ["Does every layer get x?"]),
        (not_through_the_sigmoid, ["Is the sigmoid missing on the way forward?"]),
        (lambda x, w: sum(good(x, w[: i + 1]) / good(x, w[:i]) for i in range(len(w))), ["Yours are added"]),
        (lambda x, w: good(x, w[:-1]), ["The last layer is missing"]),
        (lambda x, w: good(s(w[0] * x), w[1:]), ["The first layer is missing"]),
        (lambda x, w: good(x, w) / w[0], ["the derivative by the first pre-activation"]),
        (lambda x, w: good(x, w) / w[-1], ["One weight is missing, the last one"]),
        (lambda x, w: good(x, w) / w[0] * x, ["the derivative by the first weight"]),
        (lambda x, w: good(x, w) * x, ["A factor x too many"]),
        (lambda x, w: good(x, w[::-1]), ["Which weight acts first?"]),
        (lambda x, w: good(x, w) / good(x, w[:-1]), ["The last factor alone"]),
        (lambda x, w: -good(x, w), ["The sign"]),
        (lambda x, w: abs(good(x, w)), ["The sign"]),
        (walk(lambda w, z, before, a, x: w * (1 - a**2)), ["belongs to the hyperbolic tangent"]),
        (walk(lambda w, z, before, a, x: w * (1 - a)), ["One factor of two in a (1 - a)"]),
        (walk(lambda w, z, before, a, x: w**2 * a * (1 - a)), ["Is each weight used twice?"]),
        (lambda x, w: np.log(abs(good(x, w))), ["That is a logarithm"]),
        (walk(lambda w, z, *_: w * (z > 0)), ["a chain of ReLUs"]),
        (lambda x, w: [good(x, w[: i + 1]) for i in range(len(w))], ["returns shape (3,), wanted one number"]),
        (lambda x, w: (s(x), good(x, w)), ["Two numbers came back"]),
        (lambda x, w: np.prod(w) * s(np.prod(w) * x) * (1 - s(np.prod(w) * x)), ["Yours has one at the end"]),
        (lambda x, w: good(0, w), ["Is x used?"]),
        (lambda x, w: good(x, w) * w[-1], ["a weight too many"]),
        (walk(lambda w, z, before, a, x: w * (a * (1 - a)) ** 2), ["comes twice in each layer"]),
        (lambda x, w: by_small_steps(x, w) * 1e-4, ["by what is it divided?"]),
        (lambda x, w: 1 / good(x, w), ["upside down"]),
        (lambda x, w: np.sqrt(np.abs(good(x, w))), ["A root, or a power"]),
        (lambda x, w: 1.01 * good(x, w), ["Nearly"]),
        (lambda x, w: 5.0, ["Take one layer first"]),
        (lambda x, w: x / 0 * w[0] if isinstance(x, np.ndarray) else np.inf, ["Received: inf"]),
    ],
)
def test_chain_slope_wrong(answer, words):
    is_wrong(check.chain_slope.feedback(answer), *words)
