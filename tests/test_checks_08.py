"""Exercise 08, tasks 1 and 3: shares with their errors, alone and paired, right in several ways and wrong in more."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from utils.checks import chapter_08 as check
from utils.checks.shares import answers, difference_of, error_of

root = np.sqrt


def share(given):
    return np.mean(given)


def sd(given):
    return root(share(given) * (1 - share(given)) / len(given))


# --- task 1 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda r: (share(r), sd(r)),
        lambda r: [share(r), r.std() / root(len(r))],
        lambda r: np.array([share(r), r.std(ddof=1) / root(len(r))]),
        lambda r: (sum(r) / len(r), (sum(r) * (len(r) - sum(r)) / len(r) ** 3) ** 0.5),
        lambda r: (np.float32(share(r)), np.float32(sd(r))),
        lambda r: (x for x in (share(r), sd(r))),
    ],
)
def test_with_error_right(answer):
    is_right(check.with_error.feedback(answer), "0.030", "Wilson")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda r: share(r), ["wanted shape (2,)", "An accuracy without an error"]),
        (lambda r: (share(r), 0), ["An error of 0 is a claim"]),
        (lambda r: (sd(r), share(r)), ["First the share"]),
        (lambda r: (share(r), r.std()), ["spread of a single answer"]),
        (lambda r: (share(r), r.std() / len(r)), ["root of n, and yours falls with n"]),
        (lambda r: (share(r), r.var() / len(r)), ["the variance of the share"]),
        (lambda r: (r.sum(), sd(r)), ["The first one is how many are right"]),
        (lambda r: (share(r), sd(r) * len(r)), ["belongs to the number of right answers"]),
        (lambda r: (share(r), root(r.sum()) / len(r)), ["the root of a count"]),
        (lambda r: (share(r), 0.5 / root(len(r))), ["the largest that the error can be"]),
        (lambda r: (share(r), 1 / root(len(r))), ["A factor p (1 - p) is missing"]),
        (lambda r: (1 - share(r), sd(r)), ["The share of wrong answers"]),
        (lambda r: (share(r) - sd(r), share(r) + sd(r)), ["two ends of an interval"]),
        (lambda r: (100 * share(r), 100 * sd(r)), ["percent"]),
        (lambda r: (share(r), 1.96 * sd(r)), ["two standard deviations"]),
        (lambda r: ((r.sum() + 0.5) / (len(r) + 1), sd(r)), ["Wilson's interval is the better one"]),
        (lambda r: (round(share(r), 4), round(sd(r), 4)), ["It is rounded"]),
        (lambda r: (share(r), r.var()), ["the variance of a single answer"]),
        (lambda r: (share(r), 0.5), ["Write p for the share"]),
        (lambda r: (r, sd(r)), ["Received"]),
        (lambda r: r, ["Is a mean or a sum missing?"]),
        (lambda r: (share(r), np.nan), ["Is it divided by 0?"]),
        (lambda r: "0.8 +- 0.03", ["Numbers are needed"]),
        (0.8, ["A function or a model is needed"]),
    ],
)
def test_with_error_wrong(answer, words):
    is_wrong(check.with_error.feedback(answer), *words)


# --- task 3 -----------------------------------------------------------------------------------------------------------


def paired(a, b):
    d = a - b
    return d.mean(), d.std() / root(len(d))


def mcnemar(a, b):
    only_a, only_b = np.sum((a == 1) & (b == 0)), np.sum((a == 0) & (b == 1))
    return (only_a - only_b) / len(a), root(only_a + only_b) / len(a)


def by_covariance(a, b):
    variance = a.var() + b.var() - 2 * np.mean((a - a.mean()) * (b - b.mean()))
    return a.mean() - b.mean(), root(variance / len(a))


@pytest.mark.parametrize(
    "answer",
    [
        paired,
        by_covariance,
        mcnemar,
        lambda a, b: [np.mean(a - b), np.std(a - b, ddof=1) / root(len(a))],
        lambda a, b: np.array(paired(np.array(a, float), np.array(b, float)))[None],
    ],
)
def test_paired_right(answer):
    is_right(check.paired.feedback(answer), "0.024", "0.030")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda a, b: (a.mean() - b.mean(), np.hypot(sd(a), sd(b))), ["tested on different passengers", "same ones"]),
        (lambda a, b: (a.mean() - b.mean(), sd(a) + sd(b)), ["The two errors are added up"]),
        (lambda a, b: (a.mean() - b.mean(), abs(sd(a) - sd(b))), ["The errors are subtracted"]),
        (lambda a, b: (a.mean() - b.mean(), sd(a)), ["the error of one of the two models"]),
        (lambda a, b: (a.mean() - b.mean(), sd(b)), ["the error of one of the two models"]),
        (lambda a, b: (np.mean(a - b), np.std(a - b)), ["the spread of a single difference"]),
        (lambda a, b: (np.mean(a - b), np.std(a - b) / len(a)), ["root of n, and yours falls with n"]),
        (lambda a, b: (np.mean(a - b), np.var(a - b) / len(a)), ["That is a variance"]),
        (lambda a, b: paired(b, a), ["The sign"]),
        (lambda a, b: paired(a, b)[::-1], ["First the difference"]),
        (lambda a, b: (np.sum(a - b), np.std(a - b) * root(len(a))), ["how many passengers it is"]),
        (lambda a, b: (np.mean(a != b), paired(a, b)[1]), ["In which direction"]),
        (lambda a, b: (a.mean(), b.mean()), ["These are the two shares"]),
        (lambda a, b: np.mean(a - b), ["A difference without an error"]),
        (lambda a, b: a - b, ["Is a mean or a sum missing?"]),
        (
            lambda a, b: (np.mean(a - b), root(abs(np.mean(a - b)) * (1 - abs(np.mean(a - b))) / len(a))),
            ["is no share"],
        ),
        (lambda a, b: np.round(paired(a, b), 3), ["It is rounded"]),
        (lambda a, b: (np.mean(b - a), np.hypot(sd(a), sd(b))), ["tested on different passengers"]),
        (lambda a, b: (np.mean(a - b), np.std((a - b)[a != b]) / root(np.sum(a != b))), ["They count"]),
        (lambda a, b: (np.mean(a - b), np.std(np.abs(a - b)) / root(len(a))), ["The signs belong"]),
        (lambda a, b: (np.mean(a - b), 0), ["An error of 0 is a claim"]),
        (lambda a, b: 100 * np.array(paired(a, b)), ["These are percent"]),
        (lambda a, b: (np.mean(a - b), 2 * paired(a, b)[1]), ["two standard deviations"]),
        (lambda a, b: (paired(a, b)[0] - paired(a, b)[1], sum(paired(a, b))), ["two ends of an interval"]),
        (lambda a, b: (np.mean(a - b), paired(a, b)[0] / paired(a, b)[1]), ["how many errors the difference is"]),
        (lambda a, b: (0.05, 0.03), ["Print `a - b`"]),
    ],
)
def test_paired_wrong(answer, words):
    is_wrong(check.paired.feedback(answer), *words)


def test_what_the_check_says_about_the_errors_is_true():
    a, b = answers(179, 0.84, 0.76, seed=3)
    assert difference_of(a, b)[1] == pytest.approx(0.024, abs=0.0005)
    assert np.hypot(error_of(a)[1], error_of(b)[1]) == pytest.approx(0.030, abs=0.0005)
    assert error_of(np.arange(1000) < 800)[1] * root(1000 / 179) == pytest.approx(0.030, abs=0.0002)
    assert error_of(np.ones(9)).tolist() == [1, 0]
