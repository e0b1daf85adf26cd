"""Lesson 03, formulas and figures without nets: each against another way to the same number."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.optimize import linprog, minimize
from scipy.special import log_softmax, xlogy
from scipy.stats import bernoulli, laplace, norm

from tests import cells

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
    "recipe",
    "recipe-figure",
    "cross-entropy",
    "bracket-code",
    "gradients",
    "surprise-figure",
    "share",
    "floor",
    "weights-formula",
    "softmax",
]


run_cells = functools.partial(cells.run_cells, "03_losses")


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
    assert [loss[stop], loss[7.0, 0.5]] == pytest.approx([2.46, 1.43], abs=0.005)


def test_finer_sliders_end_lower_and_steps_of_any_size_end_at_the_best_line(lesson):
    x, y, loss = lesson["x"], lesson["y"], lesson["squared_error"]
    slopes, intercepts = np.arange(4, 10.01, 0.25), np.arange(-1, 2.01, 0.125)  # those of the notebook
    w, b = 4.0, 0.0
    for _ in range(10):
        b = min(intercepts, key=lambda b, w=w: loss(y, b + w * x))
        w = min(slopes, key=lambda w, b=b: loss(y, b + w * x))
    assert (w, b) == (6.5, 0.75)
    assert loss(y, b + w * x) == pytest.approx(1.53, abs=0.005)
    for _ in range(200):
        b = np.mean(y - w * x)
        w = np.sum(x * (y - b)) / np.sum(x**2)
    assert [w, b] == pytest.approx([lesson["slope"], lesson["intercept"]], abs=1e-6)


def test_the_gradient_is_minus_the_columns_times_the_residuals(lesson):
    columns, y, line = lesson["columns"], lesson["y"], np.array([3.0, 1.0])
    step = np.eye(2) * 1e-5
    by_steps = [
        (lesson["squared_error"](y, columns @ (line + s)) - lesson["squared_error"](y, columns @ (line - s))) / 2e-5
        for s in step
    ]
    assert -columns.T @ (y - columns @ line) == pytest.approx(by_steps, abs=1e-6)


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
    assert "1/328 (squared), 1/303 (absolute), 1/328 (Huber)" in lapland[-200]
    assert "1/1597 (squared), 1/347 (absolute)" in lapland[-600]
    assert "1/126 (squared), 1/179 (absolute)" in lapland[600]
    nearest = min((abs(float(part.split("/")[1].split(" ")[0]) - 298), slip, part)
                  for slip, text in lapland.items() for part in text.split(": ")[1].split(", "))  # fmt: skip
    assert nearest[1] == -200
    assert "absolute" in nearest[2]
    assert pytest.approx(600**2, rel=0.001) == 6 * 245**2


def test_quito_and_lapland_hold_the_absolute_line_against_the_other_three(lesson):
    """Where pulls of at most 1 at the points on the line balance the others, the line is a best one."""
    x, y = lesson["x"], lesson["y"]
    for slips, holds in (((-6, -3, 0, 1), [0.12, 0.88]), ((2, 4, 6), [-0.51, -0.49])):
        for slip in slips:
            copied = y + slip * (np.arange(5) == 3)
            residuals = copied - np.polyval(lesson["least_absolute"](x, copied), x)
            assert np.flatnonzero(np.abs(residuals) < 1e-9).tolist() == [0, 4]
            pulls = np.sign(residuals[1:4])
            assert pulls.tolist() == [1, -1, -1 if slip < 2 else 1]
            assert np.linalg.solve([[1, 1], x[[0, 4]]], [-pulls.sum(), -pulls @ x[1:4]]) == pytest.approx(
                holds, abs=0.005
            )


# --- from a distribution to a loss ------------------------------------------------------------------------------------


@given(r=st.floats(-5, 5))
def test_the_densities_of_the_recipe_are_those_of_scipy_with_standard_deviation_1(lesson, r):
    scales = lesson["SPREAD"]
    assert [laplace.std(scale=scales["Laplace"]), norm.std(scale=scales["Gauss"])] == pytest.approx([1, 1])
    assert lesson["minus_log"]("Gauss", r) == pytest.approx(-norm.logpdf(r, scale=scales["Gauss"]))
    assert lesson["minus_log"]("Laplace", r) == pytest.approx(-laplace.logpdf(r, scale=scales["Laplace"]))


@given(h=arrays(float, 6, elements=st.floats(-3, 3)), s=st.floats(0.1, 3))
def test_the_table_of_losses_is_minus_the_logarithm_of_each_distribution(lesson, h, s):
    y = np.linspace(-2, 2, 6)
    constant = 6 * np.log(s * np.sqrt(2 * np.pi))
    assert -norm.logpdf(y, h, s).sum() == pytest.approx(np.sum((y - h) ** 2) / (2 * s**2) + constant)
    assert -laplace.logpdf(y, h, s).sum() == pytest.approx(np.sum(np.abs(y - h)) / s + 6 * np.log(2 * s))
    p, seen = 1 / (1 + np.exp(-h)), np.array([0, 1, 1, 0, 1, 0])
    assert -bernoulli.logpmf(seen, p).sum() == pytest.approx(lesson["cross_entropy"](seen, p))


def test_what_the_text_says_of_an_error_of_four_standard_deviations(lesson):
    gauss, laplace_ = (lesson["DENSITY"][name](4, lesson["SPREAD"][name]) for name in ("Gauss", "Laplace"))
    assert [gauss, laplace_] == pytest.approx([0.00013, 0.00247], abs=5e-6)
    assert laplace_ / gauss == pytest.approx(18, abs=0.5)
    more = [lesson["minus_log"](name, 5) - lesson["minus_log"](name, 4) for name in ("Gauss", "Laplace")]
    assert more == pytest.approx([4.50, 1.41], abs=0.005)
    assert lesson["minus_log"]("Laplace", 2) - lesson["minus_log"]("Laplace", 1) == pytest.approx(more[1])


def test_the_floor_is_the_least_cross_entropy_and_what_is_above_it_is_a_divergence(lesson):
    q, p = np.meshgrid(np.linspace(0.01, 0.99, 99), np.linspace(0.01, 0.99, 99))
    loss = -(q * np.log(p) + (1 - q) * np.log(1 - p))
    divergence = q * np.log(q / p) + (1 - q) * np.log((1 - q) / (1 - p))
    assert loss - lesson["entropy"](q) == pytest.approx(divergence, abs=1e-12)
    assert divergence.min() > -1e-12
    assert lesson["entropy"](0.5) == pytest.approx(np.log(2))
    density = lambda x: (norm.pdf(x, -1) + norm.pdf(x, 1)) / 2  # noqa: E731
    floor = quad(lambda x: density(x) * lesson["entropy"](1 / (1 + np.exp(-2 * x))), -9, 9)[0]
    assert lesson["entropy"](lesson["sigmoid"](2 * lesson["at"])).mean() == pytest.approx(floor, abs=0.003)
    assert abs(floor * 100 % 1 - 0.5) > 0.1  # the two digits that are printed are far from an edge


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
    assert [stop for stop, total in totals.items() if total < 7.7] == [(4.0, 2.0)]
    assert totals[4.0, 2.0] == pytest.approx(7.67, abs=0.005)
    assert lesson["event_losses"](4.0, 2.0).max() == pytest.approx(2.88, abs=0.005)
    assert [*best, lesson["event_losses"](*best).sum()] == pytest.approx([3.34, 1.51, 7.55], abs=0.006)
    paid = (lesson["event_losses"](2.0, 1.0) - lesson["event_losses"](2.0, 0.0)).sum(axis=1)
    assert paid == pytest.approx([2.49, -3.59], abs=0.005)  # background, signal


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
