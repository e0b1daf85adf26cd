"""utils.diagram: what is drawn is what was given, for any dense net."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from utils.diagram import NEGATIVE, POSITIVE, UNKNOWN, draw_network, short
from utils.explore.guard import find_not_finite
from utils.plot import figure

W1, B1 = np.array([[1.0, 1.0], [-1.0, 0.5], [0.5, 0.0]]), np.array([-1.0, 0.25, 2.0])
W2, B2 = np.array([[-2.0, -1.0, 3.0]]), np.array([0.5])


@pytest.fixture
def ax():
    fig, ax = figure(width="narrow", height=3.6)
    yield ax
    plt.close(fig)


def lines(ax):
    """Gives one (colour, width, begin, end) per drawn weight; begin and end are tuples."""
    found = []
    for collection in ax.collections:
        segments, widths = collection.get_segments(), collection.get_linewidths()
        for k, segment in enumerate(segments):
            color = to_hex(collection.get_colors()[0])
            found.append((color, widths[k % len(widths)], *(tuple(point) for point in segment)))
    return found


def texts(ax):
    return [text.get_text() for text in ax.texts]


def markers(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


layer_sizes = st.lists(st.integers(1, 40), min_size=2, max_size=5)


@given(layer_sizes, st.booleans(), st.integers(3, 12))
def test_any_net_has_its_nodes_and_its_lines(sizes, bias_nodes, most):
    fig, ax = plt.subplots()
    centres = draw_network(ax, sizes, bias_nodes=bias_nodes, most=most)
    drawn = [n if n <= most else most - 1 for n in sizes]
    assert [len(places) for places in centres] == drawn
    assert len(markers(ax, "o")) == sum(drawn)
    assert len(markers(ax, "s")) == (len(sizes) - 1 if bias_nodes else 0)
    assert len(lines(ax)) == sum((a + bias_nodes) * b for a, b in zip(drawn, drawn[1:], strict=False))
    assert texts(ax).count("⋮") == sum(n > most for n in sizes)
    places = np.vstack(centres)
    assert len(np.unique(places, axis=0)) == len(places)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    assert np.all((left < places[:, 0]) & (places[:, 0] < right) & (low < places[:, 1]) & (places[:, 1] < high))
    plt.close(fig)


def test_sign_is_the_colour_and_size_is_the_width(ax):
    first, second, third = draw_network(ax, (2, 3, 1), weights=[W1, W2])
    drawn = {(begin, end): (color, width) for color, width, begin, end in lines(ax)}
    for k, (w, begin, end) in enumerate([(W1, first, second), (W2, second, third)]):
        for j, i in np.ndindex(w.shape):
            pair = (tuple(begin[i]), tuple(end[j]))
            if w[j, i] == 0:
                assert pair not in drawn, (k, j, i)
            else:
                look = POSITIVE if w[j, i] > 0 else NEGATIVE
                assert drawn.pop(pair) == (to_hex(look["color"]), pytest.approx(4 * abs(w[j, i]) / 3)), (k, j, i)
    assert not drawn
    assert POSITIVE["linestyle"] != NEGATIVE["linestyle"]  # legible in grey


def test_widths_do_not_jump_when_the_largest_weight_is_given(ax):
    draw_network(ax, (1, 1), weights=[[[0.5]]], largest=2)
    assert lines(ax)[0][1] == pytest.approx(1.0)


def test_without_weights_the_lines_are_grey(ax):
    draw_network(ax, (2, 2))
    assert {color for color, *_ in lines(ax)} == {to_hex(UNKNOWN["color"])}


def test_a_bias_node_is_a_square_of_value_1_whose_lines_are_the_biases(ax):
    centres = draw_network(ax, (2, 3, 1), weights=[W1, W2], biases=[B1, B2], bias_nodes=True)
    squares = [(line.get_xdata()[0], line.get_ydata()[0]) for line in markers(ax, "s")]
    assert texts(ax) == ["1", "1"]
    assert all(y < centres[layer][-1][1] for layer, (_, y) in enumerate(squares))
    drawn = {(begin, end): (color, width) for color, width, begin, end in lines(ax)}
    for square, b, ends in zip(squares, (B1, B2), centres[1:], strict=True):
        for bias, end in zip(b, ends, strict=True):
            color, width = drawn[square, tuple(end)]
            assert color == to_hex((POSITIVE if bias > 0 else NEGATIVE)["color"])
            assert width == pytest.approx(max(4 * abs(bias) / 3, 0.4))


def test_biases_without_nodes_are_written(ax):
    draw_network(ax, (2, 3, 1), biases=[B1, B2])
    assert texts(ax) == ["b = −1", "b = 0.25", "b = 2", "b = 0.5"]


def test_numbers_of_a_forward_pass_stand_in_the_nodes(ax):
    x = np.array([2.0, 0.0])
    z1 = W1 @ x + B1
    a1 = np.maximum(z1, 0)
    z2 = W2 @ a1 + B2
    draw_network(ax, (2, 3, 1), before=[z1, z2], after=[x, a1, z2], names=[["in", "out"], None, ["h"]])
    written = ["2", "in", "0", "out", "1", "1", "−1.75", "0", "3", "3", short(z2[0]), short(z2[0]), "h"]
    assert texts(ax) == written
    faces = [to_hex(line.get_markerfacecolor()) for line in markers(ax, "o")]
    assert [face != "#ffffff" for face in faces] == [value != 0 for value in (*x, *a1, *z2)]


def test_removed_nodes_are_crossed_out_and_have_no_lines(ax):
    gone = np.array([True, False, True])
    centres = draw_network(
        ax, (2, 3, 1), weights=[W1, W2], bias_nodes=True, biases=[B1, B2], removed=[None, gone, None]
    )
    assert len(markers(ax, "x")) == 2
    ends = {point for _, _, begin, end in lines(ax) for point in (begin, end)}
    assert [tuple(place) in ends for place in centres[1]] == [False, True, False]
    draw_network(ax, (2, 3, 1), after=[[1, 1], [5, 5, 7], [1]], removed=[None, gone, None])
    assert texts(ax).count("5") == 1  # what a removed node would say is not written


def test_written_weights_do_not_cover_each_other(ax):
    draw_network(ax, (2, 3, 1), weights=[W1 + 0.01, W2], write_weights=True)
    written = [text for text in ax.texts if text.get_text() in {short(w) for w in [*(W1 + 0.01).ravel(), *W2.ravel()]}]
    assert len(written) == 9
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in written]
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def test_a_large_net_is_drawn_fast_and_without_nan(ax):
    rng = np.random.default_rng(0)
    sizes = (784, 128, 64, 10)
    weights = [rng.normal(size=(b, a)) for a, b in zip(sizes, sizes[1:], strict=False)]
    centres = draw_network(ax, sizes, weights=weights)
    assert [len(places) for places in centres] == [9, 9, 9, 10]
    assert find_not_finite(ax.figure) is None
    # The last of the nodes that are drawn is the last one there is.
    (color,) = {c for c, _, begin, end in lines(ax) if begin == tuple(centres[0][-1]) and end == tuple(centres[1][-1])}
    assert color == to_hex((POSITIVE if weights[0][-1, -1] > 0 else NEGATIVE)["color"])


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.5, "0.5"), (-1, "−1"), (-0.001, "0"), (0, "0"), (2.0 / 3, "0.67"), (10, "10"), (-100.0, "−100")],
)
def test_short_numbers(number, text):
    assert short(number) == text


@pytest.mark.parametrize(
    ("sizes", "wrong", "words"),
    [
        ((3,), {}, r"two or more positive integers.*Received: \[3\]"),
        ((2, 0), {}, r"Received: \[2, 0\]"),
        ((2, 1.5), {}, r"Received: \[2, 1.5\]"),
        ((2, 3), {"weights": [W1.T]}, r"weights has entries of the shapes \[\(3, 2\)\]. Received: \[\(2, 3\)\]"),
        ((2, 3), {"weights": [W1, W2]}, r"Received: \[\(3, 2\), \(1, 3\)\]"),
        ((2, 3), {"biases": [np.zeros(2)]}, r"biases.*Received: \[\(2,\)\]"),
        ((2, 3), {"after": [np.zeros(3)]}, "after"),
        ((2, 3), {"before": [np.zeros(2)]}, "before"),
        ((2, 3), {"removed": [None]}, "removed"),
        ((2, 3), {"most": 2}, "most is 3 or more. Received: 2"),
    ],
)
def test_what_does_not_fit_is_named(ax, sizes, wrong, words):
    with pytest.raises(ValueError, match=words):
        draw_network(ax, sizes, **wrong)
