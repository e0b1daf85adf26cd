"""The best of k draws where nothing but luck differs: its expectation, and what typical mistakes make of it."""

import math

import numpy as np

from utils.checks.mistakes import apart

#: which scores, and how many are drawn
CASES = [(1, 8), (2, 20), (3, 3)]
#: how far the answer may be from the expectation, in standard deviations of the scores
TOLERANCE = 0.15


def scores(case):
    """Draws the scores, shape (4000,), of nets that differ by their seed alone; a few are far above the rest."""
    rng = np.random.default_rng(case)
    return np.round(0.78 + 0.012 * rng.exponential(size=4000) - 0.002 * rng.uniform(size=4000), 6)


def expected_best(values, k):
    """The expectation of the best of k draws, each of them any of the values with the same chance.

    The best is at most the i-th smallest of N with the probability (i / N)^k.

    Args:
        values: shape (N,).
        k: how many are drawn.
    """
    ordered, below = np.sort(values), np.arange(len(values) + 1) / len(values)
    return float(ordered @ np.diff(below**k))


def normal_best(k):
    """The expectation of the best of k numbers from the normal distribution."""
    z = np.linspace(-8, 8, 4001)
    below = np.array([(1 + math.erf(each / math.sqrt(2))) / 2 for each in z]) ** k
    return float(np.sum((z[1:] + z[:-1]) / 2 * np.diff(below)))


def mistaken_bests(x, k):
    """What mistakes give in the place of the expectation: hint -> numbers."""
    rng = np.random.default_rng(0)
    best, mean, sd, n = expected_best(x, k), x.mean(), x.std(), len(x)
    table = rng.choice(x, (4000, k))
    normal = normal_best(k)
    return {
        "That is the best of *all* scores, as if everybody drew every one of them. Draw k.": [
            x.max(),
            x.max() * k / (k + 1),
            x.max() / k,
            x.max() - mean,
        ],
        "The score whose k-th part stands above it is a typical best, not its mean; and `sorted` may count from the "
        "other end. Draw, or weigh every score with its chance.": [
            np.quantile(x, 1 - 1 / k),
            np.quantile(x, k / (k + 1)),
            np.percentile(x, 1 - 1 / k),
            np.sort(x)[-k],
            np.sort(x)[k],
            np.sort(x)[k - 1],
        ],
        "Too many draws, or too few: a set has k of them.": [
            expected_best(x, k + 1),
            expected_best(x, k - 1),
            expected_best(x, 2 * k),
            expected_best(x, k / 2),
            expected_best(x, k * k),
            expected_best(x, n / k),
        ],
        "That is the mean: the score of one draw. Of k draws the best one is taken.": [mean, k * mean],
        "That is the median of the scores. Of k draws the best one is taken.": [np.median(x)],
        "Is the maximum taken along the wrong axis? Each row is a set of k draws, `axis=1`.": [
            rng.choice(x, (m, k)).max(axis=0).mean() for m in (1000, 2000, 5000, 10000)
        ],
        "That is the mean of the k best of all. Each set of k draws has a best one of its own.": [
            np.sort(x)[-k:].mean()
        ],
        "That is the worst of k draws.": [table.min(axis=1).mean()],
        "That is by how much the best of k stands above the mean. Add the mean again: the score itself is wanted.": [
            best - mean,
            best - np.median(x),
        ],
        "That is the median of the bests. They have a long tail, and their *mean* is asked for.": [
            np.median(table.max(axis=1))
        ],
        "A formula with the standard deviation supposes a bell, or many draws. Draw from the scores themselves.": [
            mean + sd,
            mean + sd * math.sqrt(2 * math.log(k)),
            sd * math.sqrt(2 * math.log(k)),
            mean + 2 * sd,
            mean + 3 * sd,
            mean + k * sd,
            mean + sd * math.sqrt(k),
            mean + sd / math.sqrt(k),
            mean + sd * math.log(k),
            best + sd,
        ],
        "A normal or uniform distribution has been drawn. These scores have a tail: draw from the scores themselves.": [
            mean + sd * normal,
            x.min() + (x.max() - x.min()) * k / (k + 1),
        ],
        "That is the mean plus 0.02. This holds for k = 20 and the spread of the question above, not for every k and "
        "all scores.": mean + 0.02,
        "That is the spread of the bests. Their mean is wanted.": [table.max(axis=1).std()],
        "That is the standard deviation of the scores. A score is wanted.": [sd, x.var()],
        "These are the first k scores: one set of draws. Wanted is the mean over many sets.": [
            x[:k].max(),
            x[-k:].max(),
        ],
        "Is the sum divided by the number of sets?": [best * m for m in (100, 1000, 2000, 4000, 5000, 10000)],
    }


def fault_of_best(got, x, k, again):
    """Says what may be wrong with a number that is no typical mistake; again: that of another generator."""
    low, high, best = x.min(), x.max(), expected_best(x, k)
    sd = x.std()
    if abs(got - normal_best(k)) < 0.1:
        return "Is it drawn from a normal distribution around 0? Draw from the scores themselves."
    if not low <= got <= high:
        if got > high and got < 5000 and got > 1:
            return "It is no score. Is it a position, or a sum that is not divided?"
        return "It lies outside of all the scores. No draw can give that."
    highest_mean = x.mean() + sd / np.sqrt(k) * np.array([4, 7])
    if highest_mean[1] < best and highest_mean[0] < got < highest_mean[1]:
        return "Are the means of the sets compared? First the best of each set, and then the mean of all the bests."
    if abs(got - x.mean()) < 0.7 * sd:
        return "It is near the mean of all scores. Of each set of k the *best* is taken, and of these bests the mean."
    if got > expected_best(x, 300):
        return (
            "So high is the best of hundreds. Is the maximum taken over all sets, or along the wrong axis? Each set "
            "has a best one of its own, and of these the mean is taken."
        )
    if abs(got - again) > TOLERANCE * sd and abs(got - best) < 2.5 * sd:
        yours, other = apart(got, again)
        return f"Another generator gives {other}, this one {yours}: so few sets are luck. Average over 2,000 sets."
    if k != 20 and abs(got - expected_best(x, 20)) < 0.6 * TOLERANCE * sd:
        return "It is near the best of 20 draws. Does a number stand where k belongs?"
    if abs(got - best) < 2.5 * sd:
        return "Is it the best of a single set of k, or of a few? One set is luck again: average over 2,000 sets."
    return "Draw k scores and write down the best. Do that 2,000 times. What is the mean of what you have written?"
