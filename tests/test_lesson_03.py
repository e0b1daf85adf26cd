"""Lesson 03, formulas and figures without nets: each against another way to the same number."""

import itertools

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog, minimize
from scipy.special import log_softmax, xlogy

from tests.built_book import ROOT

CELLS = [
    "setup",
    "data",
    "half-squares",
    "line-by-hand-parts",
    "line-by-hand",
    "closed-form",
    "three-lines",
    "outlier",
    "five-times",
    "cross-entropy",
    "bracket-code",
    "gradients",
    "surprise-figure",
    "share",
    "weights-formula",
    "softmax",
]


def run_cells(names, namespace=None):
    """Runs cells of the lesson, named by their ids, and gives what they define."""
    namespace = {} if namespace is None else namespace
    cells = {cell.id: cell.source for cell in nbformat.read(ROOT / "lessons/03_losses.ipynb", as_version=4).cells}
    for name in names:
        exec(compile(cells[name], f"lesson 03, {name}", "exec"), namespace)
    return namespace


@pytest.fixture(scope="module")
def lesson():
    return run_cells(CELLS)


def reading(lesson, figure, **stop):
    return lesson[figure].frame(stop)[1]


# --- regression -------------------------------------------------------------------------------------------------------


def test_slope_over_three_intercepts_is_the_flattening_of_an_ellipsoid():
    flattening, equator = 1 / 298.257, 6_378_137.0
    square = flattening * (2 - flattening)  # of the eccentricity
    latitude = np.radians(np.linspace(0, 70, 50))
    degree = np.radians(1) * equator * (1 - square) / (1 - square * np.sin(latitude) ** 2) ** 1.5
    slope, intercept = np.polyfit(np.sin(latitude) ** 2, degree, 1)
    assert slope / (3 * intercept) == pytest.approx(flattening, rel=0.01)


def test_the_closed_form_has_the_smallest_loss(lesson):
    x, y, loss = lesson["x"], lesson["y"], lesson["squared_error"]
    found = minimize(lambda line: loss(y, line[0] * x + line[1]), [0, 0], tol=1e-12).x
    assert [lesson["slope"], lesson["intercept"]] == pytest.approx(found, abs=1e-5)
    assert loss(y, 0 * y) == pytest.approx(sum(value**2 for value in y) / 2)


def test_one_slider_at_a_time_gets_stuck_beside_the_valley(lesson):
    x, y = lesson["x"], lesson["y"]
    slopes, intercepts = (control.stops for control in lesson["line_by_hand"].controls)
    loss = {(w, b): lesson["squared_error"](y, b + w * x) for w, b in itertools.product(slopes, intercepts)}
    stop = (4.0, 0.0)
    assert min(loss[7.0, 0.0], loss[4.0, 0.5]) > loss[7.0, 0.5] == min(loss.values()) < 1.5
    for axis in (1, 0, 1, 0, 1):
        stop = min((key for key in loss if key[1 - axis] == stop[1 - axis]), key=loss.get)
    assert stop == (5.0, 1.5)
    assert loss[stop] > loss[7.0, 0.5]


@pytest.mark.parametrize("seed", range(5))
def test_the_line_of_least_absolute_residuals_is_that_of_linear_programming(lesson, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 7))
    lines = np.column_stack([x, np.ones(7)])
    # minimise sum u with -u <= y - line <= u
    bounds = np.block([[-lines, -np.eye(7)], [lines, -np.eye(7)]])
    best = linprog([0, 0] + [1] * 7, bounds, np.concatenate([-y, y]), bounds=[(None, None)] * 2 + [(0, None)] * 7)
    mine = np.abs(y - np.polyval(lesson["least_absolute"](x, y), x)).sum()
    assert mine == pytest.approx(best.fun, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_huber_line_has_the_smallest_huber_loss(lesson, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=7), 3 * rng.normal(size=7)

    def huber(line):
        r = np.abs(y - np.polyval(line, x))
        return np.where(r < 1, r**2 / 2, r - 1 / 2).sum()

    best = minimize(huber, [0, 0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000})
    assert huber(lesson["least_huber"](x, y)) == pytest.approx(best.fun, rel=1e-4)


def test_what_the_text_says_of_the_three_lines(lesson):
    stops = lesson["outlier"].controls[0].stops
    paris = [reading(lesson, "outlier", slip=slip, station="Paris") for slip in stops]
    lapland = {slip: reading(lesson, "outlier", slip=slip, station="Lapland") for slip in stops}
    assert all("1/213 (absolute)" in text for text in paris)
    assert "1/334 (squared)" in paris[0]
    assert "1/238 (Huber)" in paris[0]
    assert "1/207 (Huber)" in paris[-1]
    assert all("1/179 (absolute)" in lapland[slip] for slip in (200, 400, 600))
    assert all("1/347 (absolute)" in lapland[slip] for slip in (-300, -400, -600))
    assert "1/303 (absolute)" in lapland[-200]
    assert "1/328 (squared)" in lapland[-200]


# --- classification ---------------------------------------------------------------------------------------------------

outputs = arrays(float, 40, elements=st.floats(1e-6, 1 - 1e-6))
labels = arrays(int, 40, elements=st.integers(0, 1))


@given(y=labels, p=outputs)
def test_the_two_forms_of_the_cross_entropy_are_equal(lesson, y, p):
    first, second = lesson["cross_entropy"](y, p), lesson["cross_entropy_by_class"](y, p)
    assert abs(first - second) < 1e-10
    assert first == pytest.approx(-np.sum(xlogy(y, p) + xlogy(1 - y, 1 - p)), abs=1e-10)


def test_without_the_bracket_calling_everything_a_signal_is_rewarded(lesson):
    two, right, wrong = np.array([1, 0]), np.array([0.8, 0.4]), np.array([0.99, 0.99])
    assert lesson["cross_entropy"](two, wrong) > lesson["cross_entropy"](two, right)
    assert lesson["without_bracket"](two, wrong) < lesson["without_bracket"](two, right)


@given(z=st.floats(-12, 12), y=st.integers(0, 1))
def test_the_derivatives_by_z_are_those_of_small_steps(lesson, z, y):
    step = 1e-4

    def slope(loss):
        return (loss(z + step) - loss(z - step)) / (2 * step)

    cross, square = lesson["push"](z, y)
    assert cross == pytest.approx(slope(lambda z: np.logaddexp(0, (1 - 2 * y) * z)), abs=1e-7)
    assert square == pytest.approx(slope(lambda z: (lesson["sigmoid"](z) - y) ** 2 / 2), abs=1e-7)


def test_where_the_unit_is_wrong_and_sure_the_squared_error_pushes_400_times_less(lesson):
    cross, square = lesson["push"](6.0, 0)
    assert 350 < cross / square < 450
    assert np.divide(*lesson["push"](0.0, 0)) == 4


@given(w=st.floats(-6, 6), b=st.floats(-4, 4))
def test_the_shares_of_the_loss_add_up_to_the_cross_entropy(lesson, w, b):
    x = lesson["x_events"]
    y = np.repeat([[0], [1]], x.shape[1], axis=1)
    p = lesson["sigmoid"](w * x + b)
    assert lesson["event_losses"](w, b).sum() == pytest.approx(lesson["cross_entropy"](y, p), abs=1e-6)


def test_what_the_text_says_of_who_pays(lesson):
    stops = itertools.product(*(control.stops for control in lesson["who_pays"].controls))
    totals = {stop: lesson["event_losses"](*stop).sum() for stop in stops}
    assert totals[2.0, 0.0] == pytest.approx(9.38, abs=0.005)
    assert totals[6.0, 0.0] == pytest.approx(14.17, abs=0.005)
    assert np.sum(lesson["x_events"][0] < 0) + np.sum(lesson["x_events"][1] > 0) == 18
    best = minimize(lambda stop: lesson["event_losses"](*stop).sum(), [2, 0]).x
    outputs_at_best = lesson["sigmoid"](best[0] * lesson["x_events"] + best[1])
    assert outputs_at_best.sum() == pytest.approx(12, abs=1e-3)
    assert sum(total < 7.7 for total in totals.values()) == 1


@given(signal=st.integers(1, 1000), background=st.integers(1, 1000), w1=st.floats(0.01, 100), w0=st.floats(0.01, 100))
def test_event_weights_turn_a_share_into_the_weighted_share(lesson, signal, background, w1, w0):
    p = signal / (signal + background)
    assert lesson["weighted"](p, w1, w0) == pytest.approx(w1 * signal / (w1 * signal + w0 * background))


def test_the_share_of_signal_minimises_the_cross_entropy_and_the_squared_error(lesson):
    p = np.linspace(0.001, 0.999, 999)
    for q in (0.1, 0.5, 0.9):
        assert p[np.argmin(-(q * np.log(p) + (1 - q) * np.log(1 - p)))] == pytest.approx(q)
        assert p[np.argmin(q * (1 - p) ** 2 + (1 - q) * p**2)] == pytest.approx(q)


@given(z=arrays(float, (5, 4), elements=st.floats(-1000, 1000)), temperature=st.floats(0.1, 10))
def test_the_logarithm_of_the_softmax(lesson, z, temperature):
    assert lesson["log_softmax"](z, temperature) == pytest.approx(log_softmax(z / temperature, axis=-1), abs=1e-9)
