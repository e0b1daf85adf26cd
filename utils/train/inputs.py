"""Checks and arranges what `train` is given: data, and numbers that may differ from net to net."""

import inspect

import numpy as np


def arrays(name, data, model, nets):
    """Checks a data set.

    Args:
        name: how the caller names it, for errors: "" or "validation_".
        data: (x, y, weight or None), array-likes of N examples; each may have one axis more in front, S nets.
        model: the Keras model, whose ranks tell shared from stacked.
        nets: S.

    Returns:
        dict of arrays "x", "y", "weight" (or None); the set of those that are stacked; N.

    Raises:
        ValueError: for lengths that do not fit, no examples, or numbers that are not finite.
    """
    import keras

    x, y, weight = (None if a is None else _plain(a) for a in data)
    ranks = _ranks(model)
    found = {"x": x, "y": y, "weight": weight}
    stacked = {key for key, a in found.items() if a is not None and a.ndim == ranks.get(key, np.inf) + 1}
    sizes = {key: a.shape[key in stacked] for key, a in found.items() if a is not None and a.ndim > 0}
    shapes = ", ".join(f"{name}{key} {a.shape}" for key, a in found.items() if a is not None)
    if len(set(sizes.values())) != 1 or sizes.get("x", 0) == 0:
        raise ValueError(f"x, y and their weights have one entry per example, and at least one. Received: {shapes}")
    if any(found[key].shape[0] != nets for key in stacked):
        raise ValueError(f"Data with an axis of nets in front have {nets} entries there. Received: {shapes}")
    for key, a in found.items():
        if a is not None and a.dtype.kind == "f" and not np.all(np.isfinite(a)):
            raise ValueError(f"{name}{key} holds finite numbers. Received: {np.sum(~np.isfinite(a))} that are not")
    if weight is not None:
        found["weight"] = weight.astype(keras.config.floatx())
    return found, frozenset(stacked), sizes["x"]


def _plain(values):
    """Makes an array of floatx numbers or, for labels, 32-bit integers."""
    import keras

    values = np.asarray(values)
    if values.dtype.kind in "iu":
        return values.astype("int32")
    if values.dtype.kind not in "fb":
        raise ValueError(f"Data are numbers. Received: an array of {values.dtype}")
    return values.astype(keras.config.floatx())


def number_of_nets(model, initial_weights, data, per_net):
    """Finds S from everything that may have one entry per net, and 1 where nothing has.

    Args:
        model: the Keras model, whose ranks tell shared from stacked data.
        initial_weights: as given to `train`.
        data: (x, y, weight or None) as given to `train`.
        per_net: dict of the other arguments that may have one entry per net.

    Raises:
        ValueError: where the lengths differ.
    """
    given = {name: value for name, value in per_net.items() if is_sequence(value)}
    if initial_weights is not None and len(initial_weights) and isinstance(initial_weights[0], (list, tuple)):
        given["initial_weights"] = initial_weights
    ranks = _ranks(model)
    for key, values in zip(("x", "y", "weight"), data, strict=True):
        if values is not None and np.ndim(values) == ranks.get(key, np.inf) + 1:
            given[key] = values
    lengths = {name: len(values) for name, values in given.items()}
    if len(set(lengths.values())) > 1 or 0 in lengths.values():
        raise ValueError(f"What has one entry per net has the same number of entries, at least 1. Received: {lengths}")
    return next(iter(lengths.values()), 1)


def is_sequence(value):
    """True for a list, a range or an array of one axis."""
    return isinstance(value, (list, tuple, range)) or (isinstance(value, np.ndarray) and value.ndim == 1)


def _ranks(model):
    """Gives the number of axes of data that all nets share, as far as the model tells."""
    if not getattr(model, "inputs", None):  # a class of the reader's own: its x and y are always shared
        return {"weight": 1}
    return {"x": len(model.inputs[0].shape), "y": len(model.outputs[0].shape), "weight": 1}


def one_per_net(name, value, nets, low=0.0, below=np.inf):
    """Gives an array (S,) of one number per net.

    Raises:
        ValueError: for numbers outside low <= value < below.
    """
    numbers = np.broadcast_to(np.asarray(value, dtype="float64"), (nets,))
    if not np.all((numbers >= low) & (numbers < below)):
        raise ValueError(f"{name} is at least {low:g} and below {below:g}. Received: {value!r}")
    return numbers


def knobs(l2, rates, dropouts, seeds, shuffle_seed, nets):
    """Gives the numbers of each net that steer its steps.

    Args:
        l2: a number or S of them.
        rates: None, a dropout rate or S of them.
        dropouts: the model's Dropout layers.
        seeds: S seeds or None.
        shuffle_seed: integer or None; with the net's seed it decides on the dropout masks.
        nets: S.

    Returns:
        dict of arrays "l2" (S,), "dropout" (S, layers), "key" (S,).

    Raises:
        ValueError: for a dropout rate without a Dropout layer.
    """
    import keras

    floatx = keras.config.floatx()
    if rates is not None and not dropouts:
        raise ValueError(f"dropout needs a model with keras.layers.Dropout. Received: dropout={rates!r} and none")
    own = np.tile([layer.rate for layer in dropouts], (nets, 1)).reshape(nets, len(dropouts))
    if rates is not None:
        own = np.tile(one_per_net("dropout", rates, nets, below=1.0)[:, None], len(dropouts))
    words = [[0 if shuffle_seed is None else shuffle_seed, seed] for seed in (seeds or [0] * nets)]
    key = np.array([np.random.SeedSequence(w).generate_state(1)[0] for w in words], dtype="uint32")
    return {"l2": one_per_net("l2", l2, nets).astype(floatx), "dropout": own.astype(floatx), "key": key}


def kept_epochs(keep, epochs):
    """Gives the set of epochs whose weights are kept: those asked for and the last one."""
    if isinstance(keep, str) and keep == "all":
        return set(range(epochs + 1))
    wanted = {keep} if isinstance(keep, (int, np.integer)) else set(keep)
    if isinstance(keep, str) or not all(isinstance(e, (int, np.integer)) and 0 <= e <= epochs for e in wanted):
        raise ValueError(f'keep is "all" or epochs from 0 to {epochs}. Received: {keep!r}')
    return {int(e) for e in wanted} | {epochs}


def check(model, optimizer, loss, epochs, batch_size, l2_on):
    """Raises ValueError where something is asked for that a compiled loop does not do, or that makes no sense."""
    if not model.built or not model.weights:
        raise ValueError("The model is built and has weights: give it a keras.Input. Received: one that is not built")
    call = inspect.signature(model.call)
    if "training" not in call.parameters:
        raise ValueError(f"A model's call takes `training`, and hands it on to its layers. Received: call{call}")
    ends = [len(getattr(model, end, None) or [1]) for end in ("inputs", "outputs")]
    if ends != [1, 1]:
        raise ValueError(f"The model has one input and one output. Received: {ends[0]} and {ends[1]}")
    if not isinstance(epochs, (int, np.integer)) or epochs < 1:
        raise ValueError(f"epochs is a whole number, at least 1. Received: {epochs!r}")
    if batch_size is not None and (not isinstance(batch_size, (int, np.integer)) or batch_size < 1):
        raise ValueError(f"batch_size is a whole number, at least 1, or None. Received: {batch_size!r}")
    if l2_on not in ("kernels", "all"):
        raise ValueError(f'l2_on is "kernels" or "all". Received: {l2_on!r}')
    if loss.reduction in (None, "none"):
        raise ValueError("The loss of a batch is one number: a reduction is needed. Received: reduction=None")
    if type(optimizer).__name__ == "LossScaleOptimizer":
        raise ValueError("Loss scaling is not for compiled loops: use mixed_bfloat16. Received: LossScaleOptimizer")
    for name in ("use_ema", "gradient_accumulation_steps"):
        if getattr(optimizer, name, None):
            raise ValueError(f"The optimiser does without {name} here. Received: {name}={getattr(optimizer, name)}")
    if hasattr(optimizer, "_exclude_from_weight_decay"):  # its config does not tell, so the copy would not know
        raise ValueError("Weight decay is for all weights here; l2 is for kernels. Received: exclude_from_weight_decay")


def seeds_of(seeds):
    """Gives seeds as a list of Python integers."""
    if not is_sequence(seeds) or not all(isinstance(s, (int, np.integer)) and s >= 0 for s in seeds):
        raise ValueError(f"seeds are a sequence of whole numbers, at least 0. Received: {seeds!r}")
    return [int(s) for s in seeds]
