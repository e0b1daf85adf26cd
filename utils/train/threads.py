"""Nets that train together, dealt out to the cores of the processor: one call of the compiled loop in each thread.

The arithmetic of a small net fits on one core and is not worth sharing. But nets do not wait for each other, so half
of them on each of two cores take half the time. A GPU gets them all in one call.
"""

from concurrent.futures import ThreadPoolExecutor

from utils.device import cpu_cores

MOST = 8  # parts: taking the stacks apart and putting them together costs about a millisecond per part
_pool = ThreadPoolExecutor(MOST, thread_name_prefix="utils.train")


def parts_of(nets):
    """Gives the number of parts: the largest one that divides S and is not larger than the number of cores."""
    if _has_gpu():
        return 1
    return max(p for p in range(1, min(MOST, cpu_cores(), nets) + 1) if nets % p == 0)


def _has_gpu():
    """True where Keras computes on a GPU."""
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return bool(tf.config.list_logical_devices("GPU"))
    import jax

    return jax.default_backend() != "cpu"


def in_threads(run, parts, plan):
    """Gives a function like the compiled `run` for parts times as many nets.

    Args:
        run: function of `utils.train.loop.make_loop`, compiled for S / parts nets.
        parts: how many threads.
        plan: the `Plan` of all S nets.
    """
    import keras

    def split(tensors, axis=0):
        """Takes tensors apart: a list of structures like `tensors`, one per part."""
        flat = [keras.ops.split(a, parts, axis) for a in keras.tree.flatten(tensors)]
        return [keras.tree.pack_sequence_as(tensors, [a[p] for a in flat]) for p in range(parts)]

    def split_data(data, stacked):
        """Takes a data set apart where it is stacked; what is shared goes to all."""
        if data is None:
            return [None] * parts
        own = split({key: a for key, a in data.items() if key in stacked})
        return [{**data, **mine} for mine in own]

    def join(tensors, axis=0):
        """Puts equal structures together, the opposite of `split`."""
        flat = zip(*(keras.tree.flatten(t) for t in tensors), strict=True)
        return keras.tree.pack_sequence_as(tensors[0], [keras.ops.concatenate(a, axis) for a in flat])

    called = False

    def run_all(state, epochs, first_step, data, validation, order, share, rates, knobs):
        nonlocal called
        arguments = zip(
            split(state),
            [epochs] * parts,
            [first_step] * parts,
            split_data(data, plan.stacked),
            split_data(validation, plan.stacked_validation),
            [order] * parts,
            [share] * parts,
            split(rates, axis=2),
            split(knobs),
            strict=True,
        )
        apply = _pool.map if called else map  # the first call compiles: once, not in every thread
        done = list(apply(lambda own: run(*own), arguments))
        called = True
        states, step_losses, validation_losses = zip(*done, strict=True)
        return join(states), join(step_losses, axis=2), join(validation_losses, axis=1)

    return run_all
