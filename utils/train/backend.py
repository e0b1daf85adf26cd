"""What differs between TensorFlow and JAX: compiling, gradients, many nets at once, tensors and variables."""

import os
from collections import namedtuple

import numpy as np

#: jit(f): f compiled. gradient(objective, weights): (what else the objective tells, the gradients).
#: vectorise(f, stacked): f of each net. tensor(array): the array where the backend computes.
#: assign(variable, array): a new value for a Keras variable.
Kit = namedtuple("Kit", "jit gradient vectorise tensor assign")


def _compile_small_loops_whole():
    """Asks XLA to compile a small loop as one function; else it runs each operation of each step as a task of its own.

    A step of a 2-16-16-1 net is faster by a factor of 2 to 3 then, and does not wait for other threads. XLA does so
    up to 1 kB of memory traffic per step; above 256 kB its own matrix products lose against those of the tasks.
    XLA reads this when it compiles for the first time. Where the reader has set the same option it stays. JAX brings
    an XLA of its own, in which the option changes nothing (measured with jaxlib 0.10).
    """
    flags = os.environ.get("XLA_FLAGS", "")
    if "xla_backend_extra_options" not in flags:
        option = f"--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold={256 * 1024}"
        os.environ["XLA_FLAGS"] = f"{flags} {option}".strip()


def _tensorflow_kit():
    import tensorflow as tf

    _compile_small_loops_whole()

    def gradient(objective, trainable):
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            total, rest = objective(trainable)
        return rest, tape.gradient(total, trainable)

    def jit(function):
        traced = tf.function(function, jit_compile=True, autograph=False)
        compiled = None

        def call(*arguments):  # its shapes never change: traced once, and TensorFlow need not watch for retracing
            nonlocal compiled
            compiled = compiled or traced.get_concrete_function(*arguments)
            return compiled(*arguments)

        return call

    def assign(variable, array):  # Keras' own way takes twice as long, which is felt with a slider
        variable.value.assign(array, read_value=False)

    return Kit(jit, gradient, tf.vectorized_map, tf.constant, assign)


def _jax_kit():
    import jax

    def gradient(objective, trainable):
        gradients, rest = jax.grad(objective, has_aux=True)(trainable)
        return rest, gradients

    def vectorise(function, stacked):
        return jax.vmap(function)(stacked)

    return Kit(jax.jit, gradient, vectorise, jax.numpy.asarray, lambda variable, array: variable.assign(array))


def _torch_kit():
    """Arrays stay arrays there, and nothing is compiled."""
    return Kit(None, None, None, np.asarray, lambda variable, array: variable.assign(array))


def kit():
    """Gives the `Kit` of the backend."""
    import keras

    return {"tensorflow": _tensorflow_kit, "jax": _jax_kit, "torch": _torch_kit}[keras.backend.backend()]()


def each_net(function, stacked, nets):
    """Applies a function of one net to all nets: tensors (S, ...) in and out."""
    import keras

    if nets > 1:
        return kit().vectorise(function, stacked)
    alone = function(keras.tree.map_structure(lambda a: a[0], stacked))  # one net: spares the batched arithmetic
    return keras.tree.map_structure(lambda a: keras.ops.expand_dims(a, 0), alone)
