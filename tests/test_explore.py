"""The controls of an instrument: what becomes of each kind, and what is said where one is wrong."""

import functools

import ipywidgets as w
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.explore import ExploreError, baked, explore
from utils.explore.formats import make_writer


def drawn(text="A reading."):
    figure, ax = plt.subplots(figsize=(2, 1))
    ax.plot([0, 1])
    return figure, text


def only_control(given_control, **default):
    """Gives the control that `explore` makes for an argument `x`."""
    (control,) = instrument(given_control, **default).controls
    return control


def instrument(given_control, **default):
    def hinge(x):
        return drawn(f"x is {x}.")

    hinge.__defaults__ = tuple(default.values())
    return explore(x=given_control)(hinge)


# --- every kind of control --------------------------------------------------------------------------------------------

LETTERS = ("a", "b", "c")


@pytest.mark.parametrize(
    ("control", "kind", "stops", "labels", "default"),
    [
        ((1, 4), "range", (1, 2, 3, 4), ("1", "2", "3", "4"), 1),
        ((0, 10, 5), "range", (0, 5, 10), ("0", "5", "10"), 1),
        ((0.0, 1.0, 0.25), "range", (0, 0.25, 0.5, 0.75, 1), ("0.00", "0.25", "0.50", "0.75", "1.00"), 2),
        # Steps of a tenth add up to 0.30000000000000004.
        ((0.1, 0.4, 0.1), "range", (0.1, 0.2, 0.3, 0.4), ("0.10", "0.20", "0.30", "0.40"), None),
        ((-0.2, 0.0, 0.1), "range", (-0.2, -0.1, 0), ("-0.20", "-0.10", "0.00"), None),
        (list(LETTERS), "select", LETTERS, LETTERS, 0),
        ({"one": 1, "two": 2}, "select", (1, 2), ("one", "two"), 0),
        ([("one", 1.5), ("two", 2.5)], "select", (1.5, 2.5), ("one", "two"), 0),
        (True, "checkbox", (False, True), ("off", "on"), 1),
        (False, "checkbox", (False, True), ("off", "on"), 0),
        (w.IntSlider(value=6, min=2, max=6, step=2), "range", (2, 4, 6), ("2", "4", "6"), 2),
        (w.BoundedIntText(value=3, min=1, max=3), "range", (1, 2, 3), ("1", "2", "3"), 2),
        (
            w.FloatSlider(value=0.5, min=0, max=1, step=0.5, readout_format=".1f"),
            "range",
            (0, 0.5, 1),
            ("0.0", "0.5", "1.0"),
            1,
        ),
        (w.BoundedFloatText(value=2, min=1, max=2, step=0.5), "range", (1, 1.5, 2), ("1", "1.5", "2"), 2),
        (
            w.FloatLogSlider(value=0.01, min=-3, max=0, step=1),
            "range",
            (0.001, 0.01, 0.1, 1),
            ("0.001", "0.01", "0.1", "1"),
            1,
        ),
        (w.FloatLogSlider(value=4, base=2, min=0, max=3, step=1), "range", (1, 2, 4, 8), ("1", "2", "4", "8"), 2),
        (w.SelectionSlider(options=LETTERS, value="b"), "range", LETTERS, LETTERS, 1),
        (w.Dropdown(options=LETTERS, value="c"), "select", LETTERS, LETTERS, 2),
        (w.RadioButtons(options=LETTERS), "select", LETTERS, LETTERS, 0),
        (w.Select(options=LETTERS, value="a"), "select", LETTERS, LETTERS, 0),
        (w.ToggleButtons(options={"x": 10, "y": 20}, value=20), "select", (10, 20), ("x", "y"), 1),
        (w.Checkbox(value=True), "checkbox", (False, True), ("off", "on"), 1),
        (w.ToggleButton(value=False), "checkbox", (False, True), ("off", "on"), 0),
        (baked((1, 100), [1, 10, 100]), "range", (1, 10, 100), ("1", "10", "100"), None),
        (baked(w.IntSlider(value=10, min=1, max=100), [1, 10, 100]), "range", (1, 10, 100), ("1", "10", "100"), 1),
        (
            baked(w.FloatLogSlider(value=1, min=-5, max=2), [1e-5, 1, 100]),
            "range",
            (1e-5, 1, 100),
            ("1e-05", "1", "100"),
            1,
        ),
        (baked(list(LETTERS), ["a", "c"]), "select", ("a", "c"), ("a", "c"), 0),
    ],
)
def test_every_kind_of_control(control, kind, stops, labels, default):
    made = only_control(control) if default is not None else only_control(control, default=stops[0])
    assert (made.kind, made.stops, made.labels) == (kind, stops, labels)
    assert made.default == (default or 0)
    assert made.widget.value == stops[made.default]
    assert (made.name, made.label) == ("x", "x")


def test_the_default_of_the_function_is_shown_first_and_a_widget_brings_its_own():
    assert only_control((1, 9), default=7).default == 6
    assert only_control(["a", "b"], default="b").default == 1
    assert only_control(False, default=True).default == 1
    assert only_control(w.IntSlider(value=3, min=1, max=9), default=7).default == 2


def test_the_label_is_the_name_in_words_or_the_description_of_the_widget():
    @explore(hidden_units=(1, 3), rate=w.FloatSlider(min=0, max=1, step=0.5, description="learning rate"))
    def hinge(hidden_units, rate):
        return drawn()

    assert [control.label for control in hinge.controls] == ["hidden units", "learning rate"]


def test_controls_come_in_the_order_of_the_function_and_fixed_ones_are_no_controls():
    @explore(b=(1, 2), a=(1, 3), c=w.fixed("kept"))
    def hinge(a, b, c):
        return drawn(f"{a}, {b}, {c}")

    assert [control.name for control in hinge.controls] == ["a", "b"]
    assert hinge.frame({"a": 1, "b": 2})[1] == "1, 2, kept"
    assert hinge(3, 2, c="given")[1] == "3, 2, given"


def test_choices_may_be_lists():
    options = {"left": [0, 1], "right": [1, 0]}
    made = only_control(options, default=[1, 0])
    assert made.labels == ("left", "right")
    assert made.stops == ([0, 1], [1, 0])
    assert made.default == 1


def test_baked_stops_may_be_an_array():
    assert only_control(baked((1, 32), 2 ** np.arange(4)), default=4).stops == (1, 2, 4, 8)
    made = only_control(baked(w.FloatLogSlider(value=0.1, min=-2, max=0), np.logspace(-2, 0, 3)))
    assert made.stops == (0.01, 0.1, 1)
    assert {type(stop) for stop in made.stops} == {float}


def test_a_box_whose_stops_are_not_off_on_is_a_list():
    made = only_control(baked(False, [True, False]), default=True)
    assert (made.kind, made.stops, made.labels, made.default) == ("select", (True, False), ("on", "off"), 0)


# --- what is wrong is named: figure, control, what was received -------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "received"),
    [
        (w.FloatText(), "no stops.*FloatText"),
        (w.Text("sine"), "no stops.*Text"),
        ("sine", "no stops.*sine"),
        (w.IntRangeSlider(), "no stops.*IntRangeSlider"),
        (w.SelectMultiple(options=LETTERS), "no stops.*SelectMultiple"),
        (LETTERS, "Received: \\('a', 'b', 'c'\\)"),
        ([], "Received: \\[\\]"),
        ((5, 1), "Received: \\(5, 1\\)"),
        (None, "Received: None"),
        (object, "Received: .*object"),
        ((1, 1000), "200 stops.*baked.*Received: 1000"),
        ((0.0, 1.0, 0.001), "200 stops.*baked.*Received: 1001"),
        (w.FloatSlider(min=0, max=0.01, step=0.001), "look alike.*readout_format"),
        (baked((1, 100), []), "no stops"),
        (baked((1, 100), [1, 101]), "Received: 101"),
        (baked((1, 100), [1, 1, 2]), "look alike"),
        (baked((1, 100), [1, 1.5, 2]), "Received: 1.5"),
        (baked(["a", "b"], ["a", "z"]), "Received: 'z'"),
        (baked(w.FloatLogSlider(value=1, min=-2, max=0), [1, 10]), "Received: 10"),
        (w.FloatSlider(value=0.15, min=0, max=1, step=0.1), "default must be one of them.*Received: 0.15"),
    ],
)
def test_a_control_without_good_stops_is_named(control, received):
    with pytest.raises(ExploreError, match=f"(?s)Figure hinge, control 'x'.*{received}"):
        instrument(control)


@pytest.mark.parametrize("default", [9, "a", 2.5, None])
def test_a_default_that_is_no_stop_is_named(default):
    with pytest.raises(
        ExploreError, match=r"Figure hinge, control 'x'.*1, 2, 3.*default must be one of them.*Received"
    ):
        instrument((1, 3), default=default)


def test_an_unknown_name_is_named():
    def hinge(n, target):
        return drawn()

    with pytest.raises(ExploreError, match=r"Figure hinge takes n, target\. Received: a control 'widht'"):
        explore(n=(1, 2), target=["a"], widht=(1, 2))(hinge)
    with pytest.raises(ExploreError, match=r"Figure hinge needs a control for its argument 'target'\. Received: n"):
        explore(n=(1, 2))(hinge)


def test_too_many_combinations_are_named():
    def hinge(n, m):
        return drawn()

    with pytest.raises(ExploreError, match=r"Figure hinge .*200.*Received: 20 \(n\) x 11 \(m\) = 220"):
        explore(n=(1, 20), m=(0, 10))(hinge)
    explore(n=(1, 20), m=(1, 10))(hinge)  # 200 are allowed


@pytest.mark.parametrize(
    ("returned", "received"),
    [
        (None, "NoneType"),
        ("only a text", "str"),
        ((plt.Figure(), None), r"\(Figure, NoneType\)"),
        (("text", plt.Figure()), r"\(str, Figure\)"),
        ((plt.Figure(), "text", 3), r"\(Figure, str, int\)"),
        ((plt.Figure(), "  \n"), r"'  \\n'"),
    ],
)
def test_a_wrong_return_is_named_with_its_stop(returned, received):
    @explore(n=(1, 3), target=["sine"])
    def hinge(n, target):
        return returned

    with pytest.raises(ExploreError, match=f"Figure hinge at n=2, target='sine' must return.*Received: {received}"):
        hinge.frame({"n": 2, "target": "sine"})


def test_a_draw_that_raises_names_its_stop_and_leaves_no_figure_open():
    @explore(n=(1, 3))
    def hinge(n):
        drawn()
        return 1 / (n - 3)

    before = plt.get_fignums()
    with pytest.raises(ExploreError, match="Figure hinge could not be drawn at n=3: ZeroDivisionError") as caught:
        hinge.frame({"n": 3})
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert plt.get_fignums() == before


@given(low=st.integers(-50, 50), steps=st.integers(1, 30), step=st.integers(1, 7), default=st.integers(0, 30))
def test_integers_stop_where_range_does(low, steps, step, default):
    stops = tuple(low + step * k for k in range(steps + 1))
    made = only_control((low, low + steps * step, step), default=stops[default % len(stops)])
    assert made.stops == stops
    assert made.stops[made.default] == made.widget.value == stops[default % len(stops)]


@given(low=st.integers(-20, 20), steps=st.integers(1, 60), digits=st.integers(0, 2))
def test_floats_stop_at_what_a_reader_would_write(low, steps, digits):
    unit = 10**digits
    made = only_control((low / unit, (low + steps) / unit, 1 / unit), default=low / unit)
    assert all(isinstance(stop, float) for stop in made.stops)
    assert made.stops == tuple((low + k) / unit for k in range(steps + 1))
    assert made.labels == tuple(f"{(low + k) / unit:.2f}" for k in range(steps + 1))


# --- what is no function, and numbers as d3 writes them ---------------------------------------------------------------


class _Callable:
    def __call__(self, n=1):
        return drawn()


@pytest.mark.parametrize("draw", [lambda n=1: drawn(), functools.partial(drawn, "text"), _Callable(), print, max])
def test_a_draw_without_a_name_of_its_own_is_refused(draw):
    with pytest.raises(ExploreError, match="explore takes a function with a name, made with def. Received: "):
        explore(n=(1, 2))(draw)


@pytest.mark.parametrize(
    ("given_control", "message"),
    [
        ((0.0, float("inf")), r"needs ends that are finite. Received: \(0.0, inf\)"),
        ((0.0, float("nan"), 0.1), "needs ends that are finite"),
        ([1, 1], "two stops look alike; each choice once"),
        ((0.0, 0.01, 0.001), "two stops look alike; use a slider"),
        (
            w.FloatSlider(min=0, max=1, step=0.5, readout_format="x"),
            "the type one of d, e, f, g, s, %.*Received: 'x'",
        ),
        (w.IntSlider(value=1, min=0, max=3, description=r"$\\lambda$"), "label in words"),
    ],
)
def test_what_interact_would_say_in_its_own_words_is_said_in_ours(given_control, message):
    with pytest.raises(ExploreError, match=f"(?s)Figure hinge, control 'x'.*{message}"):
        instrument(given_control)


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        *[("d", 2.0, "2"), ("d", 2.5, "3"), (",d", 1000, "1,000"), ("d", -3, "-3"), ("+d", 3, "+3")],
        *[(".2f", -0.2, "-0.20"), (".2f", -0.001, "0.00"), ("$,.2f", 1234.5, "$1,234.50"), ("$,.2f", -1, "-$1.00")],
        *[
            (".3s", 1500, "1.50k"),
            (".3s", 0.001, "1.00m"),
            (".2s", 999999, "1.0M"),
            (".3s", 0, "0.00"),
            ("s", 1e-6, "1.00000µ"),
        ],
        *[(".0%", 0.25, "25%"), (".1%", 0.123, "12.3%"), (".1e", 1500, "1.5e+03"), (".3g", 0.1, "0.1"), ("g", 5, "5")],
        *[(".3~f", 0.5, "0.5"), (".2~f", 3, "3"), (".3~s", 1500, "1.5k"), ("", 0.1, "0.1"), (".0f", 10, "10")],
    ],
)
def test_numbers_as_the_live_slider_writes_them(form, value, text):
    assert make_writer(form)(value) == text


def test_an_integer_slider_writes_its_thousands():
    made = only_control(w.IntSlider(value=1000, min=0, max=2000, step=1000, readout_format=",d"))
    assert made.labels == ("0", "1,000", "2,000")
