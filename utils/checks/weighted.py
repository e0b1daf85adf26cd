"""Weighted events of exercise 07: histograms, rankings, expected numbers, and the mistakes that are made with them."""

import numpy as np

from utils.ranking import auc


def filled():
    """Two samples for a histogram, each (x, w, edges); one bin of the first one is empty."""
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=60), rng.uniform(0.2, 3, 60)
    yield x[(x < 0) | (x > 0.5)], w[(x < 0) | (x > 0.5)], np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.5])
    yield np.array([0.5, 0.5, 0.5]), np.array([1.0, 1.0, 4.0]), np.array([0.0, 1.0, 2.0])


def mistaken_errors(x, w, edges):
    """What typical mistakes give for the errors of bins: hint -> (K,)."""
    number, content, squares = (np.histogram(x, edges, weights=v)[0] for v in (np.ones(len(x)), w, w**2))
    some = np.maximum(number, 1)
    return {
        "That is the root of N, the number of rows. It is right where every weight is 1. By how much does the sum "
        "change when one row more of weight w falls into the bin?": np.sqrt(number),
        "That is the root of the sum of weights. A Poisson number of *rows* has its own size as variance, a sum of "
        "weights has not: what is the variance of one row that counts w times?": np.sqrt(content),
        "That is the variance. The error is its root.": squares,
        "That is the content of the bins. Wanted are their errors.": [content, number],
        "Here every row of a bin has the mean weight. The heavy rows fluctuate more: square each weight before the "
        "sum.": content / np.sqrt(some),
        "That is the relative error. Wanted is the error of the content itself.": [
            np.sqrt(squares) / np.where(content > 0, content, 1),
            1 / np.sqrt(some),
        ],
        "The contents are divided by the number of rows: no mean is wanted.": np.sqrt(squares) / some,
        "Scaled to a sum of 1? The errors of the contents as they are, please.": [
            np.sqrt(squares) / w.sum(),
            np.sqrt(squares) / content.sum(),
        ],
        "The sum comes first and the square after it: each weight is squared by itself.": content**2,
        "The roots of the weights are added. Squares are added, then comes one root.": np.histogram(
            x, edges, weights=np.sqrt(w)
        )[0],
    }


def ranked():
    """Samples for an AUC: score with ties, y, w; in the last one most of the signal stands below."""
    for seed, shift in ((1, 1), (2, 1), (3, -1)):
        rng = np.random.default_rng(seed)
        y = (np.arange(300) % 3 == 0).astype(int)
        score = np.round(rng.normal(shift * y, 1.2), 1) - 3
        yield score, y, rng.uniform(0.1, 2, 300) * np.where(score > -3, 0.3, 1)


def mistaken_areas(score, y, w):
    """What typical mistakes give for the AUC: hint -> a number."""
    one = np.ones(len(y))
    s, b = y == 1, y == 0
    higher, equal = score[s][:, None] > score[b], score[s][:, None] == score[b]
    total = w[s].sum() * w[b].sum()
    right = auc(score, y, w)
    said = score > np.median(score)
    return {
        "That is the AUC without weights. Each event counts as much as its weight says: where does `w` come in?": auc(
            score, y, one
        ),
        "Signal and background have changed places: higher scores mean signal.": [1 - right, 1 - auc(score, y, one)],
        "Pairs with equal scores count nothing in yours, and should count half.": w[s] @ higher @ w[b] / total,
        "Pairs with equal scores count whole in yours, and should count half.": w[s] @ (higher | equal) @ w[b] / total,
        "The weights of one of the two classes are missing: a pair has two.": [
            auc(score, y, np.where(s, w, 1)),
            auc(score, y, np.where(b, w, 1)),
        ],
        "The weights come in twice.": auc(score, y, w**2),
        "By what has the sum to be divided? A perfect ranking has the AUC 1.": [
            right * total,
            (higher + equal / 2).sum(),
            right * total / s.sum() / b.sum(),
            right * total / w.sum() ** 2,
            100 * right,
        ],
        "The area is right but for its sign: it was added up from right to left.": -right,
        "2 AUC - 1 is Gini's number. Wanted is the AUC itself.": 2 * right - 1,
        "That is a share of right answers at one cut. The AUC has no cut: it asks pairs.": [
            np.average(said == y, weights=w),
            np.mean(said == y),
        ],
    }


def scored():
    """Test samples: score, y, w, a cut that some scores equal, and their fraction of all events."""
    for seed, cut, fraction in ((1, 0.5, 0.25), (2, 0.7, 0.4)):
        rng = np.random.default_rng(seed)
        y = (rng.random(200) < 0.4).astype(int)
        score = np.round(np.clip(rng.normal(0.4 + 0.3 * y, 0.2), 0, 1), 1)
        yield score, y, rng.uniform(0.2, 1.5, 200), cut, fraction


def numbers_above(score, y, w, cut, fraction):
    """The expected numbers of signal and background events at or above a cut, (2,)."""
    passed = score >= cut
    return np.array([w[passed & (y == label)].sum() for label in (1, 0)]) / fraction


def mistaken_numbers(score, y, w, cut, fraction):
    """What typical mistakes give for the expected numbers: hint -> (2,)."""
    right = numbers_above(score, y, w, cut, fraction)
    without = right * fraction
    strictly = np.array([w[(score > cut) & (y == label)].sum() for label in (1, 0)])
    below = np.array([w[(score < cut) & (y == label)].sum() for label in (1, 0)])
    rows = numbers_above(score, y, np.ones(len(y)), cut, 1)
    everything = numbers_above(score, y, w, -np.inf, 1)
    return {
        "That is what the test sample holds. It is a part of all events: with how many would the whole have come to "
        "1/fb?": without,
        "The fraction multiplies in yours. A smaller test sample has *smaller* sums; what brings them back?": without
        * fraction,
        "The fraction is applied twice.": right / fraction,
        "The sample is `fraction` of all events, and 1 - `fraction` is what is left over.": [
            without / (1 - fraction),
            without * (1 - fraction),
        ],
        "Is that the factor of a quarter? The fraction is not always 0.25.": without * 4,
        "Its root is for errors. Sums grow with the number of events itself.": without / np.sqrt(fraction),
        "Only one of the two numbers is divided by the fraction.": [right * [1, fraction], right * [fraction, 1]],
        "An event whose score equals the cut passes: *at or* above.": [strictly / fraction, strictly],
        "These are the events below the cut.": [below / fraction, below],
        "These are numbers of rows. Each row stands for `w` events.": [rows, rows / fraction],
        "s and b are exchanged: the signal, y = 1, comes first.": [right[::-1], without[::-1]],
        "The second number is the sum of both. Wanted is the background alone.": [
            np.array([right[0], right.sum()]),
            np.array([without[0], without.sum()]),
        ],
        "The background has to pass the cut too.": [
            np.array([right[0], everything[1] * part]) for part in (1 / fraction, 1)
        ]
        + [np.array([right[0], below[1] * part]) for part in (1 / fraction, 1)],
        "Whether an event is signal says `y`. The cut says whether it passes.": [
            np.array([w[score >= cut].sum(), w[score < cut].sum()]) * part for part in (1 / fraction, 1)
        ],
        "Expected numbers are no whole numbers: please do not round them.": [np.round(right), np.floor(right)],
        "The cut is missing: these are all events.": [numbers_above(score, y, w, -np.inf, f) for f in (fraction, 1)],
        "These are shares. Wanted are numbers of events.": [right / w.sum(), without / w.sum(), right / right.sum()],
    }
