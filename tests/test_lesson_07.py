"""Lesson 07, reading a training: what its text says about events, cuts and trained nets, held by its own cells."""

import functools
import re

import numpy as np
import pytest

from tests import cells
from tests.cells import reading
from tests.nets import BACKEND, float64
from utils.ranking import auc
from utils.significance import asimov, curve
from utils.twosample import ks_distance

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="many nets at once are slow on PyTorch")

run_cells = functools.partial(cells.run_cells, "07_reading_a_training")


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text.replace(",", ""))]


@pytest.fixture(scope="module")
def lesson():
    with float64():
        first = ["setup", "load", "histogram", "features-figure", "samples", "inputs", "balanced", "net"]
        second = ["train", "best-cut", "measure", "measured", "panels", "compare", "epochs-figure", "rules"]
        yield run_cells([*first, *second, "third-code", "third", "cut-data", "cut-scores", "cut-figure"])


@pytest.fixture(scope="module")
def others(lesson):
    return run_cells(["trees", "other-nets", "tricky-data", "tricky-figure"], lesson)


@pytest.fixture(scope="module")
def few(others):
    return run_cells(["over-train", "over-scores", "over-words", "over-figure"], others)


# --- events -----------------------------------------------------------------------------------------------------------


def test_histograms_and_their_errors(lesson):
    content, error = lesson["histogram"]([0.5, 0.5, 0.5], np.array([1, 1, 4]), [0, 1])
    assert (content[0], error[0]) == (6, pytest.approx(4.2, abs=0.05))
    rng, edges = np.random.default_rng(0), np.linspace(0, 1, 5)
    toys = []
    for _ in range(2000):
        values = rng.random(rng.poisson(200))
        toys.append(lesson["histogram"](values, np.where(values < 0.6, 1.0, 4.0), edges))
    contents, errors = np.moveaxis(toys, 1, 0)
    assert errors.mean(axis=0) == pytest.approx(contents.std(axis=0), rel=0.06)


def test_features_as_the_text_says(lesson):
    alone = {name: numbers(reading(lesson["feature_by_feature"], name, True)) for name in lesson["FEATURES"]}
    order = sorted(alone, key=lambda name: -alone[name][-1])
    assert order[:3] == ["m_ll", "m_t", "dphi_ll"]
    assert [alone[name][-1] for name in order[:3]] == [0.86, 0.80, 0.76]
    assert all(alone[name][-1] == 0.50 for name in ("eta_1", "eta_2", "same_flavour"))
    plain = numbers(reading(lesson["feature_by_feature"], "m_ll", False))
    assert (alone["m_ll"][1], round(plain[1]), plain[-1]) == (104, 72, 0.72)


def test_samples_inputs_and_balanced_weights(lesson):
    assert lesson["x"]["train"].mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert lesson["x"]["train"].std(axis=0) == pytest.approx(1, abs=1e-3)
    y, w = lesson["y"]["train"], lesson["balanced"](lesson["y"]["train"], lesson["w"]["train"])
    assert w[y == 1].sum() == pytest.approx(w[y == 0].sum())
    assert w.mean() == pytest.approx(1)
    share = 148 / (148 + 1691)  # the loss of one answer for all events, without and with this share
    entropy = [-share * np.log(p) - (1 - share) * np.log(1 - p) for p in (0.08, 0.5)]
    assert entropy == pytest.approx([0.28, 0.69], abs=0.005)


# --- epochs -----------------------------------------------------------------------------------------------------------


def test_the_measures_are_those_of_other_ways(lesson):
    p, y, w = lesson["scores"]("choose", 3)[0], lesson["y"]["choose"], lesson["w"]["choose"]
    shares = lesson["balanced"](y, w)
    entropy = -(y * np.log(p) + (1 - y) * np.log1p(-p))
    loss, area, z = lesson["measures"](p, y, w)
    assert loss == pytest.approx(np.average(entropy, weights=shares), rel=1e-6)
    assert area == pytest.approx(np.mean([auc(p, y, w)]))
    by_hand = [asimov(w[(p >= c) & (y == 1)].sum(), w[(p >= c) & (y == 0)].sum()) for c in lesson["CUTS"]]
    assert z == pytest.approx(np.nanmax(by_hand[:90]), rel=1e-9)
    assert lesson["MEASURED"][:, 0, 2, 0] == pytest.approx([loss, area, z], rel=1e-9)


def test_the_epochs_as_the_text_says(lesson):
    nets, measured = lesson["nets"], lesson["MEASURED"][..., 0]
    assert [nets.loss[0, 9], nets.loss[0, 29]] == pytest.approx([0.318, 0.301], abs=0.001)
    stops = lesson["SHOWN_EPOCHS"]
    good = [epoch for epoch in stops if round(measured[1, 0, epoch - 1], 3) == 0.918]
    assert good == [epoch for epoch in stops if epoch >= 12]
    z = [measured[2, 0, epoch - 1] for epoch in good]
    assert (round(z[0], 1), round(max(z), 1)) == (7.1, 7.3)
    assert lesson["ERRORS"][2, 0, 11:].mean() == pytest.approx(0.15, abs=0.03)
    away = np.abs(measured[:, :2, 9:] - [measured[0, :2].min(-1)[:, None], *measured[1:, :2].max(-1)[..., None]])
    assert (away < 2.1 * lesson["ERRORS"][:, :2, 9:]).all()
    stars = [lesson["EPOCHS"][at[:2, 0]] for at in lesson["best"].values()]
    assert (np.min(stars), np.max(stars)) == (18, 25)
    for net in range(2):
        p = [lesson["scores"](name, 30)[net] for name in ("train", "choose")]
        pair = [[lesson[key][name] for name in ("train", "choose")] for key in ("y", "w")]
        ratio = {kind: (c[1, -2:].sum() / c[0, -2:].sum()) for kind, c, _ in lesson["two_samples"](p, *pair)}
        assert ratio["background"] == pytest.approx(1.5, abs=0.1)
        assert 0.9 < ratio["signal"] < 1


def test_the_best_epochs_differ_within_their_errors(lesson):
    own = {name: lesson["EPOCHS"][at[:, 0]] for name, at in lesson["best"].items()}
    assert {name: (e.min(), e.max()) for name, e in own.items()} == {"loss": (15, 24), "AUC": (14, 25), "Z": (21, 26)}
    known = [lesson["standard_deviation"](lesson["EPOCHS"][at[:, 1:]]) for at in lesson["best"].values()]
    assert known == pytest.approx([3.5, 3.5, 4.9], abs=0.3)


def test_what_the_choice_costs_on_the_third_sample(lesson):
    third = lesson["third"]
    z = {rule: values[:, 1, 0].mean() for rule, values in third.items()}
    assert list(z.values()) == pytest.approx([7.15, 7.19, 7.21], abs=0.01)
    for rule, gain, error in (("AUC", 0.04, 0.03), ("Z", 0.07, 0.05)):
        paired = (third[rule] - third["loss"])[:, 1].mean(axis=0)
        assert (paired[0], paired[1:].std()) == pytest.approx((gain, error), abs=0.006)
        assert abs(paired[0]) < 2 * paired[1:].std()
        assert abs(paired[0]) < 0.011 * z["loss"]
    epochs = lesson["EPOCHS"][lesson["best"]["Z"][:, 0]]
    second = [lesson["MEASURED"][2, net, epoch - 1, 0] for net, epoch in enumerate(epochs)]
    assert (np.mean(second), z["Z"]) == (pytest.approx(7.22, abs=0.006), pytest.approx(7.21, abs=0.006))
    assert third["loss"][:, 1, 1:].std(axis=-1).mean() == pytest.approx(0.15, abs=0.02)


# --- cuts -------------------------------------------------------------------------------------------------------------


def test_the_cut_as_the_text_says(lesson):
    says = {(c, u): reading(lesson["one_cut"], c, u) for c in lesson["CUT_STOPS"] for u in lesson["UNCERTAIN"]}
    z = {stop: float(re.search(r"Z = ([\d.]+)", text)[1]) for stop, text in says.items()}
    best = {u: float(says[0.0, u].split("best cut is ")[1].rstrip(".")) for u in lesson["UNCERTAIN"]}
    assert best == {"none": 0.77, "5 %": 0.85, "10 %": 0.92}
    assert [z[0.7, "none"], z[0.7, "10 %"], z[0.95, "none"], z[0.95, "10 %"]] == [7.1, 3.5, 4.5, 4.2]
    assert "s = 142, b = 412" in says[0.5, "none"]
    assert all(6.9 <= z[c, "none"] <= 7.2 for c in lesson["CUT_STOPS"] if 0.65 <= c <= 0.85)
    assert max(lesson["CUT_STOPS"], key=lambda c: z[c, "5 %"]) == 0.85
    assert "s = 83" in says[0.85, "5 %"]
    assert "Z = 6.0" in says[0.85, "5 %"]
    assert lesson["b2"][77] / lesson["b2"][0] == pytest.approx(1 / 8, abs=0.01)
    error = curve(lesson["p2"], lesson["y"]["choose"], lesson["w"]["choose"], lesson["CUTS"])[1]
    assert 0.1 < error[65] < error[85] < 0.2
    for s, b in ((5, 1), (3, 0.01)):
        assert s / np.sqrt(b) > 1.4 * asimov(s, b)


# --- scores -----------------------------------------------------------------------------------------------------------


def test_scores_as_the_text_says(others):
    y, again = others["y"]["choose"], others["again"]
    areas = {name: auc(p, y, again) for name, p in others["TRICKY"].items()}
    same = [name for name in areas if name.startswith("net")]
    assert len(same) == 4
    assert np.ptp([areas[name][0] for name in same]) < 1e-9
    wanted = {"net": 0.919, "boosted trees": 0.919, "inputs as they are": 0.883, "weights not balanced": 0.918}
    assert {name: round(areas[name][0], 3) for name in wanted} == wanted
    for name, gap, error in (("boosted trees", 0.0005, 0.0008), ("weights not balanced", -0.0009, 0.0008)):
        paired = areas[name] - areas["net"]
        assert (paired[0], paired[1:].std()) == pytest.approx((gap, error), abs=2e-4)
    plain = numbers(reading(others["tricky_scores"], "net, z / 15 + 0.6 instead of p"))
    assert plain[-1] == pytest.approx(-2.60, abs=0.01)
    assert numbers(reading(others["tricky_scores"], "net, share of background below"))[-1] == 0.50
    flat, w = others["TRICKY"]["net, share of background below"], others["w"]["choose"]
    assert w[(y == 0) & (flat >= 0.9)].sum() / w[y == 0].sum() == pytest.approx(0.1, abs=0.002)
    small = others["TRICKY"]["weights not balanced"]
    assert np.average(small < 0.5, weights=w) > 0.9


def test_overtraining_as_the_text_says(few):
    found = {}
    for size in [*few["SIZES"], few["ALL"]]:
        for net in (1, 2):
            text = reading(few["overtraining"], size, net)
            seen, chances = few["mixed"][:size], []
            p = few["score_of"](size, net - 1, "train")[seen], few["score_of"](size, net - 1, "choose")
            for label in (1, 0):
                now = few["y"]["train"][seen] == label, few["y"]["choose"] == label
                w = few["w"]["train"][seen][now[0]], few["w"]["choose"][now[1]]
                chances.append(ks_distance(p[0][now[0]], p[1][now[1]], *w)[1])
            old, new = (float(n) for n in re.search(r"AUC ([\d.]+) on them, ([\d.]+) on new", text).groups())
            found[size, net] = old, new, *chances
    assert max(max(found[size, net][2:]) for size in (300, 1000, 3000) for net in (1, 2)) < 1e-3
    assert found[8000, 1][2] < 1e-3
    assert found[8000, 2][2] == pytest.approx(0.03, abs=0.01)
    assert min(min(found[few["ALL"], net][2:]) for net in (1, 2)) >= 0.5
    assert found[8000, 1][1] == 0.913
    assert found[8000, 1][1] > max(found[size, net][1] for size in (300, 1000, 3000) for net in (1, 2))
    assert found[few["ALL"], 1][:2] == (0.928, 0.918)
    for key, size in (("train", 15),):
        steps = -(-len(few["y"][key]) // 512)
        assert (steps, size) == (34, 15)


def test_the_auc_comes_after_the_loss_with_fewer_events(few, capsys):
    run_cells(["over-epochs"], few)
    lines = capsys.readouterr().out.splitlines()
    assert [int(numbers(line)[0]) for line in lines] == [1, 5]
    assert max(numbers(line)[1] for line in lines) <= 0.001
    assert all(line.endswith("True") for line in lines)
    p = [few["sigmoid"](few["few"][1].predict(few["x"]["choose"], e)[3, :, 0]) for e in (7, 12)]
    worse, better = (auc(each, few["y"]["choose"], few["again"]) for each in p)
    assert (better - worse)[0] == pytest.approx(0.001, abs=1e-4)
    assert (better - worse)[1:].std() == pytest.approx(0.0006, abs=1e-4)
    assert (better - worse)[0] < 2 * (better - worse)[1:].std()


def test_keras_counts_thresholds(few, capsys):
    run_cells(["keras-auc"], few)
    lines = [numbers(line) for line in capsys.readouterr().out.splitlines()]
    assert [line[1] for line in lines] == [0.92, 0.58, 0.50]
    assert [line[2] for line in lines] == [0.92] * 3
    assert few["measure"].thresholds[1] == pytest.approx(0.005, abs=1e-4)
    assert np.mean(few["sigmoid"](few["z2"] - 8) < few["measure"].thresholds[1]) == pytest.approx(0.9, abs=0.01)
