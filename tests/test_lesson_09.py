"""Lesson 09, software and GPUs: the two nets, the recorded tables, and every number of the text, by other ways."""

import ast
import contextlib
import functools
import io
import os
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq, minimize

from tests import cells
from tests.built_book import ROOT
from tests.cells import reading
from tests.test_one_net import recorded, table
from tools import time_backends

LESSON = "09_software_gpus_hyperparameters"
run_cells, text = (functools.partial(of, LESSON) for of in (cells.run_cells, cells.text))
WIDTHS, BATCHES = (16, 64, 256, 1024), (32, 256, 2048)


@pytest.fixture(scope="module")
def lesson():
    code = cells.code_of(LESSON)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT / "lessons")
        yield run_cells(code[: code.index("gpu-crossing") + 1])


@functools.cache
def seconds():
    """Gives {(backend, way, width, batch): seconds of a step on the processor}."""
    rows = [row for row in table("backends.csv")[1] if row["device"] == "cpu"]
    return {(r["backend"], r["way"], int(r["width"]), int(r["batch"])): float(r["seconds"]) for r in rows}


# --- one net twice ----------------------------------------------------------------------------------------------------


def pieces(name):
    """Gives {name of a function or class: its source} of a file of `utils.one_net`; PyTorch is not imported."""
    source = (ROOT / f"utils/one_net/{name}.py").read_text(encoding="utf-8")
    parts = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {part.name: ast.get_source_segment(source, part) for part in parts}


def test_both_nets_stand_as_they_were_timed():
    keras_net, torch_net = pieces("with_keras"), pieces("with_torch")
    assert text("keras-net").endswith(f"\n\n\n{keras_net['build']}")
    assert text("keras-step") == keras_net["step"]
    shown = text("torch-net").partition("```python\n")[2].partition("\n```")[0]
    assert shown == "import torch\nfrom torch import nn\n\n\n" + "\n\n\n".join(
        torch_net[name] for name in ("Net", "adam", "step")
    )


def test_the_examples_are_those_of_the_tables(lesson):
    for mine, theirs in zip(lesson["examples"](64), time_backends.examples(64), strict=True):
        assert np.array_equal(mine, theirs)
    assert len(lesson["x"]) == 64
    x, y = lesson["examples"](500)
    assert np.array_equal(y[:, 0] == 1, np.sign(x[:, 0]) == np.sign(x[:, 1]))


def test_what_the_table_says_of_keras(lesson):
    keras = lesson["keras"]
    assert keras.optimizers.Adam().epsilon == 1e-7
    net = lesson["build"](10, 7)
    kernel, bias = net.layers[0].get_weights()
    assert kernel.shape == (10, 7)
    assert np.all(bias == 0)
    assert "glorot" in type(net.layers[0].kernel_initializer).__name__.lower()


# --- the same outputs -------------------------------------------------------------------------------------------------


def apart(key, steps):
    return np.abs(recorded()[*key, steps] - recorded()["tensorflow", "keras", steps]).max()


def test_the_outputs_before_and_after(lesson):
    ways = lesson["WAYS"]
    assert {("tensorflow", "keras"), *ways.values()} == {key[:2] for key in recorded()}
    for name, key in ways.items():
        for steps in (0, 20):
            assert f"at most {apart(key, steps):.0e} away" in reading(lesson["same_outputs"], name, steps)
            if steps == 0 or key[1] == "keras":
                assert apart(key, steps) < 6.5e-8  # "at most 6e-08 apart", "that still holds for Keras"
    plain = apart(("torch", "plain"), 20)
    assert plain == pytest.approx(3e-5, rel=0.02)
    assert plain / apart(("torch", "plain"), 0) == pytest.approx(500, rel=0.02)
    assert [name for name, key in ways.items() if 1e-7 < apart(key, 20) < 2e-6] == ["plain PyTorch, epsilon of Keras"]
    assert apart(ways["plain PyTorch, epsilon of Keras"], 20) == pytest.approx(1e-6, rel=0.05)
    assert "Plain PyTorch with the epsilon of Keras: 1e-06" in text("drift-after")


@pytest.mark.parametrize(("gradient", "less"), [(0.01, 0.0003), (1e-6, 0.76)])
def test_how_far_keras_goes_in_its_first_step(lesson, gradient, less):
    keras = lesson["keras"]
    weight = keras.Variable([0.0])
    keras.optimizers.Adam(0.001).apply([keras.ops.convert_to_tensor([gradient], "float32")], [weight])
    gone = 1 - -float(weight.numpy()[0]) / 0.001
    assert gone == pytest.approx(less, abs=0.0001 if less < 0.1 else 0.005)
    assert 1 / (1 + lesson["EPSILON"]["Keras"](1) / gradient) == pytest.approx(1 - gone, abs=1e-4)
    assert 1 / (1 + lesson["EPSILON"]["PyTorch"](1) / gradient) == pytest.approx(1, abs=0.0101)


def test_the_gradients_by_hand_are_slopes(lesson):
    x, y = lesson["x"].astype("float64"), lesson["y"]
    w = [part.astype("float64") for part in lesson["net"].get_weights()]

    def loss():
        p = lesson["layers_of"](w)[-1]
        return -np.mean(np.log(np.where(y == 1, p, 1 - p)))

    assert lesson["layers_of"](w)[-1] == pytest.approx(lesson["net"].predict_on_batch(x), abs=1e-6)
    slopes = lesson["gradients"](w)
    for part, slope in zip(w, slopes, strict=True):
        at = np.unravel_index(np.argmax(np.abs(slope)), slope.shape)
        kept, ends = part[at], []
        for change in (1e-6, -1e-6):
            part[at] = kept + change
            ends.append(loss())
        part[at] = kept
        assert slope[at] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4)


def test_the_rest_is_a_root_of_32_bits(lesson):
    """Adam as Keras writes it, its 1 - beta^t with 32 bits: the 1e-06 that were left are gone."""
    assert f"{np.float32(0.999):.8f}" in text("by-hand-after")
    w = [part.astype("float64") for part in lesson["net"].get_weights()]
    m, v = [0] * 6, [0] * 6
    for t in range(1, 21):
        first, second = (float(1 - np.float32(beta) ** np.float32(t)) for beta in (0.9, 0.999))
        for k, g in enumerate(lesson["gradients"](w)):
            m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.999 * v[k] + 0.001 * g**2
            w[k] = w[k] - 0.001 * np.sqrt(second) / first * m[k] / (np.sqrt(v[k]) + 1e-7)
    keras = recorded()["tensorflow", "keras", 20]
    assert np.abs(lesson["layers_of"](w)[-1].ravel()[:5] - keras).max() < 1.5e-7
    assert np.abs(lesson["by_hand"](20, lesson["EPSILON"]["Keras"])[:5] - keras).max() > 5e-7


def test_a_trifle_grows(lesson):
    drift = [np.ptp([lesson["by_hand"](n, e) for e in lesson["EPSILON"].values()], axis=0).max() for n in (20, 200)]
    assert drift == pytest.approx([8.9e-5, 0.0075], rel=0.02)
    own, other = lesson["EPSILON"].values()
    ends = [lesson["by_hand"](200, e) for e in (other, lambda t: own(t) if t <= 20 else other(t))]
    assert f"they end {np.ptp(ends, axis=0).max():.4f} apart" in text("drift-after")


def test_the_same_seed_gives_other_weights_on_another_backend(lesson):
    if lesson["keras"].backend.backend() != "tensorflow":
        pytest.skip("TensorFlow and JAX are compared")
    own = Path(sys.prefix) / "jax"
    if not own.is_dir():
        pytest.skip("JAX is not installed")
    code = "import keras; print(*keras.ops.convert_to_numpy(keras.initializers.GlorotUniform(seed=1)((2, 2))).ravel())"
    path = os.pathsep.join(filter(None, [str(own), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": path}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    of_jax = np.array(ran.stdout.splitlines()[-1].split(), dtype=float)
    here = lesson["keras"].initializers.GlorotUniform(seed=1)((2, 2)).numpy().ravel()
    assert np.abs(here - of_jax).min() > 0.001
    assert np.abs([here, of_jax]).max() < np.sqrt(6 / 4)  # both are what Glorot draws from


# --- the time of a step -----------------------------------------------------------------------------------------------


def test_the_watch_starts_after_three_steps_and_counts_twenty(lesson):
    clock, calls = [0.0], []

    def step(*batch):
        calls.append(batch)
        clock[0] += 100 if len(calls) <= 3 else 2

    Clock = namedtuple("Clock", "perf_counter")
    space = run_cells(["timed"], {"time": Clock(lambda: clock[0]), "step": step})
    assert space["seconds_a_step"]("model", 1, 2) == 2
    assert calls == [("model", 1, 2)] * 23


def test_the_times_of_the_text():
    t = {key: 1e3 * value for key, value in seconds().items()}
    tf = {(width, batch): t["tensorflow", "keras", width, batch] for width in WIDTHS for batch in BATCHES}
    lean = t["tensorflow", "compiled", 16, 32]
    after = text("times-after")
    assert f"not at all, {tf[16, 2048] / tf[16, 32]:.2f} times" in after
    assert f"at width 1,024 {tf[1024, 2048] / tf[1024, 32]:.0f} times" in after
    assert f"in {lean:.3g} ms where Keras needs {tf[16, 32]:.2f} ms: {tf[16, 32] / lean:.0f} times" in after
    largest = [value for (*_, width, batch), value in t.items() if (width, batch) == (1024, 2048)]
    assert f"the slowest of the six needs {max(largest) / min(largest):.1f} times" in after
    assert len(largest) == 6
    assert "gives {:.2f}, {:.2f} and {:.2f} ms".format(*(tf[16, batch] for batch in BATCHES)) in after
    jax = [t["jax", "keras", width, 32] for width in (16, 64)]
    assert "gives {:.2f} ms at width 16 and {:.2f} ms at width 64".format(*jax) in after
    backwards = [
        took / t[more]
        for less, took in t.items()
        for more in t
        if less[:2] == more[:2] and less[2] <= more[2] and less[3] <= more[3]
    ]
    assert max(backwards) == jax[0] / jax[1] == pytest.approx(1.7, abs=0.05)  # no two dots contradict more
    small = [value for (_, way, width, _), value in t.items() if way == "keras" and width == 16]
    assert (round(min(small)), round(max(small))) == (1, 4)  # "one to four milliseconds"
    assert t["torch", "plain", 16, 32] == pytest.approx(0.8, abs=0.05)
    spread = [max(v) / min(v) for v in ([t[b, w, width, 32] for b, w in KEYS] for width in WIDTHS)]
    assert spread == sorted(spread, reverse=True)  # "the lines come together"


KEYS = [(backend, way) for backend, ways in time_backends.BACKENDS.items() for way in ways]


def test_the_mission_of_64_steps():
    wanted = seconds()["torch", "keras", 64, 2048]
    small = {key: 64 * seconds()[*key, 64, 32] for key in KEYS}
    assert {key for key, took in small.items() if took < wanted} == {("tensorflow", "compiled"), ("jax", "compiled")}
    assert max(took for took in small.values() if took < wanted) < 0.6 * wanted  # not near an edge
    assert min(took for (_, way), took in small.items() if way == "keras") > 0.060
    numbers = (1e3 * took for took in (wanted, small["tensorflow", "compiled"], small["jax", "compiled"]))
    assert [f"{number:.1f}" for number in numbers] == ["4.7", "2.6", "2.5"]
    for number in ("takes 4.7 ms", "2.6 ms on TensorFlow", "2.5 ms on JAX"):
        assert number in text("times-after")


@pytest.mark.parametrize("loop", ["Keras", "lean"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_quickest_is_named(lesson, width, loop):
    ways = {"TensorFlow": "tensorflow", "JAX": "jax", "PyTorch": "torch"}
    way = {name: "keras" if loop == "Keras" else "plain" if name == "PyTorch" else "compiled" for name in ways}
    says = reading(lesson["step_times"], width, loop)
    longer = []
    for batch in (32, 2048):
        took = {name: seconds()[ways[name], way[name], width, batch] for name in ways}
        names = sorted(took, key=took.get)
        factor = took[names[-1]] / took[names[0]]
        wanted = f"batch {batch:,}, {names[0]} {1e3 * took[names[0]]:.3g} ms, {names[-1]} {factor:.1f} times that"
        assert wanted in says
        longer.append(np.array([took[name] for name in ways]))
    longer = longer[1] / longer[0]
    assert f"take {longer.min():.2g} to {longer.max():.2g} times as long" in says


# --- the model of a GPU -----------------------------------------------------------------------------------------------


def test_the_fit_is_the_best_one(lesson):
    points = [(w, b, seconds()["tensorflow", "keras", w, b]) for w in WIDTHS for b in BATCHES]
    width, batch, took = np.array(points).T
    weights = width**2 + 13 * width + 1
    assert {int(p) for p in weights} == {int(row["parameters"]) for row in table("backends.csv")[1]}

    def ratios(logs):
        overhead, update, each = np.exp(logs)
        return (overhead + weights * (update + each * batch)) / took

    fitted = np.log([lesson[name] for name in ("T0", "U", "C")])
    best = minimize(lambda logs: np.sum((ratios(logs) - 1) ** 2), np.log([1e-3, 1e-9, 1e-10]), tol=1e-12)
    assert fitted == pytest.approx(best.x, abs=1e-3)
    assert np.abs(ratios(fitted) - 1).max() == pytest.approx(0.16, abs=0.005)
    assert 6 / lesson["C"] == pytest.approx(1.2e11, rel=0.05)  # operations a second


def modelled(lesson, width, batch, extra=0.0, speed=1.0):
    """Seconds of a step, on the processor where nothing else is said."""
    weights = 11 * width + (width + 1) * width + width + 1
    return lesson["T0"] + extra + weights * (lesson["U"] + lesson["C"] * batch) / speed


def factor(lesson, width, batch, extra, speed):
    return modelled(lesson, width, batch) / modelled(lesson, width, batch, extra, speed)


@pytest.mark.parametrize("extra", [1e-4, 5e-4, 2e-3])
@pytest.mark.parametrize("speed", [3, 10, 30, 100])
def test_where_the_lines_cross(lesson, extra, speed):
    says = reading(lesson["gpu_crossing"], 1e3 * extra, speed)
    ahead = [factor(lesson, 256, batch, extra, speed) - 1 for batch in (8, 16384)]
    if ahead[0] > 0:
        assert "the GPU is quicker at each batch shown" in says
    else:
        crossing = brentq(lambda batch: factor(lesson, 256, batch, extra, speed) - 1, 8, 16384)
        assert f"cross at batch {crossing:.0f}." in says
    assert ahead[1] > 0
    assert f"{factor(lesson, 128, 32, extra, speed):.2f} times as quick" in says
    assert f"{factor(lesson, 1024, 2048, extra, speed):.1f} times." in says
    for wanted in (1, 5, 20):
        if wanted < speed:
            for batch in (32, 2048):
                width = lesson["width_for"](wanted, batch, extra, speed)
                assert factor(lesson, width, batch, extra, speed) == pytest.approx(wanted)
                assert wanted == 1 or modelled(lesson, width, batch) > (wanted - 1) * lesson["T0"]
        else:  # "the gain stays below s"
            assert factor(lesson, 1e6, 1e6, extra, speed) < speed


def test_the_gains_of_the_text(lesson):
    gain = functools.partial(factor, lesson)
    after, summary = text("gpu-after"), text("summary")
    assert f"from {gain(128, 32, 5e-4, 3):.2f} to {gain(128, 32, 5e-4, 100):.2f}" in after
    assert f"from {gain(1024, 2048, 5e-4, 3):.1f} to {gain(1024, 2048, 5e-4, 100):.1f}" in after
    assert f"star's {1e3 * modelled(lesson, 128, 32):.2f} ms" in after
    assert f"{1e3 * lesson['T0']:.2f} are overhead" in after
    most = gain(128, 32, 0, 1e12)
    assert f"the gain would be {most:.2f}" in after
    assert f"gains {100 * (most - 1):.0f} % at most" in summary
    assert brentq(lambda width: gain(width, 256, 5e-4, 30) - 5, 100, 4000) == pytest.approx(780, abs=5)
    three = [gain(1024, batch, 5e-4, 30) for batch in BATCHES]
    assert "the gain is {:.1f} with 32 examples, {:.0f} with 256 and {:.0f} with 2,048".format(*three) in after
    assert "gains a factor of {:.0f} to {:.0f} with batches of 256 to 2,048".format(*three[1:]) in summary
    reach = {speed: gain(1024, 2048, 2e-3, speed) for speed in (3, 10, 30, 100)}
    assert [speed for speed, value in reach.items() if value > 20] == [100]
    assert f"100: {reach[100]:.1f}" in after
    assert f"it is {reach[30]:.1f}" in after


def test_the_lean_loop_needs_no_gpu():
    lean, own = seconds()["tensorflow", "compiled", 64, 32], seconds()["tensorflow", "keras", 64, 32]
    said = f"needs {1e3 * lean:.3g} ms in the place of {1e3 * own:.2f}: {own / lean:.0f} times as quick"
    assert said in text("gpu-after")


@pytest.mark.parametrize("kind", ["CPU", "GPU"])
def test_a_gpu_is_timed_where_there_is_one(lesson, kind):
    Found = namedtuple("Found", "kind name")
    asked = []

    def few(count):
        asked.append(count)
        return lesson["examples"](8)

    with contextlib.redirect_stdout(io.StringIO()) as said:
        run_cells(["gpu-look"], {**lesson, "device": Found(kind, "a name"), "examples": few})
    lines = said.getvalue().splitlines()
    if kind == "CPU":
        assert lines == ["no GPU was found on this machine: none was timed"]
    else:
        assert [line.partition(":")[0] for line in lines] == ["width 128, batch 32", "width 1024, batch 2048"]
        assert asked == [32, 2048]
        assert all(line.endswith("ms a step on a name") for line in lines)
