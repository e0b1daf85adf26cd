"""Exercise 06, task 6: deep nets that learn, and why others do not."""

import functools

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_06 as check
from utils.checks.budget import moons
from utils.checks.depth import why_not_deep

RIGHT = "Twelve hidden layers or more"


@functools.cache
def sample():
    return moons(1000, seed=1)


def net(depth=12, activation="relu", start="he_normal", last="sigmoid"):
    import keras

    keras.utils.set_random_seed(1)
    hidden = [keras.layers.Dense(16, activation, kernel_initializer=start) for _ in range(depth)]
    return keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(1, last, kernel_initializer=start)])


def fitted(model):
    import keras

    x, y = sample()
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    model.fit(x, y, epochs=10, batch_size=50, verbose=0)
    return model


def after_steps(model, weights=None, steps=200):
    """A model that has counted steps, with the weights of another one if they are given."""
    if weights is not None:
        model.set_weights(weights)
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.optimizer.iterations.assign(steps)
    return model


@functools.cache
def deep():
    return fitted(net())


def test_deep_net_right_as_in_the_solution_and_the_model_is_left_as_it_was():
    before = deep().get_weights()
    is_right(check.deep_net.feedback(deep()), RIGHT)
    assert all(np.array_equal(a, b) for a, b in zip(before, deep().get_weights(), strict=True))


def test_deep_net_right_as_a_functional_model_with_a_connection_around_layers():
    import keras

    first, *others = deep().layers
    inputs = keras.Input((2,))
    x = first(inputs)
    for layer in others:
        y = layer(x)
        x = keras.layers.Add()([y, keras.layers.Rescaling(0.0)(x)]) if layer is not others[-1] else y
    is_right(check.deep_net.feedback(after_steps(keras.Model(inputs, x))), RIGHT)


def test_deep_net_right_with_hyperbolic_tangents_and_a_loop_of_ones_own():
    from utils.train import train

    model, (x, y) = net(activation="tanh", start="glorot_uniform"), sample()
    how = {"loss": "binary_crossentropy", "epochs": 15, "batch_size": 50, "learning_rate": 0.003, "progress": False}
    train(model, x, y, optimizer="adam", **how)
    is_right(check.deep_net.feedback(model), RIGHT)


def test_deep_net_with_sigmoids_says_the_same_everywhere_before_a_training_and_after_it():
    for train in (after_steps, fitted):
        feedback = check.deep_net.feedback(train(net(activation="sigmoid", start="glorot_uniform")))
        is_wrong(feedback, "It is right for 50%", "nearly the same everywhere", "scale it?")


def test_deep_net_that_is_shallow():
    model = net(depth=2)
    is_wrong(check.deep_net.feedback(model), "This net has 2 hidden layers, wanted are 12", "keep the depth")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"start": "zeros"}, ["A kernel is still 0 everywhere", "how do weights begin?"]),
        ({"start": "ones", "activation": "tanh"}, ["All units of a layer have the same weights"]),
        ({}, ["hardly begun"]),
    ],
)
def test_deep_net_that_began_badly(how, words):
    is_wrong(check.deep_net.feedback(after_steps(net(**how))), *words)


def test_deep_net_with_dead_units():
    weights = net().get_weights()
    weights[11] = weights[11] - 1e3  # the biases of the sixth layer
    feedback = check.deep_net.feedback(after_steps(net(), weights))
    is_wrong(feedback, "exactly the same for every point", "are dead")


def test_deep_net_not_trained():
    is_wrong(check.deep_net.feedback(net()), "It has not been trained")


def test_deep_net_logits_and_labels():
    *hidden, kernel, bias = deep().get_weights()
    logits = check.deep_net.feedback(after_steps(net(last=None), [*hidden, kernel, bias]))
    is_wrong(logits, "sigmoid missing at the end")
    is_wrong(check.deep_net.feedback(after_steps(net(), [*hidden, -kernel, -bias])), "labels exchanged")


def test_deep_net_whose_running_means_lag():
    """Batch normalisation that changes nothing while it trains, and has not caught up with its batches."""
    import keras

    x, _ = moons(4000, seed=7)
    first = keras.Sequential([keras.Input((2,)), *deep().layers[:6]])
    seen, normal = first(x).numpy(), keras.layers.BatchNormalization()
    normal.build(seen.shape)
    normal.gamma.assign(np.sqrt(seen.var(axis=0) + normal.epsilon))
    normal.beta.assign(seen.mean(axis=0))
    normal.moving_mean.assign(seen.mean(axis=0) + 50.0)
    model = keras.Sequential([keras.Input((2,)), *deep().layers[:6], normal, *deep().layers[6:]])
    is_wrong(check.deep_net.feedback(after_steps(model)), "running means", "caught up")


def test_deep_net_no_model_of_keras():
    from sklearn.neural_network import MLPClassifier

    x, y = sample()
    model = MLPClassifier([16] * 12, max_iter=200, random_state=1).fit(x, y)
    is_wrong(check.deep_net.feedback(model), "Received: MLPClassifier")


def test_deep_net_that_was_given_its_weights_is_taken_for_trained_elsewhere():
    model = net()
    model.set_weights(deep().get_weights())
    is_right(check.deep_net.feedback(model), RIGHT)


def test_deep_net_with_three_outputs_and_with_nan():
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    is_wrong(check.deep_net.feedback(model), "How many units has the last layer?")
    broken = net()
    broken.set_weights([array * np.nan for array in broken.get_weights()])
    is_wrong(check.deep_net.feedback(broken), "Received: nan", "grown without end")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (lambda x: 2 - 5 * x[:, 1], "a straight line: without an activation"),
        (lambda x: 2 - 5 * x[:, 1] + np.sin(3 * x[:, 0]), "It learns"),
        (lambda x: np.sin(9 * x[:, 0]), "hardly begun"),
        (lambda x: 1e-3 * np.sin(9 * x[:, 0]), "nearly the same everywhere"),
        (lambda x: 0 * x[:, 0], "exactly the same for every point"),
    ],
)
def test_why_it_is_not_deep_from_what_it_says(formula, words):
    x, y = moons(500, seed=7)
    assert words in why_not_deep(None, x, y, 1 / (1 + np.exp(-formula(x))))
