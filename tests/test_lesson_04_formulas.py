"""Lesson 04, what its text says of penalties, priors and dropout in general: no net of the lesson is trained here."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize_scalar


def test_one_weight_has_its_best_value_at_two_over_one_plus_lambda():
    for strength in (0, 0.3, 1, 3, 30):
        best = minimize_scalar(lambda w, price=strength: (2 - w) ** 2 + price * w**2).x
        assert best == pytest.approx(2 / (1 + strength), abs=1e-6)


def test_least_squares_fits_its_own_sample_closer_than_the_noise():
    """Five weights and twenty measurements: 15/20 of the variance is expected, as the text says."""
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(20, 5)), 0.3 * rng.normal(size=(20, 4000))
    residuals = noise - x @ np.linalg.lstsq(x, noise)[0]
    assert np.mean(residuals**2) == pytest.approx(0.09 * 15 / 20, rel=0.02)


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


def test_the_mean_over_all_masks_is_the_whole_net_where_nothing_bends_the_sum():
    rng, rate = np.random.default_rng(2), 0.3
    activations, kernel = rng.normal(size=(7, 6)), rng.normal(size=6)
    total = 0
    for mask in itertools.product([0, 1], repeat=6):
        likely = rate ** (6 - sum(mask)) * (1 - rate) ** sum(mask)
        total = total + likely * (activations * mask / (1 - rate)) @ kernel
    assert total == pytest.approx(activations @ kernel, abs=1e-12)


def test_hinton_and_keras_scale_dropout_so_that_the_mean_stays():
    """With weights times 1 - r after training, or activations over 1 - r during it: the mean sum in use is the same."""
    rng, rate = np.random.default_rng(3), 0.3
    a, w = rng.normal(size=8), rng.normal(size=8)
    stays = rng.random((200_000, 8)) >= rate
    assert np.mean(stays * a @ w) == pytest.approx(a @ (w * (1 - rate)), abs=0.06)
    assert np.mean(stays * a / (1 - rate) @ w) == pytest.approx(a @ w, abs=0.08)


def test_weight_decay_shrinks_biases_unless_they_are_excluded():
    import keras

    for exclude in (False, True):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, bias_initializer="ones")])
        optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
        if exclude:
            optimizer.exclude_from_weight_decay(var_names=["bias"])
        model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
        x = np.zeros((4, 1))
        model.fit(x, np.ones((4, 1)), epochs=1, verbose=0)  # the bias is right: no gradient, only the decay
        assert (float(model.get_weights()[1][0]) == 1.0) == exclude
