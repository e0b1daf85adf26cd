"""Lesson 04, regularization: its formulas and what its text says, each against another way to the same number."""

import functools

import numpy as np
import pytest
from scipy.stats import norm

from tests import cells
from tests.nets import float64

run_cells = functools.partial(cells.run_cells, "04_regularization")


@pytest.fixture(scope="module")
def lesson():
    namespace = run_cells(["setup", "measure", "expected", "penalty-keras"])
    with float64():  # the lesson sets 16 digits before its first layer; here other tests may have made layers before
        yield run_cells(["wide", "wide-train", "lambda-measure"], namespace)


@pytest.fixture(scope="module")
def prior(lesson):
    return run_cells(["width", "linear-train", "linear-check", "lambda-draw", "prior-measure", "prior-figure"], lesson)


def medians(values):
    return np.median(values, axis=1)


# --- the penalty ------------------------------------------------------------------------------------------------------


def test_the_expected_loss_is_the_loss_on_many_new_measurements(lesson):
    x, y = lesson["measure"](400_000, seed=3)
    curve = lesson["CURVES"][4, 0]
    assert np.mean((y[:, 0] - np.interp(x[:, 0], lesson["GRID"], curve)) ** 2) == pytest.approx(
        lesson["expected_loss"](curve), abs=0.003
    )


def test_the_three_losses_go_as_the_text_says(lesson):
    training, expected = medians(lesson["TRAINING"]), medians(lesson["EXPECTED"])
    validation, lambdas = medians(lesson["VALIDATION"]), lesson["LAMBDAS"]
    assert (np.diff(training) > -1e-6).all()
    assert training[0] < 0.04 < 0.09
    assert lambdas[expected.argmin()] == 0.01
    assert expected.min() == pytest.approx(0.133, abs=0.005)
    assert (expected[:3] > 0.3).all()
    assert (validation[:3] > 0.3).all()
    assert expected.max() == pytest.approx(0.64, abs=0.01)
    assert lambdas[expected[:-2].argmax()] == 1e-4
    assert expected[2] == pytest.approx(0.34, abs=0.02)
    assert training[lambdas.index(0.01)] == pytest.approx(0.083, abs=0.004)  # the best net, and yet below the noise
    x, y = lesson["x"], lesson["y"]
    assert np.mean((y - lesson["truth"](x)) ** 2) == pytest.approx(0.126, abs=0.001)
    assert lambdas[validation.argmin()] == 0.03  # what one would choose with real data: hardly worse
    assert validation.min() == pytest.approx(0.11, abs=0.005)
    assert expected[validation.argmin()] - expected.min() == pytest.approx(0.003, abs=0.002)


def test_units_are_saturated_without_a_penalty_and_not_with_one(lesson):
    run_cells(["saturation-measure"], lesson)
    first, second = np.median(lesson["SATURATED"], axis=1).T
    at = lesson["LAMBDAS"].index(0.01)
    assert second[[0, at]] == pytest.approx([0.31, 0.02], abs=0.02)
    assert (first <= second).all()
    assert first.max() < 0.05
    slope = np.mean(1 - lesson["HIDDEN"][:, :, 1] ** 2, axis=(1, 2))
    assert slope[[0, at]] == pytest.approx([0.45, 0.90], abs=0.02)
    strong = lesson["LAMBDAS"].index(0.1)
    assert second[strong] == 0
    assert np.median(lesson["EXPECTED"][strong]) > 0.2
    last = lesson["penalised"].weights(net=3)[-2:]
    assert lesson["hidden_outputs"](3)[1] @ last[0] + last[1] == pytest.approx(lesson["CURVES"][0, 3][:, None])


def test_at_large_lambda_only_the_mean_of_the_measurements_is_left(lesson):
    assert np.abs(lesson["CURVES"][-2:] - lesson["y"].mean()).max() < 1e-3


# --- the prior --------------------------------------------------------------------------------------------------------


def test_the_penalty_is_the_logarithm_of_a_gaussian_prior(prior):
    """The mean loss with its penalty, times N / (2 s^2), is minus the logarithm of likelihood times prior."""
    rng, noise, strength = np.random.default_rng(0), 0.3, 0.02
    x, y = rng.normal(size=(20, 5)), rng.normal(size=20)
    width = prior["prior_width"](strength, noise, 20)
    assert 1 / (2 * width**2) == pytest.approx(strength * 20 / (2 * noise**2))

    def by_bayes(w):
        return -norm.logpdf(y - x @ w, scale=noise).sum() - norm.logpdf(w, scale=width).sum()

    def by_penalty(w):
        return 20 / (2 * noise**2) * (np.mean((y - x @ w) ** 2) + strength * np.sum(w**2))

    some = rng.normal(size=(10, 5))
    differences = [by_bayes(w) - by_penalty(w) for w in some]
    assert differences == pytest.approx([differences[0]] * 10, rel=1e-10)


def test_trained_weights_and_what_is_open_make_the_prior_where_it_is_true(prior):
    prices = prior["PRICES"]
    together = [np.hypot(prior["size"](prior["W_LINEAR"][k]), prior["OPEN"][k]) for k in range(len(prices))]
    widths = [prior["prior_width"](p, 1, 100) for p in prices]
    honest = prices.index(0.01)
    assert widths[honest] == 1
    assert together[honest] == pytest.approx(prior["size"](prior["w_true"]), abs=0.03)
    ratios = np.array(together) / widths
    assert np.abs(np.log(ratios)).argmin() == honest
    assert 1 / ratios[0] > 6
    assert medians(prior["LINEAR_LOSS"]).argmin() == honest
    finer = [np.median(1 + ((prior["known"](p)[0] - prior["w_true"][..., 0]) ** 2).sum(-1)) for p in (0.01, 0.015)]
    assert finer == pytest.approx([10.3, 9.7], abs=0.05)


def test_the_weights_of_the_network_are_far_narrower_than_their_prior(prior):
    at = prior["PRICES"].index(0.01)
    width = prior["prior_width"](0.01, 0.3, 20)
    assert width == pytest.approx(0.67, abs=0.005)
    assert len(prior["NET_KERNELS"][at]) == 8 * 4224
    assert width / prior["size"](prior["NET_KERNELS"][at]) == pytest.approx(14, abs=0.7)


# --- dropout ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dropout(lesson):
    return run_cells(["lambda-draw", "dropout-train", "dropout-figure"], lesson)


def test_thinned_nets_are_keras_nets_with_units_missing(dropout):
    """With rate 0 they are the whole net; with units removed, the whole net whose next weights are 0 or larger."""
    assert dropout["MANY"][0.0][:2] == pytest.approx(np.stack([dropout["WHOLE"][0, 0]] * 2))
    removed, model = dropout["DRAWS"][2] < 0.2, dropout["two_hidden_layers"](10, rate=0.2)
    dropout["thinned_nets"].load(model, net=8 * dropout["RATES"].index(0.2))
    weights = model.get_weights()
    for k in (0, 1):
        weights[2 * k + 2] = np.where(removed[k][:, None], 0, weights[2 * k + 2] / 0.8)
    model.set_weights(weights)
    by_keras = model.predict(dropout["GRID"][:, None], verbose=0)[:, 0]
    assert dropout["MANY"][0.2][2] == pytest.approx(by_keras, abs=1e-9)


def test_dropout_goes_as_the_text_says(dropout):
    expected = medians(dropout["expected_loss"](dropout["WHOLE"]))
    assert expected[0] == pytest.approx(0.24, abs=0.015)
    assert expected[1:3] == pytest.approx([0.14, 0.14], abs=0.01)
    assert expected[2] < expected[3] < expected[4]
    for at, rate in enumerate(dropout["RATES"][1:], start=1):
        many = dropout["MANY"][rate]
        thinned = dropout["expected_loss"](many)
        whole, mean = (dropout["expected_loss"](h) for h in (dropout["WHOLE"][at, 0], many.mean(axis=0)))
        assert np.mean(thinned > whole) > 0.6
        assert mean == pytest.approx(whole, abs=0.01)
        if rate == 0.2:
            assert np.mean(thinned < whole) == pytest.approx(0.31, abs=0.02)
    heights = [np.ptp(dropout["WHOLE"][at, 0]) for at in (2, 4)]
    assert heights == pytest.approx([2.0, 1.6], abs=0.06)


def test_three_masks_in_ten_are_better_than_the_whole_for_each_of_the_eight_nets(dropout):
    factors = (dropout["DRAWS"] >= 0.2) / 0.8
    for s in range(8):
        thinned = dropout["expected_loss"](dropout["with_factors"](16 + s, factors))
        assert 0.2 < np.mean(thinned < dropout["expected_loss"](dropout["WHOLE"][2, s])) < 0.38


def test_units_rely_on_each_other_without_dropout_only(dropout):
    run_cells(["co-adaptation"], dropout)
    price = [np.median([dropout["price_of_a_unit"](8 * k + s) for s in range(8)]) for k in range(3)]
    assert price[0] == pytest.approx(0.41, abs=0.06)
    assert price[0] > np.median(dropout["expected_loss"](dropout["WHOLE"][0]))  # more than the whole net gets wrong
    assert max(map(abs, price[1:])) < 0.01
    ratios = []
    for net in [*range(8), *range(16, 24)]:
        w1, b1, w2, b2, w3, _ = dropout["thinned_nets"].weights(net=net)
        terms = np.tanh(np.tanh(dropout["GRID"][:, None] @ w1 + b1) @ w2 + b2) * w3[:, 0]
        ratios.append(np.abs(terms).sum(axis=1).mean() / np.abs(terms.sum(axis=1)).mean())
    assert np.median(ratios[:8]) == pytest.approx(7.2, abs=0.7)
    assert np.median(ratios[8:]) == pytest.approx(1.1, abs=0.06)


def test_three_masks_of_the_figure_are_better_than_the_whole_net(dropout):
    shown = dropout["expected_loss"](dropout["MANY"][0.2][:12])
    whole = dropout["expected_loss"](dropout["WHOLE"][2, 0])
    assert shown[[5, 9]] == pytest.approx([0.130, 0.136], abs=0.003)
    assert set(np.flatnonzero(shown < whole)) - {4} == {5, 9}
    assert shown[4] == pytest.approx(whole, abs=0.003)  # by a hair
    assert shown.argmax() == 2
    assert shown.max() == pytest.approx(0.42, abs=0.01)


# --- early stopping, more data ----------------------------------------------------------------------------------------


def test_early_stopping_goes_as_the_text_says(lesson):
    run_cells(["lambda-draw", "early-train", "early-figure"], lesson)
    losses = lesson["watched"].val_loss.reshape(2, 8, -1)
    none, penalised = np.median(losses, axis=1)
    assert 40 <= none.argmin() + 1 <= 60
    assert none[100:].max() > 3 * none.min()
    assert (np.abs(penalised[99:] - 0.13) < 0.02).all()
    expected = [np.median(lesson["expected_loss"](lesson["MOMENTS"][e][0])) for e in lesson["EPOCHS"]]
    at = lesson["EPOCHS"].index
    assert lesson["EPOCHS"][int(np.argmin(expected))] in (100, 150)
    assert [expected[at(100)], expected[at(150)], expected[at(50)]] == pytest.approx([0.152, 0.154, 0.157], abs=0.004)
    assert none.min() == pytest.approx(0.12, abs=0.005)
    assert np.std(np.mean(np.random.default_rng(0).normal(0, 0.3, size=(20_000, 20)) ** 2, axis=1)) == pytest.approx(
        0.09 * np.sqrt(2 / 20), rel=0.03
    )


def test_the_best_lambda_falls_with_the_number_of_measurements(lesson):
    run_cells(["data-train"], lesson)
    excess = np.median(lesson["EXCESS"], axis=2)  # (sizes, lambdas)
    best = [lesson["FEW_LAMBDAS"][k] for k in excess.argmin(axis=1)]
    assert best[:2] == [0.01, 0.01]
    assert best[2:4] == [0.001, 0.001]
    assert max(best[4:]) <= 1e-4
    assert excess[0, -1] < 1.5 * excess[-1, -1]
    assert lesson["two_hidden_layers"](32).count_params() == 1153
    sizes = lesson["SIZES"].index
    assert excess[sizes(160), 0] < excess[sizes(160)].min() + 0.002  # hardly any penalty is needed for 160
    assert excess[[sizes(40), sizes(80)], 0] == pytest.approx([0.025, 0.010], abs=0.003)
    assert excess[[sizes(20), sizes(40)]].min(axis=1) == pytest.approx([0.054, 0.014], abs=0.004)


# --- at work, break it ------------------------------------------------------------------------------------------------


def test_at_work_goes_as_the_text_says(lesson):
    run_cells(["work-data", "work-limit", "work-train"], lesson)
    assert 2 * norm.cdf(np.pi / 4 / lesson["SPREAD"]) - 1 == pytest.approx(0.88, abs=0.005)
    cross = np.median(lesson["CROSS"], axis=-1)  # (drops, lambdas)
    right = np.median(lesson["RIGHT_NEW"], axis=-1)
    assert cross[0, 0] == pytest.approx(0.99, abs=0.05)
    assert lesson["STRENGTHS"][cross[0].argmin()] == 0.003
    assert lesson["STRENGTHS"][cross[1].argmin()] == 0.001
    assert max(cross[0].min(), cross[1].min()) < 0.49
    mild = right[:2, :5]  # lambda up to 0.003, dropout 0 or 0.2
    assert mild == pytest.approx(np.full((2, 5), 0.825), abs=0.012)
    assert [right[2, 0], right[0, -1]] == pytest.approx([0.78, 0.35], abs=0.02)
    assert [cross[1, 0], cross[2, 0]] == pytest.approx([0.54, 0.71], abs=0.02)
    assert [cross[0].min(), cross[1].min()] == pytest.approx([0.48, 0.48], abs=0.01)


def test_the_floor_of_the_spiral_is_the_mean_entropy_of_the_arms(lesson, capsys):
    run_cells(["work-data", "work-limit"], lesson)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "its own arm is the likeliest: 0.88", "floor of the cross-entropy: 0.29",
    ]  # fmt: skip
    at = np.linspace(-np.pi, np.pi, 4001)
    arms = [sum(norm.pdf(at - k * np.pi / 2 + 2 * np.pi * m, scale=0.5) for m in range(-4, 5)) for k in range(4)]
    shares = np.array(arms) / np.sum(arms, axis=0)
    entropy = -np.sum(shares * np.log(np.maximum(shares, 1e-300)), axis=0)
    assert np.average(entropy, weights=np.sum(arms, axis=0)) == pytest.approx(0.29, abs=0.004)


def test_a_line_with_a_price_on_its_bias_depends_on_the_zero(lesson, capsys):
    run_cells(["break-bias"], lesson)
    said = [float(line.split(": ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert said == pytest.approx([20, 20 / 1.05, 20, 293.15 / 1.05 - 273.15], abs=0.051)
