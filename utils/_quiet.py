"""TensorFlow without its greeting.

On import TensorFlow's compiled part writes notes about processors and missing CUDA drivers straight to the process's
standard error, with times in them. A notebook would show them, and its outputs would never compare equal.
"""

import importlib.machinery
import os
import re
import sys
import tempfile

# The lines that are left out: information (I), warnings (W) and what announces them. Anything else is passed on.
_NOTE = re.compile(
    rb"^([IW]\d{4} |WARNING: All log messages before absl|To enable the following instructions|E\d{4} .*cuInit).*\n?",
    re.M,
)


class _QuietLoader:
    """Loads a module while what the process writes to standard error is held back and sifted."""

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.loader
        sys.stderr.flush()
        kept = os.dup(2)
        with tempfile.TemporaryFile() as held:
            os.dup2(held.fileno(), 2)
            try:
                self.loader.exec_module(module)
            finally:
                os.dup2(kept, 2)
                os.close(kept)
                held.seek(0)
                os.write(2, _NOTE.sub(b"", held.read()))


class _QuietFinder:
    """Finds `tensorflow` as Python does, and has it loaded quietly."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "tensorflow" or path is not None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


def install():
    """Has TensorFlow imported without its notes, now or whenever it is first imported."""
    # For what it would say later; 3 keeps fatal errors. Errors that matter are raised as exceptions all the same.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.meta_path.insert(0, _QuietFinder)
