"""Exercise 04, task 5: wide nets on twenty measurements, with and without regularization, and what is no such net."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_04 as check
from utils.checks.wide import noisy_sine


def measure(examples, seed):
    """As in the notebook."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, size=(examples, 1))
    return x, np.sin(np.pi * x / 2) + 0.3 * rng.normal(size=(examples, 1))


X, Y = measure(20, seed=1)


def test_the_check_knows_the_data_of_the_notebook():
    x, y = noisy_sine(1)
    assert np.array_equal(x, X[:, 0])
    assert np.array_equal(y, Y[:, 0])


def trained(l2=0.0, dropout=0.0, units=64, activation="tanh", last=None, steps=1000, stop=None, seed=1, data=(X, Y)):
    """Trains a net as in the notebook: two hidden layers, a learning rate that falls to 0."""
    import keras

    keras.utils.set_random_seed(seed)
    price = keras.regularizers.L2(l2) if l2 else None
    model = keras.Sequential([keras.Input((1,))])
    for _ in range(2):
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=price))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(1, activation=last, kernel_regularizer=price))
    rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=steps or 1)
    at_once = 1 if stop else 100  # steps that Keras makes in one call, the same ones and in half of the time
    model.compile(optimizer=keras.optimizers.Adam(0.01 if stop else rate), loss="mse", steps_per_execution=at_once)
    if stop:
        quiet = {"batch_size": 20, "verbose": 0, "callbacks": [stop], "validation_data": measure(20, seed=101)}
        model.fit(X, Y, epochs=300, **quiet)
    elif steps:
        x, y = (np.tile(part, (100, 1)) for part in data)
        model.fit(x, y, epochs=steps // 100, batch_size=len(data[0]), shuffle=False, verbose=0)
    return model


RIGHT = "0.09 is noise"


def test_wide_net_right_with_l2_as_in_the_solution():
    is_right(check.wide_net.feedback(trained(l2=0.01)), RIGHT)


def test_wide_net_right_with_dropout():
    is_right(check.wide_net.feedback(trained(dropout=0.2)), RIGHT)


def test_wide_net_right_with_early_stopping():
    import keras

    stop = keras.callbacks.EarlyStopping(patience=30, restore_best_weights=True)
    is_right(check.wide_net.feedback(trained(stop=stop)), RIGHT)


def test_wide_net_right_when_trained_by_utils_train():
    import keras

    from utils.train import train

    model = trained(steps=0)
    rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=1000)
    train(model, X, Y, l2=0.01, optimizer=keras.optimizers.Adam(rate), epochs=1000, batch_size=None)
    is_right(check.wide_net.feedback(model), RIGHT)


def test_wide_net_is_a_trained_keras_model():
    from sklearn.neural_network import MLPRegressor

    look = {"activation": "tanh", "alpha": 0.2, "solver": "lbfgs", "max_iter": 3000, "random_state": 1}
    fitted = MLPRegressor(hidden_layer_sizes=[64, 64], **look).fit(X, Y[:, 0])
    for answer in (fitted, lambda x: np.sin(np.pi * x / 2)):
        is_wrong(check.wide_net.feedback(answer), "a trained Keras model is wanted", "the model itself")


def test_wide_net_that_holds_the_sine_and_no_training():
    import keras

    wide = keras.layers.Dense(1000)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Lambda(lambda x: keras.ops.sin(np.pi * x / 2))])
    is_wrong(check.wide_net.feedback(model), "0 weights and biases, wanted are 1,000")
    outer = keras.Input((1,))
    unused = keras.layers.Dense(1)(wide(outer))
    model = keras.Model(outer, keras.ops.sin(np.pi * outer / 2) + 0 * unused)
    is_wrong(check.wide_net.feedback(model), "when all weights are set to 0")


def test_wide_net_that_has_seen_more_than_the_twenty_examples():
    x, y = measure(20, seed=101)
    is_wrong(
        check.wide_net.feedback(trained(l2=0.01, data=(np.concatenate([X, x]), np.concatenate([Y, y])))),
        "better than these twenty examples allow",
        "Has it seen the validation sample",
    )
    x = np.random.default_rng(0).uniform(-2, 2, size=(400, 1))
    is_wrong(
        check.wide_net.feedback(trained(l2=0.0001, data=(x, np.sin(np.pi * x / 2)), steps=400)),
        "better than these twenty examples allow",
        "or the truth?",
    )


@pytest.mark.parametrize(
    ("settings", "steps", "low", "high"),
    [({"l2": 0.01}, 1000, 0.12, 0.145), ({"dropout": 0.2}, 1000, 0.12, 0.15), ({}, 3000, 0.175, 1.0)],
    ids=["l2", "dropout", "nothing"],
)
def test_the_goal_tells_nets_with_regularization_from_those_without_at_every_start(settings, steps, low, high):
    import keras

    from utils.train import train

    grid = np.linspace(-2, 2, 401)[:, None]
    rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=steps)
    settings = settings | {"optimizer": keras.optimizers.Adam(rate), "epochs": steps, "batch_size": None}
    nets = train(trained(steps=0), X, Y, loss="mse", seeds=range(12), **settings)
    expected = 0.3**2 + np.mean((nets.predict(grid) - np.sin(np.pi * grid / 2)) ** 2, axis=(1, 2))
    assert low < expected.min()
    assert expected.max() < high


def test_wide_net_without_regularization():
    feedback = check.wide_net.feedback(trained(steps=3000))
    is_wrong(feedback, "expected on new ones, wanted at most 0.16", "it has learned their noise", "0.126")
    is_wrong(feedback, "restore_best_weights=True")
    assert np.mean((Y - np.sin(np.pi * X / 2)) ** 2) == pytest.approx(0.126, abs=0.001)


def test_wide_net_trained_on_something_else():
    is_wrong(check.wide_net.feedback(trained(l2=0.003, data=(X, -Y), steps=400)), "upside down")
    model = trained(l2=0.001, data=measure(20, seed=101), steps=1000)
    assert check.wide_net.feedback(model).state == "wrong"


def test_wide_net_with_far_too_strong_a_penalty():
    is_wrong(check.wide_net.feedback(trained(l2=0.5, steps=500)), "nearly the same everywhere", "any room?")


def test_wide_net_with_too_strong_a_penalty_or_dropout():
    is_wrong(check.wide_net.feedback(trained(l2=0.1, steps=500)), "misses even the examples", "held back too")
    is_wrong(check.wide_net.feedback(trained(dropout=0.9, steps=500)), "misses even the examples")


def test_wide_net_not_trained_or_without_an_activation():
    is_wrong(check.wide_net.feedback(trained(steps=0)), "Was it fitted")
    is_wrong(
        check.wide_net.feedback(trained(steps=0, activation="relu")), "misses even the examples", "see that it can"
    )
    is_wrong(check.wide_net.feedback(trained(activation=None, steps=300)), "straight line", "hidden layers")


@pytest.mark.parametrize("last", ["relu", "sigmoid", "softplus"])
def test_wide_net_that_can_not_be_negative(last):
    is_wrong(check.wide_net.feedback(trained(last=last, l2=0.001, steps=400)), "never goes below 0", "last layer")


def test_wide_net_that_is_not_wide():
    is_wrong(check.wide_net.feedback(trained(units=5)), "has 46 weights and biases, wanted are 1,000")


def test_wide_net_nearly_there():
    feedback = check.wide_net.feedback(lambda x: np.sin(np.pi * x / 2) - 0.4 * np.sin(9 * x))
    is_wrong(feedback, "0.172 is expected on new ones", "Not far", "x_val")


def test_wide_net_with_two_outputs():
    import keras

    two = keras.Sequential([keras.Input((1,)), keras.layers.Dense(600, activation="tanh"), keras.layers.Dense(2)])
    is_wrong(check.wide_net.feedback(two), "It gives 882 numbers for 441 places.", "how many units")


def test_wide_net_with_weights_that_can_not_be_counted():
    class Odd:
        def predict(self, x):
            return np.sin(np.pi * x / 2)

        def count_params(self):
            raise ValueError("not built")

    is_wrong(check.wide_net.feedback(Odd()), "a trained Keras model is wanted")
