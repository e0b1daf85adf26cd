"""From a drawn figure to bytes, and what must hold of every picture."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.image import _ImageBase
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
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


def css_size(figure):
    """Gives the size at which a page shows the figure: (width, height) in CSS pixels."""
    return tuple(round(inches * CSS_PER_INCH) for inches in figure.get_size_inches())


def png(figure):
    """Gives the figure as the bytes of a PNG, fast: for the live notebook.

    The same pixels as in the book. (`figure.savefig` walks through a figure with a layout once more before it draws.)
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels(figure)).save(buffer, format="png", compress_level=1)
    return buffer.getvalue()


def pixels(figure):
    """Draws the figure and gives its pixels, shape (height, width, 3), 0 to 255."""
    figure.set_dpi(DOTS_PER_INCH)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


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
    image.save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def has_map(figure):
    """Tells whether the figure shows colours as values (an image or filled contours), which need a larger palette."""
    return any(
        isinstance(artist, _ImageBase) or (isinstance(artist, Collection) and artist.get_array() is not None)
        for artist in figure.findobj()
    )


def find_nan(figure):
    """Names the first thing in the figure that has a NaN, or gives None.

    A gap that is meant is a masked value (`numpy.ma`). In images and dots it must be masked over a number, since
    Matplotlib itself masks the NaNs there. The one place where a NaN leaves no trace is `fill_between`.
    """
    for artist in figure.findobj():
        if isinstance(artist, Line2D):
            data = [artist.get_xdata(orig=True), artist.get_ydata(orig=True)]
        elif isinstance(artist, _ImageBase):
            data = [np.ma.getdata(artist.get_array())]
        elif isinstance(artist, Collection):
            data = [np.ma.getdata(artist.get_offsets()), np.ma.getdata(artist.get_array())]
            data += [path.vertices for path in artist.get_paths()]
        elif isinstance(artist, Polygon):
            data = [artist.get_xy()]
        elif isinstance(artist, Rectangle):
            data = [artist.get_bbox().get_points()]
        else:
            continue
        if any(_any_nan(part) for part in data):
            return type(artist).__name__
    return None


def _any_nan(data):
    array = np.ma.asarray(data)
    return array.dtype.kind == "f" and bool(np.isnan(array).any())
