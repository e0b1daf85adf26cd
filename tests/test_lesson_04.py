"""Lesson 04, regularization: its formulas and what its text says, each against another way to the same number."""

import itertools

import nbformat
import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from tests.built_book import ROOT
from tests.nets import float64


def run_cells(names, namespace=None):
    """Runs cells of the lesson, named by their ids, and gives what they define."""
    namespace = {} if namespace is None else namespace
    cells = {
        cell.id: cell.source for cell in nbformat.read(ROOT / "lessons/04_regularization.ipynb", as_version=4).cells
    }
    for name in names:
        exec(compile(cells[name], f"lesson 04, {name}", "exec"), namespace)
    return namespace


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


def test_one_weight_has_its_best_value_at_two_over_one_plus_lambda():
    for strength in (0, 0.3, 1, 3, 30):
        best = minimize_scalar(lambda w, price=strength: (2 - w) ** 2 + price * w**2).x
        assert best == pytest.approx(2 / (1 + strength), abs=1e-6)


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
    assert min(expected[0], validation[0]) > 0.3
    assert lambdas[validation.argmin()] == 0.03  # what one would choose with real data: hardly worse
    assert 0 < expected[validation.argmin()] - expected.min() < 0.01


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


def test_many_draws_from_the_prior_have_weights_and_openness_that_add_up():
    """The law of total variance, which the text quotes: exact on average, here over 4,000 truths."""
    rng, strength = np.random.default_rng(1), 0.05
    x = rng.normal(size=(30, 20))
    width = 1 / np.sqrt(30 * strength)
    truths = rng.normal(0, width, size=(4000, 20))
    y = truths @ x.T + rng.normal(size=(4000, 30))
    matrix = x.T @ x + 30 * strength * np.eye(20)
    trained = np.linalg.solve(matrix, x.T @ y.T)
    assert np.mean(trained**2) + np.trace(np.linalg.inv(matrix)) / 20 == pytest.approx(width**2, rel=0.02)


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
    assert dropout["thinned"](0.0, dropout["DRAWS"][:2]) == pytest.approx(np.stack([dropout["WHOLE"][0, 0]] * 2))
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


def test_the_mean_over_all_masks_is_the_whole_net_where_nothing_bends_the_sum():
    rng, rate = np.random.default_rng(2), 0.3
    activations, kernel = rng.normal(size=(7, 6)), rng.normal(size=6)
    total = 0
    for mask in itertools.product([0, 1], repeat=6):
        likely = rate ** (6 - sum(mask)) * (1 - rate) ** sum(mask)
        total = total + likely * (activations * mask / (1 - rate)) @ kernel
    assert total == pytest.approx(activations @ kernel, abs=1e-12)


def test_one_mask_of_the_figure_is_better_than_the_whole_net(dropout):
    shown = dropout["expected_loss"](dropout["MANY"][0.2][:12])
    whole = dropout["expected_loss"](dropout["WHOLE"][2, 0])
    assert shown.argmin() == 5
    assert shown.min() < whole - 0.005
    assert shown.argmax() == 2


# --- early stopping, more data ----------------------------------------------------------------------------------------


def test_early_stopping_goes_as_the_text_says(lesson):
    run_cells(["lambda-draw", "early-train", "early-figure"], lesson)
    losses = lesson["watched"].val_loss.reshape(2, 8, -1)
    none, penalised = np.median(losses, axis=1)
    assert 40 <= none.argmin() + 1 <= 60
    assert none[100:].max() > 3 * none.min()
    assert (np.abs(penalised[99:] - 0.13) < 0.02).all()
    expected = [np.median(lesson["expected_loss"](lesson["MOMENTS"][e][0])) for e in lesson["EPOCHS"]]
    assert lesson["EPOCHS"][int(np.argmin(expected))] in (100, 150)


def test_the_best_lambda_falls_with_the_number_of_measurements(lesson):
    run_cells(["data-train"], lesson)
    excess = np.median(lesson["EXCESS"], axis=2)  # (sizes, lambdas)
    best = [lesson["FEW_LAMBDAS"][k] for k in excess.argmin(axis=1)]
    assert best[:2] == [0.01, 0.01]
    assert best[2:4] == [0.001, 0.001]
    assert max(best[4:]) <= 1e-4
    assert excess[0, -1] < 1.5 * excess[-1, -1]


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
    assert [right[0, 0], right[0, 4], right[1, 0]] == pytest.approx([0.825] * 3, abs=0.012)


def test_a_line_with_a_price_on_its_bias_depends_on_the_zero(lesson, capsys):
    run_cells(["break-bias"], lesson)
    said = [float(line.split(": ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]
    assert said == pytest.approx([20, 20 / 1.05, 20, 293.15 / 1.05 - 273.15], abs=0.051)
