"""Exercise 04, task 3: dropout, right and wrong in many ways."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_04 as check
from utils.checks.masks import SIGMAS, fault

# --- task 3 -----------------------------------------------------------------------------------------------------------


def solution(a, rate, rng):
    return a * (rng.random(a.shape) >= rate) / (1 - rate)


def in_a_loop(a, rate, rng):
    result = np.zeros_like(a)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            if rng.uniform() > rate:
                result[i, j] = a[i, j] / (1 - rate)
    return result.tolist()


@pytest.mark.parametrize(
    "answer",
    [
        solution,
        in_a_loop,
        lambda a, rate, rng: np.where(rng.random(a.shape) < rate, 0, a / (1 - rate)),
        lambda a, rate, rng: (a * rng.binomial(1, 1 - rate, size=a.shape) / (1 - rate)).astype("float32"),
        lambda a, rate, rng: a * rng.choice([0, 1 / (1 - rate)], size=a.shape, p=[rate, 1 - rate]),
        lambda a, rate, rng: a * (rng.integers(0, 1000, size=a.shape) >= 1000 * rate) / (1 - rate),
    ],
)
def test_dropout_right(answer):
    is_right(check.dropout.feedback(answer), "4 of 5 masks", "1.25 times")


def test_a_right_dropout_is_found_right_whatever_its_luck():
    from scipy.stats import binom

    a = np.random.default_rng(0).uniform(0.5, 1.5, size=(60, 50))
    for rate in (0.2, 0.6):
        goes = binom(a.size, rate)
        reach = SIGMAS * goes.std()
        assert goes.cdf(goes.mean() - reach) + goes.sf(goes.mean() + reach) < 1e-10  # the number removed in one call
        assert np.sum(goes.pmf(np.arange(a.size + 1)) ** 8) < 1e-10  # the same number in eight calls
        assert np.sum(binom(50, rate).pmf(np.arange(51)) ** 60) < 1e-10  # in every example of one call
        assert binom(1, rate).pmf([0, 1]).max() ** 3000 < 1e-10  # nothing removed, or all
        for seed in range(100):
            rng = np.random.default_rng(seed)
            assert fault(a, np.array([solution(a, rate, rng) for _ in range(8)]), rate) is None


def masked(mask, factor=lambda rate: 1 / (1 - rate)):
    return lambda a, rate, rng: a * mask(a.shape, rate, rng) * factor(rate)


def coins(shape, rate, rng):
    return rng.random(shape) >= rate


def without_replacement(shape, rate, rng):
    mask = np.ones(shape[0] * shape[1])
    mask[rng.choice(mask.size, size=round(rate * mask.size), replace=False)] = 0
    return mask.reshape(shape)


def permuted(axis):
    def mask(shape, rate, rng):
        places = np.indices(shape)[axis] / shape[axis]
        return rng.permuted(places, axis=axis) >= rate

    return mask


def always_the_same(shape, rate, rng):
    return np.random.default_rng(0).random(shape) >= rate


def chance_of_its_own(shape, rate, rng):
    return np.random.default_rng().random(shape) >= rate


def in_place(a, rate, rng):
    a[rng.random(a.shape) < rate] = 0
    a /= 1 - rate
    return a


def by_the_share_that_stayed(each):
    def answer(a, rate, rng):
        stays = coins(a.shape, rate, rng)
        return a * stays / stays.mean(axis=each, keepdims=True)

    return answer


def gaussian(a, rate, rng):
    return a * rng.normal(1, np.sqrt(rate / (1 - rate)), size=a.shape)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            masked(coins, lambda rate: 1),
            ["With rate 0.2 what stays is multiplied by 1, wanted 1.25", "a unit now gives 0.8 of", "makes up for it?"],
        ),
        (masked(coins, lambda rate: 1 - rate), ["multiplied by 0.8", "gives 0.64", "smaller twice", "or divide?"]),
        (masked(coins, lambda rate: rate), ["multiplied by 0.2", "That is the rate"]),
        (masked(coins, lambda rate: 1 / rate), ["multiplied by 5", "Divided by the rate"]),
        (masked(coins, lambda rate: 2), ["multiplied by 2, wanted 1.25", "The mean over many masks"]),
        (masked(lambda s, r, rng: rng.random(s) < r), ["of 3000, wanted are about 600", "the probability to stay"]),
        (
            masked(lambda s, r, rng: rng.random(s) < r, lambda rate: 1 / rate),
            ["of 3000, wanted are about 600", "the probability to stay"],
        ),
        (masked(lambda s, r, rng: coins(s, 0.5, rng)), ["wanted are about 600", "How probable is it"]),
        (
            lambda a, rate, rng: a * coins(a.shape, 0.2, rng) / 0.8,
            ["With rate 0.6", "wanted are about 1800", "How probable"],
        ),
        (masked(lambda s, r, rng: coins(s[1], r, rng)), ["All 60 examples lose the same", "the shape of your mask"]),
        (masked(lambda s, r, rng: coins((s[0], 1), r, rng)), ["all its 50 units, or none", "its own coin"]),
        (masked(lambda s, r, rng: rng.random() >= r), ["A call removes all 3000 numbers, or none", "own coin"]),
        (masked(always_the_same), ["8 calls with one generator", "trains a smaller net"]),
        (masked(chance_of_its_own), ["a generator of the same seed", "Is all chance taken from `rng`?"]),
        (in_place, ["changes the array that it is given"]),
        (lambda a, rate, rng: solution(a, max(rate, 0.1), rng), ["With rate 0 nothing may change"]),
        (gaussian, ["Nothing is removed; it is multiplied by numbers from", "all or nothing"]),
        (lambda a, rate, rng: a + rng.normal(0, rate, size=a.shape), ["all or nothing"]),
        (by_the_share_that_stayed(None), ["what stays is multiplied by", "the share that happened to stay"]),
        (by_the_share_that_stayed(1), ["What stays is multiplied by numbers from", "before the coins are tossed"]),
        (masked(without_replacement), ["Every call removes exactly 600 of 3000", "a coin of its own"]),
        (masked(permuted(1)), ["Every example loses exactly 10 of 50", "permutation"]),
        (masked(permuted(0)), ["Every unit goes in exactly 12 of 60", "permutation"]),
        (lambda a, rate, rng: a * (1 - rate), ["With rate 0.2 nothing is removed", "new examples"]),
        (lambda a, rate, rng: a, ["With rate 0.2 nothing is removed", "Is the mask multiplied"]),
        (lambda a, rate, rng: coins(a.shape, rate, rng) / (1 - rate), ["is 0 or 1.25", "That is the mask"]),
        (lambda a, rate, rng: 0 * a, ["All 3000 numbers that come out are 0"]),
        (lambda a, rate, rng: a[coins(a.shape, rate, rng)], ["it returns the shape (", "it keeps its place"]),
        (lambda a, rate, rng: solution(a, rate, rng).T, ["it returns the shape (50, 60)", "transposed"]),
        (lambda a, rate, rng: solution(a, rate, rng).ravel(), ["it returns the shape (3000,)", "(B, H)"]),
        (lambda a, rate, rng: solution(a, rate, rng)[None], ["it returns the shape (1, 60, 50)", "(B, H)"]),
        (lambda a, rate, rng: solution(a, rate, rng).reshape(50, 60), ["the shape (50, 60)"]),
        (lambda a, rate, rng: solution(a, rate, rng).mean(axis=1), ["the shape (60,)"]),
    ],
)
def test_dropout_wrong(answer, words):
    is_wrong(check.dropout.feedback(answer), *words)


def test_an_error_in_dropout_shows_how_it_was_called():
    feedback = check.dropout.feedback(lambda a, rate, rng: a * rng.rand(*a.shape))
    assert feedback.state == "stopped"
    assert "(array of 60 x 50, 0.2, Generator(PCG64))" in repr(feedback)
