"""Every listed layer, activation and loss of utils.train against `model.fit`, two nets at a time."""

import numpy as np
import pytest

from tests.nets import distance, fit, float64, needs_compiler
from utils import train as package
from utils.train import taken, train

pytestmark = needs_compiler
rng = np.random.default_rng(2)


@pytest.fixture(autouse=True)
def double():
    """Lets Keras compute in float64 during a test."""
    with float64():
        yield


def compare(build, x, y, loss="mse", batch_size=12):
    """Trains two nets at once and each of them by fit; their weights and outputs agree."""
    import keras

    choice = {"loss": loss, "epochs": 2, "batch_size": batch_size}

    def built(seed):
        keras.utils.set_random_seed(seed)
        return build(keras.layers)

    ours = train(built(7), x, y, optimizer=keras.optimizers.SGD(0.1), seeds=[0, 1], **choice)
    for s in (0, 1):
        start = built(s).get_weights()
        reference = fit(built(s), x, y, optimizer=keras.optimizers.SGD(0.1), **choice)
        assert distance(reference.get_weights(), start) > 1e-3
        assert distance(ours.weights(net=s), reference.get_weights()) < 1e-8
        np.testing.assert_allclose(ours.predict(x)[s], reference.predict(x, verbose=0), atol=1e-8)
    return {type(layer).__name__ for layer in built(0).layers}


def flat(layers):
    """All layers for plain features; a residual net whose output layer is made first."""
    import keras

    last, i = layers.Dense(2), keras.Input((6,))
    h = layers.Dense(4)(layers.Rescaling(0.5, offset=0.1)(i))
    branches = [layers.ReLU(), layers.LeakyReLU(), layers.PReLU(alpha_initializer="ones"), layers.ELU()]
    branches += [layers.Softmax(), layers.Identity(), layers.BatchNormalization(), layers.LayerNormalization()]
    parts = [branch(h) for branch in branches]
    pairs = [layers.Add(), layers.Subtract(), layers.Multiply(), layers.Average(), layers.Maximum(), layers.Minimum()]
    merged = [pair([a, b]) for pair, a, b in zip(pairs, parts, parts[1:] + parts[:1], strict=False)]
    h = layers.Concatenate()([*merged, *parts])
    h = layers.Flatten()(layers.Permute((2, 1))(layers.Reshape((-1, 2))(h)))
    return keras.Model(i, last(layers.Activation("gelu")(layers.Dense(5, kernel_regularizer="l2")(h))))


def pictures(layers):
    """All layers for pictures."""
    import keras

    i = keras.Input((6, 6, 1))
    h = layers.Conv2D(2, 3, padding="same", activation="relu")(i)
    h = layers.Add()([h, layers.Conv2D(2, 1)(i)])
    pooled = [layers.Flatten()(layers.MaxPooling2D()(h)), layers.Flatten()(layers.AveragePooling2D(2)(h))]
    pooled += [layers.GlobalAveragePooling2D()(h), layers.GlobalMaxPooling2D()(h)]
    return keras.Model(i, layers.Dense(3)(layers.Concatenate()(pooled)))


def series(layers):
    """All layers for series."""
    import keras

    i = keras.Input((6, 2))
    h = layers.Conv1D(3, 3, padding="same", activation="tanh")(i)
    pooled = [layers.Flatten()(layers.MaxPooling1D()(h)), layers.Flatten()(layers.AveragePooling1D(2)(h))]
    pooled += [layers.GlobalAveragePooling1D()(h), layers.GlobalMaxPooling1D()(h)]
    return keras.Model(i, layers.Conv1D(2, 3, padding="same")(layers.RepeatVector(5)(layers.Concatenate()(pooled))))


def test_every_listed_layer_is_trained_as_by_fit():
    """The output of the series is itself one: five positions, as many as a batch has examples."""
    import keras

    used = compare(flat, rng.normal(size=(24, 6)), rng.normal(size=(24, 2)))
    labels = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    used |= compare(pictures, rng.normal(size=(24, 6, 6, 1)), np.arange(24) % 3, labels)
    used |= compare(series, rng.normal(size=(23, 6, 2)), rng.normal(size=(23, 5, 2)), batch_size=5)
    assert used == set(taken.LAYERS) - {"Dropout"}, "Dropout agrees in distribution: another test"


def test_every_activation_of_keras_is_trained_as_by_fit():
    import keras

    # A Dense layer does not know that glu halves its units: such a net is none for Keras itself.
    names = sorted(set(vars(keras.activations)) - {"get", "serialize", "deserialize", "threshold", "glu"})
    names = [name for name in names if callable(getattr(keras.activations, name))]
    assert {"leaky_relu", "elu", "gelu", "silu", "softplus", "relu"} <= set(names)

    def build(layers):
        i = keras.Input((2,))
        sides = [layers.Dense(2, activation=name)(i) for name in names]
        return keras.Model(i, layers.Dense(1)(layers.Concatenate()(sides)))

    compare(build, rng.normal(size=(24, 2)), rng.normal(size=(24, 1)))


@pytest.mark.parametrize("name", taken.LOSSES)
def test_every_listed_loss_is_a_mean_over_examples(name):
    """The loss of a whole is the mean of those of its parts: so it may be evaluated whole, where fit takes batches."""
    import keras

    from utils.train.step import loss_object

    predicted = rng.uniform(0.1, 0.9, size=(7, 3))
    predicted /= predicted.sum(axis=1, keepdims=True)
    labels = np.array([0, 1, 2, 2, 1, 0, 1])
    y, weight = labels if name.startswith("sparse") else np.eye(3)[labels], rng.uniform(size=7)
    loss = loss_object(name)
    taken.check_loss(loss)
    whole = loss(y, predicted, sample_weight=weight)
    parts = [loss(y[rows], predicted[rows], sample_weight=weight[rows]) for rows in (slice(0, 4), slice(4, 7))]
    assert float(whole) == pytest.approx((4 * float(parts[0]) + 3 * float(parts[1])) / 7, rel=1e-12)
    assert isinstance(loss, keras.losses.Loss)


def test_the_list_stands_in_the_docstring_of_the_package():
    """The names of layers, optimisers, callbacks and hooks; pooling and losses stand there in words."""
    said = package.__doc__.replace("\n", " ")
    for name in (*taken.LAYERS, *taken.OPTIMIZERS, *taken.CALLBACKS[:-1], *taken.HOOKS):
        word = name.replace("Pooling1D", "").replace("Pooling2D", "")
        assert word == "InputLayer" or word in said, name
