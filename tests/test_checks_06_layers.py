"""Exercise 06, tasks 3 to 5: kernels to begin with, dead units, and the way back through a layer."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_06 as check
from utils.checks.kernels import CLOSE, SIZES
from utils.checks.units import back, layers, relu


@pytest.fixture(scope="module", autouse=True)
def keras_is_imported():
    """Importing it takes longer than an answer may, on a busy machine."""
    import keras  # noqa: F401


# --- task 3 -----------------------------------------------------------------------------------------------------------


def normal(width):
    return lambda fan_in, fan_out, rng: rng.normal(0, width(fan_in, fan_out), size=(fan_in, fan_out))


def uniform(limit):
    def answer(fan_in, fan_out, rng):
        return rng.uniform(-limit(fan_in, fan_out), limit(fan_in, fan_out), size=(fan_in, fan_out))

    return answer


he = normal(lambda i, o: np.sqrt(2 / i))
glorot = normal(lambda i, o: np.sqrt(2 / (i + o)))


def by_keras(name):
    def answer(fan_in, fan_out, rng):
        import keras

        return getattr(keras.initializers, name)(seed=int(rng.integers(1e6)))((fan_in, fan_out))

    return answer


def in_loops(fan_in, fan_out, rng):
    return [[rng.normal() * (2 / fan_in) ** 0.5 for _ in range(fan_out)] for _ in range(fan_in)]


@pytest.mark.parametrize(
    "answers",
    [
        (he, glorot),
        (uniform(lambda i, o: np.sqrt(6 / i)), uniform(lambda i, o: np.sqrt(6 / (i + o)))),
        (by_keras("HeNormal"), by_keras("GlorotUniform")),
        (by_keras("HeUniform"), by_keras("GlorotNormal")),
        (in_loops, lambda i, o, rng: (np.sqrt(2 / (i + o)) * rng.standard_normal((i, o))).astype("float32")),
        (lambda i, o, rng: (row for row in he(i, o, rng)), glorot),
    ],
)
def test_initial_right(answers):
    is_right(check.initial.feedback(*answers), "halve the mean square")


def test_one_of_two_functions_alone_is_not_answered_yet():
    assert check.initial.feedback(he, ...).state == "unanswered"
    assert check.initial.feedback(..., glorot).state == "unanswered"


def test_a_right_kernel_is_found_right_whatever_its_luck():
    for fan_in, fan_out in SIZES:
        assert 5 / np.sqrt(2 * fan_in * fan_out) < CLOSE  # five standard deviations of a measured width


def test_what_the_check_says_about_the_mean_square_is_true():
    rng = np.random.default_rng(1)
    for answer, factor in ((he, 1.0), (glorot, 0.5)):
        a = relu(rng.normal(size=(2000, 400)))
        after = relu(a @ answer(400, 400, rng))
        assert np.mean(after**2) / np.mean(a**2) == pytest.approx(factor, rel=0.05)


def truncated(i, o, rng):
    from scipy.stats import truncnorm

    return truncnorm.rvs(-2, 2, scale=np.sqrt(2 / i), size=(i, o), random_state=rng)


def same_units(i, o, rng):
    return np.repeat(rng.normal(0, np.sqrt(2 / i), size=(i, 1)), o, axis=1)


def same_inputs(i, o, rng):
    return np.repeat(rng.normal(0, np.sqrt(2 / i), size=(1, o)), i, axis=0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            normal(lambda i, o: np.sqrt(2 / o)),
            ["he(300, 120, rng): the standard deviation is 0.128", "over its inputs"],
        ),
        (normal(lambda i, o: np.sqrt(1 / o)), ["over its inputs"]),
        (glorot, ["That is Glorot's rule"]),
        (normal(lambda i, o: np.sqrt(1 / i)), ["A ReLU halves the mean square"]),
        (normal(lambda i, o: 2 / i), ["That is the variance"]),
        (uniform(lambda i, o: np.sqrt(2 / i)), ["Which a is it then?"]),
        (normal(lambda i, o: np.sqrt(6 / i)), ["The root of 3 belongs to a uniform"]),
        (truncated, ["cut off at two widths"]),
        (normal(lambda i, o: np.sqrt(2) / i), ["The root is taken of one part"]),
        (normal(lambda i, o: 2 / np.sqrt(i)), ["The root is taken of one part"]),
        (normal(lambda i, o: 1), ["the standard normal distribution"]),
        (normal(lambda i, o: 0.05), ["a fixed small number"]),
        (uniform(lambda i, o: 1 / np.sqrt(i)), ["PyTorch's default"]),
        (normal(lambda i, o: np.sqrt(i / 2)), ["Multiplied, or divided?"]),
        (normal(lambda i, o: np.sqrt(2 / (i * o))), ["The product of the fans"]),
        (normal(lambda i, o: np.sqrt(4 / i)), ["The root is taken of one part"]),
        (lambda i, o, rng: np.zeros((i, o)), ["all weights are 0", "learn the same for ever"]),
        (lambda i, o, rng: np.full((i, o), 0.1), ["all weights are 0.1", "stay alike"]),
        (same_units, ["all units have the same weights"]),
        (same_inputs, ["a unit has the same weight for each input"]),
        (lambda i, o, rng: rng.random((i, o)) * np.sqrt(2 / i), ["no weight is negative"]),
        (lambda i, o, rng: rng.normal(0.1, np.sqrt(2 / i), (i, o)), ["the mean is 0.1"]),
        (lambda i, o, rng: he(i, o, rng).astype(int), ["all weights are 0"]),
        (lambda i, o, rng: he(i, o, rng).round(1) * (np.abs(he(i, o, rng)) > 0.1), ["of the weights are 0"]),
        (lambda i, o, rng: he(i, o, np.random.default_rng(0)), ["gives the same weights", "seeded, inside"]),
        (lambda i, o, rng: he(i, o, np.random.default_rng()), ["Is all chance taken from `rng`?"]),
        (lambda i, o, rng: he(o, i, rng), ["returns shape (120, 300), wanted shape (300, 120)", "(inputs, units)"]),
        (lambda i, o, rng: he(i, o, rng).ravel(), ["The numbers are in one row"]),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / i), size=i), ["That is one unit"]),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / i), size=o), ["one weight for each unit"]),
        (lambda i, o, rng: np.sqrt(2 / i), ["One number came back, the width perhaps"]),
        (lambda i, o, rng: (he(i, o, rng), glorot(i, o, rng)), ["Two kernels came back"]),
        (normal(lambda i, o: np.sqrt(4 / (i + o))), ["the mean of the two fans?"]),
        (normal(lambda i, o: 1 / i), ["That is the variance"]),
        (lambda i, o, rng: np.eye(i, o), ["on the diagonal only"]),
        (lambda i, o, rng: rng.normal(0, np.sqrt(2 / i), size=(i, 1)), ["That is one unit"]),
        (lambda i, o, rng: (he(i, o, rng), np.zeros(o)), ["several things"]),
        (normal(lambda i, o: 0.2), ["Write down the variance first"]),
        (he(3, 2, np.random.default_rng()), ["A function or a model is needed"]),
    ],
)
def test_he_wrong(answer, words):
    is_wrong(check.initial.feedback(answer, glorot), *words)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (he, ["glorot(300, 120, rng)", "That is He's rule"]),
        (normal(lambda i, o: np.sqrt(1 / i)), ["the way forward only"]),
        (normal(lambda i, o: np.sqrt(2 / o)), ["the way back only"]),
        (normal(lambda i, o: np.sqrt(1 / (i + o))), ["The mean of the two fans"]),
        (normal(lambda i, o: 2 / (i + o)), ["That is the variance"]),
        (normal(lambda i, o: np.sqrt(6 / (i + o))), ["The root of 3"]),
        (uniform(lambda i, o: np.sqrt(2 / (i + o))), ["Which a is it then?"]),
        (normal(lambda i, o: np.sqrt(4 / (i + o))), ["The root is taken of one part"]),
        (lambda i, o, rng: np.zeros((i, o)), ["glorot(300, 120, rng): all weights are 0"]),
        (normal(lambda i, o: 0.01), ["a fixed small number"]),
        (uniform(lambda i, o: 1 / np.sqrt(i)), ["PyTorch's default"]),
    ],
)
def test_glorot_wrong(answer, words):
    is_wrong(check.initial.feedback(he, answer), *words)


def test_initial_stopped():
    feedback = check.initial.feedback(lambda i, o, rng: rng.randn(i, o), glorot)
    assert feedback.state == "stopped"
    assert "`rng` is a generator of NumPy" in repr(feedback)


# --- task 4 -----------------------------------------------------------------------------------------------------------


def off(X, W, b):
    return X @ W + b <= 0


def dead_in_loops(X, W, b):
    result = []
    for k in range(len(b)):
        result.append(True)
        for x in X:
            if sum(x * W[:, k]) + b[k] > 0:
                result[-1] = False
    return result


def dead_by_keras(X, W, b):
    import keras

    layer = keras.layers.Dense(len(b), activation="relu")
    layer.build(X.shape)
    layer.set_weights([W, b])
    return keras.ops.all(layer(X) == 0, axis=0)


@pytest.mark.parametrize(
    "answer",
    [
        lambda X, W, b: off(X, W, b).all(axis=0),
        lambda X, W, b: relu(X @ W + b).max(axis=0) == 0,
        lambda X, W, b: relu(X @ W + b).sum(axis=0) == 0,
        lambda X, W, b: ~(X @ W + b > 0).any(axis=0),
        lambda X, W, b: off(X, W, b).mean(axis=0) == 1,
        lambda X, W, b: off(X, W, b).all(axis=0).astype(int)[:, None],
        lambda X, W, b: (bool(column.max() <= 0) for column in (X @ W + b).T),
        lambda X, W, b: np.all([off(X[i : i + 32], W, b).all(axis=0) for i in range(0, len(X), 32)], axis=0),
        dead_in_loops,
        dead_by_keras,
    ],
)
def test_dead_units_right(answer):
    is_right(check.dead_units.feedback(answer), "it stays dead")


def test_the_units_of_the_check_are_what_they_are_called():
    X, W, b, names = layers()[0]
    on = dict(zip(names, (X @ W + b > 0).T, strict=True))
    assert list(np.flatnonzero(on["on for one example, number 217"])) == [217]
    assert not on["off in the first 32 rows only"][:32].any()
    assert on["off in the first 32 rows only"][32:].any()
    assert on["on in the first 32 rows only"][:32].all()
    assert not on["off in the last 32 rows only"][-32:].any()
    assert on["off in the last 32 rows only"][:-32].any()
    assert all(not on[name].any() for name in names if name.startswith(("off everywhere", "0 for every")))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda X, W, b: ~off(X, W, b).all(axis=0),
            ["Unit 0 of 13 is called dead, and it is always on", "that are alive"],
        ),
        (lambda X, W, b: off(X, W, b).any(axis=0), ["`any`, or `all`?"]),
        (lambda X, W, b: off(X[:32], W, b).all(axis=0), ["Is that one batch", "Ask the whole sample"]),
        (lambda X, W, b: off(X[-32:], W, b).all(axis=0), ["Is that one batch"]),
        (lambda X, W, b: off(X, W, b)[0], ["or one example?"]),
        (
            lambda X, W, b: np.any([off(X[i : i + 32], W, b).all(axis=0) for i in range(0, len(X), 32)], axis=0),
            ["in any one of the batches"],
        ),
        (lambda X, W, b: (X @ W + b).mean(axis=0) < 0, ["Is the mean of the pre-activations negative?"]),
        (lambda X, W, b: (X @ W + b).mean(axis=0) <= 0, ["Is the mean of the pre-activations negative?"]),
        (lambda X, W, b: b < 0, ["A negative bias does not kill"]),
        (lambda X, W, b: (W < 0).all(axis=0), ["Negative weights do not kill"]),
        (lambda X, W, b: (W == 0).all(axis=0), ["Weights of 0 are one way"]),
        (lambda X, W, b: (X @ W <= 0).all(axis=0), ["Is the bias forgotten?"]),
        (lambda X, W, b: (X @ W + b < 0).all(axis=0), ["it is 0 for every example", "< or <= ?"]),
        (lambda X, W, b: (X @ W + b == 0).all(axis=0), ["the pre-activation compared with 0?"]),
        (lambda X, W, b: np.isclose(relu(X @ W + b), 0, atol=1e-3).all(axis=0), ["Is something rounded?"]),
        (
            lambda X, W, b: off(X, W, b).mean(axis=0) > 0.95,
            ["it is on for one example, number 217", "one example is enough"],
        ),
        (lambda X, W, b: off(X, W, b).mean(axis=0) > 0.9, ["one example is enough"]),
        (lambda X, W, b: np.zeros(len(b)), ["no unit is dead"]),
        (lambda X, W, b: np.ones(len(b)), ["every unit is dead"]),
        (lambda X, W, b: off(X, W, b).mean(axis=0), ["These are shares"]),
        (lambda X, W, b: off(X, W, b).sum(axis=0), ["These are counts"]),
        (lambda X, W, b: relu(X @ W + b).sum(axis=0), ["These are sums, or means"]),
        (lambda X, W, b: (X @ W + b).max(axis=0), ["These are pre-activations"]),
        (lambda X, W, b: np.flatnonzero(off(X, W, b).all(axis=0)), ["Are these the numbers of the dead units?"]),
        (lambda X, W, b: off(X, W, b).all(axis=0).sum(), ["how many are dead perhaps"]),
        (lambda X, W, b: off(X, W, b).all(axis=1), ["returns shape (300,), wanted shape (13,)", "along which axis"]),
        (off, ["for each unit and each example"]),
        (lambda X, W, b: np.where(off(X, W, b).all(axis=0)), ["`np.where` gives the numbers"]),
        (lambda X, W, b: np.median(X @ W + b, axis=0) < 0, ["Is the mean of the pre-activations"]),
        (lambda X, W, b: [], ["An empty list"]),
        (lambda X, W, b: np.arange(len(b)) + 2, ["True or False, or 1 and 0"]),
        (lambda X, W, b: np.arange(len(b)) % 2 == 0, ["largest activation"]),
    ],
)
def test_dead_units_wrong(answer, words):
    is_wrong(check.dead_units.feedback(answer), *words)


def test_dead_units_stopped():
    feedback = check.dead_units.feedback(lambda X, W, b: (X @ W.T + b <= 0).all(axis=0))
    assert feedback.state == "stopped"
    assert "which product is (B, H)?" in repr(feedback)


# --- task 5 -----------------------------------------------------------------------------------------------------------


def back_in_loops(delta, z, W):
    result = [[0.0] * z.shape[1] for _ in z]
    for i in range(len(z)):
        for j in range(z.shape[1]):
            if z[i, j] > 0:
                for k in range(delta.shape[1]):
                    result[i][j] += W[j, k] * delta[i, k]
    return result


def back_by_tensorflow(delta, z, W):
    import tensorflow as tf

    z = tf.Variable(z)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.relu(z) @ W * delta)
    return tape.gradient(loss, z)


@pytest.mark.parametrize(
    "answer",
    [
        back,
        back_in_loops,
        back_by_tensorflow,
        lambda delta, z, W: np.where(z > 0, delta @ W.T, 0).astype("float32"),
        lambda delta, z, W: np.einsum("bk,hk->bh", delta, W) * np.heaviside(z, 0),
        lambda delta, z, W: (row for row in (W @ delta.T).T * (z > 0)),
    ],
)
def test_backward_right(answer):
    is_right(check.backward.feedback(answer), "All of back-propagation")


def test_backward_is_what_small_steps_say():
    rng = np.random.default_rng(3)
    delta, z, W = rng.normal(size=(5, 2)), rng.normal(size=(5, 3)), rng.normal(size=(3, 2))

    def loss(z):
        return np.sum(delta * (relu(z) @ W))

    wanted = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        step = np.zeros_like(z)
        step[place] = 1e-6
        wanted[place] = (loss(z + step) - loss(z - step)) / 2e-6
    assert np.allclose(back(delta, z, W), wanted, atol=1e-8)


def through(formula):
    return lambda delta, z, W: formula(delta @ W.T, z)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (through(lambda d, z: d), ["with z = ", "Where a unit is off"]),
        (through(lambda d, z: d * (z < 0)), ["units that are off"]),
        (through(lambda d, z: d * relu(z)), ["multiplies by the activation"]),
        (through(lambda d, z: d * z), ["multiplies by the activation"]),
        (through(lambda d, z: relu(d) * (z > 0)), ["The ReLU is applied to the gradient"]),
        (through(lambda d, z: relu(d)), ["The ReLU is applied to the gradient"]),
        (lambda delta, z, W: (delta * (delta > 0)) @ W.T, ["by the sign of the gradient"]),
        (through(lambda d, z: d / (1 + np.exp(-z)) / (1 + np.exp(z))), ["the derivative of a sigmoid"]),
        (through(lambda d, z: d * (1 - np.tanh(z) ** 2)), ["the derivative of a hyperbolic tangent"]),
        (through(lambda d, z: d * np.where(z > 0, 1, 0.1)), ["a leaky ReLU"]),
        (through(lambda d, z: -d * (z > 0)), ["The sign"]),
        (through(lambda d, z: d * (z > 0) / len(z)), ["Divided by the number of examples?"]),
        (through(lambda d, z: d * (z.mean(axis=0) > 0)), ["the mask made of the whole row?"]),
        (lambda delta, z, W: delta @ np.abs(W).T * (z > 0), ["its size only taken"]),
        (lambda delta, z, W: (delta * 0 + 1) @ W.T * (z > 0), ["`delta` 1 everywhere"]),
        (through(lambda d, z: 0 * z), ["All gradients are 0"]),
        (through(lambda d, z: z > 0), ["the mask alone"]),
        (lambda delta, z, W: delta @ W * (z > 0), ["goes along the columns"]),
        (lambda delta, z, W: W @ delta * (z > 0), ["`delta` stands on the left"]),
        (lambda delta, z, W: relu(z) @ W, ["That is the way forward"]),
        (lambda delta, z, W: relu(z).T @ delta, ["the gradient by the weights"]),
        (lambda delta, z, W: (delta * (z > 0)) @ W.T, ["met last on the way back"]),
        (lambda delta, z, W: delta * (z > 0), ["Where are the weights?"]),
        (lambda delta, z, W: back(delta, z, W).T, ["Rows and columns are exchanged"]),
        (lambda delta, z, W: delta * W * (z > 0), ["a product of matrices"]),
        (lambda delta, z, W: back(delta, z, W).sum(axis=0), ["returns shape (4,), wanted shape (4, 4)", "added up"]),
        (lambda delta, z, W: back(delta, z, W).mean(), ["One number came back"]),
        (through(lambda d, z: d * np.sign(z)), ["0 or 1, never -1"]),
        (through(lambda d, z: d / (1 + np.exp(-z))), ["the derivative of a softplus"]),
        (through(lambda d, z: d * np.where(z > 0, 1, np.exp(z))), ["the derivative of an ELU"]),
        (lambda delta, z, W: back(z, delta, W), ["Are `delta` and z exchanged?"]),
        (lambda delta, z, W: np.where(delta > 0, delta @ W.T, 0), ["That decides by `delta`"]),
        (through(lambda d, z: -0.1 * d * (z > 0)), ["is -0.1 times what it should be"]),
        (through(lambda d, z: np.sin(d)), ["Take one example, one unit and two outputs"]),
    ],
)
def test_backward_wrong(answer, words):
    is_wrong(check.backward.feedback(answer), *words)


def test_backward_stopped():
    feedback = check.backward.feedback(lambda delta, z, W: delta.T @ W.T @ z[:2] @ W.T)
    assert feedback.state == "stopped"
    assert "Which product of the two first" in repr(feedback)
