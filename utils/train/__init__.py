"""Trains Keras nets at the speed of a slider: the whole training as one compiled function, many nets at once.

`train` gives what `model.compile` and `model.fit` give for the same batches, with the same model, optimiser and loss
objects. It is faster because nothing but arithmetic is left between two steps, and because whatever a slider moves
(learning rate, L2, dropout rate, data, weights) is an input of the compiled function: moving it compiles nothing.

Where what is: `inputs`, `batches`, `rates`, `nets` arrange what goes in; `step` is one step of one net, `loop` the
compiled loop over steps and nets, `backend` what differs between TensorFlow and JAX, `threads` the use of all cores,
`loop_torch` the slow way for PyTorch; `compiled` keeps what was compiled; `training` and `callbacks` drive the loop,
`bar` shows how far it is; `result` is what comes out.
"""

import time

import numpy as np

from utils.train import inputs, loop, loop_torch
from utils.train.bar import Bar
from utils.train.batches import batch_order, can_fill_up, epoch_orders, is_keras_loss
from utils.train.callbacks import Callbacks
from utils.train.compiled import all_layers, compilations, once, training_key
from utils.train.nets import start
from utils.train.rates import learning_rates
from utils.train.result import Result
from utils.train.shared import once_a_run
from utils.train.step import loss_object
from utils.train.training import Training

__all__ = ["batch_order", "compilations", "train"]

_STEPS_PER_CALL = 4096  # of the compiled function at most: it sets the size of its records


@once_a_run
def train(
    model,
    x,
    y,
    *,
    optimizer="adam",
    loss="mse",
    epochs=1,
    batch_size=32,
    validation_data=None,
    sample_weight=None,
    seeds=None,
    learning_rate=None,
    l2=0.0,
    l2_on="kernels",
    dropout=None,
    initial_weights=None,
    keep=(),
    callbacks=(),
    shuffle_seed=0,
    progress=None,
):
    """Trains one or several nets of the same architecture.

    What may differ from net to net has one entry per net: seeds, learning_rate, l2, dropout, initial_weights, or an
    axis (S, ...) in front of x, y, sample_weight. All nets see the batches in the same order. Nets trained together
    end where they would end one by one.

    Args:
        model: a built Keras model with one input and one output.
        x: (N, ...) examples, or (S, N, ...).
        y: (N,) or (N, C) targets, or (S, N, C).
        optimizer: a `keras.optimizers` object or name. It is copied: its state starts afresh.
        loss: a `keras.losses` object or name, or a function that gives one number per example. Make an object of a
            class of your own once, outside of what a slider calls: each of them is compiled.
        epochs: how many times all examples are used.
        batch_size: B examples per step; None takes all of them, a step is then an epoch.
        validation_data: (x, y) or (x, y, weight), evaluated after each epoch.
        sample_weight: (N,) or (S, N), multiplies the loss of each example.
        seeds: S integers. Net s starts as the model would if it were built after `keras.utils.set_random_seed(s)`.
            None: from the model's present weights.
        learning_rate: a number or a `keras.optimizers.schedules` object, or a list of S of them. None: the optimiser's.
        l2: lambda, a number or S of them: lambda times the sum of squared weights is added to the loss.
        l2_on: "kernels" (biases stay free) or "all".
        dropout: the rate of all Dropout layers, a number or S of them. None: the layers' own rates.
        initial_weights: what `model.get_weights()` gives, or a list of S of these.
        keep: epochs whose weights are kept, 0 is before training; or "all". The last epoch is always kept.
        callbacks: `keras.callbacks` that act per epoch, such as EarlyStopping and ReduceLROnPlateau.
        shuffle_seed: an integer, of the order of examples (`batch_order`); None: the order of the data, always.
        progress: True or False; None shows a bar after the first second, where somebody is watching.

    Returns:
        a `Result`. Without `seeds`, and with one net, the model itself also holds the trained weights, as after fit.

    Raises:
        ValueError: for arguments that do not fit together; the message says what was expected.
        KeyboardInterrupt: on Ctrl-C; one net without seeds then has the weights of the last whole epoch.
    """
    import keras

    began, compiled = time.perf_counter(), compilations()
    optimizer, loss = keras.optimizers.get(optimizer), loss_object(loss)
    inputs.check(model, optimizer, loss, epochs, batch_size, l2_on)
    kept = inputs.kept_epochs(keep, epochs)
    seeds = None if seeds is None else inputs.seeds_of(seeds)
    per_net = {"l2": l2, "dropout": dropout, "learning_rate": learning_rate, "seeds": seeds}
    nets = inputs.number_of_nets(model, initial_weights, (x, y, sample_weight), per_net)
    data, stacked, examples = inputs.arrays("", (x, y, sample_weight), model, nets)
    validation, stacked_validation = None, frozenset()
    if validation_data is not None:
        three = (*validation_data, None)[:3]
        validation, stacked_validation, _ = inputs.arrays("validation_", three, model, nets)
    batch = examples if batch_size is None else min(batch_size, examples)
    padded = bool(examples % batch) and can_fill_up(model, loss)
    if data["weight"] is None and is_keras_loss(loss):
        data["weight"] = np.ones(examples, keras.config.floatx())  # weights that come later then compile nothing
    shuffled = batch < examples and shuffle_seed is not None
    capacity = max(1, _STEPS_PER_CALL // -(-examples // batch))
    plan = loop.Plan(nets, examples, batch, capacity, shuffled, padded, stacked, stacked_validation)
    kind = loop_torch.Loop if keras.backend.backend() == "torch" else loop.Loop
    key = (training_key(model, optimizer, loss, l2_on), plan, _shapes(data), _shapes(validation))
    compiled_loop = once(key, lambda: kind(model, optimizer, loss, l2_on, plan))

    rates = learning_rates(learning_rate, optimizer, nets, epochs * loop.steps_of(plan))
    dropouts = [layer for layer in all_layers(model) if type(layer) is keras.layers.Dropout]
    knobs = inputs.knobs(l2, dropout, dropouts, seeds, shuffle_seed, nets)
    begin = start(model, seeds, nets, initial_weights)
    orders = epoch_orders(examples, shuffle_seed)
    training = Training(compiled_loop, model, begin, data, validation, orders, rates, knobs, epochs)
    try:
        snapshots, stopped = _run(training, epochs, kept, callbacks, Bar(epochs, progress))
    finally:
        if nets == 1 and seeds is None:
            compiled_loop.write(model, training.weights(0))
    diverged = [f"diverged at step {step}" if step else None for step in training.diverged()]
    taken = {"seconds": time.perf_counter() - began, "compiled": compilations() - compiled}
    return Result(model, *training.history(), diverged, stopped, snapshots, **taken)


def _shapes(data):
    """Gives shapes and dtypes of a data set, hashable."""
    return data and tuple((key, a.shape, str(a.dtype)) for key, a in data.items() if a is not None)


def _run(training, epochs, kept, callbacks, bar):
    """Trains from one epoch of interest to the next.

    Args:
        training: a `Training`.
        epochs: where it ends.
        kept: set of the epochs whose weights are wanted.
        callbacks: list of Keras callbacks; with any, the loop stops after each epoch.
        bar: a `Bar`.

    Returns:
        dict epoch -> stacks of weights; list of the epochs after which callbacks stopped the nets (None: never).
    """
    hooks = Callbacks(callbacks, training, epochs)
    snapshots = {}
    try:
        hooks.train_begin()
        while training.epoch < epochs and hooks.running():
            if training.epoch in kept:
                snapshots[training.epoch] = training.stacks()
            if callbacks:
                hooks.epoch_begin(training.epoch)
            next_stop = training.epoch + 1 if callbacks else min(e for e in kept if e > training.epoch)
            training.advance(next_stop - training.epoch)
            if callbacks:
                hooks.epoch_end(training.epoch - 1, training.logs)
            bar.at(training.epoch)
        hooks.train_end()
    finally:
        bar.close()
    for epoch in kept - set(snapshots):  # every net has stopped by then
        snapshots[epoch] = training.stacks()
    return snapshots, hooks.stopped
