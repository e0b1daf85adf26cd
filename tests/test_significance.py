"""Significance, ranking and the two-sample test of lesson 07, against toys, scikit-learn and permutations."""

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm, poisson
from sklearn.metrics import roc_auc_score

from utils.ranking import auc, bootstrap_weights, roc
from utils.significance import above, asimov, curve
from utils.twosample import ks_distance


@pytest.mark.parametrize(("uncertainty", "z"), [(0, 1.99), (0.01, 1.77), (0.05, 0.73)])
def test_the_values_of_cowan(uncertainty, z):
    assert asimov(100, 2500, uncertainty) == pytest.approx(z, abs=0.005)


def test_limits_of_the_significance():
    assert asimov(10, 1e6) == pytest.approx(10 / 1e3, rel=1e-4)
    assert asimov(10, 1e4, 0.1) == pytest.approx(10 / np.sqrt(1e4 + 1e6), rel=1e-2)
    assert asimov(5, 10, 1e-6) == pytest.approx(asimov(5, 10), rel=1e-6)
    assert asimov(0, 10) == 0
    assert asimov(4 * 5, 4 * 10) == pytest.approx(2 * asimov(5, 10))
    assert np.isnan(asimov([1.0, 1.0], [0.0, -1.0])).all()
    with pytest.raises(ValueError, match="Received: -0.1"):
        asimov(1, 1, -0.1)


@pytest.mark.parametrize(("s", "b"), [(10, 50), (20, 20), (5, 2)])
def test_the_significance_is_the_median_of_experiments(s, b):
    """The p-value of the median count, under background alone, in standard deviations."""
    counts = np.random.default_rng(0).poisson(s + b, 20_000)
    p = poisson.sf(np.median(counts) - 0.5, b)  # the count itself half
    exact = norm.isf((poisson.sf(np.median(counts) - 1, b) + poisson.sf(np.median(counts), b)) / 2)
    assert p < 0.5
    assert asimov(s, b) == pytest.approx(exact, rel=0.06)


@pytest.mark.parametrize("uncertainty", [0.1, 0.3])
def test_with_an_uncertain_background_it_is_that_of_toy_experiments(uncertainty):
    """The likelihood ratio of counts n and m, m from a side measurement that knows b to this precision."""
    s, b = 40.0, 100.0
    tau = 1 / (uncertainty**2 * b)
    n, m = s + b, tau * b
    fitted = (n + m) / (1 + tau)  # b for s = 0
    q = 2 * (n * np.log(n / fitted) - (n - fitted) + m * np.log(m / (tau * fitted)) - (m - tau * fitted))
    assert asimov(s, b, uncertainty) == pytest.approx(np.sqrt(q), rel=1e-9)


def sample(rng, rows=400):
    y = (rng.random(rows) < 0.5).astype(int)
    return rng.normal(1.5 * y), y, np.where(y == 1, 0.1, rng.choice([0.5, 2.0], rows))


@pytest.mark.parametrize("uncertainty", [0.0, 0.2])
def test_the_error_of_z_is_the_spread_over_simulations(uncertainty):
    """500 simulations of the same physics, each with its own number of rows."""
    rng, cuts = np.random.default_rng(1), np.array([0.0, 0.7, 1.2])
    found = [curve(*sample(rng, rng.poisson(1500)), cuts, uncertainty) for _ in range(500)]
    z, error = np.moveaxis(found, 1, 0)
    assert np.mean(error, axis=0) == pytest.approx(np.std(z, axis=0), rel=0.12)


def test_counts_above_cuts():
    score, y, w = np.array([0.1, 0.5, 0.5, 0.9]), np.array([0, 1, 0, 1]), np.array([4.0, 1.0, 2.0, 3.0])
    s, b, var_s, var_b = above(score, y, w, np.array([0, 0.5, 0.6, 1]))
    assert s.tolist() == [4, 4, 3, 0]
    assert b.tolist() == [6, 2, 0, 0]
    assert var_s.tolist() == [10, 10, 9, 0]
    assert var_b.tolist() == [20, 4, 0, 0]


def test_a_cut_with_few_background_rows_gets_no_z():
    y = np.repeat([1, 0], [50, 40])
    score = np.concatenate([np.linspace(0.5, 1, 50), np.linspace(0, 1, 40)])
    z, error = curve(score, y, np.ones(90), np.array([0.0, 0.45, 0.6]), background_rows=20)
    assert np.isfinite(z).tolist() == np.isfinite(error).tolist() == [True, True, False]


@pytest.mark.parametrize("seed", range(5))
def test_auc_and_roc_agree_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    score, y, w = sample(rng)
    score = np.round(score, 1)  # with ties
    assert auc(score, y, w) == pytest.approx(roc_auc_score(y, score, sample_weight=w), abs=1e-12)
    background, signal = roc(score, y, w)
    at = np.unique(score)[::-1][3]
    assert signal[4] == pytest.approx(w[(y == 1) & (score >= at)].sum() / w[y == 1].sum())
    assert background[4] == pytest.approx(w[(y == 0) & (score >= at)].sum() / w[y == 0].sum())
    assert auc(np.exp(score), y, w) == pytest.approx(auc(score, y, w), abs=1e-12)
    assert auc(-score, y, w) == pytest.approx(1 - auc(score, y, w), abs=1e-12)


def test_many_weights_at_once_are_each_one_alone():
    score, y, w = sample(np.random.default_rng(7))
    many = bootstrap_weights(w, replicas=5)
    assert auc(score, y, many) == pytest.approx([auc(score, y, each) for each in many], abs=1e-12)
    cuts = np.array([0.0, 1.0])
    alone = [curve(score, y, each, cuts)[0] for each in many]
    assert np.allclose(curve(score, y, many, cuts)[0], alone, rtol=1e-12, equal_nan=True)


def test_the_bootstrap_knows_the_error_of_the_auc():
    rng = np.random.default_rng(3)
    true = np.std([auc(*sample(rng)) for _ in range(400)])
    guessed = np.mean([auc(s, y, bootstrap_weights(w, 100)).std() for s, y, w in (sample(rng) for _ in range(10))])
    assert guessed == pytest.approx(true, rel=0.15)


def test_equal_weights_give_the_test_of_kolmogorov_and_smirnov():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=800), rng.normal(0.1, 1, size=600)
    distance, p = ks_distance(first, second, np.full(800, 0.3), np.full(600, 7.0))
    oracle = ks_2samp(first, second, method="asymp")
    assert distance == pytest.approx(oracle.statistic)
    assert p == pytest.approx(oracle.pvalue, rel=0.1)


def test_with_weights_the_p_value_is_that_of_permutations():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=700), rng.choice([1.0, 4.0], 700)
    found = [ks_distance(x[:300], x[300:], w[:300], w[300:])]
    for _ in range(300):
        order = rng.permutation(700)
        found.append(ks_distance(x[order[:300]], x[order[300:]], w[order[:300]], w[order[300:]]))
    distances, chances = np.transpose(found)
    for level in (0.05, 0.3):
        assert np.mean(chances < level) == pytest.approx(level, abs=0.06)
    assert distances[1:].std() > 0
    with pytest.raises(ValueError, match="Received: -1"):
        ks_distance(x, x, w, np.where(x == x[0], -1, w))
