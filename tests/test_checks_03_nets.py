"""Exercise 03, task 5: nets that are right for nature, and nets that are right for another world."""

import functools

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_03 as check

RIGHT = "right for nature"


@pytest.fixture(scope="module")
def sample():
    """The sample of the notebook: x of shape (2000, 1), y of shape (2000,)."""
    y = np.repeat([0.0, 1.0], 1000)
    return np.random.default_rng(1).normal(2 * y - 1)[:, None], y


@pytest.fixture(scope="module")
def fit(sample):
    """Trains one sigmoid unit, or a net with a hidden layer, with a weight for each class; the same one only once."""
    import keras

    @functools.cache
    def train(signal=0.2, background=1.8, hidden=(), epochs=30, last="sigmoid"):
        keras.utils.set_random_seed(1)
        x, y = sample
        layers = [keras.layers.Dense(width, activation="relu") for width in hidden]
        model = keras.Sequential([keras.Input((1,)), *layers, keras.layers.Dense(1, activation=last)])
        loss = keras.losses.BinaryCrossentropy(from_logits=last is None)
        model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.05), loss=loss)
        model.fit(x, y, sample_weight=np.where(y == 1, signal, background), epochs=epochs, batch_size=200, verbose=0)
        return model

    return train


def test_weights_make_it_right(fit):
    is_right(check.rare_signal.feedback(fit()), RIGHT)


def test_so_does_the_formula_in_the_bias_after_a_training_without_weights(fit):
    import keras

    model = keras.models.clone_model(fit(1, 1))
    model.set_weights([part - np.log(9) * (part.ndim == 1) for part in fit(1, 1).get_weights()])
    is_right(check.rare_signal.feedback(model), RIGHT)


def test_so_does_utils_train(sample):
    import keras

    from utils.train import train

    x, y = sample
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    look = {"optimizer": keras.optimizers.Adam(0.05), "loss": "binary_crossentropy", "epochs": 300, "batch_size": None}
    train(model, x, y[:, None], sample_weight=np.where(y == 1, 1, 9), **look)
    is_right(check.rare_signal.feedback(model), RIGHT)


def test_so_do_weights_of_another_size_but_the_same_ratio_and_a_hidden_layer(fit):
    is_right(check.rare_signal.feedback(fit(1, 9, hidden=(4,))), RIGHT)


def test_right_numbers_without_a_model_are_no_training(sample, fit):
    from sklearn.linear_model import LogisticRegression

    x, y = sample
    model = LogisticRegression().fit(x, y, sample_weight=np.where(y == 1, 0.2, 1.8))
    for answer in (
        lambda points: model.predict_proba(np.reshape(points, (-1, 1)))[:, 1],
        lambda points: 1 / (1 + 9 * np.exp(-2 * points)),
    ):
        is_wrong(check.rare_signal.feedback(answer), "the model is missing", "subtracts ln 9")


def made_by_hand(kernel, bias):
    import keras

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([np.array([[kernel]]), np.array([bias])])
    return model


def test_weights_set_by_hand_are_no_training():
    is_wrong(check.rare_signal.feedback(made_by_hand(2.0, -np.log(9))), "Were the weights set by hand?")


def test_one_in_ten_is_not_one_to_ten(fit):
    is_wrong(check.rare_signal.feedback(fit(0.1, 1.0)), "nearly right", "for one of signal?")


def test_without_weights(fit):
    is_wrong(check.rare_signal.feedback(fit(1, 1)), "At x = 0.5 the output is 0.7", "truth about the sample")


def test_weights_exchanged(fit):
    is_wrong(check.rare_signal.feedback(fit(9, 1)), "weights exchanged")


def test_weights_twice(fit):
    is_wrong(check.rare_signal.feedback(fit(0.1, 8.1)), "did a factor come in twice?")


def test_logits_are_no_probabilities(fit):
    is_wrong(check.rare_signal.feedback(fit(last=None)), "Is a sigmoid missing")


def test_not_trained(fit):
    is_wrong(check.rare_signal.feedback(lambda x: 0 * x + 0.1), "nearly the same everywhere")


def test_labels_the_wrong_way(fit):
    model = fit(1, 1)
    is_wrong(
        check.rare_signal.feedback(lambda x: 1 - model.predict(np.reshape(x, (-1, 1)), verbose=0)[:, 0]),
        "Large x means signal",
    )


def test_another_ratio(fit):
    is_wrong(check.rare_signal.feedback(fit(1, 3)), "wanted 0.232", "not its root")
    is_wrong(check.rare_signal.feedback(fit(1, 30)), "wanted 0.232", "too strong by far")


def test_other_typical_mistakes(fit, sample):
    import keras

    def p(points):
        return fit(1, 1).predict(np.reshape(points, (-1, 1)), verbose=0)[:, 0]

    x, y = sample
    is_wrong(check.rare_signal.feedback(lambda points: 0.2 * p(points)), "never comes near 1", "denominator")
    is_wrong(check.rare_signal.feedback(lambda points: 0.1 * p(points)), "nearly the same everywhere")
    is_wrong(check.rare_signal.feedback(lambda points: (points > 0.5) * 1.0), "These are decisions")
    is_wrong(check.rare_signal.feedback(made_by_hand(-0.4, 0.0)), "All biases are still 0", "fitted?")
    two = keras.Sequential([keras.Input((1,)), keras.layers.Dense(2, activation="softmax")])
    is_wrong(check.rare_signal.feedback(two), "It gives 4202 numbers for 2101 events", "One output is enough")
    for labels, weights in ((1 - y, (0.2, 1.8)), (1 - y, (1.8, 0.2))):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile(optimizer=keras.optimizers.Adam(0.05), loss="binary_crossentropy")
        model.fit(x, labels, sample_weight=np.where(y == 1, *weights), epochs=30, batch_size=200, verbose=0)
        is_wrong(check.rare_signal.feedback(model), "Do the labels of the sample go the wrong way?")
