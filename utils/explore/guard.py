"""No NaN and no infinity in a picture: Matplotlib leaves them out without a word, and the reader sees a gap or nothing.

A gap that is meant is a masked value (`numpy.ma`). Two looks are needed, since neither sees all: at what the plotting
methods are given (histograms, contours, arrows and fillings drop a NaN as they are called), and at what is drawn in the
end (data that an artist was given later, artists added by hand).
"""

import functools
import inspect
from contextlib import contextmanager

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.figure import FigureBase
from matplotlib.image import _ImageBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from mpl_toolkits.mplot3d.axes3d import Axes3D

from .picture import drawn_artists

#: Methods that take no data, only limits, places and looks: there None or an infinity can be meant.
_NO_DATA = ("get_", "set", "legend", "inset_", "indicate_", "secondary_", "grid", "clear", "draw", "format_", "drag_")


class NotFiniteError(Exception):
    """A plotting method was given a NaN or an infinity; the message says which method, and what."""


@contextmanager
def guarded():
    """Has every plotting method of axes and figures raise `NotFiniteError` where it is given a NaN or an infinity."""
    before, inside = [], []
    for kind in (Axes, Axes3D, FigureBase):
        for name, method in list(vars(kind).items()):
            if inspect.isfunction(method) and not name.startswith(("_", *_NO_DATA)) and _takes_data(kind, name):
                before.append((kind, name, method))
                setattr(kind, name, _asking(method, inside))
    try:
        yield
    finally:
        for kind, name, method in before:
            setattr(kind, name, method)


def _takes_data(kind, name):
    return kind is not FigureBase or name in ("text", "figimage")


def _asking(method, inside):
    @functools.wraps(method)
    def asking(self, *args, **kwargs):
        # What Matplotlib hands from one of its methods to the next is its own business.
        if inside:
            return method(self, *args, **kwargs)
        for value in (*args, *kwargs.values()):
            if (found := _not_finite(value)) is not None:
                raise NotFiniteError(f"{found} in {method.__name__}")
        inside.append(True)
        try:
            return method(self, *args, **kwargs)
        finally:
            inside.pop()

    return asking


def find_not_finite(figure):
    """Names the first thing in a figure that was drawn with a NaN or an infinity ("NaN in a Line2D"), or gives None.

    Matplotlib masks the NaNs of images and dots by itself: there a gap that is meant is masked over a number.
    """
    for artist in drawn_artists(figure):
        for part in _data(artist):
            if (found := _not_finite(part)) is not None:
                return f"{found} in a {type(artist).__name__}"
    return None


def _data(artist):
    """Gives the numbers that place an artist and that it shows."""
    if isinstance(artist, Line2D):
        return [artist.get_xdata(orig=True), artist.get_ydata(orig=True)]
    if isinstance(artist, _ImageBase):
        return [np.ma.getdata(artist.get_array())]
    if isinstance(artist, Collection):
        data = [artist.get_offsets(), artist.get_array()]
        return [*map(np.ma.getdata, data), artist.get_sizes() if hasattr(artist, "get_sizes") else ()]
    if isinstance(artist, Text):
        return [artist.get_position(), getattr(artist, "xy", ())]
    if isinstance(artist, Patch):
        return [artist.get_path().vertices, artist.get_patch_transform().get_matrix()]
    return []


def _not_finite(value):
    """Tells whether there is a "NaN" or an "infinity" in numbers, or gives None; what is no number has none."""
    if isinstance(value, str | dict | bool) or value is None:
        return None
    if isinstance(value, list | tuple) and any(isinstance(part, np.ma.MaskedArray) for part in value):
        return next(filter(None, map(_not_finite, value)), None)
    try:
        array = np.ma.asarray(value)
    except (TypeError, ValueError):  # lists of different lengths
        return next(filter(None, map(_not_finite, value)), None) if isinstance(value, list | tuple) else None
    if array.dtype.kind not in "fc":
        return None
    shown = array.compressed() if np.ma.is_masked(array) else array.data
    if np.isfinite(shown).all():
        return None
    return "NaN" if np.isnan(shown).any() else "infinity"
