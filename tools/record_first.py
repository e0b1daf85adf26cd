"""Boosted trees, logistic regression and nets on the data of a search: scores, and seconds of the processor.

`python -m tools.record_searches bdt` calls it and writes lessons/assets/bdt_first.csv. The process has one core. Trees
and logistic regression draw nothing at random: they have one row, with the least of three times.
"""

import functools
import os
import time

import numpy as np

from tools.search_samples import START, samples
from utils.search import net

TREES = (10, 30, 100, 300)  # how many
SHAPES = {"64x1": {"width": 64, "depth": 1}, "128x2": {"width": 128, "depth": 2}}
EPOCHS, SEEDS = (3, 10, 30), range(5)


def first_pieces():
    """Lists what is trained together: model and setting."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    yield "logistic", "C=1"
    yield from (("trees", number) for number in TREES)
    yield from ((model, shape) for model in ("net, compiled", "net") for shape in SHAPES)


def first_rows(name, model, setting):
    """Trains models of one kind; gives their rows.

    Args:
        name: of the data set.
        model: "logistic"; "trees"; "net", trained by `model.fit`; "net, compiled", by `utils.train`.
        setting: "C=1"; how many trees; the shape of a net, whose rows have "64x1, 3 epochs" and so on.
    """
    if model in ("net", "net, compiled"):
        make = fitted if model == "net" else compiled
        rows = (
            (f"{setting}, {epochs} epochs", seed, *both)
            for seed in SEEDS
            for epochs, *both in make(name, setting, seed)
        )
    else:
        rows = [(setting, 0, *plain(name, model, setting))]
    return [[name, model, *point, *(f"{a:.5f}" for a in areas), f"{s:.3g}"] for *point, areas, s in rows]


def plain(name, model, setting):
    """Fits a model of scikit-learn; gives its areas and seconds."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from threadpoolctl import threadpool_limits

    (x, y, weight), *others = samples(name)
    seconds = []
    for _ in range(3):
        if model == "trees":
            made = HistGradientBoostingClassifier(max_iter=setting, early_stopping=False)
        else:
            made = LogisticRegression(max_iter=1000)
        began = time.process_time()
        with threadpool_limits(1):
            made.fit(x, y, sample_weight=weight)
        seconds.append(time.process_time() - began)
    return [roc_auc_score(s.y, made.predict_proba(s.x)[:, 1], sample_weight=s.weight) for s in others], min(seconds)


def fitted(name, shape, seed):
    """Trains a net with `model.fit`; gives (epochs, areas, seconds) where the epochs are some of `EPOCHS`."""
    import keras

    (x, y, weight), *others = samples(name)
    points, lost = [], 0.0

    def look(epoch, logs=None):
        nonlocal lost
        now = time.process_time()
        if epoch + 1 in EPOCHS:
            points.append((epoch + 1, [net.auc(s, model) for s in others], now - began - lost))
        lost += time.process_time() - now

    began = time.process_time()
    keras.utils.set_random_seed(seed)
    model = net.build(START | SHAPES[shape], x.shape[1])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(START["learning_rate"]), loss=loss)
    watch = keras.callbacks.LambdaCallback(on_epoch_end=look)
    how = {"epochs": max(EPOCHS), "batch_size": START["batch_size"], "callbacks": [watch], "verbose": 0}
    model.fit(x, y, sample_weight=weight, **how)
    return points


def compiled(name, shape, seed):
    """Trains the same with `utils.train`; gives (epochs, areas, seconds), with what compiling it took."""
    compilation = _compilation(name, shape)  # first, so that none of the others compiles
    points = []
    for epochs in EPOCHS:
        model, result, seconds = _compiled(name, shape, seed, epochs)
        points.append((epochs, [net.areas(result, model, s)[0] for s in samples(name)[1:]], seconds + compilation))
    return points


def _compiled(name, shape, seed, epochs):
    import keras

    three, parameters = samples(name), START | SHAPES[shape] | {"epochs": epochs}
    began = time.process_time()
    keras.utils.set_random_seed(0)
    model = net.build(parameters, three.train.x.shape[1])
    result = net.trained(model, parameters, three, [seed])
    return model, result, time.process_time() - began


@functools.cache
def _compilation(name, shape):
    """Gives the seconds that compiling takes: a short training that compiles, without another that does not."""
    from utils.train.compiled import forget

    forget()
    return np.subtract(*(_compiled(name, shape, 0, 1)[2] for _ in range(2)))
