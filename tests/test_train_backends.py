"""The tests of utils.train again on JAX and on PyTorch, each in a process of its own, where they are installed.

`make test` puts JAX into a folder of its own, .venv/jax. All tests on JAX:

    PYTHONPATH=.venv/jax KERAS_BACKEND=jax JAX_ENABLE_X64=1 python -m pytest tests/test_train{,_fit,_layers,_key}.py
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = [str(Path(__file__).with_name(name)) for name in ("test_train.py", "test_train_fit.py", "test_train_parts.py")]


def run_on(backend, selection):
    """Runs the selected tests on another backend; only pytest, hypothesis and the backend are needed."""
    own = Path(sys.prefix) / backend  # a folder beside the environment's packages: lessons do not need to import it
    if not own.is_dir() and importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed, neither in the environment nor in {own}")
    path = os.pathsep.join(filter(None, [str(own), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": path}
    environment |= {"JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}
    options = ["-q", "-x", "--noconftest", "-o", "addopts=", "-p", "no:cacheprovider", "-k", selection]
    command = [sys.executable, "-m", "pytest", *options, *FILES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_what_matters_most_on_jax():
    """What differs there: compiling and what it may do anew, gradients, many nets, threads, variables, schedules."""
    long = "(1000_steps and float64 and (momentum-four or adam-regression))"
    run_on("jax", f"{long} or together or (cores and 2) or moving_numbers or dropout or divergence or ctrl")


def test_a_part_on_pytorch():
    run_on(
        "torch", "losses or l2 or divergence or together or callbacks or ctrl or AdamW or schedules or seed or dropout"
    )
