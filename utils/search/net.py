"""Trains the net that a trial asks for, and gives its scores."""

import copy
import time

import numpy as np

from utils.search.data import balanced

PATIENCE = 5  # epochs without a better validation loss, where a trial stops early


def score(parameters, samples, *, nets=3, report=None, rungs=()):
    """Trains some nets that differ by their seed alone and gives the mean of their scores.

    Args:
        parameters: dict of all names in `utils.search.space.SPACE`.
        samples: `utils.search.data.Samples`.
        nets: how many; one net alone is luck.
        report: function of an epoch and the validation AUC there, which may raise `optuna.TrialPruned`; or None.
        rungs: the epochs at which it is called.

    Returns:
        dict: validation, test (AUC, the mean over the nets), validation_spread, test_spread (the standard deviation
        between nets), epochs (trained, the mean), seconds, diverged (how many nets).
    """
    import keras

    began = time.perf_counter()
    callbacks = []
    keras.utils.set_random_seed(0)
    model = build(parameters, samples.train.x.shape[1])
    if report is not None:
        callbacks.append(_reporter(samples.validation, model, report, set(rungs)))
    result = trained(model, parameters, samples, range(nets), callbacks=callbacks)
    scores = {}
    for name in ("validation", "test"):
        each = areas(result, model, getattr(samples, name))
        scores |= {name: float(np.mean(each)), f"{name}_spread": float(np.std(each, ddof=min(1, nets - 1)))}
    lost = sum(d is not None for d in result.diverged)
    epochs = float(epochs_of(result).mean())
    return scores | {"epochs": epochs, "seconds": time.perf_counter() - began, "diverged": lost}


def trained(model, parameters, samples, seeds, *, keep=(), callbacks=(), **per_net):
    """Trains nets side by side, as the hyper-parameters say.

    Args:
        model: what `build` gives.
        parameters, samples: as for `score`.
        seeds: one for each net.
        keep: epochs whose weights are kept beside the last one.
        callbacks: of Keras, beside early stopping where the hyper-parameters ask for it.
        per_net: `learning_rate` or `dropout`, a list with one for each net in place of that in `parameters`.

    Returns:
        a `utils.train.result.Result`.
    """
    import keras

    from utils.train import train

    callbacks, watched = list(callbacks), None
    if parameters["early_stopping"]:
        callbacks.append(keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True))
        x, y, weight = samples.validation
        watched = (x, y) if weight is None else (x, y, balanced(y, weight))  # the loss that the net learns by
    return train(
        model,
        samples.train.x,
        samples.train.y,
        sample_weight=samples.train.weight,
        validation_data=watched,
        optimizer=_optimizer(parameters["optimizer"]),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        epochs=parameters["epochs"],
        batch_size=min(parameters["batch_size"], len(samples.train.y)),
        seeds=seeds,
        keep=keep,
        callbacks=callbacks,
        progress=False,
        **{"learning_rate": parameters["learning_rate"], **per_net},
    )


def areas(result, model, sample, epoch=None):
    """Gives the AUC of each net of a `Result` on a sample, after an epoch that was kept; None: at the end."""
    return [auc(sample, result.load(model, net, epoch)) for net in range(result.nets)]


def epochs_of(result):
    """Counts the epochs that each net has learned: (S,)."""
    return np.isfinite(result.loss).sum(axis=1)


def build(parameters, inputs):
    """Builds the Keras net of a trial; its output is a logit."""
    import keras
    from keras import layers

    parts = [keras.Input((inputs,))]
    for _ in range(parameters["depth"]):
        parts.append(layers.Dense(parameters["width"]))
        if parameters["batch_norm"]:
            parts.append(layers.BatchNormalization())
        parts.append(layers.Activation(parameters["activation"]))
        if parameters["dropout"] > 0:
            parts.append(layers.Dropout(parameters["dropout"]))
    return keras.Sequential([*parts, layers.Dense(1)])


def _optimizer(name):
    import keras

    return keras.optimizers.SGD(momentum=0.9) if name == "momentum" else keras.optimizers.get(name)


def auc(sample, model):
    """Gives the exact, weighted area under the ROC curve of a model on a sample; 1/2 where outputs are not finite."""
    from keras import ops
    from sklearn.metrics import roc_auc_score

    logits = ops.convert_to_numpy(model(sample.x, training=False))
    if not np.isfinite(logits).all():
        return 0.5  # a net that has diverged says nothing
    return roc_auc_score(sample.y, logits[:, 0], sample_weight=sample.weight)


def _reporter(sample, model, report, rungs):
    """Makes a Keras callback that reports the mean of all nets after the epochs of `rungs`."""
    import keras

    class Reporter(keras.callbacks.Callback):
        latest, reported = {}, set()  # of all nets: each has a copy of this callback

        def __deepcopy__(self, memo):
            return copy.copy(self)

        def on_epoch_end(self, epoch, logs=None):
            if epoch + 1 in rungs:
                model.set_weights(self.model.get_weights())
                self.latest[id(self)] = auc(sample, model)

        def on_epoch_begin(self, epoch, logs=None):
            if epoch in rungs and epoch not in self.reported:  # now all nets have ended that epoch
                self.reported.add(epoch)
                report(epoch, float(np.mean(list(self.latest.values()))))

    return Reporter()
