"""Shares with their errors, alone and for two models on the same passengers, and what mistakes make of them."""

import numpy as np


def answers(n, *shares, seed):
    """Draws right answers, 1, and wrong ones, 0, of models on the same n passengers.

    Args:
        n: how many passengers.
        *shares: the probability of a right answer, for each model; hard passengers are hard for all of them.
        seed: of the generator.

    Returns:
        Integers, shape (n,) for each model.
    """
    rng = np.random.default_rng(seed)
    hard = rng.uniform(size=n)
    return [((0.75 * hard + 0.25 * rng.uniform(size=n)) < share).astype(int) for share in shares]


def error_of(right):
    """The share of right answers and its binomial standard deviation."""
    p = np.mean(right)
    return np.array([p, np.sqrt(p * (1 - p) / len(right))])


def mistaken_errors(right):
    """What mistakes give in the place of a share and its error: hint -> numbers."""
    n, k = len(right), np.sum(right)
    (p, error), wilson = (
        error_of(right),
        np.sqrt(np.mean(right) * (1 - np.mean(right)) / n + 1 / (4 * n**2)) / (1 + 1 / n),
    )
    return {
        "It is rounded. Return all digits, and round where you print.": [
            np.round((p, error), places) for places in (2, 3, 4)
        ],
        "First the share, then its error.": (error, p),
        "That is the spread of a single answer, 0 or 1. A mean of n answers is known better: by which factor?": (
            p,
            error * np.sqrt(n),
        ),
        "The error falls with the root of n, and yours falls with n.": (p, error / np.sqrt(n)),
        "That is the variance of the share. Its root is the standard deviation.": (p, error**2),
        "That is the variance of a single answer. A mean of n answers is known better, and an error is a root.": (
            p,
            n * error**2,
        ),
        "The first one is how many are right. Wanted is the share.": [(k, error), (k, n * error)],
        "The second one belongs to the number of right answers. Wanted is the error of the share.": (p, n * error),
        "Is that the root of a count, as of events that come by themselves? Here k can not be larger than n, and a "
        "factor 1 - p says so.": [(p, np.sqrt(k) / n), (k, np.sqrt(k))],
        "That is the largest that the error can be, at p = 1/2. What is p here?": (p, 0.5 / np.sqrt(n)),
        "A factor p (1 - p) is missing under the root.": (p, 1 / np.sqrt(n)),
        "The share of wrong answers came back. Its error is the same; the share is not.": (1 - p, error),
        "These are the two ends of an interval. Wanted are its middle and half of its width.": (p - error, p + error),
        "These are percent. Wanted are numbers between 0 and 1.": (100 * p, 100 * error),
        "That is two standard deviations, or 1.96. One is wanted.": [(p, 2 * error), (p, 1.96 * error)],
        "Wilson's interval is the better one near 0 and 1. The task asks for the root of p (1 - p) / n.": [
            ((k + 0.5) / (n + 1), wilson),
            (p, wilson),
        ],
        "An error of 0 is a claim, too. How much would the share change with other passengers?": (p, 0),
    }


def difference_of(a, b):
    """The difference of two shares of right answers and its error, paired."""
    d = a - b
    return np.array([d.mean(), d.std() / np.sqrt(len(d))])


def mcnemar(a, b):
    """The same with McNemar's error, which counts the passengers on whom the two differ."""
    return np.array([np.mean(a - b), np.sqrt(np.sum(a != b)) / len(a)])


def mistaken_differences(a, b):
    """What mistakes give in the place of a difference and its error: hint -> numbers."""
    n, (d, error), (pa, ea), (pb, eb) = len(a), difference_of(a, b), error_of(a), error_of(b)
    differ = (a - b)[a != b]
    return {
        "It is rounded. Return all digits, and round where you print.": [
            np.round((d, error), places) for places in (2, 3, 4)
        ],
        "That is the error for two models that were tested on different passengers. Here they met the same ones: "
        "subtract first, passenger by passenger.": [
            (d, np.hypot(ea, eb)),
            (-d, np.hypot(ea, eb)),
            (d, np.sqrt((pa + pb) * (1 - (pa + pb) / 2) / n)),
        ],
        "Those on whom both models agree are left out. They count: their difference is 0, and n is all passengers.": [
            (differ.mean(), differ.std() / np.sqrt(len(differ))),
            (d, differ.std() / np.sqrt(len(differ))),
            (differ.mean(), error),
        ],
        "The spread is that of the absolute values. The signs belong to the differences.": (
            d,
            np.std(np.abs(a - b)) / np.sqrt(n),
        ),
        "An error of 0 is a claim, too. How much would the difference change with other passengers?": (d, 0),
        "These are percent. Wanted are shares of 1.": (100 * d, 100 * error),
        "That is two standard deviations, or 1.96. One is wanted.": [(d, 2 * error), (d, 1.96 * error)],
        "These are the two ends of an interval. Wanted are its middle and half of its width.": (d - error, d + error),
        "The second one says how many errors the difference is. Wanted is the error.": (d, d / error),
        "The two errors are added up. They belong to the same passengers: subtract first, then look at the spread.": (
            d,
            ea + eb,
        ),
        "The errors are subtracted. Take the differences passenger by passenger, and the spread of these.": [
            (d, ea - eb),
            (d, abs(ea - eb)),
        ],
        "That is the error of one of the two models. The difference has one of its own.": [(d, ea), (d, eb)],
        "Is that the binomial formula with the difference in the place of p? A difference is no share.": [
            (d, np.sqrt(abs(d) * (1 - abs(d)) / n)),
        ],
        "That is the spread of a single difference, -1, 0 or 1. A mean of n of them is known better.": (
            d,
            error * np.sqrt(n),
        ),
        "The error falls with the root of n, and yours falls with n.": (d, error / np.sqrt(n)),
        "That is a variance. Its root is the error.": (d, error**2),
        "The sign: a minus b is wanted.": (-d, error),
        "First the difference, then its error.": (error, d),
        "That is how many passengers it is. Wanted is the difference of the shares.": [
            (n * d, n * error),
            (n * d, error),
        ],
        "The share of passengers on whom the two differ came back. In which direction do they differ?": (
            np.mean(a != b),
            error,
        ),
        "These are the two shares. Wanted are their difference and its error.": (pa, pb),
    }


def same(got, wanted):
    """Tells whether a number and its error agree; n or n - 1 in the error makes no difference."""
    return abs(got[0] - wanted[0]) < 1e-6 and np.isclose(got[1], wanted[1], rtol=0.015, atol=0)
