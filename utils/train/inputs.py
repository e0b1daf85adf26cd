"""Checks and arranges what `train` is given: data, and numbers that may differ from net to net."""

from collections import namedtuple

import numpy as np

from utils.train.taken import expect, graph_of, take

#: A data set: what each net has of its own, arrays (S, N, ...), and what all share, arrays (N, ...); two dicts of
#: "x", "y", "weight", each of them in one or none.
Data = namedtuple("Data", "own shared")


def numbers(name, values):
    """Makes an array of floatx numbers or, for integers, 32-bit integers.

    Raises:
        ValueError: for what is not an array of finite numbers.
    """
    import keras

    try:
        values = np.asarray(values)
    except ValueError as error:  # NumPy's word for rows of different lengths
        raise ValueError(f"{name} is an array, its rows equally long. Received: {type(values).__name__}") from error
    expect(values.dtype.kind in "fiub", f"Data are numbers, {name} too", f"an array of {values.dtype}")
    if values.dtype.kind in "iu":
        large = values.size and max(abs(int(values.min())), int(values.max())) >= 2**31
        expect(not large, f"Integers in {name} are below 2^31: give larger ones as floats", "larger ones")
        return values.astype("int32")
    wrong = np.sum(~np.isfinite(values))
    expect(not wrong, f"{name} holds finite numbers", f"{wrong} that are not")
    return values.astype(keras.config.floatx())


def shapes_of(model):
    """Gives the shapes of one example's x and y as the net has them: two tuples, None where a size is open."""
    graph = graph_of(model)
    return tuple(graph._inputs_struct.shape[1:]), tuple(graph._outputs_struct.shape[1:])


def fits(shape, wanted):
    """True where a shape is the wanted one, None standing for any size."""
    return len(shape) == len(wanted) and all(w in (None, n) for n, w in zip(shape, wanted, strict=True))


def examples_of(name, x, model):
    """Gives x as an array, and whether it is stacked: (S, N, ...) instead of (N, ...).

    Raises:
        ValueError: where the shape of an example is not the one that the model takes.
    """
    x, wanted = numbers(name, x), shapes_of(model)[0]
    if x.ndim == 1 and fits((1,), wanted):
        x = x[:, None]  # as Keras does
    stacked = x.ndim == len(wanted) + 2
    fine = x.ndim > int(stacked) and fits(x.shape[1 + stacked :], wanted)
    expect(fine, f"{name} has the shape (N, {_written(wanted)}), or with an axis of nets in front", x.shape)
    return x, stacked


def _written(shape):
    return ", ".join("any" if n is None else str(n) for n in shape)


def arrays(prefix, data, model, loss, nets):
    """Checks a data set.

    Args:
        prefix: how the caller names it, for errors: "" or "validation_".
        data: (x, y, weight or None), array-likes of N examples; each may have one axis more in front, S nets.
        model: the Keras model, whose shapes tell shared from stacked.
        loss: the Keras loss: the sparse one takes labels.
        nets: S.

    Returns:
        a `Data`; N.

    Raises:
        ValueError: for shapes that do not fit, no examples, labels out of range, or numbers that are not finite.
    """
    import keras

    names = [f"{prefix}{key}" for key in ("x", "y", "weight")]
    for name, values in zip(names[:2], data[:2], strict=True):
        expect(values is not None, f"{name} is an array", None)
    x, x_stacked = examples_of(names[0], data[0], model)
    y, y_shape = numbers(names[1], data[1]), shapes_of(model)[1]
    sparse = getattr(loss, "fn", None) is keras.losses.sparse_categorical_crossentropy
    target = (*y_shape[:-1], 1) if sparse else y_shape
    y_stacked = y.ndim == len(target) + 2
    shared_only = [target[:-1]] if target[-1] == 1 and not y_stacked else []
    fine = y.ndim and any(fits(y.shape[1 + y_stacked :], shape) for shape in [target, *shared_only])
    expect(fine, f"{names[1]} has the shape (N, {_written(target)}) for this net and loss, or with an axis of nets in "
           "front", y.shape)  # fmt: skip
    if sparse and y.size:
        low, high = int(y.min()), int(y.max())
        expect(low >= 0 and high < y_shape[-1], f"{names[1]} holds labels from 0 to {y_shape[-1] - 1}", (low, high))
    found, stacked = {"x": x, "y": y}, {"x": x_stacked, "y": y_stacked, "weight": False}
    if data[2] is not None:
        take(len(y_shape) == 1, "sample_weight for nets whose output is (B, C)", f"an output (B, {_written(y_shape)})")
        weight = numbers(names[2], data[2]).astype(keras.config.floatx())
        expect(weight.ndim in (1, 2), f"{names[2]} has the shape (N,) or (S, N)", weight.shape)
        found["weight"], stacked["weight"] = weight, weight.ndim == 2
    sizes = {a.shape[int(stacked[key])] for key, a in found.items()}
    shapes = ", ".join(f"{prefix}{key} {a.shape}" for key, a in found.items())
    expect(len(sizes) == 1 and 0 not in sizes, "x, y and their weights have one entry per example, and at least one",
           shapes)  # fmt: skip
    own = {key: a for key, a in found.items() if stacked[key]}
    fine = all(len(a) == nets for a in own.values())
    expect(fine, f"Data with an axis of nets in front have one entry for each, here {nets}", shapes)
    return Data(own, {key: a for key, a in found.items() if key not in own}), sizes.pop()


def number_of_nets(model, initial_weights, x, y, per_net):
    """Finds S from everything that may have one entry per net, and 1 where nothing has.

    Args:
        model: the Keras model, whose shapes tell shared from stacked data.
        initial_weights, x, y: as given to `train`.
        per_net: dict of the other arguments that may have one entry per net.

    Raises:
        ValueError: where the lengths differ.
    """
    given = {name: value for name, value in per_net.items() if is_sequence(value)}
    if initial_weights is not None and len(initial_weights) and isinstance(initial_weights[0], (list, tuple)):
        given["initial_weights"] = initial_weights
    for key, values, shape in zip(("x", "y"), (x, y), shapes_of(model), strict=True):
        # Of an array the axes are known; `arrays` looks at its numbers, once.
        axes = getattr(values, "ndim", None)
        if axes is None and values is not None:
            axes = numbers(key, values).ndim
        if axes == len(shape) + 2:
            given[key] = values
    lengths = {name: len(values) for name, values in given.items()}
    fine = len(set(lengths.values())) <= 1 and 0 not in lengths.values()
    expect(fine, "What has one entry per net has the same number of entries, at least 1", lengths)
    return next(iter(lengths.values()), 1)


def is_sequence(value):
    """True for a list, a range or an array of one axis."""
    return isinstance(value, (list, tuple, range)) or (isinstance(value, np.ndarray) and value.ndim == 1)


def is_whole(value, least):
    """True for a whole number that is not smaller than `least`."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least


def one_per_net(name, value, nets, below=np.inf):
    """Gives an array (S,) of one number per net, 0 <= number < below."""
    entries = list(value) if is_sequence(value) else [value]
    plain = all(isinstance(v, (int, float, np.number)) or (isinstance(v, np.ndarray) and v.ndim == 0) for v in entries)
    fine = plain and all(0 <= v < below for v in entries)
    expect(fine, f"{name} is at least 0 and below {below:g}, a number or a list of one per net", repr(value))
    return np.broadcast_to(np.asarray(entries, "float64"), (nets,))


def knobs(l2, rates, model, decayed, seeds, shuffle_seed, nets):
    """Gives the numbers of each net that steer its steps.

    Args:
        l2: a number or S of them.
        rates: None, a dropout rate or S of them.
        model: the Keras model, for its Dropout layers.
        decayed: list of booleans, the weights that L2 acts on.
        seeds: S seeds or None.
        shuffle_seed: integer or None; with the net's seed it decides on the dropout masks.
        nets: S.

    Returns:
        dict of arrays "l2" (S,), "dropout" (S, layers), "key" (S,).

    Raises:
        ValueError: for a number that acts on nothing.
    """
    import keras

    floatx, dropouts = keras.config.floatx(), [v for v in model.layers if type(v) is keras.layers.Dropout]
    l2 = one_per_net("l2", l2, nets)
    expect(any(decayed) or not l2.any(), "l2 needs a trainable kernel, or l2_on='all'", f"l2={l2.max()} and none")
    expect(rates is None or dropouts, "dropout needs a model with keras.layers.Dropout", f"dropout={rates!r} and none")
    own = np.tile([layer.rate for layer in dropouts], (nets, 1)).reshape(nets, len(dropouts))
    if rates is not None:
        own = np.tile(one_per_net("dropout", rates, nets, below=1.0)[:, None], len(dropouts))
    words = [[0 if shuffle_seed is None else shuffle_seed, seed] for seed in (seeds or [0] * nets)]
    key = np.array([np.random.SeedSequence(w).generate_state(1)[0] for w in words], dtype="uint32")
    return {"l2": l2.astype(floatx), "dropout": own.astype(floatx), "key": key}


def kept_epochs(keep, epochs):
    """Gives the set of epochs whose weights are kept: those asked for and the last one."""
    if isinstance(keep, str) and keep == "all":
        return set(range(epochs + 1))
    wanted = list(keep) if is_sequence(keep) or isinstance(keep, (set, frozenset)) else [keep]
    fine = all(is_whole(e, 0) and e <= epochs for e in wanted)
    expect(fine, f'keep is "all" or epochs from 0 to {epochs}', repr(keep))
    return {int(e) for e in wanted} | {epochs}


def validation_of(data):
    """Gives validation data as (x, y, weight or None)."""
    pair = isinstance(data, (tuple, list)) and len(data) in (2, 3)
    expect(pair, "validation_data is (x, y) or (x, y, weight)", _briefly(data))
    return (*data, None)[:3]


def _briefly(value):
    kind = type(value).__name__
    return f"{kind} of {len(value)}" if hasattr(value, "__len__") else f"{kind} {value!r}"


def check_choice(epochs, batch_size, l2_on, seeds, shuffle_seed, progress):
    """Raises ValueError where an argument is not of the kind that is expected."""
    expect(is_whole(epochs, 1), "epochs is a whole number, at least 1", repr(epochs))
    fine = batch_size is None or is_whole(batch_size, 1)
    expect(fine, "batch_size is a whole number, at least 1, or None", repr(batch_size))
    expect(l2_on in ("kernels", "all"), 'l2_on is "kernels" or "all"', repr(l2_on))
    fine = seeds is None or (is_sequence(seeds) and all(is_whole(s, 0) for s in seeds))
    expect(fine, "seeds are a sequence of whole numbers, at least 0", repr(seeds))
    fine = shuffle_seed is None or is_whole(shuffle_seed, 0)
    expect(fine, "shuffle_seed is a whole number, at least 0, or None", repr(shuffle_seed))
    expect(progress in (None, True, False), "progress is True, False or None", repr(progress))
