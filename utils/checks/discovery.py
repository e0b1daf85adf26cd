"""Significances of exercise 07, a cut that is chosen and reported, and the mistakes that are made with them."""

import numpy as np

from utils.checks.weighted import numbers_above
from utils.significance import asimov

S, B = np.array([100.0, 5.0, 3.0, 20.0, 0.0]), np.array([2500.0, 1.0, 50.0, 0.0, 10.0])


def significance(s, b):
    """The Asimov significance, and 0 where b is 0."""
    return np.nan_to_num(asimov(s, b))


def mistaken_significances():
    """What typical mistakes give where b is not 0: hint -> the shape of `S`, 0 where b is 0."""
    s, b = np.where(B > 0, S, 0), np.where(B > 0, B, 1)
    q = (s + b) * np.log1p(s / b) - s
    ratio = np.where(s > 0, s, 1e-9) / b
    return {
        "That is s / sqrt(b), which is nearly right for s much smaller than b. With s = 5 and b = 1 it promises 5 "
        "standard deviations. Write the formula with the logarithm.": s / np.sqrt(b),
        "That is s / sqrt(s + b), which measures a known signal. A discovery asks about the background alone.": s
        / np.sqrt(s + b),
        "That is Z squared. The root is missing.": 2 * q,
        "Where is the factor 2, under the root?": [np.sqrt(q), q],
        "The factor 2 belongs under the root.": 2 * np.sqrt(q),
        "The last term under the root, - s, is missing.": np.sqrt(2 * (s + b) * np.log1p(s / b)),
        "What stands under the root is below 0 in yours. Is the natural logarithm multiplied by s + b, both of them, "
        "and is s subtracted after that?": np.zeros(len(S)),
        "The logarithm is multiplied by s + b, both of them.": np.sqrt(np.maximum(2 * (s * np.log1p(s / b) - s), 0)),
        "The factor 2 belongs to both terms: it stands before the bracket.": np.sqrt(
            np.maximum(2 * (s + b) * np.log1p(s / b) - s, 0)
        ),
        "The last term under the root is subtracted.": np.sqrt(2 * ((s + b) * np.log1p(s / b) + s)),
        "The root reaches over the whole bracket, not over the 2 alone.": np.sqrt(2) * q,
        "The logarithm is that of 1 + s / b. Is yours upside down?": np.sqrt(
            np.maximum(2 * ((s + b) * np.log1p(1 / ratio) - s), 0)
        ),
        "The 1 in the logarithm is missing.": np.sqrt(np.maximum(2 * ((s + b) * np.log(ratio) - s), 0)),
        "s and b are exchanged.": significance(B, np.where(S > 0, S, 1)) * (B > 0),
        "That is s / b. Under which fluctuations of b should s be seen?": s / b,
    }


def pairs():
    """Two samples and the cuts that are allowed, two times: [score, y, w], [score, y, w], cuts."""
    cuts = np.linspace(-0.5, 3, 15)
    for seed in (2, 28):  # seeds at which no two mistakes give the same numbers
        rng = np.random.default_rng(seed)
        y = np.repeat([1, 0], [80, 120])
        samples = [[rng.normal(1.3 * y), y, rng.uniform(0.5, 1.5, 200) * np.where(y == 1, 0.2, 1)] for _ in range(2)]
        yield *samples, cuts


def significances(sample, cuts):
    """Z for each of the cuts, (K,)."""
    return significance(*np.transpose([numbers_above(*sample, cut, 1) for cut in cuts]))


def chosen(choose, report, cuts):
    """The cut of the largest Z on the first sample, and its Z on the second, (2,)."""
    best = significances(choose, cuts).argmax()
    return np.array([cuts[best], significances(report, cuts)[best]])


def mistaken_choices(choose, report, cuts):
    """What typical mistakes give for the choice: hint -> (2,)."""
    first, second = significances(choose, cuts), significances(report, cuts)
    best, other = first.argmax(), second.argmax()
    numbers = np.array([numbers_above(*choose, cut, 1) for cut in cuts])
    simple = (numbers[:, 0] / np.sqrt(np.maximum(numbers[:, 1], 1e-9)) * (numbers[:, 1] > 0)).argmax()
    plain = significances([*choose[:2], np.ones(len(choose[0]))], cuts).argmax()
    both = significances([np.concatenate(pair) for pair in zip(choose, report, strict=True)], cuts).argmax()
    return {
        "The cut is the one of the first sample, and so is the Z. It was picked for being the largest: which sample "
        "has not been used for the choice?": np.array([cuts[best], first[best]]),
        "The cut was chosen on the second sample, the one that reports. Whoever chooses on it has no judge left.": [
            np.array([cuts[other], second[other]]),
            np.array([cuts[other], first[other]]),
        ],
        "The two Z are both the largest of their sample. Report that of the cut that the *first* one chose.": np.array(
            [cuts[best], second[other]]
        ),
        "That is the position of the cut among `cuts`. Wanted is the cut itself.": np.array([best, second[best]]),
        "The cut comes first, Z after it.": np.array([second[best], cuts[best]]),
        "Both samples together have chosen. The second one is for the report alone.": np.array(
            [cuts[both], second[both]]
        ),
        "The cut of the largest s / sqrt(b) was chosen, or of s / b: with few background events that is another one.": [
            np.array([cuts[simple], second[simple]]),
            np.array([cuts[simple], first[simple]]),
        ],
        "Another cut is best. Does the choice look at the Asimov Z, and at weighted events?": np.array(
            [cuts[plain], second[plain]]
        ),
        "The cut is right. For its Z count each event of the second sample with its weight.": np.array(
            [cuts[best], significances([*report[:2], np.ones(len(report[0]))], cuts)[best]]
        ),
        "The smallest Z was chosen: it is 0, because the first sample has no background left there.": np.array(
            [cuts[first.argmin()], second[first.argmin()]]
        ),
    }
