"""Lesson 02 against oracles: its formulas by another way, and the numbers of its prose by its figures."""

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tests.built_book import ROOT

PATH = ROOT / "lessons/02_from_a_sum_to_a_network.ipynb"
BEFORE_TRAINING = ["setup", "triangle", "net", "forward", "by-hand-check", "forward-draw", "figure-forward"]
BEFORE_TRAINING += ["absorb", "figure-bias"]
TRAINED = ["keras-set", "ridge-parts", "ridge-train", "ridge-draw", "figure-ridge"]
TRAINED += ["moons-train", "moons-draw", "figure-moons"]
TRAINED += ["spiral-data", "spiral-net", "spiral-train", "spiral-draw", "figure-spiral"]
TRAINED += ["hidden-train", "hidden-geometry", "hidden-draw", "figure-hidden"]
CELLS = {cell.id: cell.source for cell in nbformat.read(PATH, as_version=4).cells}


def run_cells(names, space):
    """Runs cells of the lesson, named by their ids, and gives what has been defined so far."""
    for name in names:
        exec(compile(CELLS[name], f"lesson 02, {name}", "exec"), space)
    return space


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
    assert [len(control.stops) for control in instrument.controls] == [7, 7]
    for x1, x2 in [(-1.5, -1.5), (0.0, 1.5), (0.5, 1.0), (1.5, 0.0), (0.0, 0.0)]:
        _, reading = instrument.frame({"x1": x1, "x2": x2})
        value = lesson["forward"](np.array([x1, x2]), *weights(lesson)).item()
        assert reading.endswith(f"and the output is {value:g}.")


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
    assert typical[hill][trained["RIDGES"].index(4)] < 0.5 * typical[hill][trained["RIDGES"].index(2)]


def test_what_the_prose_says_of_the_moons(trained):
    shares = np.median(trained["SHARES"], axis=2)
    widths = dict(zip(trained["WIDTHS"], shares, strict=True))
    assert widths[1][0] == pytest.approx(0.87, abs=0.01)
    assert widths[3].max() < 0.94 < widths[4][0]
    assert widths[16][-1] == pytest.approx(0.82, abs=0.01)


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
    assert np.all(np.abs(shares["none"][1:] - 0.37) < 0.02)
    assert "at least 99% of" in reading(trained, "four_classes", epoch=60, activation="relu")  # not yet 100


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
