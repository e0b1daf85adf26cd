"""Exercise 05, tasks 4 and 5: SGD and Adam, step by step, as Keras takes them, and typical wrong ways."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_05 as check


@pytest.fixture(scope="module", autouse=True)
def keras_is_imported():
    """Importing it takes longer than an answer may, on a busy machine."""
    import keras  # noqa: F401


# --- task 4 -----------------------------------------------------------------------------------------------------------


def sgd(gradient=lambda X, r, b, n: 2 * X.T @ r / len(r), cut=lambda n, b, epoch: range(0, n, b)):
    """Makes an answer from a gradient of a batch and a way to cut them."""

    def answer(X, y, w, learning_rate, batch_size, epochs):
        for epoch in range(epochs):
            for start in cut(len(y), batch_size, epoch):
                batch = slice(start, start + batch_size)
                w = w - learning_rate * gradient(X[batch], X[batch] @ w - y[batch], batch_size, len(y))
        return w

    return answer


good = sgd()


def in_loops(X, y, w, learning_rate, batch_size, epochs):
    w = [float(number) for number in w]
    for _ in range(epochs):
        for start in range(0, len(y), batch_size):
            slope = [0.0] * len(w)
            rows = range(start, min(start + batch_size, len(y)))
            for i in rows:
                residual = sum(a * b for a, b in zip(X[i], w, strict=True)) - y[i]
                for k in range(len(w)):
                    slope[k] += 2 * residual * X[i, k] / len(rows)
            w = [a - learning_rate * b for a, b in zip(w, slope, strict=True)]
    return w


def by_array_split(X, y, w, learning_rate, batch_size, epochs):
    cuts = np.arange(batch_size, len(y), batch_size)
    for _ in range(epochs):
        for X_batch, y_batch in zip(np.split(X, cuts), np.split(y, cuts), strict=True):
            w = w - learning_rate * np.mean(2 * (X_batch @ w - y_batch)[:, None] * X_batch, axis=0)
    return (number for number in w)


def by_keras(X, y, w, learning_rate, batch_size, epochs):
    import keras

    model = keras.Sequential([keras.Input((X.shape[1],)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([w[:, None]])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate), loss="mse")
    model.fit(X, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    return model.get_weights()[0]


def with_a_tensor(X, y, w, learning_rate, batch_size, epochs):
    import tensorflow as tf

    return tf.constant(good(X, y, w, learning_rate, batch_size, epochs))


@pytest.mark.parametrize("answer", [good, in_loops, by_array_split, with_a_tensor])
def test_sgd_right(answer):
    is_right(check.sgd.feedback(answer), "The same weights as `keras.optimizers.SGD`")


@pytest.mark.parametrize("kind", ["float32", "column"])
def test_sgd_right_in_other_forms(kind):
    def answer(*given):
        return good(*given).astype("float32") if kind == "float32" else good(*given)[:, None]

    is_right(check.sgd.feedback(answer))


def test_the_check_takes_the_steps_that_keras_takes():
    from utils.checks.sgd import sgd as by_check

    given = check.X, check.Y, check.START, 0.05, 4, 4
    assert np.abs(by_check(*given) - by_keras(*given)[:, 0]).max() < 1e-6


def times(factor, add=0):
    """The right answer with other epochs."""
    return lambda X, y, w, rate, b, epochs: good(X, y, w, rate, b, factor * epochs + add)


def frozen(X, y, w, rate, b, epochs):
    for _ in range(epochs):
        start_of_epoch = w
        for i in range(0, len(y), b):
            r = X[i : i + b] @ start_of_epoch - y[i : i + b]
            w = w - rate * 2 * X[i : i + b].T @ r / len(r)
    return w


def forgets(X, y, w, rate, b, epochs):
    for i in range(0, epochs * len(y), b):
        new = w - rate * 2 * X[i : i + b].T @ (X[i : i + b] @ w - y[i : i + b])
        assert new is not w
    return w


def shuffled(X, y, w, rate, b, epochs):
    order = np.random.default_rng().permutation(len(y))
    return good(X[order], y[order], w, rate, b, epochs)


def in_place(X, y, w, rate, b, epochs):
    for _ in range(epochs):
        for i in range(0, len(y), b):
            r = X[i : i + b] @ w - y[i : i + b]
            w -= rate * 2 * X[i : i + b].T @ r / len(r)
    return w


def in_parts(number):
    """So many parts of nearly the same size."""

    def answer(X, y, w, rate, b, epochs):
        for _ in range(epochs):
            for rows in np.array_split(np.arange(len(y)), min(number(len(y), b), len(y))):
                w = w - rate * 2 * X[rows].T @ (X[rows] @ w - y[rows]) / len(rows)
        return w

    return answer


def averaged(X, y, w, rate, b, epochs):
    for _ in range(epochs):
        slopes = []
        for i in range(0, len(y), b):
            r = X[i : i + b] @ w - y[i : i + b]
            slopes.append(2 * X[i : i + b].T @ r / len(r))
        w = w - rate * np.mean(slopes, axis=0)
    return w


def with_momentum(X, y, w, rate, b, epochs):
    velocity = 0
    for _ in range(epochs):
        for i in range(0, len(y), b):
            r = X[i : i + b] @ w - y[i : i + b]
            velocity = 0.9 * velocity - rate * 2 * X[i : i + b].T @ r / len(r)
            w = w + velocity
    return w


def of_a_column(X, y, w, rate, b, epochs):
    w = w[:, None]
    for _ in range(epochs):
        for i in range(0, len(y), b):
            r = X[i : i + b] @ w - y[i : i + b]  # (B, B)
            w = w - rate * 2 * (X[i : i + b].T @ r).mean(axis=1, keepdims=True) / len(r)
    return w


def returns_inside(X, y, w, rate, b, epochs):
    for _ in range(epochs):
        for i in range(0, len(y), b):
            r = X[i : i + b] @ w - y[i : i + b]
            w = w - rate * 2 * X[i : i + b].T @ r / len(r)
            return w


def path(X, y, w, rate, b, epochs):
    return [good(X, y, w, rate, b, epoch) for epoch in range(1, epochs + 1)]


def losses(X, y, w, rate, b, epochs):
    return [np.mean((X @ good(X, y, w, rate, b, epoch) - y) ** 2) for epoch in range(epochs)]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sgd(lambda X, r, b, n: -2 * X.T @ r / len(r)), ["With 10 examples, batches of 4", "Which way do you go?"]),
        (sgd(lambda X, r, b, n: 2 * X.T @ r), ["the gradient of the sum over the batch?"]),
        (sgd(lambda X, r, b, n: X.T @ r / len(r)), ["Differentiate the square"]),
        (sgd(lambda X, r, b, n: X.T @ r), ["the lecture's loss, half of the sum"]),
        (sgd(lambda X, r, b, n: 2 * X.T @ r / b), ["By what is the last batch divided?"]),
        (sgd(lambda X, r, b, n: 2 * X.T @ r / n), ["the number of all examples"]),
        (sgd(cut=lambda n, b, epoch: range(0, n - b + 1, b)), ["the last, smaller batch left out"]),
        (sgd(cut=lambda n, b, epoch: [0]), ["one step, with its first batch"]),
        (sgd(cut=lambda n, b, epoch: list(range(0, n, b))[-1:]), ["one step, with its last batch", "inside the loop"]),
        (sgd(cut=lambda n, b, epoch: [list(range(0, n, b))[epoch % -(-n // b)]]), ["A step is counted as an epoch"]),
        (lambda X, y, w, rate, b, epochs: good(X, y, w, rate, len(y), epochs), ["with all examples in each epoch"]),
        (lambda X, y, w, rate, b, epochs: good(X, y, w, rate, 1, epochs), ["a step for each single example"]),
        (sgd(cut=lambda n, b, epoch: range(-(-n // b))), ["Do your batches overlap?"]),
        (sgd(cut=lambda n, b, epoch: list(range(0, n, b))[::-1]), ["order of the batches turned round"]),
        (times(0, 1), ["used once, in one epoch"]),
        (times(1, -1), ["One epoch is missing"]),
        (times(1, 1), ["One epoch too many"]),
        (lambda X, y, w, *rest: w, ["These are the weights at the start"]),
        (forgets, ["These are the weights at the start"]),
        (frozen, ["at the weights of its start"]),
        (sgd(lambda X, r, b, n: X.T @ np.sign(r) / len(r)), ["that of the absolute values"]),
        (sgd(lambda X, r, b, n: X.T @ r / np.linalg.norm(X.T @ r)), ["divided by its length"]),
        (lambda *given: np.mean(path(*given), axis=0), ["means over the way"]),
        (lambda *given: good(*given) - given[2], ["how far the weights have moved"]),
        (sgd(lambda X, r, b, n: 0.05 * 2 * X.T @ r / len(r)), ["the learning rate used twice"]),
        (shuffled, ["Called again it gives something else", "nothing is shuffled"]),
        (in_place, ["changes the array that it is given"]),
        (returns_inside, ["One step is taken", "inside the loops"]),
        (in_parts(lambda n, b: b), ["Is it the number of batches in yours?"]),
        (in_parts(lambda n, b: -(-n // b)), ["all of nearly the same size"]),
        (sgd(cut=lambda n, b, epoch: range(0, n, b)[:b]), ["With 9 examples, batches of 2", "Count the batches"]),
        (sgd(cut=lambda n, b, epoch: range(0, n + b, b)), ["Received: nan", "is the last batch one too many?"]),
        (averaged, ["a step belongs to each batch"]),
        (with_momentum, ["That is momentum"]),
        (of_a_column, ["(B, 1) minus (B,) makes (B, B)"]),
        (lambda X, y, *rest: np.linalg.lstsq(X, y, rcond=None)[0], ["where the descent would end"]),
        (sgd(lambda X, r, b, n: 4 * X.T @ r / len(r)), ["Is it in yours twice?"]),
        (sgd(lambda X, r, b, n: np.mean(2 * X.T @ r / len(r))), ["One number for all weights?"]),
        (sgd(lambda X, r, b, n: 2 * X.T @ r / 3), ["not of the features"]),
        (sgd(lambda X, r, b, n: 2 * np.mean(r)), ["How does h depend on w?"]),
        (sgd(lambda X, r, b, n: X.T @ r / len(r) / np.sqrt(np.mean(r**2))), ["a root in your loss?"]),
        (lambda X, y, w, *rest: good(X, y, 0 * w, *rest), ["begin at 0"]),
        (sgd(lambda X, r, b, n: 9 * X.T @ r**2), ["Received: ", "because a step goes uphill, or is too long"]),
        (lambda X, y, *rest: X @ good(X, y, *rest), ["returns shape (10,)", "answers perhaps"]),
        (lambda *given: (good(*given), 0.5), ["several things", "shape (3,) and nothing else"]),
        (path, ["returns shape (4, 3), wanted shape (3,)", "the weights at its end"]),
        (losses, ["losses perhaps"]),
        (lambda *given: losses(*given)[-1], ["One number came back, a loss perhaps"]),
        (sgd(lambda X, r, b, n: X.T @ r / 7), ["compute the single step by hand"]),
        (lambda *given: [np.nan] * 3, ["Received: nan", "an empty batch is 0 / 0"]),
    ],
)
def test_sgd_wrong(answer, words):
    with np.errstate(all="ignore"):
        is_wrong(check.sgd.feedback(answer), *words)


def test_a_last_batch_that_is_full_is_no_other_batch():
    left_out = sgd(cut=lambda n, b, epoch: range(0, n - b, b) if n == 6 else range(0, n, b))
    is_wrong(check.sgd.feedback(left_out), "With 6 examples, batches of 3", "left out")


def test_sgd_stopped():
    feedback = check.sgd.feedback(sgd(lambda X, r, b, n: 2 * X @ r / len(r)))
    assert feedback.state == "stopped"
    assert "`X @ w` and `y` are (B,)" in repr(feedback)


# --- task 5 -----------------------------------------------------------------------------------------------------------


def adam(step=None, b1=0.9, b2=0.999, first=1):
    """Makes an answer from the step; `first` is the number of the first one."""

    def keras_step(g, m, v, t, T):
        return m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)

    step = step or keras_step

    def answer(gradients, w, learning_rate):
        m = v = np.zeros(len(w))
        for t, g in enumerate(gradients, first):
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
            w = w - learning_rate * step(g, m, v, t, len(gradients))
        return w

    return answer


right_adam = adam()


def adam_in_loops(gradients, w, learning_rate):
    w = list(map(float, w))
    for i in range(len(w)):
        m = v = 0.0
        for t in range(1, len(gradients) + 1):
            g = float(gradients[t - 1][i])
            m = 0.9 * m + 0.1 * g
            v = 0.999 * v + 0.001 * g * g
            w[i] -= learning_rate * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)) ** 0.5 + 1e-7)
    return w


def adam_by_keras(gradients, w, learning_rate):
    import keras

    variable = keras.Variable(w.astype("float32"))
    optimizer = keras.optimizers.Adam(learning_rate)
    optimizer.build([variable])
    for g in gradients.astype("float32"):
        optimizer.apply([keras.ops.convert_to_tensor(g)])
    return variable.numpy()


@pytest.mark.parametrize(
    "answer",
    [
        right_adam,
        adam_in_loops,
        adam_by_keras,
        adam(lambda g, m, v, t, T: m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)),
        adam(lambda g, m, v, t, T: m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-14)),
        adam(lambda g, m, v, t, T: m * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) / (np.sqrt(v) + 1e-7)),
        lambda *given: (float(number) for number in right_adam(*given)),
        lambda *given: right_adam(*given)[None].astype("float32"),
    ],
)
def test_adam_right(answer):
    is_right(check.adam.feedback(answer), "has not moved ten times as far")


def step_of(formula, **how):
    return adam(lambda g, m, v, t, T: formula(g, m, v, t), **how)


def sums(b1=0.9, b2=0.999, correct=True, own=(1.0, 1.0), power=2):
    """What is new comes in with another share."""

    def answer(gradients, w, learning_rate):
        m = v = np.zeros(len(w))
        for t, g in enumerate(gradients, 1):
            m, v = b1 * m + own[0] * g, b2 * v + own[1] * np.abs(g) ** power
            m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if correct else (m, v)
            w = w - learning_rate * m_hat / (np.sqrt(v_hat) + 1e-7)
        return w

    return answer


def kept(gradients, w, learning_rate):
    m = v = np.zeros(len(w))
    for t, g in enumerate(gradients, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m, v = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w = w - learning_rate * m / (np.sqrt(v) + 1e-7)
    return w


def anew(gradients, w, learning_rate):
    for g in gradients:
        m, v = 0.1 * g, 0.001 * g**2
        w = w - learning_rate * m / 0.1 / (np.sqrt(v / 0.001) + 1e-7)
    return w


def of_m(gradients, w, learning_rate):
    m = v = np.zeros(len(w))
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * m**2
        w = w - learning_rate * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
    return w


def each_step(gradients, w, learning_rate):
    return [right_adam(gradients[:t], w, learning_rate) for t in range(1, len(gradients) + 1)]


def around_the_mean(gradients, w, learning_rate):
    m = v = np.zeros(len(w))
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * (g - m) ** 2
        w = w - learning_rate * m / (1 - 0.9**t) / root(v / (1 - 0.999**t))
    return w


def of(b1, b2):
    return adam(lambda g, m, v, t, T: m / (1 - b1**t) / root(v / (1 - b2**t)), b1=b1, b2=b2)


def at_the_end(gradients, w, learning_rate):
    m, v, t = np.zeros(len(w)), np.zeros(len(w)), len(gradients)
    for g in gradients:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - learning_rate * m / (1 - 0.9**t) / root(v / (1 - 0.999**t))


def from_the_first(gradients, w, learning_rate):
    m, v = gradients[0], gradients[0] ** 2
    for g in gradients:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - learning_rate * m / root(v)
    return w


def root(v):
    return np.sqrt(v) + 1e-7


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (step_of(lambda g, m, v, t: m / root(v)), ["In 6 steps weight", "begin at 0 and are too small at first"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) / root(v)), ["And the second?"]),
        (step_of(lambda g, m, v, t: m / root(v / (1 - 0.999**t))), ["And the first?"]),
        (lambda g, w, rate: 2 * w - right_adam(g, w, rate), ["Which way do you go?"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-7)), ["the unit of a square"]),
        (sums(own=(0.1, 0.001), power=1), ["Of what is v the mean?"]),
        (of_m, ["Is v made of the first mean?"]),
        (adam(b1=0.999, b2=0.9), ["The numbers 0.9 and 0.999 are exchanged"]),
        (
            adam(lambda g, m, v, t, T: m / (1 - 0.999**t) / root(v / (1 - 0.9**t)), b1=0.999, b2=0.9),
            ["The numbers 0.9 and 0.999 are exchanged"],
        ),
        (sums(), ["with the share that the old leaves"]),
        (sums(own=(0.1, 1.0)), ["with the share that the old leaves"]),
        (sums(correct=False), ["without its share, 0.1 and 0.001"]),
        (sums(0.1, 0.001, own=(0.9, 0.999)), ["stand the wrong way round"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9 * t) / root(np.abs(v / (1 - 0.999 * t)))), ["Yours multiplies"]),
        (adam(lambda g, m, v, t, T: m / (1 - 0.9**T) / root(v / (1 - 0.999**T))), ["the number of all steps"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9) / root(v / (1 - 0.999))), ["its number does not grow"]),
        (adam(first=2), ["counted as number 2"]),
        (step_of(lambda g, m, v, t: m * (1 - 0.9**t) / root(v * (1 - 0.999**t))), ["multiply, or divide?"]),
        (kept, ["corrected means kept for the next step"]),
        (
            step_of(lambda g, m, v, t: m / (1 - 0.9**t) / (np.sqrt(v) / (1 - 0.999**t) + 1e-7)),
            ["the root of the corrected v"],
        ),
        (anew, ["begin anew in each one, inside the loop"]),
        (step_of(lambda g, m, v, t: g), ["plain gradient descent"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t)), ["That is momentum"]),
        (step_of(lambda g, m, v, t: m), ["That is momentum"]),
        (step_of(lambda g, m, v, t: g / root(v)), ["as in RMSprop"]),
        (
            lambda g, w, rate: w - rate * sum(g[t] / root(np.sum(g[: t + 1] ** 2, axis=0)) for t in range(len(g))),
            ["AdaGrad"],
        ),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) / root(v.mean() / (1 - 0.999**t))), ["One v for all weights?"]),
        (lambda g, w, rate: right_adam(g, w, 1), ["Is the learning rate forgotten?"]),
        (lambda g, w, rate: right_adam(g, w, rate) - w, ["how far the weights have moved"]),
        (lambda g, w, rate: w, ["These are the weights at the start"]),
        (lambda g, w, rate: right_adam(g[:1], w, rate), ["One step is taken"]),
        (lambda g, w, rate: right_adam(g[:-1], w, rate), ["The last gradient is not used"]),
        (lambda g, w, rate: right_adam(g[1:], w, rate), ["The first gradient is not used"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t))), ["Received: nan", "has epsilon"]),
        (adam(first=0), ["Received: nan", "with t = 0 the correction divides by 0"]),
        (around_the_mean, ["not a variance"]),
        (of(0.9, 0.99), ["another one in yours?"]),
        (of(0.9, 0.9), ["another one in yours?"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.999**t) / root(v / (1 - 0.9**t))), ["Are the two exchanged?"]),
        (step_of(lambda g, m, v, t: m / 0.9**t / root(v / 0.999**t)), ["near 0.1, not near 0.9"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-3)), ["Is epsilon 1e-7?"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) * root(v / (1 - 0.999**t))), ["Multiply by the root"]),
        (step_of(lambda g, m, v, t: (m / (1 - 0.9**t)) ** 2 / root(v / (1 - 0.999**t))), ["a square, too many"]),
        (at_the_end, ["Only one step is taken, at the end"]),
        (from_the_first, ["begin with the first gradient?"]),
        (step_of(lambda g, m, v, t: m / (1 - 0.9**t) / root(v / (1 - 0.999**t)) / t), ["fall from step to step?"]),
        (
            step_of(
                lambda g, m, v, t: (0.9 * m / (1 - 0.9 ** (t + 1)) + 0.1 * g / (1 - 0.9**t)) / root(v / (1 - 0.999**t))
            ),
            ["That is Nadam"],
        ),
        (each_step, ["returns shape (6, 4), wanted shape (4,)", "the weights at its end"]),
        (lambda g, w, rate: right_adam(g, w, rate).sum(), ["Each weight has its own m and v"]),
        (step_of(lambda g, m, v, t: 3 * m), ["Compute the first step by hand"]),
    ],
)
def test_adam_wrong(answer, words):
    with np.errstate(all="ignore"):
        is_wrong(check.adam.feedback(answer), *words)


def test_adam_stopped():
    def by_columns(gradients, w, learning_rate):
        m = np.zeros(len(w))
        for g in gradients.T:
            m = m + g
        return w - m

    def in_python(gradients, w, learning_rate):
        for t, g in enumerate(gradients.tolist()):
            w = w - learning_rate * g[0] / (1 - 0.9**t)
        return w

    for answer, words in [(by_columns, "A row of `gradients`"), (in_python, "In the first step t is 1")]:
        feedback = check.adam.feedback(answer)
        assert feedback.state == "stopped"
        assert words in repr(feedback)
