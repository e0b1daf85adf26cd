"""Lesson 05, minimisation and SGD: its thresholds and rules, and what its text says, each against another way."""

import contextlib
import functools
import hashlib
import re

import numpy as np
import pytest
from scipy.optimize import check_grad

from tests import cells
from tests.built_book import ROOT
from tests.nets import float64
from tests.optimizers import RULES

ASSETS = ROOT / "lessons/assets"


run_cells = functools.partial(cells.run_cells, "05_minimisation_and_sgd")


@pytest.fixture(scope="module")
def descents():
    names = ["setup", "shower", "descend", "tap-figure", "heavy-ball", "best-rates", "ravine-measure", "ravine-draw"]
    return run_cells([*names, "readings", "batch-gradient", "sgd", "noise", "batch-measure"])


@pytest.fixture(scope="module")
def lesson(descents):
    with float64(), contextlib.chdir(ROOT / "lessons"):
        yield run_cells(["keras", "hessian-keras", "hessian-tape", "product", "cost-read", "spiral", "net"], descents)


@pytest.fixture(scope="module")
def race(lesson):
    return run_cells(["surfaces", "racers", "run-race", "race-scan", "bfgs", "race-look", "race-entries"], lesson)


@pytest.fixture(scope="module")
def contest(race):
    return run_cells(["stacked", "tune", "tune-all"], race)


@pytest.fixture(scope="module")
def planned(contest):
    return run_cells(["schedule-list", "schedule-train", "schedule-rates"], contest)


@pytest.fixture(scope="module")
def minima(lesson):
    return run_cells(["match", "minima-train", "minima-lines"], lesson)


@pytest.fixture(scope="module")
def edge(lesson):
    return run_cells(["edge-train", "edge-hessian"], lesson)


def medians(values):
    return np.median(values, axis=-1)


# --- one tap, a ravine ------------------------------------------------------------------------------------------------


def test_the_gradients_of_the_text_are_slopes(race):
    for place in (0.0, 3.0, 7.0):
        assert race["gradient"](place) == pytest.approx(
            (race["loss"](place + 1e-5) - race["loss"](place - 1e-5)) / 2e-5, abs=1e-4
        )
    for surface, start in race["SURFACES"].values():
        for place in (np.array(start), np.array([0.3, -0.7])):
            value, slope = (lambda p, f=surface, k=k: f(p[None])[k][0] for k in (0, 1))
            assert check_grad(value, slope, place) < 1e-4


def test_the_first_step_by_hand(descents, capsys):
    run_cells(["by-hand"], dict(descents))
    assert capsys.readouterr().out.startswith("step 1: 1.000 turns, 23.00 degrees, loss 112.5\n")
    assert (descents["loss"](0), descents["gradient"](0)) == (200, -100)


@pytest.mark.parametrize(("rate", "ends"), [(0.079, "comes closer"), (0.08, "stays"), (0.081, "leaves")])
def test_two_over_the_curvature_is_the_limit(descents, rate, ends):
    distance = np.abs(descents["descend"](rate, 400) - 4)
    assert {
        "comes closer": distance[-1] < 1e-3,
        "stays": distance[-1] == pytest.approx(4),
        "leaves": distance[-1] > 1e3,
    }[ends]


def test_one_over_the_curvature_needs_one_step(descents):
    assert descents["descend"](0.04, 1)[1] == pytest.approx(4)
    water = descents["temperature"](descents["descend"](0.08, 3))
    assert water == pytest.approx([18, 58, 18, 58])


def test_the_tap_goes_as_the_text_says(descents):
    after_four = {rate: abs(descents["descend"](rate, 4)[-1] - 4) for rate in descents["RATES"] if rate != 0.04}
    assert min(after_four, key=after_four.get) == 0.06
    assert descents["temperature"](descents["descend"](0.06, 4)[-1]) == pytest.approx(36.75)
    assert after_four[0.01] / 4 == pytest.approx(0.316, abs=0.001)
    assert abs(descents["descend"](0.084, 20)[-1] - 4) / 4 == pytest.approx(6.7, abs=0.1)


def test_measured_descents_of_the_ravine_lie_on_the_theory(descents):
    for kappa in descents["CONDITIONS"]:
        for choice in descents["CHOICES"]:
            for momentum in (False, True):
                rate, beta = descents["chosen"](kappa, choice, momentum)
                theory = descents["left_in_theory"](kappa, rate, beta)
                assert descents["left_measured"](kappa, rate, beta) == pytest.approx(theory, abs=0.003)


@pytest.mark.parametrize("kappa", [4, 25, 100])
def test_the_best_rates_are_the_best_and_leave_what_the_formulas_say(descents, kappa):
    root, left = np.sqrt(kappa), descents["left_in_theory"]
    rate, beta = descents["best"](kappa, False)
    assert (rate, beta) == (pytest.approx(2 / (1 + 1 / kappa)), 0)
    assert left(kappa, rate, 0) == pytest.approx((kappa - 1) / (kappa + 1))
    assert min(left(kappa, r, 0) for r in np.linspace(0.01, 2.5, 500)) > left(kappa, rate, 0) - 1e-6
    rate, beta = descents["best"](kappa, True)
    assert left(kappa, rate, beta) == pytest.approx((root - 1) / (root + 1), abs=1e-6)
    some = [left(kappa, r, b) for r in np.linspace(0.1, 4, 60) for b in np.linspace(0, 0.99, 60)]
    assert min(some) > left(kappa, rate, beta) - 1e-6


@pytest.mark.parametrize("kappa", [4, 25, 100])
def test_with_momentum_the_limit_is_two_times_one_plus_beta(descents, kappa):
    beta = descents["best"](kappa, True)[1]
    for factor, converges in ((0.99, True), (1.01, False)):
        path = descents["roll"](kappa, factor * 2 * (1 + beta), beta, 3000)
        assert (np.abs(path[-1]).max() < 0.1) == converges


def test_the_ravine_goes_as_the_text_says(descents, capsys):
    run_cells(["ravine-count"], descents)
    assert capsys.readouterr().out == "momentum False: 231 steps to 1 %\nmomentum True: 37 steps to 1 %\n"
    assert np.log(100) / np.log(101 / 99) == pytest.approx(230, abs=0.5)
    assert np.log(100) / np.log(11 / 9) == pytest.approx(23, abs=0.1)
    ends = [np.linalg.norm(descents["roll"](25, *descents["best"](25, used), 40)[-1]) for used in (False, True)]
    assert ends == pytest.approx([0.38, 0.000017], rel=0.02)


# --- second order -----------------------------------------------------------------------------------------------------


def test_the_hessian_is_the_slope_of_the_gradient(lesson):
    tf, w = lesson["tf"], lesson["w"].numpy()
    for k in (0, 7, 16):
        step = np.zeros_like(w)
        step[k] = 1e-5
        ahead, behind = (lesson["slope"](lesson["small_loss"], tf.constant(w + s)).numpy() for s in (step, -step))
        assert lesson["H"].numpy()[k] == pytest.approx((ahead - behind) / 2e-5, abs=1e-7)


def test_the_cost_of_second_order_is_as_the_text_says(lesson):
    assert lesson["FITS"] == 80264
    assert 4 * (10**6) ** 2 == 4e12
    measured = {kind: dict(lesson["timed"](kind).T.tolist()) for kind in lesson["KINDS"]}
    assert measured["product"][992971] == pytest.approx(0.011, abs=0.0005)
    assert measured["product"][992971] / measured["gradient"][992971] == pytest.approx(2.4, abs=0.05)
    slow = [p for p, seconds in measured["hessian"].items() if seconds > 1]
    assert min(slow) == 10261
    assert measured["hessian"][10261] == pytest.approx(2.1, abs=0.05)
    assert measured["hessian"][10261] / measured["gradient"][10261] == pytest.approx(4000, rel=0.1)
    added = {(row["what"], row["parameters"]): row["bytes"] for row in lesson["TIMED"]}
    assert added["product", 992971] < 1e6
    for (what, p), seen in added.items():
        if what == "hessian" and seen > 1e6:
            assert seen == pytest.approx(4 * p**2, rel=0.06)


def test_the_sum_of_the_recorded_timings_is_the_one_in_the_readme_of_the_assets():
    sums = dict(re.findall(r"\| `(\S+)` \|.*`([0-9a-f]{64})`", (ASSETS / "README.md").read_text(encoding="utf-8")))
    assert sums.keys() == {path.name for path in ASSETS.iterdir()} - {"README.md"}
    for name, total in sums.items():
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == total


def test_the_tool_that_measures_computes_a_hessian_and_its_product():
    from tools.time_second_order import parts

    functions, flat = parts(3)
    direction = np.linspace(-1, 1, len(flat)).astype(flat.dtype.as_numpy_dtype)
    whole = functions["hessian"](flat, direction).numpy()
    assert functions["product"](flat, direction).numpy() == pytest.approx(whole @ direction, abs=1e-4)
    assert whole == pytest.approx(whole.T, abs=1e-5)


# --- batches ----------------------------------------------------------------------------------------------------------


def test_the_noise_of_a_batch_falls_with_the_root_of_its_size(descents):
    sizes = np.array(descents["SIZES"])
    law = descents["SIGMA"] / np.sqrt(sizes)
    assert descents["SCATTER"] == pytest.approx(law, rel=0.05)
    assert descents["SCATTER"] == pytest.approx(law * np.sqrt((8192 - sizes) / 8191), rel=0.02)
    assert descents["scatter"](8192, draws=2) < 1e-9


def test_the_batch_landscape_has_the_batch_gradient(descents):
    part = np.arange(16)
    landscape = descents["half_mse"](part)
    by_slope = np.gradient(landscape, descents["A"][0], axis=1)[30, 30]
    w = np.array([descents["A"][30, 30], descents["C"][30, 30]])
    assert descents["mean_gradient"](w, part)[0] == pytest.approx(by_slope, abs=1e-6)


def test_sgd_goes_as_the_text_says(descents):
    X, y = descents["columns"], descents["degrees"]
    uphill, reached = {}, []
    for size in descents["SIZES"]:
        path, batches = descents["sgd"](size, 20)
        losses = [np.mean((X @ w - y) ** 2) / 2 for w in path]
        uphill[size] = int(np.sum(np.diff(losses) > 0))
        assert len(np.unique(np.concatenate(batches))) == 21 * size
        for step in (0, 1, 3, 10, 20):
            if abs(path[step][0] - 5) < 0.5 and abs(path[step][1]) < 0.5:
                reached.append((size * step, size, step))
    assert (uphill[1], uphill[256]) == (11, 4)
    assert min(reached) == (160, 16, 10)
    assert (320, 16, 20) not in reached
    assert min(cost for cost, size, _ in reached if size == 64) == 1280
    assert min(cost for cost, size, _ in reached if size == 256) == 2560


def test_what_a_training_reports(lesson):
    run_cells(["step-by-step", "watch-all"], lesson)
    losses, shares = lesson["LOSSES"], lesson["SHARES"]
    assert [len(shares[b]) for b in (10, 32, 100)] == [26, 8, 3]
    assert [shares[b][-1] for b in (10, 32, 100)] == [6, 32, 56]
    means = {stop: losses[stop] @ shares[stop[0]] / 256 for stop in losses}
    assert np.mean(np.diff(losses[10, 0.5].ravel()) > 0) == pytest.approx(0.5, abs=0.03)
    assert (np.diff(means[10, 0.5]) < 0).all()
    steps = {stop: (np.argmax(m < 0.7) + 1) * len(shares[stop[0]]) for stop, m in means.items() if (m < 0.7).any()}
    assert min(steps, key=steps.get) == (100, 2.0)
    assert steps[100, 2.0] == 9
    assert (np.diff(means[10, 2.0]) > 0).sum() >= 3
    curve = losses[32, 0.5].ravel()
    by_hand, total, weight = [], 0, 0
    for value in curve:
        total, weight = 0.9 * total + value, 0.9 * weight + 1
        by_hand.append(total / weight)
    assert lesson["smooth"](curve) == pytest.approx(by_hand)


def test_fit_prints_the_mean_of_an_epoch(lesson):
    keras, x, y = lesson["keras"], lesson["x"], lesson["y"]
    model = lesson["one_hidden_layer"](32)
    model.set_weights(lesson["START_WEIGHTS"])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss=lesson["cross_entropy"], jit_compile=False)
    order = np.random.default_rng(0).permutation(256)
    seen = model.fit(x[order], y[order], batch_size=100, epochs=1, shuffle=False, verbose=0).history["loss"][0]
    assert lesson["LOSSES"][100, 0.5][0] @ lesson["SHARES"][100] / 256 == pytest.approx(seen, rel=1e-6)


# --- the optimizers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("surface", ["ravine", "saddle", "Beale"])
def test_keras_optimizers_follow_the_published_rules_for_fifty_steps(race, name, surface):
    keras, (f, start), (rule, rate) = race["keras"], race["SURFACES"][surface], RULES[name]

    def gradient(w):
        return f(w[None])[1][0]

    w, optimizer = keras.Variable(np.array(start, float)), race["OPTIMIZERS"][name](rate)
    steps = rule(gradient, np.array(start, float), rate)
    for _ in range(50):
        optimizer.apply([gradient(w.numpy())], [w])
        assert w.numpy() == pytest.approx(next(steps), rel=1e-4, abs=1e-5)


def test_many_rates_at_once_are_one_after_the_other(race):
    """The rows of a race do not know of each other: each ends where a plain optimizer with its rate ends."""
    f, start = race["SURFACES"]["Beale"]
    for name, k in (("Adam", 14), ("AdamW", 10), ("Lion", 8), ("SGD", 6), ("RMSprop", 9)):
        w, optimizer = race["keras"].Variable(np.array(start)), race["OPTIMIZERS"][name](float(race["SCAN"][k]))
        for _ in range(30):
            optimizer.apply([f(w.numpy()[None])[1][0]], [w])
        assert w.numpy() == pytest.approx(race["PATHS"][name][30, 2, k], abs=1e-6)


def test_the_best_rates_of_the_scan_lie_inside_it_and_differ(race):
    best = np.array(list(race["BEST"].values()))
    assert best.min() > 0
    assert best.max() < len(race["SCAN"]) - 1
    assert len(race["SCAN"]) == 23
    rates = race["SCAN"][best]
    assert (rates.max(axis=0) / rates.min(axis=0)).max() > 500


# --- races ------------------------------------------------------------------------------------------------------------


def first_below(race, surface, own, level):
    found = race["entries"](surface, own, "steps")
    return {name: int(np.argmax(losses < level)) for name, (_, losses, _) in found.items() if (losses < level).any()}


def test_the_race_goes_as_the_text_says(race):
    own, one = (first_below(race, "saddle", which, 0.2) for which in (True, False))
    assert race["saddle_surface"](np.zeros((1, 2)))[0][0] == 0.25
    assert race["SCAN"][race["ONE_RATE"]] == pytest.approx(0.0316, abs=1e-4)
    assert (own["Adam"], own["SGD"], one["Adam"], one["SGD"]) == (3, 14, 30, 188)
    assert "AdaGrad" not in one
    used = {name: (len(losses) - 1, counts[-1]) for name, (losses, counts, _) in race["NEWTON"].items()}
    assert used == {"ravine": (13, 14), "saddle": (7, 18), "Beale": (19, 22)}
    found = race["entries"]("Beale", True, "steps")
    ahead = [min(race["OPTIMIZERS"], key=lambda name, n=n: found[name][1][n]) for n in (20, 50, 200)]
    assert ahead == ["AdaGrad", "RMSprop", "Adam"]
    assert found["RMSprop"][1][200] / found["Adam"][1][200] > 1e7
    lost = [name for name, (_, losses, _) in race["entries"]("Beale", False, "steps").items() if len(losses) < 201]
    assert set(lost) - {"BFGS"} == {"momentum", "Nesterov"}


def test_the_turned_ravine_has_condition_number_25(race):
    assert np.linalg.eigvalsh(race["BOWL"]) == pytest.approx([1 / 25, 1])


def test_the_stacked_race_is_a_training(contest):
    """Eight nets of the stack end where `utils.train`, and with it `model.fit`, ends with the same batches."""
    one = contest["train"](
        contest["net"], contest["x"], contest["y"], optimizer=contest["keras"].optimizers.Adam(0.03), seeds=range(8),
        **contest["CONTEST"],
    )  # fmt: skip
    assert contest["TUNED"]["Adam"][3] == pytest.approx(one.val_loss, rel=1e-4)


def test_the_race_on_a_net_goes_as_the_text_says(contest):
    rates, tuned, best = contest["NET_RATES"], contest["TUNED"], contest["BEST_NET"]
    assert contest["net"].count_params() == 228
    last = {name: np.median(losses[:, :, -1], axis=1) for name, losses in tuned.items()}
    own = {name: last[name][k] for name, k in best.items()}
    assert len(own) == 9
    assert max(own, key=own.get) == "SGD"
    assert max(own.values()) == pytest.approx(0.20, abs=0.006)
    assert min(own.values()) == pytest.approx(0.153, abs=0.004)
    assert min(own, key=own.get) == "Muon"
    tenth = [last[name][rates.index(rates[k]) - 2] / own[name] for name, k in best.items()]
    assert min(tenth) > 2
    assert max(tenth) < 4
    assert max(own.values()) / min(own.values()) == pytest.approx(1.25, abs=0.05)
    at = {name: losses[rates.index(0.03)] / own[name] for name, losses in last.items()}
    assert {name for name in at if at[name] < 1.1} == {"RMSprop", "Adam", "AdamW", "Muon"}
    assert {name for name in at if at[name] > 2} == {"SGD", "momentum", "Nesterov", "AdaGrad"}


# --- many minima ------------------------------------------------------------------------------------------------------


def test_matching_renames_and_keeps_the_function(minima):
    rng, (a, b) = np.random.default_rng(0), minima["PAIRS"][16][0]
    x = rng.normal(size=(50, 2))
    matched = minima["match"](a, b)
    assert minima["outputs"](matched, x) == pytest.approx(minima["outputs"](b, x), abs=1e-9)
    model = minima["SOLVED"][16].load(minima["one_hidden_layer"](16, "relu"), net=1)
    assert minima["outputs"](b, x) == pytest.approx(model.predict(x, verbose=0), abs=1e-6)
    shuffled = rng.permutation(16)
    renamed = [a[0][:, shuffled], a[1][shuffled], a[2][shuffled], a[3]]
    for found, wanted in zip(minima["match"](a, renamed), a, strict=True):
        assert found == pytest.approx(wanted)


def test_the_loss_on_a_line_begins_and_ends_with_the_solutions(minima):
    keras, (a, b) = minima["keras"], minima["PAIRS"][8][0]
    line = minima["on_the_line"](a, b)
    for weights, end in ((a, line[0]), (b, line[-1])):
        logits = minima["outputs"](weights, minima["x"])
        by_keras = keras.losses.sparse_categorical_crossentropy(minima["y"], logits, from_logits=True)
        assert end == pytest.approx(float(np.mean(by_keras)), rel=1e-6)


def test_many_minima_go_as_the_text_says(minima):
    units, ends = minima["UNITS"], minima["ENDS"]
    assert all(len(ends[u]) == 20 for u in units)
    spread = [ends[u].max() - ends[u].min() for u in units]
    assert (np.diff(spread) < 0).all()
    before, after = (
        np.array([np.median(minima["barrier"](minima["LINES"][u, matched])) for u in units])
        for matched in (False, True)
    )
    assert (after < before).all()
    assert (np.diff(after) < 0).all()
    assert [ends[4].min(), ends[4].max()] == pytest.approx([0.23, 0.43], abs=0.006)
    assert [ends[64].min(), ends[64].max()] == pytest.approx([0.147, 0.150], abs=0.001)
    assert np.median(minima["LINES"][16, False][:, 10]) == pytest.approx(1.2, abs=0.06)
    assert np.log(4) == pytest.approx(1.39, abs=0.005)
    assert [before[2], before[3]] == pytest.approx([1.0, 0.41], abs=0.03)
    assert after == pytest.approx([0.7, 0.19, 0.08, 0.015], rel=0.05)


# --- schedules --------------------------------------------------------------------------------------------------------


def test_the_rates_on_plateau_are_those_of_the_callback(planned):
    keras = planned["keras"]
    for losses in planned["PLANNED"]["on plateau"][1, planned["BASE"]["on plateau"]][:3]:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile(optimizer=keras.optimizers.SGD(0.3))
        callback = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", **planned["PATIENT"])
        callback.set_model(model)
        callback.on_train_begin()
        by_keras = []
        for epoch, loss in enumerate(losses):
            by_keras.append(float(model.optimizer.learning_rate))
            callback.on_epoch_end(epoch, {"val_loss": loss})
        assert planned["reduced"](losses, 0.3, **planned["PATIENT"]) == pytest.approx(by_keras, rel=1e-5)


def test_schedules_go_as_the_text_says(planned):
    last = {name: np.median(losses[..., -1], axis=-1) for name, losses in planned["PLANNED"].items()}  # (2, rates)
    at, one = planned["BASES"].index(0.3), planned["BASES"].index(1.0)
    assert set(planned["BASE"].values()) == {at}
    training, validation = ({name: values[kind, at] for name, values in last.items()} for kind in (0, 1))
    assert training["constant"] == pytest.approx(0.18, abs=0.006)
    assert [training["step"], training["cosine"]] == pytest.approx([0.14, 0.14], abs=0.006)
    assert validation["constant"] == pytest.approx(0.18, abs=0.008)
    assert [validation["step"], validation["cosine"]] == pytest.approx([0.16, 0.16], abs=0.006)
    assert max(validation.values()) < 0.19
    assert min(training["warm-up and cosine"], validation["warm-up and cosine"]) > training["cosine"]
    large = {name: values[:, one] for name, values in last.items()}
    assert min(large, key=lambda name: large[name][0]) == "cosine"
    assert min(large, key=lambda name: large[name][1]) == "warm-up and cosine"
    assert [large["cosine"][0], large["warm-up and cosine"][1]] == pytest.approx([0.06, 0.22], abs=0.006)
    drop = np.median(planned["PLANNED"]["step"][0, at], axis=0)
    assert [drop[19], drop[21]] == pytest.approx([0.20, 0.23], abs=0.006)
    assert drop[27] == pytest.approx(0.14, abs=0.006)
    assert drop[19] < drop[20] < drop[21] > drop[22]
    for name in ("constant", "step"):  # the same until half of the time
        assert planned["PLANNED"][name][0, at, :, :20] == pytest.approx(planned["PLANNED"]["constant"][0, at, :, :20])


# --- the edge of stability --------------------------------------------------------------------------------------------


def test_the_largest_curvature_is_that_of_a_power_iteration(edge):
    tf, flatten = edge["tf"], edge["flatten"]
    w = tf.constant(flatten(edge["edge_run"].weights(500, 2)))
    d = np.random.default_rng(0).normal(size=len(w))
    for _ in range(300):
        ahead, behind = (edge["slope"](edge["edge_loss"], w + s * 1e-5 * d).numpy() for s in (1, -1))
        d = (ahead - behind) / 2e-5
        size = np.linalg.norm(d)
        d /= size
    assert size == pytest.approx(edge["SHARPNESS"][2, 5], rel=1e-3)


def test_the_edge_of_stability_goes_as_the_text_says(edge):
    sharp, losses = edge["SHARPNESS"], edge["edge_run"].loss
    assert edge["small_net"].count_params() == 132
    assert sharp[0, 0] == pytest.approx(2.9, abs=0.05)
    assert sharp[2, 2] < 2.5
    assert sharp[2, 5:] == pytest.approx(2.5, abs=0.13)
    assert sharp[2, -1] == pytest.approx(2.4, abs=0.03)
    assert losses[2, -1] == pytest.approx(0.013, abs=0.001)
    assert np.mean(np.diff(losses[2]) > 0) == pytest.approx(0.21, abs=0.02)
    assert (np.diff(sharp[0, :8]) > 0).all()
    assert sharp[0, -1] == pytest.approx(7.3, abs=0.1)
    assert (np.diff(losses[0]) < 0).all()
    assert edge["LOOKED"][sharp[1].argmax()] == 900
    assert sharp[1].max() == pytest.approx(6.3, abs=0.1)
    assert sharp[1, -4:] == pytest.approx(5, abs=0.15)
    assert sharp[3, -5:] == pytest.approx(2 / 1.2, abs=0.01)
    assert sharp.max() == sharp[0, -1]


def test_other_starts_find_the_edge_too(edge):
    long = {"epochs": 2000, "batch_size": None, "loss": "mse", "optimizer": edge["keras"].optimizers.SGD(1.2)}
    run = edge["train"](edge["small_net"], edge["x_edge"], edge["y_edge"], seeds=[2, 3, 4], **long)
    for k in range(3):
        w = edge["tf"].constant(edge["flatten"](run.weights(net=k)))
        assert np.linalg.eigvalsh(edge["hessian_of"](w))[-1] == pytest.approx(2 / 1.2, rel=0.1)
