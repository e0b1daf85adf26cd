"""Lesson 06, activation functions: its gradients, its factors and what its text says, against other ways to them."""

import functools

import numpy as np
import pytest
from scipy.special import erf, expit
from scipy.stats import norm

from tests import cells
from tests.cells import reading
from tests.nets import BACKEND, float64

needs_tensorflow = pytest.mark.skipif(BACKEND != "tensorflow", reason="the lesson takes TensorFlow's GradientTape")
pytestmark = needs_tensorflow


run_cells = functools.partial(cells.run_cells, "06_activation_functions")


@pytest.fixture(scope="module")
def lesson():
    with float64():
        yield run_cells(
            ["setup", "chain-code", "chain-keras", "gallery-code", "theory-code", "digits", "deep", "back", "measure"]
        )


# --- the chain, the nine functions ------------------------------------------------------------------------------------


def test_a_chain_of_sigmoids_with_weights_1_lets_a_quarter_through_per_layer_at_most(lesson):
    for depth in (1, 5, 10):
        assert lesson["chain"](depth, -0.5) == pytest.approx(0.25**depth, rel=1e-12)
        for bias in (-2, -1, 0, 1):
            step = 1e-5
            ends = []
            for a in (0.5 + step, 0.5 - step):
                for _ in range(depth):
                    a = expit(a + bias)
                ends.append(a)
            slope = (ends[0] - ends[1]) / (2 * step)
            assert lesson["chain"](depth, bias) == pytest.approx(slope, abs=1e-10)
            assert slope < 0.25**depth
    assert lesson["chain"](10, 0) ** 0.1 == pytest.approx(0.225, abs=0.003)
    a = 0.5
    for _ in range(20):
        a = expit(a)
    assert a == pytest.approx(0.66, abs=0.002)


BY_HAND = {
    "step": (lambda z: 1.0 * (z > 0), lambda z: 0 * z),
    "sigmoid": (expit, lambda z: expit(z) * (1 - expit(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(0, z), lambda z: 1.0 * (z > 0)),
    "leaky ReLU": (lambda z: np.where(z > 0, z, 0.2 * z), lambda z: np.where(z > 0, 1, 0.2)),
    "ELU": (lambda z: np.where(z > 0, z, np.exp(z) - 1), lambda z: np.where(z > 0, 1, np.exp(z))),
    "GELU": (lambda z: z * (1 + erf(z / np.sqrt(2))) / 2, lambda z: norm.cdf(z) + z * norm.pdf(z)),
    "softplus": (lambda z: np.log1p(np.exp(z)), expit),
    "swish": (lambda z: z * expit(z), lambda z: expit(z) + z * expit(z) * (1 - expit(z))),
}


def test_the_table_of_the_nine_functions_is_what_keras_computes(lesson):
    assert list(lesson["ACTIVATIONS"]) == list(BY_HAND)
    z = np.linspace(-4.5, 4.5, 900)  # 0 is not among them
    for name, (value, slope) in BY_HAND.items():
        for ours, by_hand in zip(
            lesson["value_and_slope"](lesson["ACTIVATIONS"][name], z), (value, slope), strict=True
        ):
            assert ours == pytest.approx(by_hand(z), abs=1e-7), name


def test_slopes_above_1_and_below_0(lesson):
    z = np.linspace(-8, 8, 16001)
    ranges = {n: lesson["value_and_slope"](s, z)[1] for n, s in lesson["ACTIVATIONS"].items()}
    beyond = {n: (s.min(), s.max()) for n, s in ranges.items() if s.min() < 0 or s.max() > 1 + 1e-12}
    assert beyond.keys() == {"GELU", "swish"}
    assert beyond["GELU"] == pytest.approx((-0.13, 1.13), abs=0.005)
    assert beyond["swish"] == pytest.approx((-0.10, 1.10), abs=0.005)
    assert lesson["value_and_slope"](lesson["ACTIVATIONS"]["ReLU"], [0.0])[1] == 0
    at = {n: lesson["value_and_slope"](s, [-3.0])[1][0] for n, s in lesson["ACTIVATIONS"].items()}
    assert sorted(at, key=at.get)[-3:] == ["softplus", "ELU", "leaky ReLU"]


# --- saturation -------------------------------------------------------------------------------------------------------


def test_saturation_goes_as_the_text_says(lesson):
    run_cells(["saturation-figure"], lesson)
    assert 2 * norm.cdf(0.4585) - 1 == pytest.approx(0.353, abs=0.001)
    assert expit(4.585) * (1 - expit(4.585)) == pytest.approx(0.01, abs=2e-5)
    says = {(w, n): reading(lesson["saturation"], w, n) for w in lesson["WIDTHS"] for n in lesson["FAN_INS"]}
    for (w, n), text in says.items():
        spread = float(text.split("of z is ")[1].split(",")[0])
        assert spread == pytest.approx(w * np.sqrt(n), rel=0.06), text
    share = {stop: int(text.split("; ")[1].split(" %")[0]) for stop, text in says.items()}
    assert share[1.0, 100] == 36
    assert [max(w for w in lesson["WIDTHS"] if share[w, n] >= 95) for n in (10, 100, 1000)] == [0.3, 0.1, 0.03]


# --- factors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "factor"), [("He", 1), ("Glorot", 1 / 2), ("PyTorch", 1 / 6)])
def test_the_factor_of_a_relu_layer(lesson, name, factor):
    """Forwards and backwards, measured in a wide layer, and by the lesson's integral."""
    import keras

    kinds = run_cells(["variance-code"], dict(lesson))["kinds"]
    rng, width = np.random.default_rng(0), 1500
    a, g = rng.normal(size=(2, 300, width))
    layer = keras.layers.Dense(width, "relu", kernel_initializer=kinds[name])
    kernel = layer.kernel.numpy() if layer.built else (layer.build((None, width)), layer.kernel.numpy())[1]
    assert np.var(kernel) * width == pytest.approx(2 * factor, rel=0.01)
    z = a @ kernel
    assert np.mean(np.maximum(z, 0) ** 2) / np.mean(a**2) == pytest.approx(factor, rel=0.03)
    assert np.mean((((z > 0) * g) @ kernel.T) ** 2) / np.mean(g**2) == pytest.approx(factor, rel=0.03)
    sizes, factors = lesson["predict"](keras.activations.relu, lesson["GAINS"][name], 32)
    assert sizes**2 == pytest.approx(factor ** np.arange(1, 33), rel=1e-9)
    assert factors**2 == pytest.approx(np.full(32, factor), rel=1e-9)
    if name == "PyTorch":
        assert np.abs(kernel).max() == pytest.approx(1 / np.sqrt(width), rel=1e-3)


def test_predictions_and_measurements_agree_within_a_factor_of_3(lesson):
    """At every layer, activations and gradients, but for GELU with He, which the text names."""
    import keras

    far = {}
    for activation in ["none", *lesson["NAMES"]]:
        for name, gain in lesson["GAINS"].items():
            sizes, factors = lesson["predict"](keras.activations.get(lesson["IN_NET"][activation]), gain, 32)
            measured, gradients, _, _ = lesson["measure"](activation, gain, 32)
            back = np.cumprod([1, *factors[:0:-1]])[::-1] * np.median(gradients[:, -1])
            both = np.median(measured, axis=0) / sizes, np.median(gradients, axis=0) / back
            far[activation, name] = np.exp(np.abs(np.log(both)).max())
    assert {stop for stop, factor in far.items() if factor > 3} == {("GELU", "He")}
    assert far["GELU", "He"] > 20


# --- back-propagation -------------------------------------------------------------------------------------------------


def rest_of_the_net(lesson, model, a, layer, s, residual, normalised):
    """The summed loss, computed in NumPy, of a net whose hidden layer `layer` gives a."""
    kernels = [w.numpy() for w in model.trainable_weights if w.name == "kernel"]
    for kernel in kernels[layer:-1]:
        z = a @ kernel
        if normalised:
            z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-3)
        after = BY_HAND[s][0](z)
        a = a + after if residual else after
    out = a @ kernels[-1]
    top = out.max(axis=1, keepdims=True)
    right = out[np.arange(len(out)), lesson["labels"][: len(out)]]
    return np.sum(np.log(np.exp(out - top).sum(axis=1)) + top[:, 0] - right)


@pytest.mark.parametrize("kind", [(False, False), (True, False), (False, True), (True, True)], ids=str)
@pytest.mark.parametrize("s", ["sigmoid", "tanh", "ReLU", "GELU"])
def test_back_propagated_gradients_agree_with_finite_differences(lesson, s, kind):
    model, rng = lesson["deep"](5, lesson["IN_NET"][s], *kind), np.random.default_rng(0)
    lesson["fill"](model, 2.0, seed=3)
    hidden, gradients = lesson["back_propagate"](model, examples=20)
    for layer in range(1, 6):
        direction = rng.normal(size=hidden[0].shape)
        step = 1e-6 * direction
        ends = [rest_of_the_net(lesson, model, hidden[layer - 1] + sign * step, layer, s, *kind) for sign in (1, -1)]
        by_difference = (ends[0] - ends[1]) / 2e-6
        assert np.sum(gradients[layer - 1] * direction) == pytest.approx(by_difference, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("kind", [(False, False), (True, False), (False, True), (True, True)], ids=str)
@pytest.mark.parametrize("s", ["sigmoid", "ReLU"])
def test_nets_side_by_side_are_the_nets_of_keras(lesson, s, kind):
    """What the figures show is what `back_propagate` gives for each of the three nets."""
    model = lesson["deep"](4, lesson["IN_NET"][s], *kind)
    sizes, slopes, dead, activations = lesson["measure"](s, 1 / 3, 4, *kind)
    for net, seed in enumerate((2, 1, 0)):
        lesson["fill"](model, 1 / 3, seed)
        hidden, gradients = lesson["back_propagate"](model)
        assert sizes[net] == pytest.approx([np.sqrt(np.mean(a**2)) for a in hidden], rel=1e-9)
        assert slopes[net] == pytest.approx([np.sqrt(np.mean(g**2)) for g in gradients], rel=1e-9)
    assert dead.tolist() == [(a == 0).all(axis=0).sum() for a in hidden]
    assert np.allclose(activations, hidden, rtol=1e-9, atol=1e-12)


def first_and_last(lesson, *stop):
    middle = np.median(lesson["measure"](*stop)[1], axis=0)
    return middle[0], middle[-1]


def layer_below_a_millionth(lesson, *stop):
    return np.flatnonzero(np.median(lesson["measure"](*stop)[1], axis=0) < 1e-6)[-1] + 1


def test_back_through_32_layers_as_the_text_says(lesson):
    gains = lesson["GAINS"]
    first, last = first_and_last(lesson, "sigmoid", 2.0, 32)
    assert first == pytest.approx(4.2e-17, rel=0.05)
    assert (first / last) ** (1 / 31) == pytest.approx(0.31, abs=0.005)
    assert layer_below_a_millionth(lesson, "sigmoid", 2.0, 32) == 21
    sizes = np.median(lesson["measure"]("sigmoid", 2.0, 32)[0], axis=0)
    assert 0.5 < sizes.min() < sizes.max() < 0.6
    assert first_and_last(lesson, "ReLU", 2.0, 32) == pytest.approx((0.093, 0.17), abs=0.01)
    assert first_and_last(lesson, "ReLU", 1.0, 32)[0] == pytest.approx(1.5e-6, rel=0.05)
    assert first_and_last(lesson, "ReLU", gains["PyTorch"], 32)[0] == pytest.approx(3.4e-14, rel=0.05)
    assert layer_below_a_millionth(lesson, "ReLU", gains["PyTorch"], 32) == 19
    first, last = first_and_last(lesson, "tanh", 1.0, 32)
    assert last / first == pytest.approx(5, abs=0.5)
    first, last = first_and_last(lesson, "none", 2.0, 32)
    assert (first / last) ** (1 / 31) == pytest.approx(np.sqrt(2), abs=0.02)
    first, last = first_and_last(lesson, "swish", 2.0, 32)
    assert np.log10(last / first) == pytest.approx(4, abs=0.2)
    within = [
        n for n in ["none", *lesson["NAMES"]] if np.abs(np.log10(np.divide(*first_and_last(lesson, n, 2.0, 32)))) < 1
    ]
    assert within == ["tanh", "ReLU", "leaky ReLU", "ELU"]
    first = {name: first_and_last(lesson, name, 1.0, 8)[0] for name in ("sigmoid", "tanh")}
    assert first["sigmoid"] == pytest.approx(4.8e-6, rel=0.05)
    assert first["tanh"] == pytest.approx(0.055, rel=0.05)


def test_dead_units_of_a_fresh_net_do_not_depend_on_the_size_of_its_weights(lesson):
    dead = [lesson["measure"]("ReLU", gain, 32)[2] for gain in lesson["GAINS"].values()]
    assert [d.sum() for d in dead] == [463, 463, 463]
    assert dead[0][-1] == 28
    last = lesson["measure"]("ReLU", 2.0, 32)[3][-1] > 0
    assert ((~last).all(axis=0).sum(), last.all(axis=0).sum()) == (28, 26)
    last = lesson["measure"]("ReLU", 2.0, 32)[3][-1]
    alike = last / np.linalg.norm(last, axis=1, keepdims=True)
    assert np.median(alike @ alike.T) > 0.9
    others = [lesson["measure"](n, 2.0, 32)[2].sum() for n in ["none", *lesson["NAMES"]] if n != "ReLU"]
    assert sum(others) == 0


def test_more_relus_are_off_inside_a_residual_net(lesson):
    net = lesson["deep"](32, "relu", residual=True)
    lesson["fill"](net, 2.0, 0)
    a, off = lesson["x"][:200], 0
    for kernel in [w for w in net.get_weights() if w.ndim == 2][:-1]:
        z = a @ kernel
        off += (z <= 0).all(axis=0).sum()
        a = a + np.maximum(z, 0)
    assert off == 732


def test_shortcuts_as_the_text_says(lesson):
    third = lesson["GAINS"]["PyTorch"]
    assert first_and_last(lesson, "sigmoid", third, 32)[0] == pytest.approx(2.5e-28, rel=0.05)
    assert first_and_last(lesson, "sigmoid", third, 32, True, False)[0] == pytest.approx(0.10, abs=0.01)
    assert first_and_last(lesson, "sigmoid", third, 32, False, True)[0] == pytest.approx(0.20, abs=0.01)
    assert first_and_last(lesson, "ReLU", 2.0, 32, True, False) == pytest.approx((8.7e5, 0.24), rel=0.05)
    first, last = first_and_last(lesson, "ReLU", 2.0, 32, False, True)
    assert first == pytest.approx(68, rel=0.05)
    assert (first / last) ** (1 / 31) == pytest.approx(np.sqrt(np.pi / (np.pi - 1)), rel=0.02)
    for gain in (2.0, third):
        first, last = first_and_last(lesson, "ReLU", gain, 32, True, True)
        assert 1 < first / last < 10
        assert first_and_last(lesson, "ReLU", third, 32, True, False)[0] > 10
        for kind in ((True, False), (False, True), (True, True)):
            assert lesson["measure"]("ReLU", gain, 32, *kind)[2].sum() == 0
