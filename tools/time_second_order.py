"""Measures what a gradient, a Hessian-vector product and a full Hessian cost in Keras, for growing nets.

    python -m tools.time_second_order        rewrites lessons/assets/second_order.csv (a few minutes; Linux only)

The table belongs to the machine that is named in it. Lesson 05 reads it: seconds differ from machine to machine and
from run to run, and a figure of the book has to be the same whenever it is drawn.
"""

import csv
import os
import platform
import time
from pathlib import Path

TABLE = Path(__file__).parents[1] / "lessons/assets/second_order.csv"
#: Units of two hidden layers; the net has 10 inputs, one output and gets 32 examples.
WIDTHS = {6: "all", 13: "all", 27: "all", 50: "all", 95: "all", 130: "all", 310: "products", 990: "products"}
INPUTS, EXAMPLES, REPEATS = 10, 32, 5


def parts(width):
    """Gives three compiled functions of the flat weights, (P,), and these weights.

    Args:
        width: units of each hidden layer.

    Returns:
        dict name -> function of (P,) weights and a (P,) direction; the weights.
    """
    import keras
    import numpy as np
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(width, activation="tanh") for _ in range(2)]
    model = keras.Sequential([keras.Input((INPUTS,)), *layers, keras.layers.Dense(1)])
    rng = np.random.default_rng(0)
    x, y = (tf.constant(rng.normal(size=(EXAMPLES, n)), keras.config.floatx()) for n in (INPUTS, 1))
    shapes = [w.shape for w in model.trainable_variables]
    sizes = [int(np.prod(shape)) for shape in shapes]

    def loss(flat):
        weights = [tf.reshape(w, shape) for w, shape in zip(tf.split(flat, sizes), shapes, strict=True)]
        return tf.reduce_mean((model.stateless_call(weights, [], x)[0] - y) ** 2)

    def gradient(flat, direction):
        with tf.GradientTape() as tape:
            tape.watch(flat)
            value = loss(flat)
        return tape.gradient(value, flat)

    def product(flat, direction):
        with tf.GradientTape() as tape:
            tape.watch(flat)
            slope = tf.tensordot(gradient(flat, direction), direction, 1)
        return tape.gradient(slope, flat)

    def hessian(flat, direction):
        with tf.GradientTape() as tape:
            tape.watch(flat)
            slope = gradient(flat, direction)
        return tape.jacobian(slope, flat)

    flat = tf.concat([tf.reshape(w.value, [-1]) for w in model.trainable_variables], 0)
    functions = {"gradient": gradient, "product": product, "hessian": hessian}
    return {name: tf.function(f) for name, f in functions.items()}, flat


def memory(field):
    """Reads a line of /proc/self/status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def measure(function, flat):
    """Gives seconds of one core (the least of several calls) and the most bytes that one call adds."""
    function(flat, flat)  # the first call compiles
    seconds, most = [], 0
    for _ in range(REPEATS):
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        before, start = memory("VmRSS"), time.process_time()
        function(flat, flat).numpy()
        seconds.append(time.process_time() - start)
        most = max(most, memory("VmHWM") - before)
    return min(seconds), most


def machine():
    """Names the processor, and what computed."""
    import keras
    import tensorflow as tf

    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"one core of {name}, Keras {keras.__version__}, TensorFlow {tf.__version__}"


def main():
    """Measures and writes the table."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    rows = []
    for width, wanted in WIDTHS.items():
        functions, flat = parts(width)
        for what, function in functions.items():
            if what != "hessian" or wanted == "all":
                seconds, most = measure(function, flat)
                rows.append({"parameters": len(flat), "what": what, "seconds": f"{seconds:.3g}", "bytes": most})
                print(rows[-1], flush=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        file.write(f"# {machine()}\n")
        writer = csv.DictWriter(file, ["parameters", "what", "seconds", "bytes"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # of one core, as the table says
    main()
