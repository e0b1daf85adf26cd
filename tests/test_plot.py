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
