"""The learning rate of every step: constant, or from a Keras schedule."""

import json

import numpy as np

from utils.train.compiled import is_of_keras, once
from utils.train.inputs import is_sequence


def learning_rates(rate, optimizer, nets, steps):
    """Gives the learning rate of every step and net.

    Args:
        rate: a number, a `keras.optimizers.schedules` schedule, or a list of S of them; None is the optimiser's own.
        optimizer: the Keras optimiser.
        nets: S.
        steps: how many.

    Returns:
        array (steps, S).

    Raises:
        ValueError: for a negative rate or something that is neither.
    """
    rate = optimizer._learning_rate if rate is None else rate
    each = list(rate) if is_sequence(rate) else [rate] * nets
    columns = {id(r): _column(r, steps) for r in {id(r): r for r in each}.values()}
    return np.stack([columns[id(r)] for r in each], axis=1)


def _column(rate, steps):
    """Gives the learning rate of one net: an array (steps,)."""
    import keras

    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return _schedule(rate, steps)
    if isinstance(rate, keras.Variable):
        rate = rate.numpy()
    if callable(rate) or not np.all(np.asarray(rate, dtype="float64") >= 0):
        raise ValueError(f"learning_rate is a number, at least 0, or a Keras schedule. Received: {rate!r}")
    return np.full(steps, rate, dtype="float64")


def _schedule(schedule, steps):
    """Evaluates a schedule at steps 0, 1, ...: an array (steps,). Those of Keras once: it takes a slider's time."""
    import keras

    if not is_of_keras(type(schedule)):  # a class of the reader's own can compute anything
        return _evaluate(schedule, steps)
    said = json.dumps(schedule.get_config(), sort_keys=True, default=repr)
    key = ("schedule", keras.backend.backend(), keras.config.floatx(), type(schedule), said, steps)
    return once(key, lambda: _evaluate(schedule, steps))


def _evaluate(schedule, steps):
    import keras

    numbers = keras.ops.arange(steps, dtype="int32")
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        dtype = keras.config.floatx()
        each = tf.function(lambda: tf.map_fn(lambda n: tf.cast(schedule(n), dtype), numbers, fn_output_signature=dtype))
        # The one graph that is wanted: calling `each` itself warns of "retracing" from the fifth schedule on.
        return each.get_concrete_function()().numpy().astype("float64")
    if keras.backend.backend() == "jax":
        import jax

        return np.asarray(jax.jit(jax.vmap(schedule))(numbers), dtype="float64")
    return np.array([float(schedule(n)) for n in range(steps)])
