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


def in_threads(run, parts):
    """Gives a function like the compiled `run` of `utils.train.loop.make_loop`, for `parts` times as many nets."""
    from keras import ops, tree

    called = False

    def run_all(own, *shared):
        nonlocal called
        flat = [ops.split(a, parts) for a in tree.flatten(own)]
        each = [tree.pack_sequence_as(own, [a[p] for a in flat]) for p in range(parts)]
        apply = _pool.map if called else map  # the first call compiles: once, not in every thread
        done = list(apply(lambda mine: run(mine, *shared), each))
        called = True
        return tree.map_structure(lambda *a: ops.concatenate(a), *done)

    return run_all
