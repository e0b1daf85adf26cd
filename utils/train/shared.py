"""Trainings that two processes need, done once: only where the test suite asks for it.

The book, the tests of the notebooks and those of the lessons train the same nets. Where the environment variable
`SHARED_TRAININGS` names a folder, the first to train leaves the outcome there and the others take it. The folder is
new in every run of the suite. The name of an outcome is a hash of all that goes in, and of the code, the versions and
the settings that it was computed with; whatever can not be described to the last bit is trained as always.
"""

import functools
import hashlib
import inspect
import os
import pickle
import platform
import re
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from utils.files import one_after_the_other, write_whole

VARIABLE = "SHARED_TRAININGS"

#: Layers whose config and weights say all that they compute.
_LAYERS = ("InputLayer", "Dense", "Activation", "ReLU", "Dropout", "Rescaling", "Flatten", "Add", "Concatenate")
_OPTIMIZERS = ("SGD", "RMSprop", "Adam", "AdamW")
#: What changes how numbers are computed. XLA_FLAGS is not among them: `utils.train` itself sets it.
_SETTINGS = ("TF_", "OMP_", "MKL_", "OPENBLAS_", "JAX_", "CUDA_", "NVIDIA_")


class _NotDescribed(Exception):
    """Something in the arguments is not known to the last bit."""


def once_a_run(train):
    """Makes of `train` a function that takes an outcome which is there already, where the suite asks for it."""

    @functools.wraps(train)
    def train_once(*args, **kwargs):
        folder = os.environ.get(VARIABLE)
        if not folder:
            return train(*args, **kwargs)
        arguments = inspect.signature(train).bind(*args, **kwargs)
        arguments.apply_defaults()
        try:
            path = Path(folder) / f"{_name(arguments.arguments)}.pickle"
        except _NotDescribed:
            return train(*args, **kwargs)
        with one_after_the_other(path.with_suffix(".lock")):  # who comes while another trains takes its outcome
            if path.exists():
                return _take(path, arguments.arguments)
            result = train(*args, **kwargs)
            _leave(path, result)
        return result

    return train_once


def _leave(path, result):
    outcome = {name: value for name, value in vars(result).items() if name not in ("_model", "_places")}
    write_whole(path, pickle.dumps(outcome))


def _take(path, arguments):
    """Makes the `Result` that `train` would have given; a single net's model is left trained, as by `train`."""
    from utils.train.nets import places_of_weights
    from utils.train.result import Result

    model, result = arguments["model"], Result.__new__(Result)
    vars(result).update(pickle.loads(path.read_bytes()), _model=model, _places=places_of_weights(model))
    if result.nets == 1 and arguments["seeds"] is None:
        result.load(model)
    return result


def _name(arguments):
    """Gives the hash of everything that the outcome depends on.

    Raises:
        _NotDescribed: for something that is not known to the last bit.
    """
    import keras

    arguments = dict(arguments)
    del arguments["progress"]
    if arguments.pop("callbacks"):
        raise _NotDescribed
    model = arguments.pop("model")
    digest = hashlib.sha256(repr([_code(), _surroundings()]).encode())
    optimizer, loss = (keras.optimizers.get(arguments.pop("optimizer")), keras.losses.get(arguments.pop("loss")))
    _describe([_of_model(model), _of_optimizer(optimizer), _of_loss(loss)], digest)
    if arguments["seeds"] is None:  # what is not replaced by the arguments goes in as it is
        given = {id(v) for v in model.weights} if arguments["initial_weights"] is not None else set()
        _describe([v.numpy() for v in model.variables if id(v) not in given], digest)
    _describe(arguments, digest)
    return digest.hexdigest()


def _of_model(model):
    """Describes a Sequential or functional model of listed layers, their names by the order in which they were made."""
    import keras

    if type(model) is not keras.Sequential and type(model).__name__ != "Functional":
        raise _NotDescribed
    known = {getattr(keras.layers, name) for name in _LAYERS}
    if not all(type(layer) in known and "call" not in vars(layer) for layer in model.layers):
        raise _NotDescribed
    for name, part in (pair for layer in model.layers for pair in vars(layer).items()):
        if name.endswith(("activation", "_initializer", "_regularizer", "_constraint")) and part is not None:
            kind = part if inspect.isroutine(part) else type(part)
            if not str(kind.__module__).startswith("keras."):
                raise _NotDescribed
    config = model.get_config()
    made = {layer["config"]["name"] for layer in config["layers"]}
    made = {name: re.fullmatch(r"(.*?)(?:_(\d+))?", name, re.S).groups() for name in made}
    order = sorted(made, key=lambda name: (made[name][0], int(made[name][1] or 0)))
    names = {name: f"{made[name][0]} {order.index(name)}" for name in order} | {model.name: "model"}

    def renamed(config):
        if isinstance(config, dict):
            _of_keras(config)
            return {key: renamed(value) for key, value in config.items()}
        if isinstance(config, (list, tuple)):
            return [renamed(value) for value in config]
        return names.get(config, config) if isinstance(config, str) else config

    variables = [[*v.shape, str(v.dtype), bool(v.trainable)] for v in model.variables]
    return [type(model).__name__, renamed(config), variables]


def _of_keras(config):
    """Raises where a serialised object is not Keras' own."""
    kind = config.get("class_name")
    if kind not in (None, "__keras_tensor__", "__tuple__") and not str(config.get("module")).startswith("keras"):
        raise _NotDescribed


def _of_optimizer(optimizer):
    import keras

    known = type(optimizer) in {getattr(keras.optimizers, name) for name in _OPTIMIZERS}
    if not known or hasattr(optimizer, "_exclude_from_weight_decay"):
        raise _NotDescribed
    return [type(optimizer).__name__, {k: v for k, v in optimizer.get_config().items() if k != "name"}]


def _of_loss(loss):
    """Describes a loss of Keras by its attributes: its config leaves out the delta of Huber."""
    if isinstance(loss, type) or not type(loss).__module__.startswith("keras."):
        if not getattr(loss, "__module__", "").startswith("keras."):
            raise _NotDescribed
        return [loss.__module__, loss.__qualname__]  # a name or a function
    return [type(loss).__name__, {k: v for k, v in vars(loss).items() if k not in ("name", "call")}]


def _describe(value, digest):
    """Puts a value into a hash: its type and all its bits.

    Raises:
        _NotDescribed: for a value of a type that is not listed here.
    """
    import keras

    if isinstance(value, dict):
        _of_keras(value)
        value = [(str(key), value[key]) for key in sorted(value, key=str)]
    if isinstance(value, keras.optimizers.schedules.LearningRateSchedule):
        if not type(value).__module__.startswith("keras."):
            raise _NotDescribed
        value = [type(value).__name__, {k: v for k, v in value.get_config().items() if k != "name"}]
    if isinstance(value, keras.DTypePolicy):
        value = value.name
    if value is None or isinstance(value, (bool, int, float, str)):
        digest.update(repr((type(value).__name__, value)).encode())
    elif isinstance(value, (list, tuple, range, set)):
        digest.update(f"{type(value).__name__} {len(value)}".encode())
        for part in sorted(value) if isinstance(value, set) else value:
            _describe(part, digest)
    elif isinstance(value, (np.ndarray, np.generic)) or keras.ops.is_tensor(value):
        array = np.asarray(value)
        if array.dtype.hasobject:
            raise _NotDescribed
        digest.update(f"{array.dtype} {array.shape} ".encode() + array.tobytes())
    elif callable(value) and getattr(value, "__module__", "").startswith("keras."):
        digest.update(f"{value.__module__} {value.__qualname__}".encode())
    else:
        raise _NotDescribed


@functools.cache
def _code():
    """Gives the hash of the trainer's code and the versions of what it computes with."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    versions = {item.metadata["Name"]: item.version for item in metadata.distributions()}
    return [digest.hexdigest(), sys.version, platform.platform(), os.cpu_count(), sorted(versions.items())]


def _surroundings():
    """Gives the settings that numbers depend on; they may change from call to call."""
    import keras

    settings = sorted((k, v) for k, v in os.environ.items() if k.startswith(_SETTINGS))
    kept = [keras.backend.backend(), keras.config.floatx(), keras.config.dtype_policy().name, keras.config.epsilon()]
    kept.append(keras.config.image_data_format())
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        threads = tf.config.threading
        kept += [threads.get_intra_op_parallelism_threads(), threads.get_inter_op_parallelism_threads()]
        kept += [device.name for device in tf.config.get_visible_devices()]
        kept += [tf.config.experimental.tensor_float_32_execution_enabled(), tf.config.optimizer.get_jit()]
    return [settings, kept, cores]
