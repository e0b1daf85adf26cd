"""Compiled functions, kept for the next call: the same net, optimiser, loss and shapes compile once.

A slider that moves a number must not wait for a compiler. So numbers are inputs of a compiled function, and what is
left (the architecture, the classes, the shapes) is its key here.
"""

import json
import types
from collections import OrderedDict

CAPACITY = 64  # compiled functions kept; the one that was not used for the longest time goes first
_kept = OrderedDict()
_count = 0


def compilations():
    """Says how many functions were compiled in this process so far, loops and predictions together.

    The body of a compiled function runs in Python only while it is being compiled, and `count_one` stands in that
    body. So this counts what really happened, also a compilation that nobody expected.
    """
    return _count


def count_one():
    """Adds one to the count. Its place is the body of a function that is compiled."""
    global _count
    _count += 1


def once(key, build):
    """Gives what is kept under `key`, or builds and keeps it.

    Args:
        key: hashable. Equal keys must mean equal compiled code.
        build: function without arguments.
    """
    if key not in _kept:
        _kept[key] = build()
        if len(_kept) > CAPACITY:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return _kept[key]


def forget():
    """Throws away all that is kept, so that the next call compiles again: for measuring compilation."""
    _kept.clear()


def all_layers(model):
    """Lists the layers of a model, also those inside models and wrappers."""
    return list(model._flatten_layers(include_self=False))


def own_parts(layer):
    """Lists what a layer computes with that is not Keras' own: an activation from a notebook's cell, say.

    Returns:
        the functions themselves, and the classes of objects (regularizers, constraints, initialisers).
    """
    import keras

    parts = []
    for name, value in vars(layer).items():
        if callable(value) and name not in ("build", "quantize") and not isinstance(value, keras.layers.Layer):
            part = value if isinstance(value, types.FunctionType) else type(value)
            parts += [] if is_of_keras(part) else [part]
    return parts


def is_of_keras(thing):
    """True for a function or class that Keras itself defines."""
    return str(getattr(thing, "__module__", "")).split(".")[0] == "keras"


def is_graph(model):
    """True for a Sequential or functional model, whose config says everything that it computes."""
    kinds = {kind.__name__ for kind in type(model).__mro__}
    return is_of_keras(type(model)) and bool(kinds & {"Sequential", "Functional"})


def architecture(model, initial=False):
    """Gives a hashable description of what a net computes: its key, without names, weights or numbers of sliders.

    Names (`dense_7`) count up in a session; initialisers and dropout rates are inputs of the compiled function: none
    of them may lead to a compilation. Functions and classes that are not Keras' own count by identity, because two
    cells of a notebook can define two functions of one name.

    Args:
        model: a built Keras model.
        initial: describe how it begins too: initialisers, rates and seeds of layers.
    """
    import keras

    layers = all_layers(model)
    own = [part for layer in layers for part in (type(layer), *own_parts(layer)) if not is_of_keras(part)]
    if is_graph(model):
        config = model.get_config()
    else:  # a class of the reader's own can compute anything: only the object itself is the same
        own += [model, *own_parts(model)]
        config = [layer.get_config() for layer in layers if is_of_keras(type(layer))]
    if not initial:
        config = _without_beginning(config)
        own = [part for part in own if not (isinstance(part, type) and issubclass(part, keras.Initializer))]
    names = {name: f"layer {i}" for i, name in enumerate([model.name, *(layer.name for layer in layers)])}
    numbers = [_plain_attributes(layer) for layer in (model, *layers) if not is_of_keras(type(layer))]
    description = json.dumps([_without_names(config, names), numbers], sort_keys=True, default=repr)
    return description, tuple(own), _signature(model), keras.config.floatx()


def training_key(model, optimizer, loss, l2_on):
    """Gives a hashable description of all that a training step computes. The learning rate is an input of it."""
    import keras

    config = {k: v for k, v in optimizer.get_config().items() if k not in ("learning_rate", "name")}
    # Not the loss's config, which leaves out things such as the delta of keras.losses.Huber.
    settings = {k: v for k, v in vars(loss).items() if k != "name"}
    said = json.dumps([config, settings], sort_keys=True, default=repr)
    # What a loss of the reader's own computes with may be anything: only the object itself is the same.
    own = [part for part in (type(optimizer), getattr(loss, "fn", None)) if part is not None and not is_of_keras(part)]
    own += [] if is_of_keras(type(loss)) else [loss]
    kinds = (type(optimizer).__name__, type(loss).__name__, tuple(own))
    return keras.backend.backend(), architecture(model), kinds, said, l2_on


def _plain_attributes(layer):
    """Gives the numbers and texts that the reader's own layer or model carries and may change."""
    plain = {k: v for k, v in vars(layer).items() if isinstance(v, (bool, int, float, str))}
    return {k: v for k, v in plain.items() if not k.startswith("_") and k not in ("name", "built")}


def _signature(model):
    """Shapes and dtypes of all variables, which config alone does not give before the model is built."""
    return tuple((tuple(v.shape), str(v.dtype), bool(v.trainable)) for v in model.variables)


def _without_beginning(config):
    """Copies a config without initialisers, and without rates and seeds of Dropout layers."""
    if isinstance(config, dict):
        kept = {k: v for k, v in config.items() if not str(k).endswith("_initializer")}
        if config.get("class_name") == "Dropout":
            kept["config"] = {k: v for k, v in config["config"].items() if k not in ("rate", "seed")}
        return {k: _without_beginning(v) for k, v in kept.items()}
    if isinstance(config, (list, tuple)):
        return [_without_beginning(v) for v in config]
    return config


def _without_names(config, names, key=None):
    """Copies a config with layers numbered instead of named."""
    if isinstance(config, dict):
        return {k: _without_names(v, names, k) for k, v in config.items()}
    if isinstance(config, (list, tuple)):
        return [_without_names(v, names, key) for v in config]
    if key in ("name", "keras_history", "input_layers", "output_layers") and isinstance(config, str):
        return names.get(config, config)
    return config
