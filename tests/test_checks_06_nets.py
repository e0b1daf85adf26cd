"""Exercise 06, task 6: deep nets that learn, and why others do not."""

import functools

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_06 as check
from utils.checks.budget import moons

RIGHT = "Twelve hidden layers or more"


@functools.cache
def sample():
    return moons(1000, seed=1)


def net(depth=12, activation="relu", start="he_normal", last="sigmoid", residual=False, normalised=False):
    import keras

    keras.utils.set_random_seed(1)
    inputs = keras.Input((2,))
    x = keras.layers.Dense(16)(inputs) if residual else inputs
    for _ in range(depth):
        y = keras.layers.Dense(16, activation, kernel_initializer=start)(x)
        x = keras.layers.Add()([x, y]) if residual else y
        x = keras.layers.BatchNormalization()(x) if normalised else x
    return keras.Model(inputs, keras.layers.Dense(1, last, kernel_initializer=start)(x))


def fitted(model, epochs=10, rate=0.003, flip=False):
    import keras

    x, y = sample()
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy", steps_per_execution=20)
    model.fit(x, 1 - y if flip else y, epochs=epochs, batch_size=50, verbose=0)
    return model


def after_steps(model, steps=200):
    """A model that has counted steps, and whose weights are as they were."""
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.optimizer.iterations.assign(steps)
    return model


@functools.cache
def deep():
    return fitted(net())


def test_deep_net_right_as_in_the_solution():
    is_right(check.deep_net.feedback(deep()), RIGHT)


def test_deep_net_right_with_residual_connections():
    is_right(check.deep_net.feedback(fitted(net(residual=True))), RIGHT)


def test_deep_net_right_with_hyperbolic_tangents_and_a_loop_of_ones_own():
    from utils.train import train

    model, (x, y) = net(activation="tanh", start="glorot_uniform"), sample()
    train(model, x, y, optimizer="adam", loss="binary_crossentropy", epochs=30, batch_size=50, progress=False)
    is_right(check.deep_net.feedback(model), RIGHT)


def test_deep_net_with_sigmoids_says_the_same_everywhere_with_and_without_a_training():
    for model in (
        after_steps(net(activation="sigmoid", start="glorot_uniform")),
        fitted(net(activation="sigmoid", start="glorot_uniform")),
    ):
        is_wrong(check.deep_net.feedback(model), "It is right for 50%", "nearly the same everywhere", "scale it?")


def test_deep_net_that_is_shallow():
    model = net(depth=2)
    is_wrong(check.deep_net.feedback(model), "This net has 2 hidden layers, wanted are 12", "keep the depth")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"start": "zeros"}, ["A kernel is still 0 everywhere", "how do weights begin?"]),
        ({"start": "ones", "activation": "tanh"}, ["All units of a layer have the same weights"]),
        ({"activation": None, "start": "glorot_uniform"}, ["a straight line"]),
    ],
)
def test_deep_net_that_began_badly(how, words):
    is_wrong(check.deep_net.feedback(after_steps(net(**how))), *words)


def test_deep_net_with_dead_units():
    model = net()
    weights = model.get_weights()
    weights[11] = weights[11] - 1e3  # the biases of the sixth layer
    model.set_weights(weights)
    is_wrong(check.deep_net.feedback(after_steps(model)), "exactly the same for every point", "are dead")


def test_deep_net_not_trained():
    is_wrong(check.deep_net.feedback(net()), "It has not been trained")


def test_deep_net_on_its_way():
    is_wrong(check.deep_net.feedback(fitted(net(), epochs=1, rate=0.0015)), "It learns", "0.001, 0.003, 0.01")


def test_deep_net_hardly_begun():
    is_wrong(check.deep_net.feedback(after_steps(net())), "hardly begun")


def test_deep_net_logits_and_labels():
    weights, logits = deep().get_weights(), net(last=None)
    logits.set_weights(weights)
    is_wrong(check.deep_net.feedback(after_steps(logits)), "sigmoid missing at the end")
    other = net()
    other.set_weights([*weights[:-2], -weights[-2], -weights[-1]])
    is_wrong(check.deep_net.feedback(after_steps(other)), "labels exchanged")


def test_deep_net_whose_running_means_lag():
    model = fitted(net(activation="relu", normalised=True), epochs=3, rate=0.01)
    is_wrong(check.deep_net.feedback(model), "running means")


def test_deep_net_no_model_of_keras():
    from sklearn.neural_network import MLPClassifier

    x, y = sample()
    model = MLPClassifier([16] * 12, max_iter=200, random_state=1).fit(x, y)
    is_wrong(check.deep_net.feedback(model), "Received: MLPClassifier")


def test_deep_net_that_was_given_its_weights_is_taken_for_trained_elsewhere():
    model = net()
    model.set_weights(deep().get_weights())
    is_right(check.deep_net.feedback(model), RIGHT)


def test_deep_net_with_two_outputs_and_with_nan():
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    is_wrong(check.deep_net.feedback(model), "How many units has the last layer?")
    broken = net()
    broken.set_weights([array * np.nan for array in broken.get_weights()])
    is_wrong(check.deep_net.feedback(broken), "Received: nan", "grown without end")
