"""The look of the figures does not depend on the reader's own settings of Matplotlib."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils import plot
from utils.explore.picture import pixels


def drawn(fig, ax):
    ax.plot([0, 1], label="a line")
    ax.set(xlabel="x", title="a title")
    ax.legend()
    return pixels(fig)


@pytest.fixture
def restored():
    with plt.rc_context():
        yield


@pytest.mark.parametrize("calls_use_style", [True, False])
def test_a_matplotlibrc_changes_nothing(restored, monkeypatch, calls_use_style):
    plot.use_style()
    expected = drawn(*plot.figure())
    plt.rcParams.update({"lines.linewidth": 7, "axes.facecolor": "yellow", "font.family": "serif", "axes.titlepad": 20})
    monkeypatch.setattr(plot, "_used", [])  # as in a new kernel
    if calls_use_style:
        plot.use_style()
    assert np.array_equal(drawn(*plot.figure()), expected)


def test_what_a_reader_changes_after_use_style_stays_changed(restored):
    plot.use_style()
    plt.rcParams["lines.linewidth"] = 7
    plot.figure()
    assert plt.rcParams["lines.linewidth"] == 7


def test_a_band_holds_all_seeds_around_their_median():
    values = np.array([[1.0, 5.0, 2.0], [2.0, 4.0, 2.0], [6.0, 0.0, 2.0]])
    _, ax = plot.figure()
    plot.band(ax, [0, 1, 2], values, "other", label="nets")
    (line,), (area,) = ax.lines, ax.collections
    np.testing.assert_array_equal(line.get_ydata(), [2, 4, 2])
    assert (line.get_label(), line.get_color()) == ("nets", plot.COLORS["other"])
    corners = {tuple(corner) for corner in area.get_paths()[0].vertices}
    assert {(0, 1), (0, 6), (1, 0), (1, 5), (2, 2)} == corners
    plt.close("all")


def test_a_band_wants_one_row_a_seed():
    with pytest.raises(ValueError, match=r"the shape \(seeds, 3\)\. Received: the shape \(3, 2\)"):
        plot.band(plot.figure()[1], [0, 1, 2], np.zeros((3, 2)))
    plt.close("all")
