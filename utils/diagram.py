"""Draws a dense network: a node per unit, layers from left to right, a line per weight.

The width of a line is the size of its weight. Its sign is colour and line style: solid blue is positive, dashed
orange is negative, so that the sign can be read in grey too.
"""

import numpy as np
from matplotlib.collections import LineCollection

from utils.plot import COLORS

POSITIVE = {"color": COLORS["model"], "linestyle": "-"}
NEGATIVE = {"color": COLORS["error"], "linestyle": (0, (3, 1.5))}
UNKNOWN = {"color": COLORS["guide"], "linestyle": "-"}
_ON = "#CFE5F4"  # face of a node that is not 0
_THICK, _FONT = 4.0, 11.5  # points
_BEHIND = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}  # a text on a line is legible


def draw_network(
    ax,
    sizes,
    *,
    weights=None,
    biases=None,
    bias_nodes=False,
    before=None,
    after=None,
    removed=None,
    names=None,
    write_weights=False,
    largest=None,
    most=10,
):
    """Draws a dense network of any size into axes, which lose their frame.

    Where an argument has one entry per layer, an entry may be None.

    Args:
        ax: Matplotlib axes.
        sizes: nodes per layer, inputs first: L + 1 positive integers.
        weights: L arrays, entry k of shape (sizes[k + 1], sizes[k]) as in the formulas: Keras' kernels are their
            transposes. None: thin grey lines. A weight of 0 has no line.
        biases: L arrays (sizes[k + 1],), written above the nodes, or drawn if `bias_nodes`.
        bias_nodes: draws the biases as weights of one more node per layer, a square whose value is always 1.
        before: L arrays (sizes[k + 1],), the pre-activations, written into the upper half of the nodes.
        after: L + 1 arrays (sizes[k],), the inputs and the activations, written into the nodes. A node that is not 0
            is filled.
        removed: L + 1 arrays (sizes[k],) of bool: True takes the lines of a node away and crosses it out.
        names: L + 1 lists of texts, written below the nodes.
        write_weights: writes the weights on their lines.
        largest: the size of weight whose line is 4 points wide (none is below 0.4); None: the largest of all.
        most: a layer with more nodes shows its first and last ones, and dots between them; 3 or more.

    Returns:
        L + 1 arrays (drawn nodes, 2), the centres of the nodes in data coordinates, without bias nodes.

    Raises:
        ValueError: for sizes that are no network's, or entries that do not fit them.
    """
    sizes = list(sizes)
    if len(sizes) < 2 or any(n != int(n) or n < 1 for n in sizes):
        raise ValueError(f"sizes are two or more positive integers, inputs first. Received: {sizes}")
    if most < 3:
        raise ValueError(f"most is 3 or more. Received: {most}")
    nodes, kernels = [(n,) for n in sizes], [(n_out, n_in) for n_in, n_out in zip(sizes, sizes[1:], strict=False)]
    weights = _checked("weights", weights, kernels)
    biases = _checked("biases", biases, nodes[1:])
    before = [None, *_checked("before", before, nodes[1:])]
    after = _checked("after", after, nodes)
    removed = [
        np.zeros(n, bool) if r is None else r.astype(bool)
        for (n,), r in zip(nodes, _checked("removed", removed, nodes), strict=True)
    ]
    names = [None] * len(sizes) if names is None else names

    shown = [_shown(n, most) for n in sizes]
    rows = [min(n, most) + (bias_nodes and layer < len(sizes) - 1) for layer, n in enumerate(sizes)]
    centres = [_centres(layer, *of_layer) for layer, of_layer in enumerate(zip(shown, sizes, rows, strict=True))]
    diameter = _prepare(ax, len(sizes), max(rows), 46 if any(a is not None for a in after) else 24)
    sizes_of_weights = [np.abs(w).max() for w in [*weights, *(biases if bias_nodes else [])] if w is not None]
    largest = max(sizes_of_weights, default=1.0) if largest is None else largest

    for k, (begin, end) in enumerate(zip(centres, centres[1:], strict=False)):
        w = None if weights[k] is None else weights[k][np.ix_(shown[k + 1], shown[k])]
        there = ~(removed[k + 1][shown[k + 1], None] | removed[k][shown[k]])
        if bias_nodes:
            begin = np.vstack([begin, [k, -(rows[k] - 1) / 2]])
            there = np.column_stack([there, ~removed[k + 1][shown[k + 1]]])
            if w is not None:
                w = np.column_stack([w, np.zeros(len(end)) if biases[k] is None else biases[k][shown[k + 1]]])
            _draw_node(ax, begin[-1], diameter, marker="s", number=1)
        _draw_lines(ax, begin, end, w, there, largest or 1.0)
        if write_weights and w is not None:
            _write_weights(ax, begin, end, w, there)

    for layer, (places, units) in enumerate(zip(centres, shown, strict=True)):
        for place, i in zip(places, units, strict=True):
            z, a = (None if values[layer] is None else values[layer][i] for values in (before, after))
            _draw_node(ax, place, diameter, before=z, number=a, removed=removed[layer][i])
            if layer and biases[layer - 1] is not None and not bias_nodes:
                _write_beside(ax, place, diameter, f"b = {short(biases[layer - 1][i])}", side=1)
            if names[layer] is not None:
                _write_beside(ax, place, diameter, names[layer][i], side=-1)
        if len(units) < sizes[layer]:
            ax.text(*places[most // 2 - 1 : most // 2 + 1].mean(axis=0), "⋮", ha="center", va="center", fontsize=16)
    return centres


def short(number):
    """Writes a number with at most two decimals and a true minus sign: 0.5, −1, 0."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def _checked(name, arrays, shapes):
    """Gives one array or None per shape; None alone stands for all of them."""
    arrays = [None] * len(shapes) if arrays is None else [None if a is None else np.asarray(a) for a in arrays]
    received = [None if a is None else a.shape for a in arrays]
    if len(arrays) != len(shapes) or any(r not in (None, s) for r, s in zip(received, shapes, strict=True)):
        raise ValueError(f"{name} has entries of the shapes {shapes}. Received: {received}")
    return arrays


def _shown(nodes, most):
    """Lists the nodes of a layer that are drawn: all, or the first and the last ones."""
    if nodes <= most:
        return list(range(nodes))
    return [*range(most // 2), *range(nodes - (most - 1 - most // 2), nodes)]


def _centres(layer, shown, nodes, rows):
    """Gives centres (drawn nodes, 2) from top to bottom; a row stays free where nodes are left out."""
    row = np.arange(len(shown))
    if len(shown) < nodes:
        row[(len(shown) + 1) // 2 :] += 1
    return np.column_stack([np.full(len(shown), float(layer)), (rows - 1) / 2 - row])


def _prepare(ax, layers, rows, diameter):
    """Takes the frame away, sets the limits, and gives the diameter of a node in points: smaller where room lacks."""
    ax.set_axis_off()
    ax.set(xlim=(-0.5, layers - 0.5), ylim=(-rows / 2 - 0.05, rows / 2 + 0.05))
    box, point = ax.get_window_extent(), ax.figure.dpi / 72
    return min(diameter, 0.75 * box.height / point / rows, 0.5 * box.width / point / layers)


def _draw_node(ax, place, diameter, *, before=None, number=None, removed=False, marker="o"):
    look = {"color": COLORS["guide"], "alpha": 0.5} if removed else {"color": "black"}
    on = number is not None and number != 0 and not removed and marker == "o"
    face = {"markerfacecolor": _ON if on else "white", "markersize": diameter * (0.7 if marker == "s" else 1)}
    ax.plot(*place, marker, **look, **face, zorder=3, clip_on=False)
    if removed:
        ax.plot(*place, "x", color=COLORS["guide"], markersize=0.6 * diameter, zorder=4)
        return
    texts = [(0.22, before), (-0.22, number)] if before is not None else [(0, number)]
    for height, value in texts:
        if value is not None:
            _write(ax, place, short(value), height * diameter, fontsize=min(_FONT, 0.7 * diameter))
    if before is not None:
        ax.plot(*place, "_", color="black", markersize=0.8 * diameter, markeredgewidth=0.8, zorder=4)


def _write(ax, place, text, up, **look):
    """Writes a text some points above a place."""
    centred = {"ha": "center", "va": "center", "fontsize": _FONT, "zorder": 5}
    ax.annotate(text, place, xytext=(0, up), textcoords="offset points", **centred | look)


def _write_beside(ax, place, diameter, text, side):
    _write(ax, place, text, side * (diameter / 2 + 3), va="bottom" if side > 0 else "top", bbox=_BEHIND, zorder=2)


def _draw_lines(ax, begin, end, w, there, largest):
    """Draws the lines between two layers; w and there have the shape (end, begin)."""
    pairs = np.array([[[b, e] for b in begin] for e in end])  # (end, begin, 2, 2)
    if w is None:
        ax.add_collection(LineCollection(pairs[there], linewidths=0.8, alpha=0.6, zorder=1, **UNKNOWN))
        return
    for look, chosen in ((POSITIVE, there & (w > 0)), (NEGATIVE, there & (w < 0))):
        widths = np.maximum(_THICK * np.abs(w[chosen]) / largest, 0.4)
        ax.add_collection(LineCollection(pairs[chosen], linewidths=widths, zorder=1, **look))


def _write_weights(ax, begin, end, w, there):
    """Writes the weights near the middle of their lines, where the numbers are far enough apart."""

    def heights(part):
        return (1 - part) * begin[:, 1] + part * end[:, 1, None]  # (end, begin)

    def gap(part):
        return np.diff(np.sort(heights(part)[there])).min(initial=1.0)

    parts = (0.5, 0.6, 0.4, 0.65, 0.35, 0.7, 0.3, 0.75, 0.25)
    part = next((part for part in parts if gap(part) > 0.24), max(parts, key=gap))  # in rows
    x = (1 - part) * begin[0, 0] + part * end[0, 0]
    for j, i in zip(*np.nonzero(there), strict=True):
        color = (POSITIVE if w[j, i] >= 0 else NEGATIVE)["color"]
        _write(ax, (x, heights(part)[j, i]), short(w[j, i]), 0, color=color, bbox=_BEHIND, zorder=2)
