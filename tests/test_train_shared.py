"""Trainings that two tests need: done once, and never taken for another one."""

import os
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

from utils.train import shared as shared_module
from utils.train import train

X = np.linspace(-1, 1, 40)[:, None]
Y = np.abs(X)


def net(seed=0, units=4, rate=0.1, layers=(), **kwargs):
    keras.utils.set_random_seed(seed)
    hidden = keras.layers.Dense(units, activation="relu", **kwargs)
    return keras.Sequential([keras.Input((1,)), hidden, *layers, keras.layers.Dropout(rate), keras.layers.Dense(1)])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(shared_module.VARIABLE, str(tmp_path))
    return tmp_path


def outcomes(folder):
    return len(list(folder.glob("*.pickle")))


def same(a, b):
    numbers = [[r.loss, r.step_loss, *r.weights(0), *r.weights(), r.predict(X)] for r in (a, b)]
    return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(*numbers, strict=True))


@pytest.mark.parametrize("seeds", [None, range(3)])
def test_the_second_takes_what_the_first_has_left(folder, monkeypatch, seeds):
    settings = {"optimizer": keras.optimizers.Adam(0.01), "epochs": 3, "seeds": seeds, "keep": [0]}
    models = [net(), net()]
    first = train(models[0], X, Y, **settings)
    assert outcomes(folder) == 1
    second = train(models[1], X, Y, **settings)  # other names: dense_7, not dense_5
    monkeypatch.delenv(shared_module.VARIABLE)
    third = train(net(), X, Y, **settings)
    assert second.compiled == first.compiled
    assert second.seconds == first.seconds
    assert same(first, second)
    assert same(first, third)
    assert second.diverged == third.diverged
    assert repr(second) == repr(third)
    assert all(np.array_equal(a, b) for a, b in zip(*(m.get_weights() for m in models), strict=True))
    assert list(folder.glob("*.part")) == []


BASE = {"model": net, "x": X, "y": Y, "optimizer": "adam", "loss": "mse", "epochs": 1}
OTHERS = {
    "units": {"model": lambda: net(units=5)},
    "activation": {"model": lambda: net(layers=[keras.layers.Activation("tanh")])},
    "initial weights": {"model": lambda: net(1)},
    "regularizer": {"model": lambda: net(kernel_regularizer=keras.regularizers.L2(0.1))},
    "rate in the layer": {"model": lambda: net(rate=0.2)},
    "rate": {"dropout": 0.3},
    "one number of x": {"x": np.nextafter(X, 2)},
    "kind of y": {"y": Y.astype("float32")},
    "optimizer": {"optimizer": "sgd"},
    "learning rate": {"optimizer": keras.optimizers.Adam(0.02)},
    "beta": {"optimizer": keras.optimizers.Adam(beta_1=0.8)},
    "schedule": {"optimizer": keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.001, 10))},
    "steps": {"optimizer": keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.001, 11))},
    "loss": {"loss": "mae"},
    "delta": {"loss": keras.losses.Huber(2.0)},
    "another delta": {"loss": keras.losses.Huber(3.0)},
    "epochs": {"epochs": 2},
    "batch": {"batch_size": 7},
    "order": {"shuffle_seed": 1},
    "kept": {"keep": [0]},
    "l2": {"l2": 0.1},
    "l2 on": {"l2": 0.1, "l2_on": "all"},
    "seeds": {"seeds": [1, 2]},
    "other seeds": {"seeds": [1, 3]},
    "rates": {"learning_rate": [0.1, 0.2]},
    "validation": {"validation_data": (X, Y)},
    "weights": {"sample_weight": np.ones(40)},
    "given weights": {"initial_weights": net(3).get_weights()},
}


def name_of(**settings):
    settings = {**BASE, **settings}
    model = settings.pop("model")()
    bound = shared_module.inspect.signature(train).bind(model, settings.pop("x"), settings.pop("y"), **settings)
    bound.apply_defaults()
    return shared_module._name(bound.arguments)


def test_whatever_goes_in_makes_another_outcome_and_nothing_else_does():
    names = [name_of(**other) for other in OTHERS.values()]
    assert len({name_of(), *names}) == 1 + len(OTHERS)
    assert name_of() == name_of() == name_of(progress=False)
    assert names == [name_of(**other) for other in OTHERS.values()]
    # With seeds or given weights the model's own weights are replaced.
    assert name_of(seeds=[1, 2]) == name_of(seeds=[1, 2], model=lambda: net(5))


def test_settings_of_keras_and_of_the_surroundings_make_another_outcome(monkeypatch):
    names = [name_of()]
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    names.append(name_of())
    keras.config.set_epsilon(1e-6)
    try:
        names.append(name_of())
    finally:
        keras.config.set_epsilon(1e-7)
    monkeypatch.setattr(shared_module, "_code", lambda: "another version")
    names.append(name_of())
    assert len(set(names)) == 4


class Own(keras.layers.Dense):
    """A layer of the reader's own."""


@pytest.mark.parametrize(
    "other",
    [
        {"model": lambda: net(layers=[Own(3)])},
        {"model": lambda: net(layers=[keras.layers.Normalization(mean=1.0, variance=1.0)])},
        {"model": lambda: net(layers=[keras.layers.Dense(3, activation=lambda x: x)])},
        {"loss": lambda y, p: keras.ops.mean((y - p) ** 2, axis=-1)},
        {"optimizer": type("Own", (keras.optimizers.Adam,), {})()},
        {"callbacks": [keras.callbacks.EarlyStopping(monitor="loss")]},
    ],
)
def test_what_can_not_be_described_is_trained_as_always(other):
    with pytest.raises(shared_module._NotDescribed):
        name_of(**other)


def test_callbacks_are_called_every_time(folder):
    seen = []
    for _ in range(2):
        callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch))
        train(net(), X, Y, epochs=2, callbacks=[callback])
    assert seen == [0, 1, 0, 1]
    assert outcomes(folder) == 0


CODE = """
import keras, numpy as np
from utils.train import train
X = np.linspace(-1, 1, 40)[:, None]
net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(4), keras.layers.Dense(1)])
r = train(net, X, X, epochs=400, seeds=range(2))
print(float(r.loss.sum()).hex(), r.seconds)
"""


def test_two_processes_at_once_train_once(folder):
    run = [subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0] for process in run}
    assert [process.returncode for process in run] == [0, 0]
    assert len(said) == 1  # one has the other's time
    assert outcomes(folder) == 1


def test_without_the_variable_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.delenv(shared_module.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    train(net(), X, Y)
    assert os.listdir(tmp_path) == []


def test_an_outcome_holds_arrays_and_no_model(folder):
    train(net(), X, Y, seeds=[1])
    (path,) = folder.glob("*.pickle")
    assert not any("keras" in type(value).__module__ for value in pickle.loads(path.read_bytes()).values())
