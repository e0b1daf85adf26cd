"""Exercise 05, task 6: nets trained within a budget of steps, and why others are not right yet."""

import functools

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_05 as check
from utils.checks.budget import GOAL, moons, why_slow
from utils.checks.fitted import fault_of_training

RIGHT = "At most 300 steps"


@functools.cache
def sample():
    return moons(1000, seed=1)


def net(hidden=(16, 16), activation="relu", last="sigmoid", outputs=1, start="glorot_uniform"):
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(units, activation, kernel_initializer=start) for units in hidden]
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(outputs, last, kernel_initializer=start)])


@functools.cache
def good():
    """A net that was fitted as in the solution."""
    model, (x, y) = net(), sample()
    model.compile(optimizer=optimizers().Adam(0.03), loss="binary_crossentropy")
    model.fit(x, y, epochs=30, batch_size=100, verbose=0)
    return model


def after(steps, model, weights=None, optimizer="adam"):
    """A model that has counted so many steps, with the weights of another one if they are given."""
    if weights is not None:
        model.set_weights(weights)
    model.compile(optimizer=optimizer, loss="binary_crossentropy")
    model.optimizer.iterations.assign(steps)
    return model


def optimizers():
    import keras

    return keras.optimizers


def test_in_budget_right_with_fit_and_the_model_is_left_as_it_was():
    before = good().get_weights()
    is_right(check.in_budget.feedback(good()), RIGHT)
    assert all(np.array_equal(a, b) for a, b in zip(before, good().get_weights(), strict=True))


def test_in_budget_right_with_another_class_of_model():
    import keras

    inputs = keras.Input((2,))
    model = keras.Model(inputs, good()(inputs))
    is_right(check.in_budget.feedback(after(288, model, optimizer="sgd")), RIGHT)


def test_in_budget_right_with_two_outputs():
    *hidden, kernel, bias = good().get_weights()
    two = net(outputs=2, last="softmax")
    weights = [*hidden, np.hstack([0 * kernel, kernel]), np.array([0, bias[0]])]
    is_right(check.in_budget.feedback(after(300, two, weights)), RIGHT)


@pytest.mark.parametrize(
    ("name", "rates", "low", "high"),
    [("Adam", {"learning_rate": 0.03}, GOAL + 0.01, 1.0), ("SGD", {"learning_rate": 0.3, "momentum": 0.9}, GOAL, 1.0)],
)
def test_the_rates_of_the_hint_reach_the_goal_and_the_default_ones_do_not_at_any_start(name, rates, low, high):
    from utils.train import train

    (x, y), (x_new, y_new) = sample(), moons(4000, seed=7)
    how = {"loss": "binary_crossentropy", "epochs": 30, "batch_size": 100, "seeds": range(8), "progress": False}
    default = getattr(optimizers(), name)().learning_rate.numpy()
    for rate, bounds in ((rates["learning_rate"], (low, high)), (default, (0.7, 0.93))):
        optimizer = getattr(optimizers(), name)(**(rates if rate != default else {}))
        nets = train(net(), x, y, optimizer=optimizer, **how)
        shares = np.mean((nets.predict(x_new)[:, :, 0] > 0.5) == y_new, axis=1)
        assert bounds[0] < shares.min() <= shares.max() < bounds[1], (name, rate, shares)


def test_in_budget_too_many_steps():
    weights = good().get_weights()
    is_wrong(check.in_budget.feedback(after(400, net(), weights)), "It took 400 steps", "fewer epochs")
    several = check.in_budget.feedback(after(3000, net(), weights))
    is_wrong(several, "It took 3000 steps", "Were these 300 epochs?", "it has 10")


def test_in_budget_not_trained():
    model = net()
    is_wrong(check.in_budget.feedback(model), "After 0 steps", "It has not been trained")
    model.compile(optimizer="adam", loss="mse")
    is_wrong(check.in_budget.feedback(model), "It has not been trained")


def test_in_budget_weights_set_or_trained_elsewhere():
    model = net()
    model.set_weights(good().get_weights())
    is_wrong(check.in_budget.feedback(model), "`fit` has counted no step", "set by hand?")


def test_in_budget_a_straight_line():
    is_wrong(check.in_budget.feedback(after(300, net(activation=None))), "a straight line")
    is_wrong(check.in_budget.feedback(after(300, net(hidden=()))), "a straight line")


def test_in_budget_zeros():
    is_wrong(check.in_budget.feedback(after(300, net(start="zeros"))), "the same everywhere", "that all begin at 0")


def test_in_budget_logits_and_labels():
    *hidden, kernel, bias = good().get_weights()
    logits = after(300, net(last=None), [*hidden, kernel, bias])
    is_wrong(check.in_budget.feedback(logits), "sigmoid missing at the end")
    is_wrong(check.in_budget.feedback(after(300, net(), [*hidden, -kernel, -bias])), "labels exchanged")


def test_in_budget_no_model_of_keras():
    from sklearn.neural_network import MLPClassifier

    x, y = sample()
    model = MLPClassifier([16, 16], max_iter=500, random_state=1, learning_rate_init=0.01).fit(x, y)
    is_wrong(check.in_budget.feedback(model), "Received: MLPClassifier")
    is_wrong(check.in_budget.feedback(lambda x: model.predict(x)), "a trained Keras model is wanted")
    is_wrong(check.in_budget.feedback(lambda x: 0.2 + 0.6 * (x[:, 1] < 0.25)), "it is right for")


def test_in_budget_outputs_of_another_shape():
    model = net(outputs=3, last="softmax")
    is_wrong(check.in_budget.feedback(model), "shape (4000, 3)", "How many units has the last layer?")


def test_in_budget_diverged():
    model = net()
    model.set_weights([array * np.nan for array in model.get_weights()])
    is_wrong(check.in_budget.feedback(model), "Received: nan", "grown without end")


# --- why it is not there yet, from what it says -----------------------------------------------------------------------


def why(steps=300, rate=0.03, bent=True):
    """The hint for a net that is right for nine of ten points."""

    class Model:
        optimizer = type("Optimizer", (), {"learning_rate": rate})

    x, y = moons(500, seed=7)
    p = 1 / (1 + np.exp(-(2 - 5 * x[:, 1] + (np.sin(3 * x[:, 0]) if bent else 0))))
    return why_slow(Model(), x, y, p, steps)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"rate": 0.01}, "The learning rate is 0.01. With so few steps"),
        ({"rate": 0.001}, "The learning rate is 0.001. With so few steps"),
        ({"rate": np.float32(1.0)}, "The learning rate is 1. Print the loss of each epoch"),
        ({"rate": 0.1}, "If it still falls steadily, take a larger rate, or momentum"),
        ({"rate": "a schedule of their own"}, "If it still falls steadily"),
        ({"steps": 30}, "Only 30 of 300 steps are used"),
        ({"bent": False}, "a straight line"),
    ],
)
def test_why_it_is_not_there_yet(how, words):
    assert words in why(**how)


def test_a_rate_far_too_large_kills():
    x, y = moons(500, seed=7)
    assert "far too large kills all ReLUs" in why_slow(None, x, y, np.full(500, 0.49), 300)


def test_a_model_without_weights_or_without_steps_is_not_praised():
    import keras

    class Formula(keras.Model):
        """A model without weights."""

        def call(self, x):
            """Gives the class of each row by a rule of its own."""
            return keras.ops.cast(x[:, 1:] < 0.5, "float32")

    assert "has no weights" in fault_of_training(Formula(), lambda: True)[0]
    assert "set to 0" in fault_of_training(after(300, net()), lambda: True)[0]
    assert "no weight has moved" in fault_of_training(net(), lambda: False)[0]
