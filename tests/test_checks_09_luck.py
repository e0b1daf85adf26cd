"""Exercise 09, tasks 3 and 4: the number of random tries, and the best of k by luck; right and wrong."""

import math
import random

import numpy as np
import pytest

from tests.answers import is_refused, is_right
from utils.checks import chapter_09 as check
from utils.checks import luck, tries

ln, ceil = math.log, math.ceil

# --- task 3 -----------------------------------------------------------------------------------------------------------


def loop(p, c):
    n = 1
    while 1 - (1 - p) ** n < c:
        n += 1
    return n


def product(p, c):
    missed, n = (1.0, 0)
    while missed > 1 - c:
        missed *= 1 - p
        n += 1
    return n


def loop_le(p, c):
    n = 1
    while 1 - (1 - p) ** n <= c:
        n += 1
    return n


def loop_last(p, c):
    n = 1
    while 1 - (1 - p) ** n < c:
        n += 1
    return n - 1


def loop_from0_after(p, c):
    n = 0
    got = 0
    while got < c:
        got = 1 - (1 - p) ** n
        n += 1
    return n


def additive(p, c):
    n, got = (0, 0.0)
    while got < c:
        got += p
        n += 1
    return n


def all_good(p, c):
    n = 1
    while p**n > 1 - c:
        n += 1
    return n


def simulated(p, c):
    rng = np.random.default_rng(0)
    return np.quantile(rng.geometric(p, 1000), c)


@pytest.mark.parametrize(
    "answer",
    [
        lambda p, c: ceil(ln(1 - c) / ln(1 - p)),
        loop,
        product,
        lambda p, c: np.ceil(np.log(1 - c) / np.log(1 - p)),
        lambda p, c: ceil(math.log10(1 - c) / math.log10(1 - p)),
        lambda p, c: [ceil(math.log2(1 - c) / math.log2(1 - p))],
        lambda p, c: ceil(ln(1 - c, 1 - p)),
        lambda p, c: int(np.argmax(1 - (1 - p) ** np.arange(10000) >= c)),
        lambda p, c: next(n for n in range(1, 10000) if (1 - p) ** n <= 1 - c),
        lambda p, c: np.float32(np.ceil(np.log(1 - c) / np.log(1 - p))),
        lambda p, c: -int(ln(1 - c) / ln(1 - p) // -1),
        lambda p, c: ceil(math.log1p(-c) / math.log1p(-p)),
    ],
)
def test_tries_needed_right(answer):
    is_right(check.tries_needed.feedback(answer), "59 random tries suffice")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda p, c: 1 / p, "After that many tries the *mean* number of good"),
        (lambda p, c: c / p, "That adds up the chances of all tries."),
        (lambda p, c: ceil(c / p), "That adds up the chances of all tries."),
        (lambda p, c: ceil(1 / p), "After that many tries the *mean* number of good"),
        (lambda p, c: math.floor(ln(1 - c) / ln(1 - p)), "Rounded down, or the last step of a loop is missing"),
        (lambda p, c: int(ln(1 - c) / ln(1 - p)), "Rounded down, or the last step of a loop is missing"),
        (lambda p, c: ln(1 - c) / ln(1 - p), "Tries are whole."),
        (lambda p, c: int(ln(1 - c) / ln(1 - p)) + 1, "Where n tries reach the certainty exactly, n are"),
        (lambda p, c: math.floor(ln(1 - c) / ln(1 - p) + 1), "Where n tries reach the certainty exactly, n are"),
        (loop_le, "Where n tries reach the certainty exactly, n are"),
        (loop_last, "Rounded down, or the last step of a loop is missing"),
        (loop_from0_after, "One too many in every case."),
        (additive, "That adds up the chances of all tries."),
        (lambda p, c: ceil(ln(1 - p) / ln(1 - c)), "It is 1 each time. In a loop: does its condition"),
        (lambda p, c: ln(1 - p) / ln(1 - c), "The two are exchanged"),
        (lambda p, c: ceil(ln(c) / ln(1 - p)), "`certainty` is the chance that *one or more* are"),
        (lambda p, c: ceil(ln(1 - c) / ln(p)), "A single try is not among the best with the chance"),
        (lambda p, c: ceil(ln(c) / ln(p)), "It is 1 each time. In a loop: does its condition"),
        (all_good, "A single try is not among the best with the chance"),
        (lambda p, c: 1 - (1 - p) ** 59, "That is a chance."),
        (lambda p, c: 1 - (1 - p) ** (1 / c), "That is a chance."),
        (lambda p, c: (1 - c) / (1 - p), "Where have the logarithms gone?"),
        (lambda p, c: ceil((1 - c) / (1 - p)), "It is 1 each time. In a loop: does its condition"),
        (lambda p, c: ceil(-ln(1 - c) / ln(1 - p)), "A sign is wrong: both logarithms are negative, and"),
        (lambda p, c: ceil(-ln(1 - c) / p), "exp(-n share) is close to (1 - share)^n for a small"),
        (lambda p, c: -ln(1 - c) / p, "exp(-n share) is close to (1 - share)^n for a small"),
        (lambda p, c: 3 / p, "That is the rule of three."),
        (lambda p, c: 59, "It is the same number for every share and every"),
        (lambda p, c: 60, "It is the same number for every share and every"),
        (lambda p, c: round(ln(1 - c) / ln(1 - p)), "Rounded to the nearest number"),
        (lambda p, c: ceil(ln(1 - c) / ln(1 - p)) + 1, "One too many in every case."),
        (lambda p, c: ceil(ln(1 - c / 100) / ln(1 - p / 100)), "Share and certainty lie between 0 and 1, no percent."),
        (lambda p, c: ceil(ln(1 - c) / math.log10(1 - p)), "Both logarithms to the same base"),
        (lambda p, c: ceil(ln(0.5) / ln(1 - p)), "That is the number of tries until even chances, 0.5."),
        (lambda p, c: ceil(ln(0.05) / ln(1 - p)), "That is the answer for a certainty of 0.95,"),
        (simulated, "It is close."),
        (lambda p, c: 0, "It is the same number for every share and every"),
        (lambda p, c: np.log(c - 1) / np.log(p - 1), "Is that the logarithm of a number below 0, or a"),
        (lambda p, c: ln(c - 1) / ln(1 - p), "The logarithm of a number that is not larger than 0"),
        (lambda p, c: np.arange(60), "One number is wanted"),
        (lambda p, c: 1 - (1 - p) ** np.arange(1, 100), "One number is wanted"),
        (lambda p, c: c, "That is a chance."),
        (lambda p, c: 1 - (1 - p) ** c, "That is a chance."),
        (lambda p, c: ceil(ln(1 - p) * ln(1 - c)), "The logarithms are divided"),
        (lambda p, c: ceil(ln((1 - c) / (1 - p))), "The logarithms are divided"),
        (lambda p, c: range(ln(1 - c) / ln(1 - p)), "`range`, and a shape, want whole numbers."),
        (lambda p, c: ln([1 - c]) / ln(1 - p), "`math.log` takes one number, without square"),
        (lambda p, c: ceil(math.sqrt(1 / p)), "After n tries, how likely is it that none of them"),
        (lambda p, c: 1 / p * 1 / (1 - c), "Where have the logarithms gone?"),
        (lambda p, c: ceil(1 / (p * c)), "Where have the logarithms gone?"),
        (lambda p, c: ceil(1 / (p * (1 - c))), "Where have the logarithms gone?"),
        (lambda p, c: ceil(ln(1 - c) / ln(1 - p), 0), "`math.ceil` takes the number alone"),
        (lambda p, c: int(100 * c / (100 * p)), "That adds up the chances"),
        (lambda p, c: 1 - (1 - p) ** 20 >= c, "It says 0 or 1"),
        (lambda p, c: 3 * c / p, "the rule of three"),
        (lambda p, c: -ln(1 - p * c), "smaller than 1: a chance"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_tries_needed_wrong(answer, words):
    is_refused(check.tries_needed.feedback(answer), words)


def test_what_the_check_says_about_tries_is_true():
    assert tries.tries(0.05, 0.95) == 59
    assert 1 - 0.95**58 < 0.95 < 1 - 0.95**59
    assert [tries.tries(*both) for both in tries.ASKED] == [ceil(ln(1 - c) / ln(1 - s)) for s, c in tries.ASKED]


# --- task 4 -----------------------------------------------------------------------------------------------------------


def exact(x, k):
    x = np.sort(x)
    n = len(x)
    i = np.arange(1, n + 1)
    return np.sum(x * ((i / n) ** k - ((i - 1) / n) ** k))


def without(x, k):
    x = np.sort(x)
    n = len(x)
    w = [math.comb(i, k - 1) for i in range(n)]
    t = math.comb(n, k)
    return sum(float(a) * (b / t) for a, b in zip(x, w, strict=True))


def loop_best(x, k, rng):
    return np.mean([max(rng.choice(x, k)) for _ in range(2000)])


def loop_no_replace(x, k, rng):
    return np.mean([rng.permutation(x)[:k].max() for _ in range(1000)])


def own_random(x, k, rng):
    r = random.Random(1)
    return sum(max(r.sample(list(x), k)) for _ in range(2000)) / 2000


def cumulative(x, k, rng):
    x = np.sort(x)
    f = np.arange(1, len(x) + 1) / len(x)
    return x[-1] - np.sum(np.diff(x) * f[:-1] ** k)


def draws(x, k, rng, m=4000):
    return rng.choice(x, (m, k))


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, k, rng: exact(x, k),
        lambda x, k, rng: without(x, k),
        loop_best,
        loop_no_replace,
        own_random,
        cumulative,
        lambda x, k, rng: rng.choice(x, (5000, k)).max(axis=1).mean(),
        lambda x, k, rng: x[rng.integers(len(x), size=(5000, k))].max(1).mean(),
        lambda x, k, rng: rng.permutation(x)[: len(x) // k * k].reshape(-1, k).max(axis=1).mean(),
        lambda x, k, rng: [np.float32(exact(x, k))],
        lambda x, k, rng: np.mean([np.max(np.random.default_rng(s).choice(x, k)) for s in range(1000)]),
        lambda x, k, rng: np.mean([max(random.choices(list(x), k=k)) for _ in range(2000)]),
    ],
)
def test_best_of_right(answer):
    is_right(check.best_of.feedback(answer), "2.6 standard deviations")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, k, rng: x.max(), "That is the best of *all* scores, as if everybody"),
        (lambda x, k, rng: x.mean(), "That is the mean: the score of one draw."),
        (lambda x, k, rng: draws(x, k, rng).mean(), "That is the mean: the score of one draw."),
        (lambda x, k, rng: draws(x, k, rng).mean(axis=1).max(), "Are the means of the sets compared?"),
        (lambda x, k, rng: draws(x, k, rng).max(), "That is the best of *all* scores, as if everybody"),
        (lambda x, k, rng: draws(x, k, rng).max(axis=0).mean(), "So high is the best of hundreds."),
        (lambda x, k, rng: draws(x, k, rng).max(axis=0), "A number for each of the k draws came back."),
        (lambda x, k, rng: draws(x, k, rng).max(axis=1), "The best of each set came back."),
        (lambda x, k, rng: rng.choice(x, k).max(), "so few sets are luck. Average over 2,000"),
        (lambda x, k, rng: max(x[:k]), "These are the first k scores"),
        (lambda x, k, rng: np.sort(x)[-k:].mean(), "That is the mean of the k best of all."),
        (lambda x, k, rng: np.quantile(x, 1 - 1 / k), "The score whose k-th part stands above it is a"),
        (lambda x, k, rng: np.sort(x)[-k], "The score whose k-th part stands above it is a"),
        (lambda x, k, rng: draws(x, k, rng).min(axis=1).mean(), "That is the worst of k draws."),
        (
            lambda x, k, rng: draws(x, k, rng).max(axis=1).mean() - x.mean(),
            "That is by how much the best of k stands above the",
        ),
        (lambda x, k, rng: x.mean() + x.std(), "A formula with the standard deviation supposes a"),
        (
            lambda x, k, rng: x.mean() + x.std() * math.sqrt(2 * math.log(k)),
            "A formula with the standard deviation supposes a",
        ),
        (lambda x, k, rng: x.std() * math.sqrt(2 * math.log(k)), "A formula with the standard deviation supposes a"),
        (lambda x, k, rng: x.mean() + k * x.std(), "A formula with the standard deviation supposes a"),
        (lambda x, k, rng: x.mean() + x.std() * k**0.5, "A formula with the standard deviation supposes a"),
        (lambda x, k, rng: x.mean() + x.std() / k**0.5, "A formula with the standard deviation supposes a"),
        (lambda x, k, rng: k * x.mean(), "That is the mean: the score of one draw."),
        (lambda x, k, rng: draws(x, k, rng).max(axis=1).std(), "That is the spread of the bests."),
        (lambda x, k, rng: np.median(draws(x, k, rng).max(axis=1)), "That is the median of the bests."),
        (lambda x, k, rng: rng.choice(x, k), "A number for each of the k draws came back."),
        (lambda x, k, rng: rng.choice(x, k).mean(), "It is near the mean of all scores."),
        (lambda x, k, rng: draws(x, k, rng).max(axis=1).sum(), "It is no score."),
        (lambda x, k, rng: draws(x, k, rng).max(axis=1).max(), "That is the best of *all* scores, as if everybody"),
        (
            lambda x, k, rng: rng.normal(x.mean(), x.std(), (4000, k)).max(axis=1).mean(),
            "A normal or uniform distribution has been drawn.",
        ),
        (
            lambda x, k, rng: rng.uniform(x.min(), x.max(), (4000, k)).max(axis=1).mean(),
            "A normal or uniform distribution has been drawn.",
        ),
        (
            lambda x, k, rng: rng.normal(size=(4000, k)).max(axis=1).mean(),
            "Is it drawn from a normal distribution around 0?",
        ),
        (lambda x, k, rng: np.mean([rng.choice(x, 1).max() for _ in range(k)]), "It is near the mean of all scores."),
        (lambda x, k, rng: draws(x, k, rng)[0].max(), "Another generator gives"),
        (lambda x, k, rng: np.mean([rng.choice(x, k).max() for _ in range(10)]), "Another generator gives"),
        (lambda x, k, rng: draws(x, 20, rng).max(axis=1).mean(), "near the best of 20 draws"),
        (lambda x, k, rng: x.mean() + 0.02, "That is the mean plus 0.02."),
        (lambda x, k, rng: (draws(x, k, rng).max(axis=1).mean(), 1.0), "Two numbers came back."),
        (lambda x, k, rng: np.mean([rng.choice(k, x).max() for _ in range(10)]), "`rng.choice(scores, k)`"),
        (lambda x, k, rng: np.mean([rng.choice(x, k).argmax() for _ in range(4000)]), "It is no score."),
        (lambda x, k, rng: sorted(x)[k], "The score whose k-th part stands above it is a"),
        (lambda x, k, rng: np.max(x, k), "`np.max(x, k)` takes k for an axis."),
        (lambda x, k, rng: max(rng.choice(x, (4000, k))), "`max` compares rows here"),
        (lambda x, k, rng: np.median(x), "That is the median of the scores."),
        (lambda x, k, rng: exact(x, k + 1) if k < 3 else exact(x, 2 * k), "Too many draws, or too few"),
        (lambda x, k, rng: exact(x, k) + x.std(), "A formula with the standard deviation supposes a"),
        (lambda x, k, rng: x.max() * k / (k + 1), "That is the best of *all* scores, as if everybody"),
        (lambda x, k, rng: rng(x, k), "A generator of NumPy draws with `rng.choice(scores,"),
        (lambda x, k, rng: rng.sample(x, k), "A generator of NumPy draws with `rng.choice(scores,"),
        (lambda x, k, rng: x.max() / k, "That is the best of *all* scores, as if everybody"),
        (lambda x, k, rng: np.mean(rng.choice(x, 4000)), "That is the mean: the score of one draw."),
        (lambda x, k, rng: rng.choice(np.sort(x)[-k:], 4000).mean(), "That is the mean of the k best of all."),
        (
            lambda x, k, rng: draws(np.array(x[:k]), k, rng).max(axis=1).mean(),
            "Is it the best of a single set of k, or of a few?",
        ),
        (lambda x, k, rng: np.percentile(x, 100 * k / (k + 1)), "is a typical best, not its mean"),
        (lambda x, k, rng: rng.choice(x, (k, 2000)).max(axis=1).mean(), "So high is the best of hundreds"),
        (lambda x, k, rng: draws(x, k, rng).max(axis=1).mean(axis=1), "`axis=1` needs a table"),
    ],
)
def test_best_of_wrong(answer, words):
    is_refused(check.best_of.feedback(answer), words)


def test_the_expectation_is_that_of_the_order_statistics():
    values = np.array([1.0, 2.0, 4.0])
    of_two = [max(a, b) for a in values for b in values]
    assert luck.expected_best(values, 2) == pytest.approx(np.mean(of_two))
    assert luck.expected_best(values, 1) == pytest.approx(values.mean())
    assert luck.normal_best(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-5)


def test_what_the_check_says_about_luck_is_true():
    x = luck.scores(2)
    assert (luck.expected_best(x, 20) - x.mean()) / x.std() == pytest.approx(2.6, abs=0.05)


def test_each_mistaken_best_lies_outside_of_what_is_accepted_in_one_case():
    far = []
    for case, k in luck.CASES:
        x = luck.scores(case)
        numbers = [np.ravel(numbers) for numbers in luck.mistaken_bests(x, k).values()]
        far.append(np.abs(np.concatenate(numbers) - luck.expected_best(x, k)) / x.std())
    assert np.max(far, axis=0).min() > 1.5 * luck.TOLERANCE


@pytest.mark.parametrize("more", [-1, 1])
def test_one_draw_more_or_less(more):
    is_refused(check.best_of.feedback(lambda x, k, rng: exact(x, k + more)), "the best of 3 is", "a set has k of them")
