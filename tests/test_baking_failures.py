"""What fails a book build: a NaN in a picture, a draw that raises, a reading that says nothing. It names the stop."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from utils.explore import ExploreError, explore
from utils.explore.bake import _baked_ids


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


def gap(bad):
    return [0.0, 1.0, bad, 2.0]


def hole(bad):
    return np.array([[0, 1.0, 2], [bad, 1, 3], [3, 4, 5]])


#: How a NaN gets into a picture, one way for each method, with an artist that is added or changed by hand at the end.
WAYS = {
    "plot": lambda ax, bad: ax.plot(gap(bad)),
    "a list of arrays": lambda ax, bad: ax.plot([np.zeros(2), np.array([0, bad])]),
    "scatter": lambda ax, bad: ax.scatter([0, bad], [0, 1]),
    "scatter's colours": lambda ax, bad: ax.scatter([0, 1], [0, 1], c=[0, bad]),
    "scatter's sizes": lambda ax, bad: ax.scatter([0, 1], [0, 1], s=[10, bad]),
    "imshow": lambda ax, bad: ax.imshow(hole(bad)),
    "pcolormesh": lambda ax, bad: ax.pcolormesh(hole(bad)),
    "contour": lambda ax, bad: ax.contour(hole(bad)),
    "contourf": lambda ax, bad: ax.contourf(hole(bad)),
    "bar": lambda ax, bad: ax.bar([0, 1], [1, bad]),
    "barh": lambda ax, bad: ax.barh([0, 1], [1, bad]),
    "fill": lambda ax, bad: ax.fill([0, 1, bad], [0, 1, 0]),
    "fill_between": lambda ax, bad: ax.fill_between(range(4), gap(bad)),
    "hist": lambda ax, bad: ax.hist(gap(bad), bins=[0, 1, 2]),
    "stairs": lambda ax, bad: ax.stairs(gap(bad)),
    "stackplot": lambda ax, bad: ax.stackplot(range(4), gap(bad)),
    "errorbar": lambda ax, bad: ax.errorbar([0, 1], [0, 1], yerr=[0.1, bad]),
    "quiver": lambda ax, bad: ax.quiver([0, 1], [0, 1], [1, bad], [1, 1]),
    "text": lambda ax, bad: ax.text(bad, 0, "here"),
    "annotate": lambda ax, bad: ax.annotate("here", (bad, 0), (0, 0)),
    "axhline": lambda ax, bad: ax.axhline(bad),
    "vlines": lambda ax, bad: ax.vlines([0, bad], 0, 1),
    "the figure's text": lambda ax, bad: ax.figure.text(bad, 0, "here"),
    "set_data": lambda ax, bad: ax.plot(range(4))[0].set_ydata(gap(bad)),
    "set_offsets": lambda ax, bad: ax.scatter([0, 1], [0, 1]).set_offsets([[0, bad]]),
    "add_patch": lambda ax, bad: ax.add_patch(plt.Polygon([[0, 0], [1, bad], [1, 0]])),
}
SOLID = {
    "plot": lambda ax, bad: ax.plot(gap(bad), gap(bad), gap(bad)),
    "scatter": lambda ax, bad: ax.scatter(range(4), range(4), gap(bad)),
    "plot_surface": lambda ax, bad: ax.plot_surface(*np.meshgrid(range(3), range(3)), hole(bad)),
    "bar3d": lambda ax, bad: ax.bar3d([0], [0], [0], 1, 1, bad),
    "text": lambda ax, bad: ax.text(0, 0, bad, "here"),
}


@pytest.mark.parametrize("bad", [np.nan, np.inf], ids=["NaN", "infinity"])
@pytest.mark.parametrize(
    ("way", "projection"), [(way, None) for way in WAYS] + [(way, "3d") for way in SOLID], ids=lambda part: part or "2d"
)
def test_a_number_in_a_picture_that_is_none(bake_folder, way, projection, bad):
    plot = (SOLID if projection else WAYS)[way]

    def hinge(n=1):
        figure, ax = plt.subplots(figsize=(4, 3), layout="constrained", subplot_kw={"projection": projection})
        if n == 2:
            plot(ax, bad)
        return figure, f"{n}"

    kind = "NaN" if np.isnan(bad) else "infinity"
    must_fail(hinge, f"Figure hinge at n=2 must have no NaN and no infinity.*Received: {kind} in ")


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


def test_a_figure_without_a_docstring(bake_folder):
    @explore(n=(1, 2))
    def hinge(n=1):
        return line([0, n], f"{n}")

    with pytest.raises(ExploreError, match="Figure hinge needs a docstring that says what the picture is"):
        hinge.mimebundle()


def test_two_pictures_with_one_reading(bake_folder):
    def hinge(n=1, k=1):
        return line([0, n + k], f"{n}")

    must_fail(
        hinge,
        r"Figure hinge at n=1, k=2 shows another picture than at n=1, k=1, and must have another.*Received: '1'",
        n=(1, 2),
        k=(1, 2),
    )


def test_a_draw_that_is_not_pure(bake_folder):
    calls = []

    def hinge(n=1):
        calls.append(n)
        return line([0, len(calls) % 3], f"{n}")

    must_fail(hinge, "Figure hinge at n=1 must have the same picture whenever it is drawn")

    _baked_ids.clear()
    calls.clear()

    def told(n=1):
        calls.append(n)
        return line([0, n], f"{n}, call {len(calls)}")

    must_fail(told, "Figure hinge at n=1 must have the same reading whenever it is drawn.*call 1.*then")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ax: ax.set_ylabel("output", fontsize=5), "'output' has 5 points and would be too small on a laptop"),
        (lambda ax: ax.text(0.99, 0, "beyond"), "'beyond' is cut off at the right edge"),
        (lambda ax: ax.set_yticks([0], ["a long word"]), "'a long word' is cut off at the left edge|lies on"),
        (lambda ax: ax.inset_axes([0, 0, 0.5, 0.5]).set_title("small", fontsize=4), "'small' has 4 points"),
    ],
)
def test_a_text_that_can_not_be_read(bake_folder, change, message):
    def hinge(n=1):
        figure, text = line([0, n], f"{n}", size=(3, 2))
        if n == 2:
            change(figure.axes[0])
        return figure, text

    must_fail(hinge, f"Figure hinge at n=2 must have texts that can be read.*{message}")


def test_a_wide_picture_needs_larger_texts_for_a_phone(bake_folder):
    def hinge(n=1):
        figure, text = line([0, n], f"{n}", size=(6.4, 3))
        figure.axes[0].tick_params(labelsize=11)
        return figure, text

    must_fail(hinge, "has 11 points and would be too small on a phone: .* needs 11.6")


def test_a_text_on_other_axes(bake_folder):
    def hinge(n=1):
        figure, axes = plt.subplots(1, 2, figsize=(4, 2))
        figure.subplots_adjust(left=0.2, bottom=0.2)
        for ax in axes:
            ax.set(xticks=[], yticks=[])
        if n == 2:
            axes[0].text(0, 0.5, "a text that is as long as this one")
        return figure, f"{n}"

    must_fail(hinge, "at n=2 must have texts that can be read.*lies on other axes")


def test_two_controls_of_one_name(bake_folder):
    @explore(curve_n=(1, 2))
    def loss(curve_n=1):
        """A line."""
        return line([0, curve_n], f"{curve_n}")

    @explore(n=(1, 2))
    def loss_curve(n=1):
        """A line."""
        return line([0, n], f"{n}")

    loss.mimebundle()
    with pytest.raises(ExploreError, match="Received: 'loss-curve-n' in loss and in loss_curve"):
        loss_curve.mimebundle()


@pytest.mark.parametrize(("first", "second"), [("sum_", "sum"), ("sum_n", "sum"), ("sum", "sum_n")])
def test_names_that_become_one_id(bake_folder, first, second):
    def make(name):
        def draw(n=1):
            """A line."""
            return line([0, n], f"{n}")

        draw.__name__ = name
        return explore(n=(1, 2))(draw)

    make(first).mimebundle()
    with pytest.raises(ExploreError, match=f"a name of its own.* {first}.* {second}|Received: {second} after {first}"):
        make(second).mimebundle()
