"""Measures one training four ways, side by side: `model.fit`, `utils.train`, scikit-learn and NumPy by hand.

    python -m benchmarks.train

The net has 2-16-16-1 units (ReLU, sigmoid at the end), the optimiser is Adam, and 1,200 steps see 32 examples each.
The medians go to benchmarks/results.json under "train" ("train_gpu" where a GPU computes), in seconds.
"""

import json
import platform
import statistics
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

from utils.device import use_device
from utils.train import batch_order, train
from utils.train.compiled import forget

RESULTS = Path(__file__).with_name("results.json")
EXAMPLES, BATCH, EPOCHS, RATE = 960, 32, 40, 0.01  # 30 batches * 40 epochs = 1,200 steps
REPEATS = 5


def data():
    """Makes two classes, inside and outside a circle: x (960, 2) and y (960, 1), float32."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, size=(EXAMPLES, 2))
    y = (x**2).sum(axis=1, keepdims=True) < 0.5
    return x.astype("float32"), y.astype("float32")


def net():
    """Builds the Keras net."""
    import keras

    layers = [keras.layers.Dense(16, "relu"), keras.layers.Dense(16, "relu"), keras.layers.Dense(1, "sigmoid")]
    return keras.Sequential([keras.Input((2,)), *layers])


def numpy_by_hand(x, y, weights, orders):
    """Trains the net in NumPy: forward pass, back-propagation and Adam, written out.

    Args:
        x, y: all examples.
        weights: as `model.get_weights()` gives them; they are changed in place.
        orders: (epochs, N), the order of examples in each epoch.
    """
    w1, b1, w2, b2, w3, b3 = weights
    means = [np.zeros_like(w) for w in weights]
    squares = [np.zeros_like(w) for w in weights]
    one, beta1, beta2 = np.float32(1), np.float32(0.9), np.float32(0.999)  # as Keras rounds them for the rate
    step = np.float32(0)
    for order in orders:
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            xb, yb = x[rows], y[rows]
            h1 = np.maximum(xb @ w1 + b1, 0)
            h2 = np.maximum(h1 @ w2 + b2, 0)
            p = 1 / (1 + np.exp(-(h2 @ w3 + b3)))
            d3 = (p - yb) / len(rows)
            d2 = (d3 @ w3.T) * (h2 > 0)
            d1 = (d2 @ w2.T) * (h1 > 0)
            gradients = [xb.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]
            step += 1
            rate = np.float32(RATE) * np.sqrt(one - beta2**step) / (one - beta1**step)
            for w, m, v, g in zip(weights, means, squares, gradients, strict=True):
                m += 0.1 * (g - m)
                v += 0.001 * (g * g - v)
                w -= rate * m / (np.sqrt(v) + np.float32(1e-7))


def medians(rows):
    """Times every row five times, after one round that is not counted.

    The rows take turns, so that a machine that is busy for a while is so for all of them.

    Args:
        rows: dict name -> (prepare, run): `run(prepare())` is timed, `prepare()` is not counted.

    Returns:
        dict name -> median in seconds.
    """
    times = {name: [] for name in rows}
    for _ in range(1 + REPEATS):
        for name, (prepare, run) in rows.items():
            prepared = prepare()
            start = time.perf_counter()
            run(prepared)
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(each[1:]) for name, each in times.items()}


def measure():
    """Runs everything. Returns a dict of medians in seconds."""
    import keras
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    x, y = data()
    orders = batch_order(EXAMPLES, EPOCHS)
    choice = {"loss": "binary_crossentropy", "epochs": EPOCHS, "batch_size": BATCH}

    def ours(prepared, seeds=None):
        model, optimizer = prepared
        return train(model, x, y, optimizer=optimizer, seeds=seeds, **choice)

    def fit(prepared):
        model, optimizer = prepared
        model.compile(optimizer=optimizer, loss="binary_crossentropy")
        model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=0)

    def scikit(classifier):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # this number of epochs was asked for
            classifier.fit(x, y[:, 0])

    def parts():
        return net(), keras.optimizers.Adam(RATE)

    def parts_to_compile():
        forget()
        return parts()

    def classifier():
        choice = {"learning_rate_init": RATE, "batch_size": BATCH, "max_iter": EPOCHS, "alpha": 0.0, "tol": 0.0}
        return MLPClassifier((16, 16), n_iter_no_change=10 * EPOCHS, random_state=0, **choice)

    # All learn the same: compared before anything is timed, after three epochs. Later a rounding error can have grown.
    model, optimizer = parts()
    by_hand = model.get_weights()
    numpy_by_hand(x, y, by_hand, orders[:3])
    train(model, x, y, optimizer=optimizer, **choice | {"epochs": 3})
    apart = max(np.abs(a - b).max() for a, b in zip(by_hand, model.get_weights(), strict=True))
    if apart > 0.001:
        raise RuntimeError(f"NumPy and utils.train end at the same weights, to 0.001. Received: {apart:.4f} apart")

    first = medians({"first": (parts_to_compile, ours)})["first"]
    rows = medians(
        {
            "run": (parts, ours),
            "run_16_seeds": (parts, lambda prepared: ours(prepared, range(16))),
            "numpy": (lambda: net().get_weights(), lambda weights: numpy_by_hand(x, y, weights, orders)),
            "sklearn": (classifier, scikit),
            "keras_fit": (parts, fit),
        }
    )
    return {**rows, "compile": first - rows["run"]}


def machine():
    """Says what computed: machine, cores, versions."""
    import keras

    found = use_device(quiet=True)
    names = (
        "keras",
        "numpy",
        "scikit-learn",
        {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}[found.backend],
    )
    return {
        "device": found.line,
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in names},
        "backend": keras.backend.backend(),
    }, found.kind


def processor():
    """Gives the processor's name where the system tells it."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def table(rows):
    """Writes the rows as a text table, with how many times slower each is than one run of utils.train."""
    names = {
        "keras_fit": "model.fit",
        "compile": "utils.train: compiling, once",
        "run": "utils.train: each run",
        "run_16_seeds": "utils.train: 16 nets together",
        "sklearn": "scikit-learn MLPClassifier",
        "numpy": "NumPy by hand",
    }
    lines = [f"{'1,200 steps of a 2-16-16-1 net':32} {'seconds':>9} {'times a run':>12}"]
    for key, name in names.items():
        lines.append(f"{name:32} {rows[key]:9.3f} {rows[key] / rows['run']:12.1f}")
    return "\n".join(lines)


def save(key, value, path=RESULTS):
    """Puts one entry into the file of results and leaves the others as they are."""
    results = json.loads(path.read_text()) if path.exists() else {}
    results[key] = value
    path.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")


def main():
    """Measures, prints and saves."""
    about, kind = machine()
    print(about["device"])
    rows = measure()
    print(table(rows))
    save("train" if kind == "CPU" else "train_gpu", {**{k: round(v, 5) for k, v in rows.items()}, **about})


if __name__ == "__main__":
    main()
