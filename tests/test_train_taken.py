"""What utils.train does not take: refused with what was expected and received, and with model.fit as the way."""

import functools

import numpy as np
import pytest

from tests.nets import TARGETS, X, net
from utils.train import train
from utils.train.inputs import numbers

Y = TARGETS["regression"]
rng = np.random.default_rng(3)


def layers():
    """Gives keras.layers."""
    import keras

    return keras.layers


def functional(make, shape=(2,)):
    """Builds a functional model."""
    import keras

    i = keras.Input(shape)
    return keras.Model(i, make(i))


def sequential(*each, shape=(2,)):
    """Builds a sequential model."""
    import keras

    return keras.Sequential([keras.Input(shape), *each])


def subclass():
    """Builds a model whose class has a training step of its own."""
    import keras

    class Mine(keras.Sequential):
        def train_step(self, data):
            return {"loss": 0.0}

    return Mine([keras.Input((2,)), keras.layers.Dense(1)])


def with_step():
    """Builds a model with a training step set on the object."""
    model = net()
    model.train_step = lambda data: {"loss": 0.0}
    return model


def half():
    """Builds a model that computes in float16: compile adds loss scaling."""
    return sequential(layers().Dense(2, dtype="mixed_float16"), layers().Dense(1))


def own_regularizer():
    """Builds a model with a regularizer of the reader's own."""
    import keras

    class Mine(keras.regularizers.Regularizer):
        def __call__(self, w):
            return keras.ops.sum(w**2)

    return sequential(keras.layers.Dense(1, kernel_regularizer=Mine()))


def own_layer():
    """Builds a model with a layer of the reader's own."""

    class Mine(layers().Dense):
        pass

    return sequential(Mine(1))


def over_the_batch(i):
    """Subtracts the mean over the batch with keras.ops."""
    import keras

    return keras.layers.Dense(1)(i - keras.ops.mean(i, axis=0, keepdims=True))


def shared_layer_in_a_dict(i):
    """Gives the output in a dict."""
    return {"a": layers().Dense(1)(i)}


MODELS = {
    "normalization": lambda: sequential(
        layers().Normalization(mean=[0.0, 0.0], variance=[1.0, 1.0]), layers().Dense(1)
    ),
    "lambda": lambda: sequential(layers().Lambda(lambda x: 2 * x), layers().Dense(1)),
    "own activation": lambda: sequential(layers().Dense(1, activation=lambda x: x * len(X))),
    "partial activation": lambda: sequential(layers().Dense(1, activation=functools.partial(np.multiply, 2))),
    "own regularizer": own_regularizer,
    "own layer": own_layer,
    "own training step": subclass,
    "training step on the object": with_step,
    "operation": lambda: functional(over_the_batch),
    "operator": lambda: functional(lambda i: layers().Dense(1)(i) + 1.0),
    "softmax over the batch": lambda: functional(lambda i: layers().Dense(1)(layers().Softmax(axis=0)(i))),
    "concatenated batches": lambda: functional(lambda i: layers().Dense(1)(layers().Concatenate(axis=-2)([i, i]))),
    "unit normalization": lambda: sequential(layers().UnitNormalization(axis=0), layers().Dense(1)),
    "spectral normalization": lambda: sequential(layers().SpectralNormalization(layers().Dense(1))),
    "random": lambda: sequential(layers().GaussianNoise(0.1), layers().Dense(1)),
    "float16": half,
    "inner model": lambda: sequential(net(), layers().Dense(1)),
    "dict": lambda: functional(shared_layer_in_a_dict),
    "list": lambda: functional(lambda i: [layers().Dense(1)(i)]),
    "two outputs": lambda: functional(lambda i: [layers().Dense(1)(i), layers().Dense(1)(i)]),
    "activity": lambda: sequential(layers().Dense(1, activity_regularizer="l2")),
    "one axis": lambda: functional(lambda i: layers().Reshape(())(layers().Dense(1)(i))),
}
SERIES = {
    "lstm": lambda: layers().LSTM(2),
    "gru": lambda: layers().GRU(2),
    "stateful": lambda: layers().SimpleRNN(2),
    "both ways": lambda: layers().Bidirectional(layers().LSTM(2)),
    "masking": lambda: layers().Masking(),
}


@pytest.mark.parametrize("case", MODELS)
def test_a_model_that_is_not_in_the_list_is_refused(case):
    with pytest.raises(ValueError, match=r"expected[\s\S]*use model.fit. Received: "):
        train(MODELS[case](), X, Y)


@pytest.mark.parametrize("seeds", [None, [0, 1]])
@pytest.mark.parametrize("case", SERIES)
def test_recurrent_layers_are_refused_for_one_net_and_for_several(case, seeds):
    model = sequential(SERIES[case](), layers().Dense(1), shape=(4, 2))
    with pytest.raises(ValueError, match=r"layers of keras.layers[\s\S]*use model.fit. Received: "):
        train(model, rng.normal(size=(9, 4, 2)), Y[:9], seeds=seeds)


def test_a_model_that_is_none_or_has_nothing_to_train_is_refused():
    import keras

    frozen = net()
    frozen.trainable = False
    for model, received in ((None, "NoneType"), (keras.Sequential([keras.layers.Dense(1)]), "not built"),
                            (sequential(keras.layers.ReLU()), "0 weights"), (frozen, "4 weights")):  # fmt: skip
        with pytest.raises(ValueError, match=rf"The model is [\s\S]*Received: [\s\S]*{received}"):
            train(model, X, Y)


@pytest.mark.parametrize(
    "name", ["dice", "tversky", "circle", "ignore_class", "sum", "weights", "axis", "own", "class"]
)
def test_a_loss_that_is_not_a_mean_over_examples_or_the_readers_own_is_refused(name):
    import keras

    class Mine(keras.losses.Loss):
        def call(self, y_true, y_pred):
            return y_true - y_pred

    made = {
        "dice": lambda: keras.losses.Dice(),
        "tversky": lambda: keras.losses.Tversky(),
        "circle": lambda: keras.losses.Circle(),
        "ignore_class": lambda: keras.losses.SparseCategoricalCrossentropy(ignore_class=0),
        "sum": lambda: keras.losses.MeanSquaredError(reduction="sum"),
        "weights": lambda: keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"),
        "axis": lambda: keras.losses.CosineSimilarity(axis=0),
        "own": lambda: lambda y_true, y_pred: keras.ops.mean(y_true - y_pred, axis=-1),
        "class": Mine,
    }
    with pytest.raises(ValueError, match=r"expected a loss[\s\S]*use model.fit. Received: "):
        train(net(), X, Y, loss=made[name]())


def test_optimizers_that_are_not_in_the_list_or_need_more_than_a_step_are_refused():
    import keras

    made = keras.optimizers
    without_biases = made.AdamW()
    without_biases.exclude_from_weight_decay(var_names=["bias"])
    own = type("Mine", (made.SGD,), {})
    refused = [made.Adam(use_ema=True), made.Adam(gradient_accumulation_steps=2), without_biases, own()]
    refused += [made.LossScaleOptimizer(made.Adam()), made.Adam(loss_scale_factor=2.0)]
    refused += [getattr(made, name)() for name in ("ScheduleFreeAdamW",) if hasattr(made, name)]
    for optimizer in refused:
        with pytest.raises(ValueError, match=r"use model.fit. Received: "):
            train(net(), X, Y, optimizer=optimizer)

    class Schedule(made.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1

    with pytest.raises(ValueError, match=r"a schedule of keras.*use model.fit. Received: "):
        train(net(), X, Y, learning_rate=Schedule())


def test_seeds_rebuild_layers_in_the_order_in_which_they_were_made_or_are_refused():
    """The output layer made first, two branches, a shared initialiser: as after set_random_seed, or refused."""
    import keras

    dense = keras.layers.Dense

    def outer_first():
        last, i = dense(1), keras.Input((2,))
        return keras.Model(i, last(dense(4)(i)))

    def branches():
        b, a, i = dense(4), dense(4), keras.Input((2,))
        return keras.Model(i, dense(1)(keras.layers.Concatenate()([a(i), dense(4)(b(i))])))

    def kinds():
        keep, i = keras.layers.Dropout(0.5), keras.Input((2,))
        last = dense(1)
        return keras.Model(i, last(keep(dense(4)(i))))

    def shared():
        same = keras.initializers.GlorotUniform()
        return keras.Sequential([keras.Input((2,)), *[dense(2, kernel_initializer=same) for _ in range(2)], dense(1)])

    for build in (outer_first, branches):
        starts = train(build(), X[:8], Y[:8], seeds=[3], keep=(0,), batch_size=None).weights(0)
        keras.utils.set_random_seed(3)
        assert max(np.abs(a - b).max() for a, b in zip(starts, build().get_weights(), strict=True)) == 0
    for build in (kinds, shared):
        with pytest.raises(ValueError, match=r"where nets begin from seeds[\s\S]*use model.fit. Received: "):
            train(build(), X[:8], Y[:8], seeds=[3])


WRONG = {
    "epochs": ({"epochs": 0}, "epochs is a whole number"),
    "epochs yes": ({"epochs": True}, "epochs is a whole number"),
    "batch": ({"batch_size": 0}, "batch_size is a whole number"),
    "seeds": ({"seeds": 8}, "seeds are a sequence"),
    "lengths": ({"seeds": [1, 2], "l2": [0.1, 0.2, 0.3]}, "same number of entries"),
    "l2": ({"l2": -1.0}, "l2 is at least 0"),
    "l2 text": ({"l2": "much"}, "l2 is at least 0"),
    "l2 column": ({"l2": np.ones((2, 1))}, "l2 is at least 0"),
    "rate": ({"learning_rate": -0.1}, "learning_rate is a number"),
    "rate text": ({"learning_rate": "fast"}, "learning_rate is a number"),
    "rate function": ({"learning_rate": lambda: 0.1}, "learning_rate is a number"),
    "layer": ({"dropout": 0.5}, "dropout needs a model"),
    "keep": ({"keep": (0, 5)}, "keep is .* epochs from 0 to 1"),
    "keep nothing": ({"keep": None}, "keep is .* epochs from 0 to 1"),
    "keep float": ({"keep": 1.0}, "keep is .* epochs from 0 to 1"),
    "weight": ({"sample_weight": np.ones(7)}, "one entry per example"),
    "one weight": ({"sample_weight": 2.0}, "weight has the shape"),
    "square weights": ({"sample_weight": np.ones((200, 200))}, "axis of nets in front"),
    "initial": ({"initial_weights": [np.ones(3)]}, "shapes of model.get_weights"),
    "nan": ({"validation_data": ([[np.nan, 1.0]], [1.0])}, "validation_x holds finite numbers"),
    "text": ({"validation_data": ([["a", "b"]], [1.0])}, "Data are numbers"),
    "x alone": ({"validation_data": (X,)}, "validation_data is"),
    "no y": ({"validation_data": (X, None)}, "validation_y is an array"),
    "share": ({"validation_data": 0.2}, "validation_data is"),
    "array": ({"validation_data": X[:2]}, "validation_data is"),
    "four": ({"validation_data": (X, Y, Y, Y)}, "validation_data is"),
    "callback": ({"callbacks": ["stop"]}, "keras.callbacks.Callback"),
    "l2_on": ({"l2_on": "biases"}, "l2_on is"),
    "loss": ({"loss": None}, "loss is a loss"),
    "shuffle text": ({"shuffle_seed": "a"}, "shuffle_seed is"),
    "shuffle negative": ({"shuffle_seed": -1}, "shuffle_seed is"),
    "shuffle float": ({"shuffle_seed": 1.5}, "shuffle_seed is"),
    "progress": ({"progress": "yes"}, "progress is"),
    "none": ({"y": None}, "y is an array"),
    "x shape": ({"x": rng.normal(size=(200, 3))}, r"x has the shape \(N, 2\)"),
    "y shape": ({"y": rng.normal(size=(200, 2))}, r"y has the shape \(N, 1\)"),
    "y alone": ({"y": 3.0}, r"y has the shape \(N, 1\)"),
    "ragged": ({"x": [[1.0, 2.0], [3.0]]}, "rows equally long"),
    "large": ({"y": np.full(200, 3_000_000_000)}, r"below 2\^31"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused_with_what_was_expected_and_received(case):
    arguments, expected = WRONG[case]
    with pytest.raises(ValueError, match=rf"{expected}[\s\S]*Received: "):
        train(net(), **{"x": X, "y": Y, **arguments})


def test_labels_out_of_range_a_penalty_without_a_kernel_and_weights_of_positions_are_refused():
    loss = "sparse_categorical_crossentropy"
    for labels in (np.full(200, 4), np.full(200, -1)):
        with pytest.raises(ValueError, match=r"y holds labels from 0 to 3. Received: "):
            train(net(outputs=4), X, labels, loss=loss)
    with pytest.raises(ValueError, match=r"l2 needs a trainable kernel.*Received: l2=100.0"):
        train(sequential(layers().BatchNormalization()), X, X, l2=100)
    series = sequential(layers().Conv1D(1, 2, padding="same"), shape=(4, 2))
    with pytest.raises(ValueError, match=r"sample_weight for nets whose output is \(B, C\); use model.fit. Received"):
        train(series, np.ones((9, 4, 2)), np.ones((9, 4, 1)), sample_weight=np.ones(9))


def test_integers_keep_their_values():
    assert numbers("y", [2**31 - 1, -5]).tolist() == [2**31 - 1, -5]
    assert numbers("y", np.array([3, 0], "uint8")).tolist() == [3, 0]
    for large in (2**31, -(2**31) - 1, 2**63):
        with pytest.raises(ValueError, match="below 2"):
            numbers("y", np.array([large]))
