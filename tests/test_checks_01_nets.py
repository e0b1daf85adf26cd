"""Exercise 01, tasks 4 and 5: the solution, other right ways, and typical wrong answers with the hint for each."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_01 as check

K = np.linspace(0, 1, 11)


def relu(z):
    return np.maximum(z, 0)


def f(x):
    return np.exp(-10 * x)


# --- task 4 -----------------------------------------------------------------------------------------------------------


def columns(x, a, b, activation):
    return np.column_stack([activation(np.outer(x, a) + b), np.ones(len(x))])


def solve(matrix, y):
    return matrix @ np.linalg.lstsq(matrix, y, rcond=None)[0]


def in_a_loop(x, y, a, b, activation):
    rows = [[activation(ai * value + bi) for ai, bi in zip(a, b, strict=True)] + [1.0] for value in x]
    return list(solve(np.array(rows), y))


def by_scikit_learn(x, y, a, b, activation):
    from sklearn.linear_model import LinearRegression

    units = activation(x[:, None] * a + b)
    return LinearRegression().fit(units, y[:, None]).predict(units)


def by_singular_values(x, y, a, b, activation):
    u, s, _ = np.linalg.svd(columns(x, a, b, activation), full_matrices=False)
    u = u[:, s > 1e-9 * s[0]]
    return u @ (u.T @ y)


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, y, a, b, activation: solve(columns(x, a, b, activation), y),
        lambda x, y, a, b, s: (m := columns(x, a, b, s)) @ (np.linalg.pinv(m) @ y),
        in_a_loop,
        by_scikit_learn,
        by_singular_values,
        lambda x, y, a, b, s: solve(columns(x, a, b, s).astype("float32"), y.astype("float32")),
        lambda x, y, a, b, s: (float(value) for value in solve(columns(x, a, b, s), y)),
    ],
)
def test_fit_right(answer):
    is_right(check.fit.feedback(answer), "0.392, 0.392, 0.392", "A sum of parabolas is a parabola")


def test_fit_says_what_a_parabola_says():
    x = np.linspace(0, 1, 201)
    error = np.abs(np.polyval(np.polyfit(x, f(x), 2), x) - f(x)).max()
    assert f"{error:.3g}" == "0.392"


def by_normal_equations(x, y, a, b, activation):
    matrix = columns(x, a, b, activation)
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:  # where rounding hides it, solve() may give anything
        raise np.linalg.LinAlgError("Singular matrix")
    return matrix @ np.linalg.solve(matrix.T @ matrix, matrix.T @ y)


def by_an_inverse(x, y, a, b, activation):
    matrix = columns(x, a, b, activation)
    if activation is np.square:  # what rounding makes of the inverse differs between machines
        return 0.9 * y
    return matrix @ (np.linalg.inv(matrix.T @ matrix) @ matrix.T @ y)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, y, a, b, s: solve(s(np.outer(x, a) + b), y), ["With 3 units (relu)", "output bias missing"]),
        (lambda x, y, a, b, s: solve(columns(x, a, 0 * b, s), y), ["Is b used, and inside the activation?"]),
        (lambda x, y, a, b, s: solve(s(np.outer(x, a)), y), ["Are b and the output bias used?"]),
        (lambda x, y, a, b, s: y, ["These are the values y themselves"]),
        (lambda x, y, a, b, s: solve(columns(x, a, b, relu), y), ["(square)", "Is `activation` used, or always relu?"]),
        (lambda x, y, a, b, s: columns(x, a, b, s).mean(axis=1), ["Does each column hold one unit"]),
        (lambda x, y, a, b, s: s(np.outer(x, a) + b).mean(axis=1), ["This is the mean of the units"]),
        (lambda x, y, a, b, s: s(np.outer(x, a) + b).sum(axis=1), ["all have the weight 1"]),
        (lambda x, y, a, b, s: y - solve(columns(x, a, b, s), y), ["what is left of y"]),
        (lambda x, y, a, b, s: solve(columns(x, a, -b, s), y), ["Is b subtracted?"]),
        (lambda x, y, a, b, s: solve(columns(x, a, b, lambda z: z), y), ["Is `activation` applied?"]),
        (lambda x, y, a, b, s: solve(np.outer(x, a) + b, y), ["Is `activation` applied?"]),
        (
            lambda x, y, a, b, s: solve(np.hstack([s(np.outer(x, a)) + b, np.ones((len(x), 1))]), y),
            ["Is b used, and inside the activation?"],
        ),
        (lambda x, y, a, b, s: np.linalg.lstsq(columns(x, a, b, s), y, rcond=None), ["The first of them"]),
        (lambda x, y, a, b, s: columns(x, a, b, s), ["Received: 804.", "These are the units"]),
        (
            lambda x, y, a, b, s: np.linalg.lstsq(columns(x, a, b, s), y)[0],
            ["for each of the 201 points. Received: 4.", "Are these the output weights?"],
        ),
        (lambda x, y, a, b, s: np.nan * y, ["At x = 0 it gives nan"]),
        (by_an_inverse, ["With 3 units (square)", "With ReLUs it is right. That is a discovery"]),
        (by_normal_equations, ["With ReLUs it is right. With squares it stops: LinAlgError.", "discovery", "lstsq"]),
    ],
)
def test_fit_wrong(answer, words):
    is_wrong(check.fit.feedback(answer), *words)


def test_fit_an_error_with_relus_is_the_student_s_own():
    def singular(x, y, a, b, activation):
        raise np.linalg.LinAlgError("Singular matrix")

    assert check.fit.feedback(singular).state == "stopped"
    assert check.fit.feedback(lambda x, y, a, b: y).state == "stopped"


# --- task 5 -----------------------------------------------------------------------------------------------------------

X = np.linspace(0, 1, 200)[:, None]


def trained(layers, epochs, rate=0.01):
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((1,)), *layers(keras.layers), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    history = model.fit(X, f(X), epochs=epochs, batch_size=32, verbose=0) if epochs else None
    return model, history


def test_net_right_as_in_the_solution():
    model, history = trained(lambda la: [la.Rescaling(2.0, offset=-1.0), la.Dense(32, activation="relu")], epochs=100)
    is_right(check.net.feedback(model), "below 0.1")
    is_wrong(check.net.feedback(lambda x: model(x[:, None])), "a trained Keras model is wanted. Received: function")
    is_wrong(check.net.feedback(history), "Received: History", "`fit` trains the model and returns a record")
    by_hand = [array + 0 for array in model.get_weights()]
    copy = fresh([1, 32, 1])
    copy.set_weights(by_hand)
    copy.compile(optimizer="adam", loss="mse")
    is_wrong(check.net.feedback(copy), "`fit` has counted no step")
    assert all(np.array_equal(a, b) for a, b in zip(by_hand, model.get_weights(), strict=True))  # left as they were


def fresh(sizes):
    import keras

    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(n, activation="relu") for n in sizes[1:-1]]
    before = [keras.Input((sizes[0],)), keras.layers.Rescaling(2.0, offset=-1.0)]
    return keras.Sequential([*before, *hidden, keras.layers.Dense(sizes[-1])])


def fitted(model, epochs, rate=0.01):
    import keras

    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    model.fit(X, f(X), epochs=epochs, batch_size=32, verbose=0)
    return model


def test_net_with_another_activation_is_right():
    model, _ = trained(
        lambda la: [la.Rescaling(2.0, offset=-1.0), la.Dense(32, activation="leaky_relu")], epochs=40, rate=0.03
    )
    is_right(check.net.feedback(model))


def test_net_is_praised_only_where_its_weights_come_from_a_training():
    import keras

    class Formula(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return keras.ops.exp(-10 * x) + 0 * self.dense(x)

    is_wrong(check.net.feedback(lambda x: np.exp(-10 * x)), "a trained Keras model is wanted")
    is_wrong(check.net.feedback(fitted(Formula(), 1)), "stay so when all weights are set to 0")
    is_wrong(check.net.feedback(fitted(fresh([1, 16, 16, 1]), 30, rate=0.02)), "2 hidden layers, wanted one")


def test_net_with_too_few_units_too_few_steps_or_the_wrong_outputs():
    is_wrong(check.net.feedback(fitted(fresh([1, 1, 1]), 30, rate=0.05)), "It has 1 hidden unit,")
    is_wrong(check.net.feedback(fitted(fresh([1, 16, 1]), 2, rate=0.001)), "It was trained for 14 steps only")
    is_wrong(check.net.feedback(fitted(fresh([1, 1]), 2)), "It has no hidden layer")
    is_wrong(check.net.feedback(fresh([1, 8, 2])), "The net has 2 outputs, wanted one")


def test_net_of_another_library_is_not_what_is_asked_for():
    from sklearn.neural_network import MLPRegressor

    net = MLPRegressor(hidden_layer_sizes=[30], activation="tanh", solver="lbfgs", max_iter=3000, random_state=1).fit(
        X, f(X).ravel()
    )
    is_wrong(
        check.net.feedback(net), "The answers are good, but a trained Keras model is wanted. Received: MLPRegressor"
    )
    is_wrong(check.net.feedback(lambda x: np.interp(x, K**2, f(K**2))), "a trained Keras model is wanted")


def test_net_not_trained():
    model, _ = trained(lambda la: [la.Dense(32, activation="relu")], epochs=0)
    is_wrong(check.net.feedback(model), "Was `fit` called?")


def test_net_without_an_activation():
    model, _ = trained(lambda la: [la.Dense(32)], epochs=5)
    is_wrong(check.net.feedback(model), "straight line", "Has the hidden layer an activation")


def test_net_trained_too_shortly():
    model, _ = trained(lambda la: [la.Rescaling(2.0, offset=-1.0), la.Dense(8, activation="relu")], epochs=16)
    is_wrong(check.net.feedback(model), "It bends, but not sharply enough", "all of them are at x = 0")


def test_net_that_has_lost_all_its_units():
    model, _ = trained(lambda la: [la.Dense(4, activation="relu", kernel_initializer="zeros")], epochs=1)
    is_wrong(check.net.feedback(model), "The same number everywhere")


def test_net_with_the_wrong_inputs():
    import keras

    two = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    feedback = check.net.feedback(two)
    assert feedback.state == "stopped"
    assert "ValueError" in repr(feedback)
    assert "another number of inputs" in repr(feedback)


def test_net_far_off():
    is_wrong(check.net.feedback(lambda x: np.sin(20 * x)), "as far off as no training at all")
    is_wrong(check.net.feedback(lambda x: 1e200 * x), "grow without end")
