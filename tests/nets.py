"""What the tests of utils.train share: data, small nets, and `model.fit` on the batches that `train` takes."""

import contextlib
import os
from collections import OrderedDict

import numpy as np
import pytest

from utils.train import batch_order

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


@contextlib.contextmanager
def float64():
    """Lets Keras compute in double precision; a test is skipped where JAX was started without."""
    import keras

    if BACKEND == "jax" and os.environ.get("JAX_ENABLE_X64") != "1":
        pytest.skip("JAX computes in float64 only with JAX_ENABLE_X64=1")
    before = keras.config.floatx(), keras.config.dtype_policy().name
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])


def net(activation="tanh", outputs=1, last=None, dropout=None, seed=0, hidden=8):
    """Builds a net with one hidden layer."""
    import keras

    keras.utils.set_random_seed(seed)
    layers = [keras.Input((2,)), keras.layers.Dense(hidden, activation)]
    layers += [] if dropout is None else [keras.layers.Dropout(dropout)]
    layers += [keras.layers.Dense(outputs, last)]
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

    if len(rows) <= 60:  # so few steps take less time than compiling one
        how = {"run_eagerly": True}
    else:  # on TensorFlow many steps in one graph: the same steps, in less time
        together = next(n for n in range(501, 0, -1) if len(rows) % n == 0) if BACKEND == "tensorflow" else 1
        how = {"steps_per_execution": together}
    model.compile(optimizer=optimizer, loss=loss, **how)
    if len(x) % batch_size:
        model.fit(Batches(), shuffle=False, verbose=0)
    else:
        one = np.concatenate(orders)
        own = None if weight is None else weight[one]
        model.fit(x[one], y[one], sample_weight=own, batch_size=batch_size, shuffle=False, verbose=0)
    return model


def interpreted(monkeypatch):
    """Lets the loop run step by step instead of compiling it: the same operations, for trainings of a few steps."""
    from utils.train import backend, compiled

    made = backend.kit()._replace(jit=lambda function: function)
    for module in ("backend", "loop", "result"):
        monkeypatch.setattr(f"utils.train.{module}.kit", lambda: made)
    monkeypatch.setattr(compiled, "_kept", OrderedDict())


def distance(weights, others):
    """The largest difference between two lists of arrays."""
    return max(np.abs(a - b).max() for a, b in zip(weights, others, strict=True))
