"""The settings that notebooks and tests start from: ours, whatever the user has at home.

A `keras.json` with another precision, a `matplotlibrc` with other colours or a start-up file of IPython would change
the outputs of every notebook, and nobody could tell why.
"""

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

SETTINGS = Path(__file__).resolve().parent / "settings"


@functools.cache
def our_settings():
    """Gives the environment variables that keep the user's settings of Keras, Matplotlib and IPython out."""
    profiles = tempfile.mkdtemp(prefix="ipython-")  # IPython writes there
    atexit.register(_remove, profiles, os.getpid())
    return {"KERAS_HOME": str(SETTINGS), "MATPLOTLIBRC": str(SETTINGS / "matplotlibrc"), "IPYTHONDIR": profiles}


def _remove(folder, process):
    if os.getpid() == process:  # and not in a fork
        shutil.rmtree(folder, ignore_errors=True)


def kernel_environment(**variables):
    """Gives the environment of a kernel whose outputs are shown or compared: this process's, with our settings.

    Args:
        **variables: what to add.
    """
    # A backend chosen outside would take the figures out of a notebook, or change its numbers.
    kept = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "KERAS_BACKEND")}
    return kept | our_settings() | variables
