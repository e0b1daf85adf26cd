"""Weights of several nets: from seeds, from lists, into stacks (S, ...) and back."""

import random
from collections import OrderedDict

import numpy as np

from utils.train.compiled import architecture, is_graph, own_parts

_initial = OrderedDict()  # (net, seed) -> weights: a slider asks for the same seeds again and again
_INITIAL_KEPT, _INITIAL_SIZE = 256, 100_000  # entries, and the largest number of weights of a net that is kept


def clone(model):
    """Builds the same model again, with new initial weights; what a notebook's cell defines is carried over.

    Raises:
        ValueError: for a model that is not a Sequential or functional one.
    """
    import keras

    if not is_graph(model):
        raise ValueError(
            "Several nets need a Sequential or functional model, which can be built again from its layers; "
            f"give initial_weights for other models. Received: {type(model).__name__}"
        )

    def again(layer):
        with keras.utils.custom_object_scope({part.__name__: part for part in own_parts(layer)}):
            return type(layer).from_config(layer.get_config())

    return keras.models.clone_model(model, clone_function=again)


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
    keep = is_graph(model) and model.count_params() <= _INITIAL_SIZE
    net = architecture(model, initial=True) if keep else None
    values = []
    for seed in seeds:
        if not keep or (net, seed) not in _initial:
            _initial[net, seed] = _built_with(model, seed)
        _initial.move_to_end((net, seed))
        values.append(_initial[net, seed])
    while len(_initial) > (_INITIAL_KEPT if keep else 0):
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
    if expected != received:
        raise ValueError(f"initial_weights have the shapes of model.get_weights(): {expected}. Received: {received}")
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
        if own and len(initial_weights) != nets:
            raise ValueError(f"initial_weights has one list per net: {nets}. Received: {len(initial_weights)}")
        lists = initial_weights if own else [initial_weights] * nets
        each = [with_weights(v, w, places) for v, w in zip(each, lists, strict=True)]
    return tuple([np.stack(values) for values in zip(*(net[kind] for net in each), strict=True)] for kind in (0, 1))
