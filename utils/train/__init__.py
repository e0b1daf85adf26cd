"""Trains Keras nets at the speed of a slider: the whole training as one compiled function, many nets at once.

`train` gives what `model.compile` and `model.fit` give for the same batches, with the same model, optimiser and loss
objects, or refuses with an error that names `model.fit`. It is faster because nothing but arithmetic is left between
two steps, and because whatever a slider moves (learning rate, L2, dropout rate, data, weights) is an input of the
compiled function: moving it compiles nothing.

What is taken (the list is `utils.train.taken`; all of it is compared with `model.fit` by tests):

- models: `keras.Sequential` and functional ones with one input and one output, not classes of one's own;
- layers: Dense, Activation, ReLU, LeakyReLU, PReLU, ELU, Softmax, Identity, Dropout, BatchNormalization,
  LayerNormalization, Rescaling, Flatten, Reshape, Permute, RepeatVector, Add, Subtract, Multiply, Average, Maximum,
  Minimum, Concatenate, Conv1D, Conv2D, and pooling (Max, Average, GlobalAverage, GlobalMax) in one and two dimensions;
  with the activations, initializers, regularizers and constraints of Keras, in float32, float64 or mixed_bfloat16;
- losses that are means over examples: squared, absolute, percentage and logarithmic error, Huber, log-cosh, all
  cross-entropies (focal ones too), KL divergence, Poisson, the hinges, cosine similarity;
- optimisers: SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, Nadam, Ftrl, Lion, Adafactor, Lamb, Muon, with
  clipping and weight decay, and the schedules of Keras;
- callbacks that act per epoch: EarlyStopping, ReduceLROnPlateau, LearningRateScheduler, CSVLogger, LambdaCallback and
  own ones, with the hooks on_train_begin, on_epoch_begin, on_epoch_end, on_train_end. They find in their model
  get_weights, set_weights, stop_training and optimizer.learning_rate, and losses with penalties in their logs.

Refused is what could differ from fit without a word: functions and classes of one's own and layers such as
Normalization, whose state may change between two calls; recurrent layers; what draws random numbers besides Dropout.

Where what is: `taken` is the list, `inputs`, `batches`, `rates`, `nets` arrange what goes in; `step` is one step of
one net, `loop` the compiled loop over steps and nets, `backend` what differs between TensorFlow and JAX, `threads` the
use of all cores, `loop_torch` the slow way for PyTorch; `compiled` keeps what was compiled; `training` and `callbacks`
drive the loop, `bar` shows how far it is; `result` is what comes out.
"""

import time

import numpy as np

from utils.train import inputs, loop, loop_torch
from utils.train.backend import kit
from utils.train.bar import Bar
from utils.train.batches import batch_order, epoch_orders
from utils.train.callbacks import Callbacks
from utils.train.compiled import compilations, once, training_key
from utils.train.nets import start
from utils.train.rates import learning_rates
from utils.train.result import Result
from utils.train.shared import once_a_run
from utils.train.step import loss_object
from utils.train.taken import check_callbacks, check_loss, check_model, check_optimizer
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
        model: a built Keras model with one input and one output, of what is listed above.
        x: (N, ...) examples, or (S, N, ...).
        y: (N, C) targets, or (S, N, C); where C is 1 also (N,). Labels: (N,), (N, 1) or (S, N, 1).
        optimizer: a `keras.optimizers` object or name. It is copied: its state starts afresh.
        loss: a `keras.losses` object, function or name.
        epochs: how many times all examples are used.
        batch_size: B examples per step; None takes all of them, a step is then an epoch.
        validation_data: (x, y) or (x, y, weight), evaluated after each epoch.
        sample_weight: (N,) or (S, N), multiplies the loss of each example.
        seeds: S integers. Net s starts as the model would if it were built after `keras.utils.set_random_seed(s)`,
            its layers made in the order of their calls or of the numbers that Keras gives to their names. None: from
            the model's present weights.
        learning_rate: a number or a `keras.optimizers.schedules` object, or a list of S of them. None: the optimiser's.
        l2: lambda, a number or S of them: lambda times the sum of squared weights is added to the loss.
        l2_on: "kernels" (biases stay free) or "all".
        dropout: the rate of all Dropout layers, a number or S of them. None: the layers' own rates.
        initial_weights: what `model.get_weights()` gives, or a list of S of these.
        keep: epochs whose weights are kept, 0 is before training; or "all". The last epoch is always kept.
        callbacks: `keras.callbacks` that act per epoch, one or a list; each net has its own copies.
        shuffle_seed: an integer, of the order of examples (`batch_order`); None: the order of the data, always.
        progress: True or False; None shows a bar after the first second, where somebody is watching.

    Returns:
        a `Result`. Without `seeds`, and with one net, the model itself also holds the trained weights, as after fit.

    Raises:
        ValueError: for what is not in the list, or does not fit together; the message says what was expected.
        KeyboardInterrupt: on Ctrl-C; one net without seeds then has the weights of the last whole epoch.
    """
    import keras

    began, compiled = time.perf_counter(), compilations()
    inputs.check_choice(epochs, batch_size, l2_on, seeds, shuffle_seed, progress)
    check_model(model)
    optimizer, loss = keras.optimizers.get(optimizer), loss_object(loss)
    check_optimizer(optimizer)
    check_loss(loss)
    callbacks, kept = check_callbacks(callbacks), inputs.kept_epochs(keep, epochs)
    seeds = None if seeds is None else [int(s) for s in seeds]
    per_net = {"l2": l2, "dropout": dropout, "learning_rate": learning_rate, "seeds": seeds}
    nets = inputs.number_of_nets(model, initial_weights, x, y, per_net)
    data, examples = inputs.arrays("", (x, y, sample_weight), model, loss, nets)
    validation = None
    if validation_data is not None:
        three = inputs.validation_of(validation_data)
        validation, _ = inputs.arrays("validation_", three, model, loss, nets)
    if sample_weight is None and len(model.outputs[0].shape) == 2:
        data.shared["weight"] = np.ones(examples, keras.config.floatx())  # weights that come later then compile nothing
    batch = examples if batch_size is None else min(batch_size, examples)
    capacity = max(1, _STEPS_PER_CALL // -(-examples // batch))
    plan = loop.Plan(nets, examples, batch, capacity, batch < examples and shuffle_seed is not None)
    kind = loop_torch.Loop if keras.backend.backend() == "torch" else loop.Loop
    shapes = [[(kind, key, a.shape, str(a.dtype)) for kind, part in enumerate(each or ()) for key, a in part.items()]
              for each in (data, validation)]  # fmt: skip
    key = (training_key(model, optimizer, loss, l2_on), plan, str(shapes))
    compiled_loop = once(key, lambda: kind(model, optimizer, loss, l2_on, plan))

    rates, scheduled = learning_rates(learning_rate, optimizer, nets, epochs * loop.steps_of(plan))
    knobs = inputs.knobs(l2, dropout, model, compiled_loop.step.decayed, seeds, shuffle_seed, nets)
    begin = start(model, seeds, nets, initial_weights)
    orders = epoch_orders(examples, shuffle_seed)
    training = Training(compiled_loop, model, begin, data, validation, orders, rates, scheduled, knobs, epochs)
    try:
        snapshots, stopped = _run(training, epochs, kept, callbacks, Bar(epochs, progress))
    finally:
        if nets == 1 and seeds is None:
            assign = kit().assign
            for variable, value in zip(model.weights, training.weights(0), strict=True):
                assign(variable, value)
    diverged = [f"diverged at step {step}" if step else None for step in training.diverged()]
    taken = {"seconds": time.perf_counter() - began, "compiled": compilations() - compiled}
    return Result(model, *training.history(), diverged, stopped, snapshots, **taken)


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
                hooks.epoch_end(training.epoch - 1)
            bar.at(training.epoch)
        hooks.train_end()
    finally:
        bar.close()
    for epoch in kept - set(snapshots):  # every net has stopped by then
        snapshots[epoch] = training.stacks()
    return snapshots, hooks.stopped
