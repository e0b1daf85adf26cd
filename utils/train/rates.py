"""The learning rate of every step: constant, or from a Keras schedule."""

import numpy as np

from utils.train.compiled import once, text
from utils.train.inputs import is_sequence
from utils.train.taken import expect, is_of_keras, take


def learning_rates(rate, optimizer, nets, steps):
    """Gives the learning rate of every step and net.

    Args:
        rate: a number, a `keras.optimizers.schedules` schedule, or a list of S of them; None is the optimiser's own.
        optimizer: the Keras optimiser.
        nets: S.
        steps: how many.

    Returns:
        array (S, steps); list of S booleans, whether the rates are those of a schedule.

    Raises:
        ValueError: for a negative rate or something that is neither.
    """
    import keras

    rate = optimizer._learning_rate if rate is None else rate
    each = list(rate) if is_sequence(rate) else [rate] * nets
    rows = {id(r): _row(r, steps) for r in {id(r): r for r in each}.values()}
    scheduled = [isinstance(r, keras.optimizers.schedules.LearningRateSchedule) for r in each]
    return np.stack([rows[id(r)] for r in each]), scheduled


def _row(rate, steps):
    """Gives the learning rates of one net: an array (steps,). Those of a schedule once: it takes a slider's time."""
    import keras

    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        kind = type(rate)
        take(is_of_keras(kind), "a schedule of keras.optimizers.schedules", f"the class {kind.__name__}")
        key = ("schedule", keras.backend.backend(), keras.config.floatx(), kind, text(rate.get_config()), steps)
        return once(key, lambda: _evaluate(rate, steps))
    if isinstance(rate, keras.Variable):
        rate = rate.numpy()
    number = isinstance(rate, (int, float, np.number, np.ndarray)) and np.ndim(rate) == 0 and rate >= 0
    expect(number, "learning_rate is a number, at least 0, or a Keras schedule", repr(rate))
    return np.full(steps, rate, dtype="float64")


def _evaluate(schedule, steps):
    """Evaluates a schedule at steps 0, 1, ..., one by one as an optimiser does: an array (steps,)."""
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
