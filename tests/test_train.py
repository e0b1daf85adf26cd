"""utils.train against Keras itself: the same weights as model.fit, on every backend that is installed.

The tests run on the backend of this process (TensorFlow, or KERAS_BACKEND). The last two start parts of this file
again on JAX and PyTorch, where these are installed. All of it on JAX:

    KERAS_BACKEND=jax JAX_ENABLE_X64=1 python -m pytest tests/test_train.py
"""

import importlib.util
import os
import signal
import subprocess
import sys
from itertools import islice, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.train import batch_order, compilations, train
from utils.train import training as training_module
from utils.train.batches import epoch_orders, filled_up

BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")
needs_compiler = pytest.mark.skipif(BACKEND == "torch", reason="PyTorch compiles nothing here")
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 2))
TARGETS = {
    "regression": np.sin(2 * X[:, :1]) + X[:, 1:],
    "binary": (X[:, 0] * X[:, 1] > 0).astype("float64"),
    "four": (X[:, 0] > 0) * 2 + (X[:, 1] > 0),
}
WEIGHTS = rng.uniform(0.2, 3.0, size=200)


@pytest.fixture(params=["float64"])
def floatx(request):
    """Lets Keras compute in another precision during a test."""
    import keras

    if request.param == "float64" and BACKEND == "jax" and os.environ.get("JAX_ENABLE_X64") != "1":
        pytest.skip("JAX computes in float64 only with JAX_ENABLE_X64=1")
    before = keras.config.floatx()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_floatx(before)
    keras.config.set_dtype_policy(before)


def net(activation="tanh", outputs=1, last=None, dropout=None, seed=0, hidden=8):
    """Builds a 2-8-8-outputs net."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = [keras.Input((2,)), keras.layers.Dense(hidden, activation)]
    layers += [] if dropout is None else [keras.layers.Dropout(dropout)]
    layers += [keras.layers.Dense(hidden, activation), keras.layers.Dense(outputs, last)]
    return keras.Sequential(layers)


def fit(model, x, y, *, optimizer, loss, epochs, batch_size=32, weight=None, shuffle_seed=0):
    """Runs `model.fit` on the batches that `train` takes, all epochs in one call."""
    import keras

    orders = batch_order(len(x), epochs, shuffle_seed)
    rows = [order[i : i + batch_size] for order in orders for i in range(0, len(x), batch_size)]

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return len(rows)

        def __getitem__(self, i):
            return tuple(a[rows[i]] for a in (x, y, weight) if a is not None)

    # On TensorFlow many steps in one graph: the same steps, in less time.
    together = next(n for n in range(501, 0, -1) if len(rows) % n == 0) if BACKEND == "tensorflow" else 1
    model.compile(optimizer=optimizer, loss=loss, steps_per_execution=together)
    if len(x) % batch_size:
        model.fit(Batches(), shuffle=False, verbose=0)
    else:
        one = np.concatenate(orders)
        own = None if weight is None else weight[one]
        model.fit(x[one], y[one], sample_weight=own, batch_size=batch_size, shuffle=False, verbose=0)
    return model


def distance(weights, others):
    """The largest difference between two lists of arrays."""
    return max(np.abs(a - b).max() for a, b in zip(weights, others, strict=True))


def optimizers():
    """The two optimisers of the long comparisons."""
    import keras

    return {
        "momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9),
        "adam": lambda: keras.optimizers.Adam(0.01),
    }


def losses():
    """The losses of the three tasks; the nets' last layers are linear."""
    import keras

    return {
        "regression": keras.losses.MeanSquaredError(),
        "binary": keras.losses.BinaryCrossentropy(from_logits=True),
        "four": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    }


def compare_with_fit(optimizer, activation, task, weighted):
    """Trains the same net twice for 167 epochs of 6 steps and gives the largest difference of a weight."""
    one, two = (net(activation, outputs=4 if task == "four" else 1) for _ in range(2))
    start = one.get_weights()
    x, y, weight = X[:192], TARGETS[task][:192], WEIGHTS[:192] if weighted else None
    choice = {"loss": losses()[task], "epochs": 167}
    train(one, x, y, optimizer=optimizers()[optimizer](), sample_weight=weight, **choice)
    fit(two, x, y, optimizer=optimizers()[optimizer](), weight=weight, **choice)
    assert distance(one.get_weights(), start) > 0.05, "the net has not moved: the comparison would be empty"
    return distance(one.get_weights(), two.get_weights())


CASES = [
    (optimizer, activation, task, i % 2 == 0)
    for i, (optimizer, activation, task) in enumerate(
        product(("momentum", "adam"), ("relu", "tanh", "sigmoid"), ("regression", "binary", "four"))
    )
]


@pytest.mark.parametrize(("optimizer", "activation", "task", "weighted"), CASES)
def test_weights_after_1000_steps_are_those_of_fit_in_float64(floatx, optimizer, activation, task, weighted):
    assert compare_with_fit(optimizer, activation, task, weighted) < 1e-8


@pytest.mark.parametrize(("optimizer", "activation", "task", "weighted"), CASES[1::4])
def test_weights_after_1000_steps_are_those_of_fit_in_float32(optimizer, activation, task, weighted):
    assert compare_with_fit(optimizer, activation, task, weighted) < 1e-3


OTHERS = {
    "SGD": {"nesterov": True, "momentum": 0.9, "clipvalue": 0.1},
    "Adam": {"amsgrad": True, "global_clipnorm": 0.5},
    "AdamW": {"weight_decay": 0.1},
    "RMSprop": {"momentum": 0.5, "centered": True, "clipnorm": 0.3},
    "Adagrad": {},
    "Adadelta": {},
    "Adamax": {},
    "Nadam": {},
    "Ftrl": {},
    "Lion": {},
    "Adafactor": {},
    "Lamb": {},
}


@pytest.mark.parametrize("name", OTHERS)
def test_every_optimizer_of_keras_does_what_it_does_in_fit(floatx, name):
    import keras

    def build():
        keras.utils.set_random_seed(0)
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, use_bias=False), keras.layers.Dense(1)])

    one, two = build(), build()
    choice = {"loss": "mse", "epochs": 3, "batch_size": 50}
    train(one, X, TARGETS["regression"], optimizer=getattr(keras.optimizers, name)(0.01, **OTHERS[name]), **choice)
    fit(two, X, TARGETS["regression"], optimizer=getattr(keras.optimizers, name)(0.01, **OTHERS[name]), **choice)
    assert distance(one.get_weights(), build().get_weights()) > 1e-5
    assert distance(one.get_weights(), two.get_weights()) < 1e-10


def test_batch_normalisation_sees_the_smaller_last_batch_as_it_is(floatx):
    import keras

    def build():
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(4), keras.layers.BatchNormalization(momentum=0.5), keras.layers.Dense(1)]
        return keras.Sequential([keras.Input((2,)), *layers])

    one, two = build(), build()
    choice = {"loss": "mse", "epochs": 4, "batch_size": 48}  # 200 = 4 * 48 + 8
    train(one, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(0.1), **choice)
    fit(two, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(0.1), **choice)
    assert distance(one.get_weights(), two.get_weights()) < 1e-10


def test_losses_are_those_of_fit_and_evaluate(floatx):
    import keras

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


def test_nets_trained_together_end_where_they_end_one_by_one(floatx):
    """Seed, L2, learning rate, dropout rate, examples, targets and weights differ from net to net."""
    x = np.stack([X, 2 * X, X + 1])
    y = np.stack([TARGETS["regression"], -TARGETS["regression"], X[:, :1]])
    weight = np.stack([np.ones(200), WEIGHTS, 1 / WEIGHTS])
    own = {"seeds": [4, 5, 6], "l2": [0.0, 0.01, 0.1], "learning_rate": [0.01, 0.02, 0.03], "dropout": [0.0, 0.2, 0.5]}
    model = net(dropout=0.1)
    choice = {"optimizer": "adam", "epochs": 5, "batch_size": 64, "keep": (0, 2)}
    together = train(model, x, y, sample_weight=weight, **own, **choice)
    assert together.loss.shape == (3, 5)
    outputs = together.predict(X)
    for s in range(3):
        mine = {name: [values[s]] for name, values in own.items()}
        alone = train(model, x[s], y[s], sample_weight=weight[s], **mine, **choice)
        np.testing.assert_allclose(together.loss[s], alone.loss[0], atol=1e-9)
        for epoch in (0, 2, 5):
            assert distance(together.weights(epoch, s), alone.weights(epoch)) < 1e-9
        np.testing.assert_allclose(outputs[s], alone.predict(X)[0], atol=1e-9)
        keras_says = together.load(net(dropout=0.1), s).predict(X, verbose=0)
        np.testing.assert_allclose(outputs[s], keras_says, atol=1e-9)
    np.testing.assert_allclose(together.predict(x)[1], together.predict(x[1])[1], atol=1e-12)


def test_a_seed_gives_the_weights_of_a_model_built_under_it():
    model = net(seed=99)
    before = model.get_weights()
    result = train(model, X, TARGETS["regression"], seeds=[3, 7], keep=(0,))
    assert distance(result.weights(0, net=0), net(seed=3).get_weights()) == 0
    assert distance(result.weights(0, net=1), net(seed=7).get_weights()) == 0
    assert distance(model.get_weights(), before) == 0, "training seeds must leave the model alone"


def test_without_seeds_the_model_holds_the_trained_weights():
    model = net()
    start = model.get_weights()
    result = train(model, X, TARGETS["regression"], epochs=2, keep="all")
    assert result.epochs_kept == (0, 1, 2)
    assert distance(result.weights(0), start) == 0
    assert distance(result.weights(), model.get_weights()) == 0
    again = train(model, X, TARGETS["regression"], epochs=1, initial_weights=start)
    assert distance(again.weights(), result.weights(1)) == 0, "a shorter training is the beginning of a longer one"
    with pytest.raises(ValueError, match=r"epochs kept are \(0, 1, 2\).*Received: 7"):
        result.weights(7)


@needs_compiler
def test_moving_numbers_compiles_nothing_and_a_new_shape_compiles_once():
    import keras

    def run(seed=0, rate=0.01, own=0.1, rows=200, shift=0.0, nets=(1, 2), **choice):
        return train(
            net("relu", dropout=own, seed=seed),
            X[:rows] + shift,
            TARGETS["binary"][:rows],
            optimizer=keras.optimizers.Adam(rate),
            loss="mse",
            seeds=nets,
            **{"epochs": 2, "batch_size": 40, **choice},
        ).compiled

    keras.backend.clear_session()
    assert run() == 1
    before = compilations()
    assert run(seed=5, rate=0.5, own=0.7, shift=1.0, nets=(8, 9)) == 0
    assert run(l2=[0.1, 0.2], dropout=0.3, learning_rate=[0.1, 0.01], keep="all", epochs=7, shuffle_seed=3) == 0
    assert run(sample_weight=WEIGHTS, initial_weights=net("relu", seed=8).get_weights()) == 0
    assert run(learning_rate=keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5)) == 0
    assert compilations() == before
    assert run(batch_size=50) == 1
    assert run(rows=160) == 1
    assert run(nets=(1, 2, 3)) == 1
    assert compilations() == before + 3


@needs_compiler
def test_functions_of_one_name_are_not_taken_for_each_other():
    import keras

    def with_activation(body):
        namespace = {"keras": keras}
        exec(f"def mine(x): return {body}", namespace)  # two cells of a notebook that define the same name
        return train(net(namespace["mine"]), X, TARGETS["regression"], epochs=2, seeds=[1])

    sine, double = with_activation("keras.ops.sin(x)"), with_activation("2.0 * x")
    assert distance(sine.weights(), double.weights()) > 1e-3


def test_a_loss_of_the_readers_own_is_used(floatx):
    import keras

    def cubic(y_true, y_pred):
        return keras.ops.mean(keras.ops.abs(y_true - y_pred) ** 3, axis=-1)

    one, two = net(), net()
    choice = {"loss": cubic, "epochs": 2, "batch_size": 48}
    train(one, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(0.01), **choice)
    fit(two, X, TARGETS["regression"], optimizer=keras.optimizers.SGD(0.01), **choice)
    assert distance(one.get_weights(), two.get_weights()) < 1e-12


@pytest.mark.parametrize("l2_on", ["kernels", "all"])
def test_l2_is_the_kernel_regularizer_of_keras(floatx, l2_on):
    import keras

    def build(**regularizers):
        keras.utils.set_random_seed(0)
        dense = [keras.layers.Dense(8, "tanh", **regularizers), keras.layers.Dense(1, **regularizers)]
        return keras.Sequential([keras.Input((2,)), *dense])

    l2 = keras.regularizers.L2(1 / 32)  # Keras on TensorFlow rounds this number to float32: one that stays as it is
    reference = build(kernel_regularizer=l2, **({"bias_regularizer": l2} if l2_on == "all" else {}))
    choice = {"loss": "mse", "epochs": 10}
    fit(reference, X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), **choice)
    ours, own = build(), build(kernel_regularizer=l2, **({"bias_regularizer": l2} if l2_on == "all" else {}))
    given = train(
        ours, X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), l2=1 / 32, l2_on=l2_on, **choice
    )
    kept = train(own, X, TARGETS["regression"], optimizer=keras.optimizers.Adam(0.01), **choice)
    assert distance(ours.get_weights(), reference.get_weights()) < 1e-10
    assert distance(own.get_weights(), reference.get_weights()) < 1e-10
    np.testing.assert_allclose(given.loss, kept.loss, atol=1e-12)  # reported without the penalty in both cases


def test_dropout_agrees_with_keras_in_distribution():
    """The outputs of y = mean of (x dropped) have a known mean and variance; ours and Keras' must both have them."""
    import keras

    features, rate, rows = 50, 0.3, 500

    def build():
        layers = [keras.layers.Dropout(rate), keras.layers.Dense(1, kernel_initializer=constant, use_bias=False)]
        return keras.Sequential([keras.Input((features,)), *layers])

    constant = keras.initializers.Constant(1 / features)
    row = 1 + 0.5 * np.random.default_rng(0).normal(size=features)
    x, zero = np.tile(row, (rows, 1)), np.zeros((rows, 1))
    expected = row.mean() ** 2 + rate / (1 - rate) * (row**2).sum() / features**2  # E[(mean of m x / keep)^2]
    choice = {"optimizer": keras.optimizers.SGD(0.0), "loss": "mse"}
    ours = train(build(), x, zero, epochs=40, batch_size=50, seeds=[1, 2], **choice).step_loss
    reference = build()
    reference.compile(**choice)
    theirs = [
        float(reference.train_on_batch(x[:50], zero[:50])) for _ in range(400) if reference.reset_metrics() is None
    ]
    for sample in (ours[0], ours[1], np.array(theirs)):
        error = sample.std() / np.sqrt(len(sample))
        assert abs(sample.mean() - expected) < 4 * error
    assert abs(ours[0].std() / np.std(theirs) - 1) < 0.2  # the spread of 400 steps is known to 4 %
    assert len(np.unique(ours)) > 795, "another mask at every step and for every net"
    assert abs(np.corrcoef(ours)[0, 1]) < 0.2
    assert abs(np.corrcoef(ours[0][1:], ours[0][:-1])[0, 1]) < 0.2


@needs_compiler
def test_random_numbers_are_threefry_and_uniform():
    """The known answers of the generator's authors (Random123, kat_vectors), then the moments of the uniform law."""
    from keras import ops

    from utils.train.step import random_uniform, threefry

    def word(number):
        return ops.convert_to_tensor(np.uint32(number))

    known = [
        ((0, 0, 0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0x13198A2E, 0x03707344, 0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ]
    for given_words, answer in known:
        assert tuple(int(w) for w in threefry(*map(word, given_words))) == answer
    u = ops.convert_to_numpy(random_uniform((200, 500), word(7), ops.convert_to_tensor(np.int32(3)), 1))
    assert 0 <= u.min() < 1e-4
    assert 1 - 1e-4 < u.max() < 1
    assert abs(u.mean() - 0.5) < 4 / np.sqrt(12 * u.size)
    assert abs((u < 0.3).mean() - 0.3) < 4 * np.sqrt(0.21 / u.size)


def test_schedules_are_those_of_keras(floatx):
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


def test_callbacks_of_keras_stop_and_slow_down_each_net_as_in_fit(floatx):
    import keras

    y = TARGETS["regression"] + np.random.default_rng(1).normal(size=(200, 1))

    def callbacks():
        stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
        return [stop, keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.3)]

    choice = {"loss": "mse", "epochs": 60, "batch_size": 20}
    ours = train(
        net(), X[:40], y[:40], optimizer=keras.optimizers.Adam(0.03), seeds=[0, 1], callbacks=callbacks(),
        validation_data=(X[100:], y[100:]), shuffle_seed=None, keep=(0, 60), **choice,
    )  # fmt: skip
    for s in (0, 1):
        reference = net(seed=s)
        reference.compile(optimizer=keras.optimizers.Adam(0.03), loss="mse")
        history = reference.fit(
            X[:40], y[:40], batch_size=20, epochs=60, validation_data=(X[100:], y[100:]), verbose=0, shuffle=False,
            callbacks=callbacks(),
        ).history  # fmt: skip
        last = len(history["loss"])
        assert last < 60
        assert ours.stopped[s] == last
        assert np.isnan(ours.loss[s, last:]).all()
        np.testing.assert_allclose(ours.val_loss[s, :last], history["val_loss"], atol=1e-7)
        assert distance(ours.weights(net=s), reference.get_weights()) < 1e-7


def test_a_callback_per_batch_is_refused():
    import keras

    class EveryBatch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            """Would never be called."""

    with pytest.raises(ValueError, match="called per epoch. Received: EveryBatch with on_train_batch_end"):
        train(net(), X, TARGETS["regression"], callbacks=[EveryBatch()])


def test_divergence_has_a_name_and_a_step_and_leaves_finite_weights():
    """A line through (1, 1) by gradient descent: w' = w - 2 rate (w - 1), so the loss grows by (1 - 2 rate)^2."""
    import keras

    line = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    rates = [0.1, 1e6, 30.0]
    result = train(
        line, [[1.0]], [[1.0]], optimizer=keras.optimizers.SGD(0.1), epochs=60, batch_size=None, learning_rate=rates
    )
    expected = []
    for rate in np.float32(rates):
        w, found = np.float32(0), None
        for step in range(1, 61):
            with np.errstate(over="ignore"):
                loss, w = (w - 1) ** 2, w - rate * 2 * (w - 1)
            if not (np.isfinite(loss) and np.isfinite(w)):
                found = f"diverged at step {step}"
                break
        expected.append(found)
    assert expected[0] is None
    assert None not in expected[1:]
    assert result.diverged == expected
    assert result.loss[0, -1] < 1e-9
    for s in (1, 2):
        step = int(expected[s].split()[-1])
        assert np.isfinite(result.step_loss[s, : step - 1]).all()
        assert not np.isfinite(result.step_loss[s, step - 1])
        assert np.isnan(result.step_loss[s, step:]).all()
        assert all(np.isfinite(w).all() for w in result.weights(net=s))
    assert np.isfinite(result.predict([[1.0]])).all()


def test_ctrl_c_leaves_the_weights_of_the_last_whole_epoch():
    import keras

    class Impatient(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                signal.raise_signal(signal.SIGINT)

    interrupted, short = net(), net()
    with pytest.raises(KeyboardInterrupt):
        train(interrupted, X, TARGETS["regression"], epochs=100, callbacks=[Impatient()])
    train(short, X, TARGETS["regression"], epochs=3)
    assert distance(interrupted.get_weights(), short.get_weights()) == 0


def test_a_bar_appears_after_a_second_and_only_where_somebody_watches(monkeypatch, capsys):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    clock = iter([0.0, 0.5, 2.0, 3.0, 4.0])
    monkeypatch.setattr(training_module.time, "perf_counter", lambda: next(clock))
    bar = training_module.Bar(10, True)
    bar.at(1)
    assert capsys.readouterr().err == ""
    bar.at(2)
    assert "0/10" in capsys.readouterr().err
    bar.close()
    silent = training_module.Bar(10, None)
    for epoch in range(10):
        silent.at(epoch)
    assert capsys.readouterr().err.strip() == ""


def test_a_training_prints_nothing(capfd):
    if BACKEND == "torch":
        pytest.skip("on PyTorch it says once that it is slow")
    train(net(hidden=3), X, TARGETS["regression"], epochs=2, seeds=[1])
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


WRONG = {
    "epochs": ({"epochs": 0}, "epochs is a whole number"),
    "batch": ({"batch_size": 0}, "batch_size is a whole number"),
    "seeds": ({"seeds": 8}, "seeds are a sequence"),
    "lengths": ({"seeds": [1, 2], "l2": [0.1, 0.2, 0.3]}, "same number of entries"),
    "l2": ({"l2": -1.0}, "l2 is at least 0"),
    "rate": ({"learning_rate": -0.1}, "learning_rate is a number"),
    "layer": ({"dropout": 0.5}, "dropout needs a model"),
    "keep": ({"keep": (0, 5)}, "keep is .* epochs from 0 to 1"),
    "weight": ({"sample_weight": np.ones(7)}, "one entry per example"),
    "initial": ({"initial_weights": [np.ones(3)]}, "shapes of model.get_weights"),
    "nan": ({"validation_data": ([[np.nan, 1.0]], [1.0])}, "validation_x holds finite numbers"),
    "text": ({"validation_data": ([["a", "b"]], [1.0])}, "Data are numbers"),
    "callback": ({"callbacks": ["stop"]}, "keras.callbacks.Callback"),
    "l2_on": ({"l2_on": "biases"}, "l2_on is"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused_with_what_was_expected_and_received(case):
    arguments, expected = WRONG[case]
    with pytest.raises(ValueError, match=rf"{expected}[\s\S]*Received: "):
        train(net(), X, TARGETS["regression"], **arguments)


def test_optimizers_that_need_more_than_a_step_are_refused():
    import keras

    for optimizer in (
        keras.optimizers.Adam(use_ema=True),
        keras.optimizers.Adam(gradient_accumulation_steps=2),
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()),
    ):
        with pytest.raises(ValueError, match="Received: "):
            train(net(), X, TARGETS["regression"], optimizer=optimizer)
    with pytest.raises(ValueError, match="is built"):
        train(keras.Sequential([keras.layers.Dense(1)]), X, TARGETS["regression"])


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60))
def test_filled_up_batches_weigh_what_the_true_ones_weigh(examples, batch):
    """The mean over every filled-up batch is the mean over its true examples."""
    batch = min(batch, examples)
    values = np.arange(examples, dtype=float)
    share = filled_up(examples, batch, "sum_over_batch_size")
    padded = np.pad(values, (0, len(share) - examples)) * share
    means = padded.reshape(-1, batch).mean(axis=1)
    np.testing.assert_allclose(means, [values[i : i + batch].mean() for i in range(0, examples, batch)])


def test_orders_are_permutations_and_the_first_ones_do_not_depend_on_their_number():
    many, few = batch_order(20, 9, 4), batch_order(20, 3, 4)
    assert (many[:3] == few).all()
    assert (np.sort(many, axis=1) == np.arange(20)).all()
    assert len({tuple(order) for order in many}) == 9
    assert (batch_order(5, 2, None) == [range(5)] * 2).all()
    assert list(islice(epoch_orders(3, None), 1))[0].tolist() == [0, 1, 2]


def run_on(backend, *selection):
    """Runs this file on another backend, in a process of its own."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--noconftest",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        __file__,
    ]
    done = subprocess.run([*command, *selection], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.skipif(BACKEND != "tensorflow", reason="this is the other backend")
def test_what_matters_most_on_jax():
    run_on("jax", "-k", "1000_steps or together or moving_numbers or dropout or divergence or ctrl")


@pytest.mark.skipif(BACKEND != "tensorflow", reason="this is the other backend")
def test_a_part_of_this_on_pytorch():
    run_on("torch", "-k", "losses or l2 or divergence or together or callbacks or ctrl or AdamW or schedules or seed")
