"""Compiled functions, kept for the next call: the same net, optimiser, loss and shapes compile once.

A slider that moves a number must not wait for a compiler. So numbers are inputs of a compiled function, and what is
left (the architecture, the classes, the shapes) is its key here.
"""

import json
from collections import OrderedDict

import numpy as np

from utils.train.taken import graph_of, is_of_keras, take

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


def architecture(model, initial=False):
    """Gives a hashable description of what a net computes: its key, without names, weights or numbers of sliders.

    Names (`dense_7`) count up in a session; initialisers and dropout rates are inputs of the compiled function: none
    of them may lead to a compilation.

    Args:
        model: a Keras model that `utils.train.taken` has checked.
        initial: describe how it begins too: initialisers, rates and seeds of layers.
    """
    import keras

    parts = [model, *graph_of(model).operations]  # with the input layer, which model.layers may leave out
    names = {part.name: f"layer {i}" for i, part in enumerate(parts)}
    signature = [(*v.shape, str(v.dtype), v.trainable) for v in model.variables]
    return text([_essence(model.get_config(), names, initial), signature, keras.config.floatx()])


def training_key(model, optimizer, loss, l2_on):
    """Gives a hashable description of all that a training step computes. The learning rate is an input of it."""
    import keras

    config = {k: v for k, v in optimizer.get_config().items() if k not in ("learning_rate", "name")}
    # Not the loss's config, which leaves out things such as the delta of keras.losses.Huber.
    settings = {k: v for k, v in vars(loss).items() if k != "name"}
    paths = [v.path for v in model.trainable_variables] if config.get("exclude_layers") else []  # Muon reads them
    kinds = [type(optimizer).__name__, type(loss).__name__]
    return keras.backend.backend(), architecture(model), text([kinds, config, settings, paths, l2_on])


def text(config):
    """Writes settings as JSON text: equal texts mean equal settings."""
    return json.dumps(config, sort_keys=True, default=_plain)


def _plain(setting):
    """Gives what stands in the text for a setting that JSON does not know."""
    import keras

    if isinstance(setting, (np.ndarray, np.generic)):
        return setting.tolist()
    if isinstance(setting, keras.DTypePolicy):
        return setting.name
    take(callable(setting) and is_of_keras(setting), "settings that are numbers, texts or Keras' own", repr(setting))
    return setting.__name__


def _essence(config, names, initial, key=None):
    """Copies a config with layers numbered instead of named, and unless `initial` without how the net begins."""
    if isinstance(config, dict):
        left_out = ("rate", "seed") if key == "Dropout" and not initial else ()
        kept = {k: v for k, v in config.items() if k not in left_out}
        kept = {k: v for k, v in kept.items() if initial or not str(k).endswith("_initializer")}
        kind = config.get("class_name")
        return {k: _essence(v, names, initial, kind if k == "config" else k) for k, v in kept.items()}
    if isinstance(config, (list, tuple)):
        return [_essence(v, names, initial, key) for v in config]
    if key in ("name", "keras_history", "input_layers", "output_layers") and isinstance(config, str):
        return names.get(config, config)
    return config
