"""What fails a book build: a NaN in a picture, a draw that raises, a reading that says nothing. It names the stop."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils.explore import ExploreError, explore


def line(y, text, size=(2, 1)):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    ax.set(xlim=(0, 1), ylim=(-4, 4))
    ax.plot(y)
    return figure, text


def must_fail(draw, message, **arguments):
    draw.__name__, draw.__doc__ = "hinge", "A line."
    with pytest.raises(ExploreError, match=message):
        explore(**(arguments or {"n": (1, 3)}))(draw).mimebundle()
    assert plt.get_fignums() == []


def nan_line(ax):
    ax.plot([0, 1, np.nan])


def nan_dots(ax):
    ax.scatter([0, np.nan], [0, 1])


def nan_image(ax):
    ax.imshow([[0, np.nan]])


def nan_mesh(ax):
    ax.pcolormesh([[0, np.nan]])


def nan_bars(ax):
    ax.bar([0, 1], [1, np.nan])


def nan_outline(ax):
    ax.fill([0, 1, np.nan], [0, 1, 0])


@pytest.mark.parametrize("plot", [nan_line, nan_dots, nan_image, nan_mesh, nan_bars, nan_outline])
def test_a_nan_in_a_picture(bake_folder, plot):
    def hinge(n=1):
        figure, ax = plt.subplots()
        if n == 2:
            plot(ax)
        return figure, f"{n}"

    must_fail(hinge, "Figure hinge at n=2 must have no NaN.*Received: NaN in ")


def test_what_is_masked_on_purpose_is_no_nan(bake_folder):
    @explore(n=(1, 2))
    def hinge(n=1):
        """A line."""
        figure, ax = plt.subplots(figsize=(4, 3), layout="constrained")
        gap = np.ma.masked_invalid([0, np.nan, n])
        ax.plot(gap)
        ax.imshow(np.ma.masked_equal([[0, 7, n]], 7))
        ax.scatter(np.ma.masked_equal([0, 7, n], 7), [0, 1, 2], c=np.ma.masked_equal([0, 7, n], 7))
        ax.fill_between(np.arange(3), gap)
        ax.contourf(np.ma.masked_invalid([[0, 1.0, 2], [np.nan, 1, n], [3, 4, 5]]))
        ax.errorbar([0, 1], [0, 1], yerr=0.1)
        ax.hist([1, 2, n], histtype="step")
        ax.axhline(0)
        ax.legend([])
        return figure, f"{n}"

    hinge.mimebundle()


def test_a_draw_that_raises_at_one_stop(bake_folder):
    def hinge(n=1, target="sine"):
        return line([0], f"{1 / (n - 3):g}")

    must_fail(
        hinge,
        "Figure hinge could not be drawn at n=3, target='sine': ZeroDivisionError: division by zero",
        n=(1, 5),
        target=["sine"],
    )


def test_an_empty_reading(bake_folder):
    must_fail(lambda n=1: line([0, n], " " * n), r"at n=1 must return a reading of at least a word\. Received: ' '")


def test_the_same_reading_everywhere(bake_folder):
    must_fail(
        lambda n=1: line([0, n], "It fits."), r"must have readings that differ\. Received: 'It fits\.' at every stop"
    )


def test_a_picture_of_another_size(bake_folder):
    def hinge(n=1):
        return line([0, n], f"{n}", size=(2, 1 if n < 3 else 2))

    must_fail(
        hinge, r"Figure hinge at n=3 must have the size of the other stops, \(200, 100\)\. Received: \(200, 200\)"
    )


def test_two_figures_of_one_name(bake_folder):
    def make():
        @explore(n=(1, 2))
        def hinge(n=1):
            """A line."""
            return line([0, n], f"{n}")

        return hinge

    make().mimebundle()
    with pytest.raises(ExploreError, match="a name of its own. Received: hinge after hinge"):
        make().mimebundle()
