"""Says what this machine computes with, and chooses: processor or GPU, precision, how GPU memory is taken.

    from utils.device import use_device

    use_device()                             # looks, and prints one line
    use_device("cpu")                        # leaves a GPU alone
    use_device(precision="mixed_bfloat16")   # 16-bit arithmetic, 32-bit weights

A choice must come before the first computation: call it in a notebook's first cell.
"""

import os
import sys
from collections import namedtuple

#: backend: "tensorflow", "jax" or "torch"; kind: "CPU" or "GPU"; name: of the GPU or ""; memory: bytes or None;
#: gpus: names of all that were found; precision: Keras' dtype policy; line: what is printed.
Device = namedtuple("Device", "backend kind name memory cores gpus precision line")

_PREALLOCATE = "XLA_PYTHON_CLIENT_PREALLOCATE"  # JAX reads it once, when it starts
_scopes = []  # Keras' device scope for PyTorch, held open

_PRECISIONS = ("float32", "float64", "mixed_bfloat16", "mixed_float16")


def use_device(choice="auto", *, precision=None, memory_growth=True, quiet=False):
    """Chooses where Keras computes, and prints one line that says what is there.

    A machine without a GPU is no error, except when one is asked for by name.

    Args:
        choice: "auto" (a GPU where there is one), "cpu" or "gpu".
        precision: "float32", "float64", "mixed_bfloat16", "mixed_float16", or None to leave Keras' setting alone.
        memory_growth: take GPU memory bit by bit as it is needed, so that several notebooks can share a GPU;
            False lets TensorFlow and JAX take nearly all of it at once, as they do by default.
        quiet: print nothing.

    Returns:
        a `Device`.

    Raises:
        ValueError: for an unknown choice or precision.
        RuntimeError: when "gpu" is asked for and there is none, or when a choice comes too late.
    """
    if choice not in ("auto", "cpu", "gpu"):
        raise ValueError(f'choice is "auto", "cpu" or "gpu". Received: {choice!r}')
    if precision is not None and precision not in _PRECISIONS:
        raise ValueError(f"precision is one of {', '.join(_PRECISIONS)} or None. Received: {precision!r}")
    preallocate = "false" if memory_growth else "true"
    late = _is_running("jax") and os.environ.get(_PREALLOCATE) != preallocate
    if not late:
        os.environ[_PREALLOCATE] = preallocate
    import keras

    backend = keras.backend.backend()
    look, choose = {
        "tensorflow": (_tensorflow_gpus, _choose_tensorflow),
        "jax": (_jax_gpus, _choose_jax),
        "torch": (_torch_gpus, _choose_torch),
    }[backend]
    gpus = look()  # pairs (name, bytes or None)
    if choice == "gpu" and not gpus:
        raise RuntimeError(f"No GPU was found by {backend}, so the choice is 'auto' or 'cpu'. Received: 'gpu'")
    kind = "GPU" if gpus and choice != "cpu" else "CPU"
    if gpus:
        choose(kind, memory_growth)
    if precision is not None:
        _set_precision(backend, precision)
    name, memory = gpus[0] if kind == "GPU" else ("", cpu_memory())
    policy = keras.config.dtype_policy().name
    cores = cpu_cores()
    line = _line(backend, kind, name, memory, cores, len(gpus), policy)
    if backend == "jax" and kind == "GPU" and late:
        line += " How it takes memory is unchanged: choose before keras is imported."
    if not quiet:
        print(line)
    return Device(backend, kind, name, memory, cores, tuple(n for n, _ in gpus), policy, line)


def _line(backend, kind, name, memory, cores, gpus, policy):
    """Writes what was found as one sentence."""
    size = "" if memory is None else f", {memory / 2**30:.0f} GiB"
    if kind == "GPU":
        what = f"GPU {name}{size}" + (f", the first of {gpus}" if gpus > 1 else "")
    else:
        what = f"CPU with {cores} core{'s' if cores > 1 else ''}{size}; " + (
            "the GPU is left alone" if gpus else "no GPU found, which is enough for this course"
        )
    return f"{backend} on {what}; precision {policy}."


def cpu_cores():
    """Counts the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_memory():
    """Gives the machine's memory in bytes, or None where the system does not tell (Windows)."""
    names = getattr(os, "sysconf_names", {})
    if "SC_PAGE_SIZE" not in names or "SC_PHYS_PAGES" not in names:
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _is_running(module):
    """True when a module has been imported."""
    return module in sys.modules


def _set_precision(backend, precision):
    """Sets Keras' dtype policy, and with float64 the type of everything else too."""
    import keras

    if precision == "float64" and backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64" if precision == "float64" else "float32")
    keras.config.set_dtype_policy(precision)


def _tensorflow_gpus():
    import tensorflow as tf

    details = tf.config.experimental.get_device_details  # names the GPU; its memory TensorFlow does not tell
    return [(details(gpu).get("device_name", gpu.name), None) for gpu in tf.config.list_physical_devices("GPU")]


def _choose_tensorflow(kind, memory_growth):
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    try:
        for gpu in gpus if kind == "GPU" else []:
            tf.config.experimental.set_memory_growth(gpu, memory_growth)
        tf.config.set_visible_devices(gpus[:1] if kind == "GPU" else [], "GPU")
    except RuntimeError as error:  # TensorFlow's own words name an internal state, not what to do
        what = "TensorFlow has computed already: restart the kernel and choose first."
        raise RuntimeError(f"{what} Received: the choice of {kind}") from error


def _jax_gpus():
    import jax

    found = []
    for gpu in (d for d in jax.local_devices() if d.platform in ("gpu", "cuda", "rocm", "METAL")):
        statistics = gpu.memory_stats() or {}
        found.append((gpu.device_kind, statistics.get("bytes_limit")))
    return found


def _choose_jax(kind, memory_growth):
    import jax

    chosen = jax.devices("cpu")[0] if kind == "CPU" else jax.local_devices()[0]
    jax.config.update("jax_default_device", chosen)


def _torch_gpus():
    import torch

    if torch.cuda.is_available():
        found = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
        return [(properties.name, properties.total_memory) for properties in found]
    return [("Apple MPS", None)] if torch.backends.mps.is_available() else []


def _choose_torch(kind, memory_growth):
    """Enters Keras' device scope and stays there. PyTorch takes memory bit by bit in any case."""
    import keras
    import torch

    gpu = "cuda:0" if torch.cuda.is_available() else "mps"
    scope = keras.device(gpu if kind == "GPU" else "cpu")
    scope.__enter__()
    _scopes.append(scope)  # it would close itself if nobody held it
