"""From a drawn figure to bytes, and what must hold of every picture."""

import gc
import io
from contextlib import contextmanager

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.image import _ImageBase
from PIL import Image

from .controls import ExploreError

#: One inch is shown as 100 CSS pixels; 1.25 picture pixels for each are crisp enough at half the weight.
CSS_PER_INCH, DOTS_PER_INCH = 100, 125


def check_drawn(figure, values, drawn):
    """Gives back what `draw` returned, if it is a figure and a reading.

    Raises:
        ExploreError: otherwise; it names the figure, the stop and what was received.
    """
    stop = ", ".join(f"{name}={value!r}" for name, value in values.items())
    if not (
        isinstance(drawn, tuple) and len(drawn) == 2 and isinstance(drawn[0], Figure) and isinstance(drawn[1], str)
    ):
        received = (
            f"({', '.join(type(part).__name__ for part in drawn)})"
            if isinstance(drawn, tuple)
            else type(drawn).__name__
        )
        raise ExploreError(
            f"Figure {figure} at {stop} must return (figure, reading): a Figure and a str. Received: {received}"
        )
    if not drawn[1].strip():
        raise ExploreError(
            f"Figure {figure} at {stop} must return a reading of at least a word. Received: {drawn[1]!r}"
        )
    return drawn


@contextmanager
def closing_figures():
    """Closes the figures that are made meanwhile, or a notebook would show each a second time below its cell."""
    before = set(plt.get_fignums())
    try:
        yield
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)


@contextmanager
def frozen():
    """Takes what is there already out of the garbage collector's rounds: frames make much garbage, TensorFlow none.

    A round through all that TensorFlow has takes as long as two frames.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def css_size(figure):
    """Gives the size at which a page shows the figure: (width, height) in CSS pixels."""
    return tuple(round(inches * CSS_PER_INCH) for inches in figure.get_size_inches())


class Layout:
    """Solves the layout of a figure once, for its first picture: where its axes and their labels stand.

    That costs as much as drawing, and so nothing moves between stops but what the stop changes. A figure whose axes are
    others at some stops (their number, their places in the grid) has a layout for each kind.
    """

    def __init__(self):
        self._axes, self._labels, self._canvas = {}, {}, None

    def renderer(self, figure):
        """Gives what the figure is drawn with: the same for all stops, since it remembers words and formulas."""
        if self._canvas is None:
            self._canvas = FigureCanvasAgg(figure)
        figure.set_canvas(self._canvas)
        self._canvas.figure = figure
        renderer = self._canvas.get_renderer()
        renderer.clear()
        return renderer

    def draw(self, figure, renderer):
        """Draws the figure; it has no layout engine from then on."""
        engine = figure.get_layout_engine()
        kind = (tuple(figure.get_size_inches()), type(engine), *map(_place_in_grid, figure.axes))
        if engine is not None and figure.axes:
            if kind not in self._axes:
                engine.execute(figure)
                self._axes[kind] = [ax.get_position(original=True).frozen() for ax in figure.axes]
            figure.set_layout_engine("none")
            for ax, place in zip(figure.axes, self._axes[kind], strict=True):
                # Not ax.set_position: axes that keep their aspect are fitted into their place when they are drawn.
                ax._set_position(place)
        # Matplotlib looks at all tick labels to place the label beyond them: a third of drawing an axis.
        free = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis) if ax.name != "3d" and axis._autolabelpos]
        kind = (*kind, len(free))
        if kind in self._labels:
            for axis, place in zip(free, self._labels[kind], strict=True):
                axis.set_label_coords(*place)
        figure.draw(renderer)
        if kind not in self._labels:
            self._labels[kind] = [_label_place(axis) for axis in free]


def _place_in_grid(ax):
    spec = ax.get_subplotspec()
    return ax.name, None if spec is None else spec.get_geometry()


def _label_place(axis):
    """Gives where the label of a drawn axis stands, in the coordinates of its axes."""
    label = axis.label
    return axis.axes.transAxes.inverted().transform(label.get_transform().transform(label.get_position()))


def png(figure, layout=None):
    """Gives the figure as the bytes of a PNG, fast: for the live notebook.

    The same pixels as in the book. (`figure.savefig` walks through a figure with a layout once more before it draws.)
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels(figure, layout)).save(buffer, format="png", compress_level=1)
    return buffer.getvalue()


def pixels(figure, layout=None, texts=None):
    """Draws the figure and gives its pixels.

    Args:
        figure: a Matplotlib figure.
        layout: the `Layout` that the pictures of an instrument share; None: a new one.
        texts: a list to which the texts that are drawn are added, each once.

    Returns:
        Shape (height, width, 3), 0 to 255.
    """
    figure.set_dpi(DOTS_PER_INCH)
    layout = layout or Layout()
    renderer = layout.renderer(figure)
    with _noting(renderer, [] if texts is None else texts):
        layout.draw(figure, renderer)
    return np.asarray(renderer.buffer_rgba())[..., :3].copy()


@contextmanager
def _noting(renderer, texts):
    """Adds each text that is drawn to a list."""
    draw_text = renderer.draw_text

    def note(gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if mtext is not None and texts[-1:] != [mtext]:  # a text of two lines comes twice
            texts.append(mtext)
        draw_text(gc, x, y, s, prop, angle, ismath=ismath, mtext=mtext)

    renderer.draw_text = note
    try:
        yield
    finally:
        renderer.draw_text = draw_text


def palette_png(array, colors=64):
    """Gives pixels as the bytes of a small PNG with a palette.

    Args:
        array: shape (height, width, 3), 0 to 255.
        colors: how many colours are kept; a map of colours needs more than lines do.

    Returns:
        The bytes of a PNG.
    """
    # An octree keeps rare colours: median cut turns a small orange mark on a map into another colour.
    image = Image.fromarray(array).quantize(colors, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The palette is made of averages, and a nearly white ground would show as a box on the page.
    image.putpalette([255 if value >= 250 else value for value in image.getpalette()])
    buffer = io.BytesIO()
    # The very last step of compressing takes as long again, for a fiftieth of the bytes.
    image.save(buffer, format="png", compress_level=8)
    return buffer.getvalue()


def has_map(figure):
    """Tells whether the figure shows colours as values (an image or filled contours), which need a larger palette."""
    return any(
        isinstance(artist, _ImageBase) or (isinstance(artist, Collection) and artist.get_array() is not None)
        for artist in drawn_artists(figure)
    )


def drawn_artists(figure):
    """Gives what `draw` has put into a figure: lines, patches, texts, ... of all axes, without the axes' own parts.

    (`figure.findobj` makes every tick that might be, which takes as long as drawing.)
    """
    places = [figure, *figure.subfigs]
    for place in places:
        yield from (*place.artists, *place.images, *place.lines, *place.patches, *place.texts)
        yield from place.legends
    axes = list(figure.axes)
    for ax in axes:
        axes += ax.child_axes
        # Inset axes are children too; what they hold comes when their turn comes.
        own = {ax.xaxis, ax.yaxis, getattr(ax, "zaxis", None), *ax.spines.values(), *ax.child_axes, ax.patch}
        yield from (artist for artist in ax.get_children() if artist not in own)
