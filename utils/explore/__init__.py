"""One figure, three lives: sliders in JupyterLab, sliders in the built book, a picture on paper.

    @explore(n=(1, 32), target=["sine", "bump", "step"])
    def relu_sum(n=4, target="sine"):
        ...
        return fig, f"{n} ReLUs: the largest error is {error:.3f}."

In a notebook the figure has live sliders, and the kernel draws. In the book build (the environment variable
`EXPLORE_BAKE` names a folder) every combination of stops is drawn once, and the page needs no kernel.
"""

import functools
import inspect
import os
from pathlib import Path

from .bake import bake
from .board import check_board
from .controls import Baked, ExploreError, baked, count, make_controls
from .guard import NotFiniteError
from .picture import Layout, check_drawn, closing_figures
from .play import find_played
from .sliders import lambda_slider

__all__ = ["Baked", "Explore", "ExploreError", "baked", "explore", "lambda_slider"]

#: Names the folder of the baked frames; set by the book build (utils/book.py), inherited by its kernels.
BAKE_VARIABLE = "EXPLORE_BAKE"


def explore(*, play=None, board=None, **controls):
    """Makes an instrument of a drawing function: a figure with controls, and a reading below it.

    Args:
        play: the name of a slider that gets a play button, which walks through its stops: time, a step, `k of n`.
        board: a function `board(noted) -> figure` with a docstring, which draws a plot of the stops that the reader has
            noted (`utils/explore/board.py`): the figure gets buttons to note a stop and to clear the notes.
        **controls: one control for each argument of the function, as in `ipywidgets.interact`: a tuple
            `(min, max)` or `(min, max, step)`, a list or dict of choices, a bool, a widget with a finite number of
            stops, or `fixed(value)`. `baked(control, stops=[...])` names the stops that the built book shows.

    Returns:
        A decorator for `draw(**values) -> (figure, reading)`, where `figure` is a Matplotlib figure and `reading` one
        sentence with the number to read off. It shows the figure and gives an `Explore`.

    Raises:
        ExploreError: for a control without stops, an unknown name, more than 200 combinations of (baked) stops,
            something else than a slider to play, or a `draw` that returns something else.
    """

    def decorate(draw):
        instrument = Explore(draw, controls, play, board)
        try:
            from IPython import get_ipython
            from IPython.display import display
        except ImportError:
            return instrument
        if get_ipython() is not None:
            # Not display(instrument): IPython prints an error of a _repr_ method and goes on, and a build must fail.
            display(instrument.mimebundle(), raw=True)
        return instrument

    return decorate


class Explore:
    """A drawing function with controls. Calling it calls the function; displaying it shows the instrument.

    Attributes:
        id: the figure's name in the page and in its address: the function's name with hyphens.
        title: its name for readers: the function's name in words.
        description: what the picture is: the first paragraph of the function's docstring.
        controls: the controls, in the order of the function's arguments.
        played: the one that has a play button, or None.
        board: what draws the stops that were noted, or None.
        layout: where its axes stand, at every stop.
    """

    def __init__(self, draw, controls, play=None, board=None):
        # A partial, a lambda or a builtin has no name or no arguments of its own.
        if not (inspect.isfunction(draw) or inspect.ismethod(draw)) or draw.__name__ == "<lambda>":
            raise ExploreError(f"explore takes a function with a name, made with def. Received: {draw!r}")
        functools.update_wrapper(self, draw)
        self.draw = draw
        self.id = draw.__name__.replace("_", "-").strip("-")
        self.title = draw.__name__.replace("_", " ").strip().capitalize()
        self.description = " ".join((inspect.getdoc(draw) or "").partition("\n\n")[0].split())
        self.controls, self.constants = make_controls(draw, controls)
        count(draw.__name__, self.controls)
        self.played = find_played(draw.__name__, self.controls, play)
        self.board = check_board(draw.__name__, board)
        self.layout = Layout()
        self._view = None

    def __call__(self, *args, **kwargs):
        """Calls the drawing function itself."""
        return self.draw(*args, **kwargs)

    def frame(self, values):
        """Draws one stop: the PNG and its reading.

        Args:
            values: argument name -> value, for every control.

        Returns:
            `(figure, reading)`, checked; the figure is no longer shown by pyplot.

        Raises:
            ExploreError: where `draw` raises or gives something else; it names the figure and the stop.
        """
        try:
            with closing_figures():
                drawn = self.draw(**values, **self.constants)
        except NotFiniteError:
            raise  # while it is baked: the book says what to do
        except Exception as error:
            stop = ", ".join(f"{name}={value!r}" for name, value in values.items())
            raise ExploreError(
                f"Figure {self.__name__} could not be drawn at {stop}: {type(error).__name__}: {error}"
            ) from error
        return check_drawn(self.__name__, values, drawn)

    def mimebundle(self):
        """Gives what a notebook shows: MIME type -> data. In a book build it bakes the figure.

        Raises:
            ExploreError: where the figure can not be drawn or baked.
        """
        folder = os.environ.get(BAKE_VARIABLE)
        shown = bake(self, Path(folder)) if folder else None
        if self._view is None:
            from .live import Live

            self._view = Live(self)
        live = self._view.mimebundle()
        if shown is None:
            return live
        # The live figure was made as well: a build fails where a reader of the notebook would find an error.
        if live["text/plain"] != shown["text/plain"]:
            raise ExploreError(
                f"Figure {self.__name__} must say the same whenever it is drawn. Received: {shown['text/plain']!r}, "
                f"then {live['text/plain']!r}"
            )
        return shown

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.mimebundle()

    def __repr__(self):
        return f"<Explore {self.id}: {', '.join(control.name for control in self.controls)}>"
