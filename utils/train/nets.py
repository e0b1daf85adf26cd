"""Weights of several nets: from seeds, from lists, into stacks (S, ...) and back."""

import random
import re
from collections import OrderedDict

import numpy as np

from utils.train.compiled import architecture
from utils.train.taken import expect, take

_initial = OrderedDict()  # (net, seed) -> weights: a slider asks for the same seeds again and again
_INITIAL_KEPT, _INITIAL_SIZE = 256, 100_000  # entries, and the largest number of weights of a net that is kept


def clone(model):
    """Builds the same model again, with new initial weights."""
    import keras

    # Initialisers draw their seeds when a layer is made, not when the model is: the order of making them counts.
    order = _as_made(model) + list(model.layers)
    again = {id(layer): type(layer).from_config(layer.get_config()) for layer in dict.fromkeys(order)}
    return keras.models.clone_model(model, clone_function=lambda layer: again.get(id(layer), layer))


def _as_made(model):
    """Lists the layers that draw seeds, in the order in which they were made: Keras counts dense, dense_1, dense_2.

    Raises:
        ValueError: where the names do not tell the order, or layers share what draws a seed.
    """
    drawing = [layer for layer in model.layers if _draw(layer) or (hasattr(layer, "rate") and layer.seed is None)]
    shared = len({draw for layer in drawing for draw in _draw(layer)}) < sum(len(_draw(layer)) for layer in drawing)
    take(
        not shared, "initializers of each layer's own where nets begin from seeds (or initial_weights)", "a shared one"
    )
    order, kinds = list(drawing), {type(layer) for layer in drawing}
    for kind in kinds:
        name = re.compile(re.sub(r"(?<=[a-z])(?=[A-Z])|(?=[A-Z][a-z])", "_?", kind.__name__) + r"(?:_(\d+))?", re.I)
        counted = [i for i, layer in enumerate(drawing) if type(layer) is kind and name.fullmatch(layer.name)]
        made = sorted(counted, key=lambda i: int(name.fullmatch(drawing[i].name)[1] or 0))
        for place, i in zip(counted, made, strict=True):
            order[place] = drawing[i]
    told = order == drawing or len(kinds) == 1
    names = ", ".join(layer.name for layer in drawing)
    take(told, "layers made in the order of their calls where nets begin from seeds (or initial_weights)", names)
    return order


def _draw(layer):
    """Lists the ids of a layer's initialisers that have drawn a seed when they were made."""
    found = [value for name, value in vars(layer).items() if name.endswith("_initializer")]
    seeds = [getattr(value, "_init_seed", 0) for value in found]
    fine = all(seed is None or isinstance(seed, int) for seed in seeds)
    take(fine, "initializers whose seed is an integer or None", f"another one in layer {layer.name!r}")
    return [id(value) for value, seed in zip(found, seeds, strict=True) if seed is None]


def variables_of(model):
    """Gives the values of a model's trainable and of its other variables (batch statistics, random states)."""
    return tuple([v.numpy() for v in part] for part in (model.trainable_variables, model.non_trainable_variables))


def initial_variables(model, seeds):
    """Gives the variables that the model has when it is built right after `keras.utils.set_random_seed(seed)`.

    An initialiser that was given a seed of its own keeps it, as it would there.

    Args:
        model: a built Keras model.
        seeds: list of S integers.

    Returns:
        list of S pairs (trainable, other), lists of arrays.
    """
    order = [model.layers.index(layer) for layer in _as_made(model)]
    net, values = (architecture(model, initial=True), tuple(order)), []
    for seed in seeds:
        if (net, seed) not in _initial:
            _initial[net, seed] = _built_with(model, seed)
        _initial.move_to_end((net, seed))
        values.append(_initial[net, seed])
    while len(_initial) > (_INITIAL_KEPT if model.count_params() <= _INITIAL_SIZE else 0):
        _initial.popitem(last=False)
    return values


def _built_with(model, seed):
    """Builds the model again under a seed and gives its variables."""
    before = random.getstate()  # Keras draws the seeds of initialisers from Python's generator, and only from it
    random.seed(seed)
    try:
        return variables_of(clone(model))
    finally:
        random.setstate(before)


def places_of_weights(model):
    """Says where each entry of `model.get_weights()` is: a list of (0 trainable or 1 other, index)."""
    place = {id(v): (0, i) for i, v in enumerate(model.trainable_variables)}
    place |= {id(v): (1, i) for i, v in enumerate(model.non_trainable_variables)}
    return [place[id(v)] for v in model.weights]


def with_weights(variables, weights, places):
    """Gives variables with the entries of `get_weights()` put in their places.

    Raises:
        ValueError: where number or shapes do not fit.
    """
    expected = [variables[kind][i].shape for kind, i in places]
    received = [np.shape(w) for w in weights]
    expect(expected == received, f"initial_weights have the shapes of model.get_weights(): {expected}", received)
    new = [list(variables[0]), list(variables[1])]
    for w, (kind, i) in zip(weights, places, strict=True):
        new[kind][i] = np.asarray(w, dtype=new[kind][i].dtype)
    return tuple(new)


def start(model, seeds, nets, initial_weights):
    """Gives the nets before training.

    Args:
        model: a built Keras model.
        seeds: list of S seeds or None, then all nets start from the model's present weights.
        nets: S.
        initial_weights: None, a list as `get_weights()` gives it, or one such list per net.

    Returns:
        the stacks of the trainable and of the other variables: two lists of arrays (S, ...).
    """
    each = initial_variables(model, seeds) if seeds is not None else [variables_of(model)] * nets
    if initial_weights is not None:
        places = places_of_weights(model)
        own = len(initial_weights) > 0 and isinstance(initial_weights[0], (list, tuple))
        lists = initial_weights if own else [initial_weights] * nets
        each = [with_weights(v, w, places) for v, w in zip(each, lists, strict=True)]
    return tuple([np.stack(values) for values in zip(*(net[kind] for net in each), strict=True)] for kind in (0, 1))
