"""Exercise 02, task 6: the net of the solution, other right ones, and nets that typical mistakes give."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_02 as check

X = np.random.default_rng(1).uniform(-1.5, 1.5, size=(1000, 2))
Y = np.digitize(np.hypot(X[:, 0], X[:, 1]), [0.8, 1.2])


def trained(hidden=32, activation="relu", last="softmax", outputs=3, epochs=40, rate=0.02, logits=None, more=(), y=Y):
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.layers.Dense(units, activation=activation) for units in (hidden, *more)]
    layers += [keras.layers.Dense(outputs, activation=last)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    logits = last is None if logits is None else logits
    loss = "mse" if outputs == 1 else keras.losses.SparseCategoricalCrossentropy(from_logits=logits)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
    if epochs:
        model.fit(X, y, epochs=epochs, batch_size=32, verbose=0)
    return model


def test_net_right_as_in_the_solution():
    is_right(check.net.feedback(trained()), "more than 93 of 100")


def test_net_right_with_logits():
    is_right(check.net.feedback(trained(last=None, activation="tanh")))


def test_net_without_keras_is_not_what_is_asked_for():
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier([30], max_iter=800, random_state=1, learning_rate_init=0.01).fit(X, Y)
    is_wrong(check.net.feedback(net.predict_proba), "a trained Keras model is wanted. Received: method")
    is_wrong(check.net.feedback(lambda x: np.eye(3)[np.digitize(np.hypot(*x.T), [0.8, 1.2])]), "a trained Keras model")


def test_net_of_typical_mistakes():
    is_wrong(check.net.feedback(trained(epochs=0)), "Was `fit` called?")
    is_wrong(check.net.feedback(trained(last=None, logits=False, epochs=3)), "do not add up to 1", "softmax")
    is_wrong(check.net.feedback(trained(y=(Y + 1) % 3, epochs=25)), "It says one kind for another, everywhere")
    is_wrong(check.net.feedback(trained(outputs=4, epochs=1)), "The model gives 4 numbers per example, wanted three")
    is_wrong(check.net.feedback(trained(hidden=2, epochs=5)), "It has 2 hidden units, each with one line")
    is_wrong(check.net.feedback(trained(more=(16,), epochs=25)), "2 hidden layers, wanted one")


def test_net_without_an_activation():
    is_wrong(check.net.feedback(trained(activation=None, epochs=10)), "Has the hidden layer an activation?")
    is_wrong(check.net.feedback(lambda x: x @ [[1, 0, -1], [0, 1, -1]] + [0.1, 0, 0]), "straight lines")


def test_net_with_one_output():
    is_wrong(
        check.net.feedback(trained(outputs=1, last=None, epochs=2)),
        "one number per example, wanted three",
        "last layer",
    )


def test_net_that_answers_the_same_everywhere():
    is_wrong(check.net.feedback(lambda x: np.tile([0.1, 0.2, 0.7], (len(x), 1))), "It answers 2 everywhere")


def test_net_that_never_says_one_kind():
    def two_kinds(x):
        inside = np.hypot(*x.T) < 1
        return np.column_stack([inside, np.zeros(len(x)), ~inside])

    is_wrong(check.net.feedback(two_kinds), "It never answers 1")


def test_net_trained_too_shortly():
    is_wrong(check.net.feedback(trained(hidden=16, epochs=3, rate=0.01)), "wanted more than 93%")


@pytest.mark.parametrize(("kind", "share"), [(0, 0.22), (1, 0.28), (2, 0.5)])
def test_the_kinds_are_as_frequent_as_their_areas(kind, share):
    x = np.random.default_rng(0).uniform(-1.5, 1.5, size=(100_000, 2))
    assert (check.kind_of(x) == kind).mean() == pytest.approx(share, abs=0.01)
    assert np.array_equal(check.kind_of(X), Y)  # the exercise's own data
