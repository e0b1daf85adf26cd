"""A board beside a figure: its reader notes stops that were tried, and finds each of them on a plot.

The lesson draws the plot: `board(noted) -> figure`, where `noted` is a list of dicts, argument name -> value. What it
draws for a noted stop are points of their own, each made with `ax.plot(x, y, ..., gid="noted")`, or `gid="answer"` for
what is shown beside it then. The page holds one picture of the board and the places of these points.
"""

import html
import inspect
import json

import ipywidgets as widgets
from matplotlib.figure import Figure

from .controls import ExploreError
from .legible import find_unreadable
from .picture import closing_figures, css_size, palette_png, pixels, png

_KINDS = ("noted", "answer")
#: How a marker looks that is not a circle: a square that is turned.
_TURNED = ("D", "d", "s")


def check_board(figure, draw):
    """Gives back a board's drawing function; raises ExploreError where it is none."""
    if draw is not None and not (inspect.isfunction(draw) and inspect.getdoc(draw)):
        raise ExploreError(f"Figure {figure} needs a board made with def, with a docstring. Received: {draw!r}")
    return draw


def draw_board(instrument, noted):
    """Draws the board of an instrument.

    Args:
        instrument: an `Explore` with a board.
        noted: a list of dicts, argument name -> value.

    Returns:
        A Matplotlib figure.

    Raises:
        ExploreError: where the function gives something else.
    """
    with closing_figures():
        figure = instrument.board([{**values, **instrument.constants} for values in noted])
    if not isinstance(figure, Figure):
        raise ExploreError(
            f"The board of figure {instrument.__name__} must be a Figure. Received: {type(figure).__name__}"
        )
    return figure


def _marks(figure):
    """Gives the points of a drawn board: (kind, x and y in percent of the picture from its upper left, colour, turned).

    Raises:
        ValueError: for a mark that is not one point.
    """
    width, height = figure.canvas.get_width_height()
    found = []
    for ax in figure.axes:
        for line in ax.lines:
            if line.get_gid() in _KINDS:
                ((x, y),) = ax.transData.transform(line.get_xydata())
                places = round(100 * x / width, 2), round(100 - 100 * y / height, 2)
                found.append([line.get_gid(), *places, line.get_markerfacecolor(), line.get_marker() in _TURNED])
    return found


def bake_board(instrument, combinations):
    """Draws the board empty, and with each stop noted.

    Returns:
        `(png, size, marks)`: the picture of the empty board, its (width, height) in CSS pixels, and a list of points
        for each stop.

    Raises:
        ExploreError: where a stop has no point that is noted, or a text can not be read.
    """
    name, texts = instrument.__name__, []
    empty = draw_board(instrument, [])
    array = pixels(empty, texts=texts)
    if (found := find_unreadable(empty, texts)) is not None:
        raise ExploreError(f"The board of figure {name} must have texts that can be read. Received: {found}")
    marks = []
    for values in combinations:
        figure = draw_board(instrument, [values])
        pixels(figure)
        marks.append(_marks(figure))
        if not any(mark[0] == "noted" for mark in marks[-1]) or css_size(figure) != css_size(empty):
            raise ExploreError(
                f"The board of figure {name} must keep its size and have a point with gid='noted' for {values}. "
                f"Received: {marks[-1]}, {css_size(figure)}"
            )
    return palette_png(array), css_size(empty), marks


def board_html(instrument, size, frame, marks):
    """Writes what stands below the figure in the page.

    Args:
        instrument: an `Explore` with a board.
        size: (width, height) in CSS pixels.
        frame: the address of the picture of the empty board.
        marks: the points of each stop.
    """
    width, height = size
    about = html.escape(" ".join(inspect.getdoc(instrument.board).partition("\n\n")[0].split()))
    block = json.dumps(marks, separators=(",", ":")).replace("<", "\\u003c")
    name = html.escape(instrument.id)
    return (
        f'<div class="explore-board" data-of="{name}" role="group" aria-label="{html.escape(instrument.title)}: notes">'
        '<p><button type="button" class="explore-note">Note this point</button> '
        '<button type="button" class="explore-clear">Clear</button> '
        "<small>Your notes stay in this browser.</small></p>"
        f'<div class="explore-plot" style="max-width: {width}px"><img src="{frame}" alt="{about}" width="{width}" '
        f'height="{height}" loading="lazy"></div>'
        f'<ol class="explore-noted"></ol><script type="application/json" class="explore-marks">{block}</script></div>'
    )


class BoardView:
    """The board of a live instrument.

    Attributes:
        widget: what is shown.
        noted: the stops that are noted, dicts of argument name -> value, each with its reading.
    """

    def __init__(self, instrument, now):
        """Takes the instrument, and a function that gives its present values and reading."""
        self.instrument, self._now, self.noted = instrument, now, []
        self.note = widgets.Button(description="Note this point")
        self.clear = widgets.Button(description="Clear")
        self.picture, self.list = widgets.Image(format="png"), widgets.HTML()
        self.picture.layout.max_width = "100%"
        self.note.on_click(self._note)
        self.clear.on_click(self._clear)
        self.widget = widgets.VBox([widgets.HBox([self.note, self.clear]), self.picture, self.list])
        self._show()

    def _note(self, _):
        values, reading = self._now()
        if all(values != old for old, _ in self.noted):
            self.noted.append((values, reading))
        self._show()

    def _clear(self, _):
        self.noted.clear()
        self._show()

    def _show(self):
        figure = draw_board(self.instrument, [values for values, _ in self.noted])
        self.picture.value = png(figure)
        self.picture.layout.width = f"{css_size(figure)[0]}px"
        items = "".join(f"<li>{html.escape(reading)}</li>" for _, reading in self.noted)
        self.list.value = f'<ol class="explore-noted" style="line-height: 1.5">{items}</ol>'
