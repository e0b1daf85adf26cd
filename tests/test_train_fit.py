"""utils.train against Keras itself: the weights, losses and stops of `model.fit` on the same batches."""

from itertools import product

import numpy as np
import pytest

from tests.nets import TARGETS, WEIGHTS, X, distance, fit, float64, interpreted, needs_compiler, net
from utils.train import batch_order, train
from utils.train.taken import OPTIMIZERS


@pytest.fixture
def double():
    """Lets Keras compute in float64 during a test."""
    with float64():
        yield


def losses():
    """The losses of the three tasks; the nets' last layers are linear."""
    import keras

    return {
        "regression": keras.losses.MeanSquaredError(),
        "binary": keras.losses.BinaryCrossentropy(from_logits=True),
        "four": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }


def three_layers(outputs):
    """Builds a net with a ReLU, a tanh and a sigmoid layer."""
    import keras

    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(8, activation) for activation in ("relu", "tanh", "sigmoid")]
    return keras.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(outputs)])


def compare_with_fit(optimizer, task, weighted):
    """Trains the same net twice for 167 epochs of 6 steps and gives the largest difference of a weight."""
    import keras

    made = {"momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9), "adam": lambda: keras.optimizers.Adam(0.01)}
    one, two = (three_layers(4 if task == "four" else 1) for _ in range(2))
    start = one.get_weights()
    x, y, weight = X[:192], TARGETS[task][:192], WEIGHTS[:192] if weighted else None
    choice = {"loss": losses()[task], "epochs": 167}
    train(one, x, y, optimizer=made[optimizer](), sample_weight=weight, **choice)
    fit(two, x, y, optimizer=made[optimizer](), weight=weight, **choice)
    assert distance(one.get_weights(), start) > 0.05, "the net has not moved: the comparison would be empty"
    return distance(one.get_weights(), two.get_weights())


CASES = [
    (optimizer, task, i % 2 == 0)
    for i, (optimizer, task) in enumerate(product(("momentum", "adam"), ("regression", "binary", "four")))
]


@pytest.mark.parametrize(("optimizer", "task", "weighted"), CASES)
def test_weights_after_1000_steps_are_those_of_fit_in_float64(double, optimizer, task, weighted):
    assert compare_with_fit(optimizer, task, weighted) < 1e-8


@pytest.mark.parametrize(("optimizer", "task", "weighted"), [CASES[0], CASES[4]])
def test_weights_after_1000_steps_are_those_of_fit_in_float32(optimizer, task, weighted):
    assert compare_with_fit(optimizer, task, weighted) < 1e-3


OTHERS = {
    "SGD": {"nesterov": True, "momentum": 0.9, "clipvalue": 0.1},
    "Adam": {"amsgrad": True, "global_clipnorm": 0.5},
    "AdamW": {"weight_decay": 0.1},
    "RMSprop": {"momentum": 0.5, "centered": True, "clipnorm": 0.3},
    "Muon": {"exclude_layers": ["last"]},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_listed_optimizer_does_what_it_does_in_fit(double, monkeypatch, name):
    """Step by step; that compiling the steps changes nothing is tested with two of them, and weekly with all."""
    import keras

    def build():
        keras.utils.set_random_seed(0)
        last = keras.layers.Dense(1, name="last")
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, use_bias=False), last])

    interpreted(monkeypatch)
    one, two = build(), build()
    choice = {"loss": "mse", "epochs": 2, "batch_size": 50}
    made = [getattr(keras.optimizers, name)(0.01, **OTHERS.get(name, {})) for _ in range(2)]
    train(one, X, TARGETS["regression"], optimizer=made[0], **choice)
    fit(two, X, TARGETS["regression"], optimizer=made[1], **choice)
    assert distance(one.get_weights(), build().get_weights()) > 1e-5
    assert distance(one.get_weights(), two.get_weights()) < 1e-10


@needs_compiler
def test_two_nets_with_muon_end_as_by_fit(double):
    """Muon's products of matrices are compiled for stacks of matrices: the outcome is that of each alone."""
    import keras

    def build(seed=0):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(1)])

    choice = {"loss": "mse", "epochs": 2, "batch_size": 50}
    both = train(build(), X, TARGETS["regression"], optimizer=keras.optimizers.Muon(0.01), seeds=[0, 1], **choice)
    for s in (0, 1):
        reference = fit(build(s), X, TARGETS["regression"], optimizer=keras.optimizers.Muon(0.01), **choice)
        assert distance(both.weights(net=s), reference.get_weights()) < 1e-8


def test_batch_normalisation_sees_the_smaller_last_batch_as_it_is(double, monkeypatch):
    import keras

    interpreted(monkeypatch)

    def build():
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(4), keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(1)]
        return keras.Sequential([keras.Input((2,)), *layers])

    one, two = build(), build()
    choice = {"loss": "mse", "epochs": 4, "batch_size": 48}  # 200 = 4 * 48 + 8
    train(one, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(0.1), **choice)
    fit(two, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(0.1), **choice)
    assert distance(one.get_weights(), two.get_weights()) < 1e-10


@pytest.mark.parametrize(("before", "after"), [("float32", "float64"), ("float64", "float32")])
def test_a_net_keeps_its_precision_when_that_of_keras_changes(double, monkeypatch, before, after):
    import keras

    interpreted(monkeypatch)

    def build():
        keras.utils.set_random_seed(0)
        dense = [keras.layers.Dense(8, "tanh", dtype=before), keras.layers.Dense(1, dtype=before)]
        return keras.Sequential([keras.Input((2,), dtype=before), *dense])

    keras.config.set_floatx(before)
    one, two = build(), build()
    keras.config.set_floatx(after)
    choice = {"optimizer": "adam", "loss": "mse", "epochs": 5}
    result = train(one, X, TARGETS["regression"], l2=[0.0], keep="all", **choice)
    fit(two, X, TARGETS["regression"], **choice)
    assert one.get_weights()[0].dtype == before
    assert distance(one.get_weights(), two.get_weights()) < 1e-6
    assert distance([result.predict(X)[0]], [two.predict(X, verbose=0)]) < 1e-6


def test_losses_are_those_of_fit_and_evaluate(double, monkeypatch):
    import keras

    interpreted(monkeypatch)
    one, two = net(), net()
    y, choice = TARGETS["regression"], {"optimizer": keras.optimizers.SGD(0.05), "loss": "mae"}
    result = train(one, X, y, epochs=3, batch_size=48, validation_data=(X[:50], y[:50]), **choice)
    two.compile(**choice)
    reported, evaluated = [], []
    for order in batch_order(200, 3):
        reported += two.fit(X[order], y[order], shuffle=False, batch_size=48, verbose=0).history["loss"]
        evaluated.append(two.evaluate(X[:50], y[:50], verbose=0))
    np.testing.assert_allclose(result.loss[0], reported, atol=1e-7)
    np.testing.assert_allclose(result.val_loss[0], evaluated, atol=1e-7)
    assert result.step_loss.shape == (1, 3 * 5)
    sizes = np.array([48, 48, 48, 48, 8]) / 200
    np.testing.assert_allclose(result.step_loss.reshape(3, 5) @ sizes, result.loss[0], atol=1e-12)


@pytest.mark.parametrize("l2_on", ["kernels", "all"])
def test_l2_is_the_kernel_regularizer_of_keras(double, monkeypatch, l2_on):
    import keras

    interpreted(monkeypatch)

    def build(**regularizers):
        keras.utils.set_random_seed(0)
        dense = [keras.layers.Dense(8, "tanh", **regularizers), keras.layers.Dense(1, **regularizers)]
        return keras.Sequential([keras.Input((2,)), *dense])

    l2 = keras.regularizers.L2(1 / 32)  # Keras on TensorFlow rounds this number to float32: one that stays as it is
    reference = build(kernel_regularizer=l2, **({"bias_regularizer": l2} if l2_on == "all" else {}))
    choice = {"loss": "mse", "epochs": 3}
    fit(reference, X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), **choice)
    ours, own = build(), build(kernel_regularizer=l2, **({"bias_regularizer": l2} if l2_on == "all" else {}))
    given = train(
        ours, X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), l2=1 / 32, l2_on=l2_on, **choice
    )
    kept = train(own, X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), **choice)
    assert distance(ours.get_weights(), reference.get_weights()) < 1e-10
    assert distance(own.get_weights(), reference.get_weights()) < 1e-10
    np.testing.assert_allclose(given.loss, kept.loss, atol=1e-12)  # reported without the penalty in both cases


def test_schedules_are_those_of_keras(double):
    import keras

    schedules = keras.optimizers.schedules
    cosine = schedules.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=5)
    steps = schedules.PiecewiseConstantDecay([4, 8], [0.1, 0.03, 0.01])
    both = train(
        net(), X, TARGETS["regression"], optimizer="sgd", epochs=4, seeds=[0, 0], learning_rate=[cosine, steps]
    )
    for s, schedule in enumerate((cosine, steps)):
        reference = net()
        optimizer = keras.optimizers.SGD(schedule)
        fit(reference, X, TARGETS["regression"], optimizer=optimizer, loss="mse", epochs=4)
        assert distance(both.weights(net=s), reference.get_weights()) < 1e-7  # Keras' schedules count in float32
    alone = net()
    train(alone, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(steps), epochs=4)
    assert distance(alone.get_weights(), both.weights(net=1)) < 1e-9


@pytest.mark.parametrize("l2", [0.0, 0.03])
def test_callbacks_of_keras_stop_and_slow_down_each_net_as_in_fit(double, l2):
    """With a penalty too: fit tells its callbacks losses with penalties, for training and for validation."""
    import keras

    y = TARGETS["regression"] + np.random.default_rng(1).normal(size=(200, 1))

    def build(seed, price):
        keras.utils.set_random_seed(seed)
        dense = {"kernel_regularizer": keras.regularizers.L2(price) if price else None}
        return keras.Sequential(
            [keras.Input((2,)), keras.layers.Dense(8, "tanh", **dense), keras.layers.Dense(1, **dense)]
        )

    def callbacks():
        stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
        seen = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: told.append(logs))
        return [stop, keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.3), seen]

    told = []
    choice = {"loss": "mse", "epochs": 60, "batch_size": 16}  # the last batch of 40 has 8
    ours = train(
        build(0, 0), X[:40], y[:40], optimizer=keras.optimizers.Adam(0.03), seeds=[0, 1], callbacks=callbacks(),
        validation_data=(X[100:], y[100:]), shuffle_seed=None, keep=(0, 60), l2=l2, **choice,
    )  # fmt: skip
    told_by_ours = told
    for s in (0, 1):
        reference, told = build(s, l2), []
        reference.compile(optimizer=keras.optimizers.Adam(0.03), loss="mse")
        history = reference.fit(
            X[:40], y[:40], batch_size=16, epochs=60, validation_data=(X[100:], y[100:]), verbose=0, shuffle=False,
            callbacks=callbacks(),
        ).history  # fmt: skip
        last = len(history["loss"])
        assert last < 60
        assert ours.stopped[s] == last
        assert np.isnan(ours.loss[s, last:]).all()
        if l2 == 0:
            np.testing.assert_allclose(ours.val_loss[s, :last], history["val_loss"], atol=1e-7)
        mine = [logs for logs in told_by_ours if np.isclose(logs["loss"], history["loss"], atol=1e-6).any()]
        for key in ("loss", "val_loss"):
            np.testing.assert_allclose([logs[key] for logs in mine], history[key], atol=1e-6)
        assert distance(ours.weights(net=s), reference.get_weights()) < 1e-6
