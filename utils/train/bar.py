"""A progress bar that leaves nothing behind, in a terminal and in a notebook."""

import io
import os
import sys
import time

from tqdm import tqdm


class Bar:
    """A progress bar over epochs that appears when a training takes longer than a second.

    Args:
        epochs: their number.
        show: True, False, or None: where somebody is watching, that is a terminal or a notebook opened in a Jupyter
            server. In a notebook that a program runs nobody sees it.
    """

    def __init__(self, epochs, show):
        watched = sys.stderr.isatty() or "JPY_SESSION_NAME" in os.environ
        self._show = watched if show is None else show
        self._epochs, self._bar, self._began = epochs, None, time.perf_counter()

    def at(self, epoch):
        """Moves the bar to an epoch."""
        if self._bar is None and self._show and time.perf_counter() - self._began > 1:
            choice = {"total": self._epochs, "initial": epoch, "unit": "epoch", "leave": False}
            self._bar = _CellBar(**choice) if _in_a_cell() else tqdm(**choice)
        if self._bar is not None:
            self._bar.update(epoch - self._bar.n)

    def close(self):
        """Takes the bar away."""
        if self._bar is not None:
            self._bar.close()


def _in_a_cell():
    """True in the kernel of a notebook."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return hasattr(shell, "kernel")


class _CellBar(tqdm):
    """A bar in the output of a cell.

    What is written to a stream stays there as an empty line, and in the file of the notebook. An output of its own
    can be replaced by one without content: JupyterLab shows nothing there, and `tools.clean_notebooks` drops it.
    """

    def __init__(self, **choice):
        self._output = None
        super().__init__(file=io.StringIO(), ascii=False, ncols=80, **choice)

    def display(self, msg=None, pos=None):
        """Shows the bar, or takes it away where `msg` is empty. Called by tqdm."""
        from IPython.display import display

        text = str(self) if msg is None else msg
        data = {"text/plain": text} if text else {}
        if self._output is None:
            self._output = display(data, raw=True, display_id=True)
        else:
            self._output.update(data, raw=True)
