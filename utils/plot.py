"""One look for every figure: colours by role, two widths, no jumping.

A colour always means the same thing, and it never stands alone: each role has a line style and a marker too, so that
a figure can be read in grey. The colours are those of Okabe and Ito, made for colour-blind readers.
"""

import matplotlib.pyplot as plt
import numpy as np

#: role -> colour. The built book shows figures with inverted lightness in dark mode, so black means "most contrast".
COLORS = {
    "data": "#000000",  # measured points
    "model": "#0072B2",  # what the network says
    "truth": "#E69F00",  # the function that we want
    "error": "#D55E00",  # truth minus model, losses
    "term": "#56B4E9",  # one unit of many, drawn faint
    "signal": "#0072B2",
    "background": "#D55E00",
    "guide": "#6E6E6E",  # axes of symmetry, bounds, thresholds
    "other": "#009E73",  # a second model
    "third": "#CC79A7",  # a third model
}

#: role -> line style and marker, for the keyword arguments of `ax.plot`.
LINES = {
    "data": {"linestyle": "none", "marker": "o", "markersize": 4},
    "model": {"linestyle": "-", "linewidth": 2.2},
    "truth": {"linestyle": (0, (5, 2)), "linewidth": 2.2},
    "error": {"linestyle": "-", "linewidth": 1.6},
    "term": {"linestyle": "-", "linewidth": 1.0, "alpha": 0.6},
    "signal": {"linestyle": "-", "linewidth": 2.0},
    "background": {"linestyle": (0, (4, 2)), "linewidth": 2.0},
    "guide": {"linestyle": ":", "linewidth": 1.4},
    "other": {"linestyle": "-.", "linewidth": 2.0},
    "third": {"linestyle": (0, (3, 1, 1, 1)), "linewidth": 2.0},
}

#: The two widths of the course, in inches; a built page shows one inch as 100 CSS pixels.
WIDTHS = {"narrow": 4.8, "wide": 6.4}

#: Contour maps: perceptually uniform, and diverging for probabilities around 1/2.
CMAP, CMAP_DIVERGING = "viridis", "RdBu"

_STYLE = {
    "font.size": 13,
    "axes.titlesize": 13,
    "axes.labelsize": 13,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "legend.fontsize": 12,
    "legend.framealpha": 0.85,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
}

_used = []  # whether a figure of this kernel has the style already


def role(name, **changes):
    """Gives the keyword arguments that draw something in its role: `ax.plot(x, y, **role("model"))`.

    Args:
        name: a key of `COLORS`.
        **changes: keyword arguments of `ax.plot` that replace those of the role.

    Returns:
        A dict of keyword arguments: colour, line style, line width, marker.

    Raises:
        ValueError: for an unknown role.
    """
    if name not in COLORS:
        raise ValueError(f"A role is one of {', '.join(COLORS)}. Received: {name!r}")
    return {"color": COLORS[name], **LINES[name], **changes}


def figure(rows=1, columns=1, *, width="wide", height=3.6, **subplots):
    """Makes a figure of one of the two widths, in the course's style, with axes that stay where they are.

    Args:
        rows, columns: the grid of axes. On a phone, two rows read better than two columns.
        width: "narrow" (4.8 inches) or "wide" (6.4 inches).
        height: in inches.
        **subplots: passed on to `plt.subplots` (`height_ratios`, `sharex`, `squeeze`, ...).

    Returns:
        `fig, ax` as `plt.subplots` gives them.

    Raises:
        ValueError: for an unknown width.
    """
    if not _used:
        use_style()
    if width not in WIDTHS:
        raise ValueError(f"width is one of {', '.join(WIDTHS)}. Received: {width!r}")
    return plt.subplots(rows, columns, figsize=(WIDTHS[width], height), layout="constrained", **subplots)


def band(ax, x, values, name="model", *, alpha=0.3, **changes):
    """Draws what several seeds gave: a band that holds all of them, and their median as a line.

    Args:
        ax: the axes.
        x: places, shape (X,).
        values: one row a seed, shape (S, X).
        name: the role, a key of `COLORS`.
        alpha: how dense the band is.
        **changes: keyword arguments of `ax.plot` that replace those of the role: `label`, `linewidth`, ...

    Raises:
        ValueError: for an unknown role, or values of another shape.
    """
    x, values = np.asarray(x), np.asarray(values)
    if values.ndim != 2 or values.shape[1:] != x.shape:
        raise ValueError(f"values has the shape (seeds, {len(x)}). Received: the shape {values.shape}")
    line = role(name, **changes)
    ax.fill_between(x, values.min(axis=0), values.max(axis=0), color=COLORS[name], alpha=alpha, linewidth=0)
    ax.plot(x, np.median(values, axis=0), **line)


def legend_above(ax, columns=3, middle=0.5):
    """Puts the legend above the axes, where it hides no data.

    Args:
        ax: the axes.
        columns: how many entries stand side by side.
        middle: where the middle of the legend stands, as a share of the width of the axes.
    """
    place = {"loc": "lower center", "bbox_to_anchor": (middle, 1.0), "ncols": columns}
    ax.legend(**place, frameon=False, handlelength=1.8, columnspacing=1.2)


def use_style():
    """Sets the course's style for every figure of this kernel. Call it once, in a notebook's setup cell.

    It starts from Matplotlib's own defaults: a reader's matplotlibrc must not change the pictures.
    """
    plt.style.use(["default", _STYLE])
    _used.append(True)
