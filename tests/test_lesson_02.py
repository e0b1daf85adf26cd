"""Lesson 02 against oracles: its formulas by another way, and the numbers of its prose by its figures."""

import functools
import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tests import cells
from tests.built_book import ROOT

PATH = ROOT / "lessons/02_from_a_sum_to_a_network.ipynb"
BEFORE_TRAINING = ["setup", "triangle", "net", "forward", "by-hand-check", "forward-draw", "figure-forward"]
BEFORE_TRAINING += [
    "absorb",
    "figure-bias",
    "figure-bias-draw",
    "waves-hinges",
    "waves-parts",
    "waves-maps",
    "figure-waves",
    "shared-net",
    "figure-shared",
]
BEFORE_TRAINING += ["tower", "figure-towers", "figure-towers-draw"]
TRAINED = ["keras-set", "ridge-parts", "ridge-start", "ridge-train", "ridge-draw", "figure-ridge"]
TRAINED += ["moons-train", "moons-fit", "moons-draw", "figure-moons-units", "figure-moons"]
TRAINED += [
    "spiral-data",
    "spiral-net",
    "spiral-train",
    "spiral-shares",
    "spiral-draw",
    "figure-spiral",
    "deep-train",
    "figure-deep",
]
TRAINED += [
    "hidden-train",
    "hidden-shares",
    "hidden-geometry",
    "hidden-edge",
    "hidden-draw",
    "hidden-inputs",
    "figure-hidden",
]


run_cells = functools.partial(cells.run_cells, "02_from_a_sum_to_a_network")


@pytest.fixture(scope="module")
def lesson():
    return run_cells(BEFORE_TRAINING, {})


@pytest.fixture(scope="module")
def trained(lesson):
    return run_cells(TRAINED, dict(lesson))


def weights(lesson):
    return [lesson[name] for name in ("W1", "b1", "W2", "b2")]


# --- the forward pass -------------------------------------------------------------------------------------------------


def test_the_sum_of_hinges_is_a_network(lesson):
    x, relu = np.linspace(-1, 2, 61), lesson["relu"]
    by_hinges = 2 * relu(x) - 4 * relu(x - 1 / 2) + 2 * relu(x - 1)
    W1, b1, W2 = np.ones((3, 1)), np.array([0, -0.5, -1]), np.array([[2.0, -4.0, 2.0]])
    by_network = [(W2 @ relu(W1 @ [value] + b1)).item() for value in x]
    np.testing.assert_allclose(by_network, by_hinges, atol=1e-14)
    np.testing.assert_allclose(by_hinges, np.interp(x, [0, 0.5, 1], [0, 1, 0]), atol=1e-14)


def test_numpy_and_keras_agree_to_a_millionth(lesson):
    import keras

    W1, b1, W2, b2 = weights(lesson)
    layers = [keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1, activation="relu")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.set_weights([W1.T, b1, W2.T, b2])
    X = np.random.default_rng(1).uniform(-2, 2, size=(500, 2))
    by_numpy = [lesson["forward"](x, W1, b1, W2, b2) for x in X]
    assert np.abs(model.predict(X, verbose=0) - by_numpy).max() < 1e-6


def test_the_output_is_1_inside_the_triangle_and_nowhere_else(lesson):
    corners = np.array([[-1.0, -1], [0, 1], [1, 0]])
    shares = np.random.default_rng(0).dirichlet([1, 1, 1], size=200)
    forward, numbers = lesson["forward"], weights(lesson)
    assert all(forward(x, *numbers) == pytest.approx(1) for x in [*corners, *shares @ corners])
    outside = [3 * np.array(x) for x in [(-0.4, 0.4), (0.4, 0.4), (0.4, -0.4)]]
    assert all(forward(x, *numbers) < 1 for x in outside)


def test_never_three_hidden_units_are_on(lesson):
    W1, b1, _, _ = weights(lesson)
    x = np.random.default_rng(0).uniform(-50, 50, size=(100_000, 2))
    on = (x @ W1.T + b1 > 0).sum(axis=1)
    assert set(on) == {0, 1, 2}


def test_every_stop_of_the_forward_pass_says_what_the_network_computes(lesson):
    instrument = lesson["forward_pass"]
    assert [len(control.stops) for control in instrument.controls] == [6, 6]
    for x1, x2 in [(-1.5, -1.5), (0.0, 1.5), (0.5, 1.0), (1.5, 0.0), (0.0, 0.0)]:
        _, reading = instrument.frame({"x1": x1, "x2": x2})
        value = lesson["forward"](np.array([x1, x2]), *weights(lesson)).item()
        assert reading.endswith(f"and the output is {value:g}.")


def test_the_smallest_output_above_0_at_the_stops_is_at_0_and_3_halves(lesson):
    instrument, outputs = lesson["forward_pass"], {}
    for x1, x2 in itertools.product(*(control.stops for control in instrument.controls)):
        outputs[x1, x2] = lesson["forward"](np.array([x1, x2]), *weights(lesson)).item()
    smallest = min(value for value in outputs.values() if value > 0)
    assert smallest == outputs[0, 1.5] == 0.25


# --- the bias ---------------------------------------------------------------------------------------------------------

coordinate = st.floats(-3, 3)


@given(st.floats(0, 2 * np.pi), st.floats(0.1, 5), coordinate)
def test_the_line_is_as_far_from_the_origin_as_bias_over_length(lesson, angle, length, bias):
    w = length * np.array([np.cos(angle), np.sin(angle)])
    foot = -bias * w / (w @ w)
    assert w @ foot + bias == pytest.approx(0, abs=1e-9)
    along = np.linspace(-10, 10, 2001)[:, None] * [-w[1], w[0]] / length
    assert np.hypot(*(foot + along).T).min() == pytest.approx(abs(bias) / length, abs=1e-9)


def test_without_a_bias_38_of_60_is_the_best(lesson):
    circles, triangles = lesson["CIRCLES"], lesson["TRIANGLES"]
    w = np.stack([np.cos(a := np.linspace(0, 2 * np.pi, 7201)), np.sin(a)])
    assert ((triangles @ w > 0).sum(axis=0) + (circles @ w <= 0).sum(axis=0)).max() == 38


def test_the_page_has_the_best_stop_without_a_bias(lesson):
    assert "38 of 60" in lesson["the_bias"].frame({"angle": 130, "bias": 0.0, "as_a_node": False})[1]
    angles = next(control for control in lesson["the_bias"].controls if control.name == "angle").stops
    assert 130 in angles


@pytest.mark.parametrize("angle", [30, 45, 60])
def test_with_the_bias_all_sixty_are_right(lesson, angle):
    reading = lesson["the_bias"].frame({"angle": angle, "bias": -1.1, "as_a_node": False})[1]
    assert "is 1.1 from the origin, and 60 of 60" in reading
    assert lesson["the_bias"].frame({"angle": angle, "bias": -1.1, "as_a_node": True})[1] != reading


@given(st.lists(coordinate, min_size=2, max_size=2), coordinate)
def test_a_ridge_is_constant_along_its_line(lesson, x, step):
    W1, b1, _, _ = weights(lesson)
    for w, b in zip(W1, b1, strict=True):
        assert w @ (np.array(x) + step * np.array([-w[1], w[0]])) + b == pytest.approx(w @ x + b, abs=1e-9)


# --- from one number to many -----------------------------------------------------------------------------------------


def test_all_waves_are_the_hill(lesson):
    cosines = [np.cos(lesson["PLANE"] @ k) for k in lesson["K"]]

    def error(waves):
        heights = lesson["HEIGHTS"][:waves]
        return np.abs(np.pi / 36 + np.tensordot(heights, cosines[:waves], axes=1) - lesson["HILL"]).max()

    assert error(40) < 0.002
    assert (error(10), error(22)) == (pytest.approx(0.15, abs=0.005), pytest.approx(0.02, abs=0.005))
    sizes = (lesson["K"] ** 2).sum(axis=1)
    assert np.all(np.diff(sizes) > -1e-9)
    for waves in (2, 4, 6, 10, 14, 22):  # whole shells: all directions of one length
        assert sizes[waves] > sizes[waves - 1] + 1e-6


def test_the_height_of_a_wave_is_its_fourier_coefficient(lesson):
    side = np.linspace(-3, 3, 301)[:-1]
    x = np.stack(np.meshgrid(side, side), axis=-1)
    hill = np.exp(-(x**2).sum(axis=-1))
    for k, height in list(zip(lesson["K"], lesson["HEIGHTS"], strict=True))[:12]:
        assert 2 * np.mean(hill * np.cos(x @ k)) == pytest.approx(height, abs=1e-4)
    assert np.mean(hill) == pytest.approx(np.pi / 36, abs=1e-4)


def test_a_wave_of_hinges_is_a_layer_of_hidden_units(lesson):
    waves, hinges = 6, 8
    W1, b1, out, constant = [], [], [], np.pi / 36
    for k, height in zip(lesson["K"][:waves], lesson["HEIGHTS"], strict=False):
        knots = np.linspace(-2 * np.abs(k).sum(), 2 * np.abs(k).sum(), hinges + 1)
        slopes = np.diff(np.cos(knots)) / np.diff(knots)
        W1 += [k] * hinges
        b1 += list(-knots[:-1])
        out += list(height * np.diff(slopes, prepend=0))
        constant += height * np.cos(knots[0])
    x = np.random.default_rng(0).uniform(-2, 2, size=(200, 2))
    network = np.maximum(0, x @ np.array(W1).T + b1) @ out + constant
    by_waves = np.pi / 36 + sum(
        h * lesson["wave_by_hinges"](x @ k, hinges, 2 * np.abs(k).sum())
        for k, h in zip(lesson["K"][:waves], lesson["HEIGHTS"], strict=False)
    )
    np.testing.assert_allclose(network, by_waves, atol=1e-12)
    assert len(b1) == waves * hinges


def test_what_the_prose_says_of_the_waves(lesson):
    def error(waves, hinges):
        return lesson["waves_of_hinges"].frame({"waves": waves, "hinges": hinges})[1].rsplit(" ", 1)[1]

    assert [error(22, 4), error(10, 8), error(22, 16)] == ["0.12.", "0.19.", "0.05."]


def test_both_outputs_bend_at_the_shared_kinks_and_nowhere_else(lesson):
    kinks, x = np.array([-1.0, -0.2, 0.6]), np.linspace(-1.5, 1.5, 3001)
    bends = np.abs(np.diff(lesson["two_outputs"](x, kinks), n=2, axis=0)) > 1e-9
    for output in bends.T:
        np.testing.assert_allclose(x[1:-1][output], kinks, atol=1.1e-3)
    before, after = (
        np.diff(lesson["two_outputs"](place + np.array([0, 0.1]), kinks), axis=0)[0] / 0.1 for place in (-0.4, 0.1)
    )
    np.testing.assert_allclose(after - before, [-2, 1.5])


def test_a_tower_stands_on_its_square(lesson):
    x, centre = np.random.default_rng(0).uniform(-2, 2, size=(5000, 2)), np.array([0.5, -0.5])
    beyond = np.maximum(np.abs(x - centre) - 0.4, 0).sum(axis=1)
    np.testing.assert_allclose(lesson["tower"](x, centre, 0.4, 4.0), np.maximum(0, 1 - 4 * beyond), atol=1e-12)


def test_what_the_prose_says_of_the_towers(lesson):
    def error(towers, slope):
        return float(lesson["pyramids"].frame({"towers": towers, "slope": slope})[1].rsplit(" ", 1)[1][:-1])

    assert [error(n, 16) for n in (1, 4, 16, 64)] == [0.82, 0.25, 0.12, 0.06]
    assert [error(n, 2) for n in (4, 16, 64)] == [0.25, 0.11, 0.13]
    assert np.std(lesson["HILL"]) == pytest.approx(0.24, abs=0.005)  # the best constant


# --- without activation, without bias ---------------------------------------------------------------------------------


def test_layers_without_activation_are_one_layer():
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=4), np.eye(4), np.zeros(4)
    layers = [(rng.normal(size=(h, d)), rng.normal(size=h)) for d, h in [(4, 6), (6, 5), (5, 3)]]
    a = x
    for W_layer, b_layer in layers:
        a, W, b = W_layer @ a + b_layer, W_layer @ W, W_layer @ b + b_layer
    np.testing.assert_allclose(W @ x + b, a)


@given(st.lists(coordinate, min_size=2, max_size=2), st.floats(0.01, 100))
def test_relus_without_biases_grow_in_proportion(lesson, x, factor):
    rng, x = np.random.default_rng(1), np.array(x)
    W1, W2 = rng.normal(size=(5, 2)), rng.normal(size=(3, 5))
    once = lesson["forward"](x, W1, 0, W2, 0)
    np.testing.assert_allclose(lesson["forward"](factor * x, W1, 0, W2, 0), factor * once, rtol=1e-9, atol=1e-9)


# --- what the trained nets show (the lesson's own trainings, about a minute) ------------------------------------------


def reading(trained, figure, **stop):
    return trained[figure].frame(stop)[1]


def test_a_net_with_room_for_more_units_is_the_narrow_net(trained):
    for t, n in [(0, 0), (1, 3), (2, 5)]:
        units = trained["RIDGES"][n]
        kernel, biases, out, _ = trained["surfaces"].weights(net=(t * len(trained["RIDGES"]) + n) * 8)
        assert not kernel[:, units:].any()
        assert not biases[units:].any()
        assert not out[units:].any()
        assert np.all(np.hypot(*kernel[:, :units]) > 0)


def test_more_ridges_come_closer(trained):
    typical = np.median(trained["TYPICAL"], axis=2)
    ripples, hill = list(trained["TARGETS"]).index("ripples"), list(trained["TARGETS"]).index("hill")
    assert np.all(typical[:, -1] < 0.3 * typical[:, 0])
    assert np.all(typical[ripples] > typical.min(axis=0))  # the hardest at every number of ridges
    below = trained["RIDGES"][np.argmax(typical[hill] < 0.07)]
    assert below == 12
    one, two, three, four = typical[hill][:4]
    assert trained["RIDGES"][:4] == [1, 2, 3, 4]
    assert four < 0.5 * two
    assert three - four > two - three > 0  # the fourth one brings most
    assert (one, two) == (pytest.approx(0.24, abs=0.01), pytest.approx(0.20, abs=0.01))
    assert typical[ripples][[0, trained["RIDGES"].index(8)]] == pytest.approx([0.51, 0.33], abs=0.015)


def test_what_the_prose_says_of_the_moons(trained):
    shares = np.median(trained["SHARES"], axis=2)
    widths = dict(zip(trained["WIDTHS"], shares, strict=True))
    assert widths[1][0] == pytest.approx(0.87, abs=0.01)
    assert widths[3].max() < 0.94 < widths[4][0]
    assert widths[16][-1] == pytest.approx(0.82, abs=0.01)
    assert widths[4][0] == pytest.approx(0.95, abs=0.01)
    assert widths[4][trained["LAMBDAS"].index(0.001)] == pytest.approx(0.92, abs=0.01)
    assert widths[4][1] > 0.94
    assert shares[trained["WIDTHS"].index(4) :, 0].max() < 0.98  # further units add little


def test_the_thick_line_is_a_net_near_the_median(trained):
    for width, lam in itertools.product(trained["WIDTHS"], trained["LAMBDAS"]):
        one, median = re.findall(r"(\d+)%", reading(trained, "two_classes", width=width, weight_penalty=lam))
        assert abs(int(one) - int(median)) <= 5
    for epoch in trained["EPOCHS"]:
        one, median = re.findall(r"(\d+)%", reading(trained, "four_classes", epoch=epoch, activation="relu"))
        assert abs(int(one) - int(median)) <= 5


def test_one_hidden_unit_has_a_straight_boundary(trained):
    width, lam = trained["WIDTHS"].index(1), trained["LAMBDAS"].index(0.0)
    kernel = trained["classifiers"].weights(net=(width * len(trained["LAMBDAS"]) + lam) * 8)[0][:, 0]
    step = 1e-3 * np.array([-kernel[1], kernel[0]]) / np.hypot(*kernel)
    x = np.random.default_rng(0).uniform(-2, 2, size=(50, 2))
    net = trained["classifiers"].predict(np.vstack([x, x + step]))[(width * len(trained["LAMBDAS"]) + lam) * 8, :, 0]
    np.testing.assert_allclose(net[:50], net[50:], atol=1e-4)


def test_what_the_prose_says_of_the_spiral(trained):
    shares = {name: np.median(values, axis=1) for name, values in trained["SPIRAL_SHARES"].items()}
    assert [epoch for epoch in trained["EPOCHS"] if shares["relu"][epoch] > 0.9][0] == 10
    assert shares["relu"][60] > 0.99
    assert shares["relu"][[8, 10]] == pytest.approx([0.86, 0.92], abs=0.02)
    assert np.all(np.abs(shares["none"][1:] - 0.37) < 0.02)
    assert "the median of the eight nets is 99%." in reading(
        trained, "four_classes", epoch=60, activation="relu"
    )  # not yet 100


def test_what_the_prose_says_of_depth(trained):
    assert [trained["net_of_layers"](layers).count_params() for layers in (1, 2, 4)] == [389, 388, 404]
    medians = {layers: np.median(shares, axis=1) for layers, shares in trained["DEPTH_SHARES"].items()}
    at = [trained["CHECKED"].index(epoch) for epoch in (10, 60)]
    assert medians[1][at] == pytest.approx([0.83, 0.96], abs=0.015)
    assert medians[2][at] == pytest.approx([0.92, 0.995], abs=0.015)
    assert medians[4][at] == pytest.approx([0.95, 0.995], abs=0.015)


def test_a_plane_in_the_hidden_space_is_the_boundary(trained):
    result, x = trained["folds"][3], trained["x_fold"]
    kernel, biases, out, b = result.weights(200, net=trained["SHOWN"])
    side = np.tanh(x @ kernel + biases) @ out[:, 0] + b > 0
    assert np.array_equal(side, result.predict(x, 200)[trained["SHOWN"], :, 0] > 0.5)


def test_two_hidden_units_are_enough_for_one_of_eight(trained):
    two, three = trained["FOLD_SHARES"][2, 400], trained["FOLD_SHARES"][3, 400]
    assert np.flatnonzero(two > 0.95).tolist() == [trained["SHOWN"]]
    line = LogisticRegression().fit(trained["x_fold"], trained["y_fold"])
    assert np.median(two) == pytest.approx(line.score(trained["x_fold"], trained["y_fold"]), abs=0.02)
    assert np.median(three) > 0.97
    first = [epoch for epoch in trained["LATE"] if trained["FOLD_SHARES"][2, epoch][trained["SHOWN"]] > 0.96]
    assert first[0] == 100
    assert trained["FOLD_SHARES"][2, 50][trained["SHOWN"]] < 0.965  # so 97 in 100 is not reached at the stop before
    assert two[trained["SHOWN"]] == pytest.approx(0.98, abs=0.01)


def test_the_plane_is_drawn_as_a_convex_polygon_on_the_cube(trained):
    drawn = 0
    for *w, b in np.random.default_rng(0).normal(size=(50, 4)):
        corners = trained["plane_in_cube"](np.array(w), b)
        np.testing.assert_allclose(corners @ w + b, 0, atol=1e-9)
        if not len(corners):
            cube = np.stack(np.meshgrid(*[[-1, 1]] * 3), axis=-1).reshape(-1, 3)
            assert abs(np.sign(cube @ w + b).sum()) == 8  # all of the cube is on one side
            continue
        drawn += 1
        assert 3 <= len(corners) <= 6
        assert np.allclose(np.abs(corners).max(axis=1), 1)
        edges = np.roll(corners, -1, axis=0) - corners
        turns = np.cross(edges, np.roll(edges, -1, axis=0)) @ w
        assert np.all(turns > 0) or np.all(turns < 0)
    assert drawn > 30


def test_turn_0_looks_along_the_plane(trained):
    for w in np.random.default_rng(0).normal(size=(20, 3)):
        azimuth, elevation = np.radians(trained["edge_on"](w, 15)), np.radians(15)
        if abs(w[2]) * np.tan(elevation) > np.hypot(w[0], w[1]):
            continue  # seen from so far above no azimuth does it
        eye = [np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)]
        assert w @ eye == pytest.approx(0, abs=1e-9)
