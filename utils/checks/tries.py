"""Rates on a log axis and the number of random tries, and what typical mistakes make of them."""

import math

import numpy as np

LOW, HIGH = 1e-5, 1e-1
_LINEAR = (
    "The steps are equal on a linear axis, so nearly all rates lie between 0.01 and 0.1, a single decade of the four. "
    "Equal *factors* are wanted."
)


def grid(n):
    """The n rates that are wanted."""
    return np.geomspace(LOW, HIGH, n)


def mistaken_rates(n):
    """What mistakes give in the place of n rates: hint -> numbers."""
    exponents, unit = np.linspace(-5, -1, n), np.linspace(0, 1, n)
    return {
        "Are they rounded? Equal factors need all digits, and four decimals make 0 of the smallest.": [
            np.round(grid(n), d) for d in (2, 3, 4, 5)
        ],
        _LINEAR: [
            np.linspace(LOW, HIGH, n),
            np.arange(n) * (HIGH - LOW) / n + LOW,
            np.linspace(HIGH, LOW, n),
            np.arange(n) * HIGH / n + LOW,
            np.arange(1, n + 1) * HIGH / n,
        ],
        "These are the exponents. Which number has the exponent -5?": [exponents, exponents[::-1]],
        "`np.logspace` wants the exponents of its ends, `np.geomspace` the ends themselves.": [
            np.logspace(LOW, HIGH, n),
            -np.geomspace(5, 1, n),
        ],
        "These go down, from 0.1 on. The smallest comes first.": grid(n)[::-1],
        "The last one, 0.1, is missing: n numbers make n - 1 steps.": [
            np.geomspace(LOW, HIGH, n + 1)[:-1],
        ],
        "The first one, 0.00001, is missing: n numbers make n - 1 steps.": np.geomspace(LOW, HIGH, n + 1)[1:],
        "These are powers of e. -5 and -1 are the exponents to the base 10.": np.exp(exponents),
        "These are powers of 2. -5 and -1 are the exponents to the base 10.": 2.0**exponents,
        "The exponents have lost their sign: 10 to the power of 5 is 100,000.": [
            10.0**-exponents,
            10.0 ** -exponents[::-1],
        ],
        "These are natural logarithms of rates. What takes a logarithm back?": [
            np.log(grid(n)),
            np.log(np.linspace(LOW, HIGH, n)),
        ],
        "The factor from one to the next is always 10 in yours. With n rates from 0.00001 to 0.1 it depends on n.": [
            LOW * 10.0 ** np.arange(n),
            HIGH / 10.0 ** np.arange(n),
        ],
        "The factor from one to the next is always 2 in yours. With n rates from 0.00001 to 0.1 it depends on n.": (
            LOW * 2.0 ** np.arange(n)
        ),
        "A rate below 0 would climb the loss.": -grid(n),
        "The steps are equal for the root of the rate. Equal *factors* are wanted.": (
            math.sqrt(LOW) + unit * (math.sqrt(HIGH) - math.sqrt(LOW))
        )
        ** 2,
        "The steps are equal for 1 / rate. Equal *factors* are wanted.": 1 / np.linspace(1 / LOW, 1 / HIGH, n),
        "All are too large or too small by the same factor. Where do they begin?": [
            grid(n) * factor for factor in (0.01, 0.1, 0.2, 0.5, 2, 5, 10, 100)
        ],
    }


def fault_of_rates(got):
    """Says what is wrong with n numbers that are not the rates and are no typical mistake."""
    if got.min() == 0:
        return "A net with a learning rate of 0 learns nothing. The first of them is 0.00001."
    if got.min() <= 0:
        return "A learning rate is larger than 0. Are these logarithms, or exponents?"
    factors = got[1:] / got[:-1]
    if np.any(factors <= 1):
        return (
            "They do not grow from each to the next. Are they drawn at random? A grid has equal factors, and a `set` "
            "has no order."
        )
    if np.ptp(factors) < 1e-3 * factors.min():
        return f"The factors are equal, but the ends are {got[0]:.2g} and {got[-1]:.2g}. Wanted are 0.00001 and 0.1."
    if np.ptp(np.diff(got)) < 1e-3 * np.diff(got).min():
        return _LINEAR
    return "Print each rate divided by the one before it: equal steps on a log axis are equal factors, and no luck."


def tries(share, certainty):
    """The smallest number of random tries of which one lies in the best share, with this certainty or a higher one."""
    n = 1
    while (1 - share) ** n > 1 - certainty:
        n += 1
    return n


def _whole(formula):
    """A formula, and what rounding in each direction makes of it."""
    ways = (math.ceil, math.floor, round, lambda x: math.ceil(x - 1e-9), lambda x: math.floor(x + 1e-9))
    return [formula, *(lambda s, c, way=way: way(formula(s, c)) for way in ways)]


def _added(share, certainty):
    n, total = 0, 0.0
    while total < certainty:
        n, total = n + 1, total + share
    return n


def _miss(share):
    return math.log(1 - share)


#: hint -> what mistakes compute in the place of that number, functions of share and certainty
_MISTAKES = {
    "Rounded down, or the last step of a loop is missing: with so many tries the certainty is not reached yet.": [
        lambda s, c: math.floor(math.log(1 - c) / _miss(s) + 1e-9),
        lambda s, c: tries(s, c) - 1,
        lambda s, c: max(tries(s, c) - 1, 1),
    ],
    "Rounded to the nearest number: with 58 tries for 58.4 the certainty is not reached yet.": [
        lambda s, c: round(math.log(1 - c) / _miss(s))
    ],
    "Where n tries reach the certainty exactly, n are enough. Is it `int(...) + 1`, or `<=` for `<`? Yours goes on.": [
        lambda s, c: math.floor(math.log(1 - c) / _miss(s) + 1e-9) + 1
    ],
    "One too many in every case. Is n counted once more after the certainty is reached?": [
        lambda s, c: tries(s, c) + 1
    ],
    "Tries are whole. Which way must it be rounded, so that the certainty is reached?": [
        lambda s, c: math.log(1 - c) / _miss(s)
    ],
    "After that many tries the *mean* number of good ones is 1. With bad luck it is none: how likely is that?": _whole(
        lambda s, c: 1 / s
    ),
    "That adds up the chances of all tries. Two tries can both be good, so the sum counts that twice: how likely is it "
    "that *none* is good?": [
        *_whole(lambda s, c: c / s),
        _added,
        lambda s, c: 1 + math.ceil((c - s) / (s * (1 - s)) - 1e-9),
    ],
    "The two are exchanged: `share` is the chance of one try, `certainty` that of all together.": _whole(
        lambda s, c: _miss(s) / math.log(1 - c)
    ),
    "That is the rule of three. It holds for a certainty of 0.95 and a small share.": [
        *_whole(lambda s, c: 3 / s),
        *_whole(lambda s, c: 3 * c / s),
    ],
    "exp(-n share) is close to (1 - share)^n for a small share only. Take the logarithm of 1 - share.": _whole(
        lambda s, c: -math.log(1 - c) / s
    ),
    "That is the number of tries until even chances, 0.5. Which certainty is given?": _whole(
        lambda s, c: math.log(0.5) / _miss(s)
    ),
    "That is the answer for a certainty of 0.95, whichever is given.": _whole(lambda s, c: math.log(0.05) / _miss(s)),
    "That is the answer for a share of 0.05, whichever is given.": _whole(lambda s, c: math.log(1 - c) / _miss(0.05)),
    "A sign is wrong: both logarithms are negative, and their ratio is positive.": _whole(
        lambda s, c: -math.log(1 - c) / _miss(s)
    ),
    "`certainty` is the chance that *one or more* are good; that none is good has the chance 1 - certainty.": _whole(
        lambda s, c: math.log(c) / _miss(s)
    ),
    "A single try is not among the best with the chance 1 - share. Whose logarithm stands below the line?": [
        *_whole(lambda s, c: math.log(1 - c) / math.log(s)),
        *_whole(lambda s, c: math.log(c) / math.log(s)),
        *_whole(lambda s, c: math.log(s) / math.log(1 - c)),
        *_whole(lambda s, c: math.log(s) / math.log(c)),
        *_whole(lambda s, c: math.log(s) / _miss(s)),
    ],
    "Both logarithms to the same base: it cancels in their ratio, but only then.": [
        each
        for factor in (math.log(10), 1 / math.log(10), math.log(2), 1 / math.log(2))
        for each in _whole(lambda s, c, factor=factor: factor * math.log(1 - c) / _miss(s))
    ],
    "The logarithms are divided: n stands in the exponent. They are not multiplied or subtracted.": [
        *_whole(lambda s, c: math.log(1 - c) * _miss(s)),
        *_whole(lambda s, c: math.log(1 - c) - _miss(s)),
        *_whole(lambda s, c: _miss(s) - math.log(1 - c)),
    ],
    "Where have the logarithms gone? n stands in the exponent of 1 - share.": [
        *_whole(lambda s, c: (1 - c) / (1 - s)),
        *_whole(lambda s, c: 1 / (s * (1 - c))),
        *_whole(lambda s, c: 1 / (s * c)),
        *_whole(lambda s, c: (1 - c) / s),
        *_whole(lambda s, c: c / (1 - s)),
        *_whole(lambda s, c: c / (s * (1 - c))),
    ],
    "That is a chance. The number of tries is wanted.": [
        lambda s, c: c,
        lambda s, c: 1 - c,
        lambda s, c: s,
        lambda s, c: s * c,
        lambda s, c: 1 - (1 - s) ** 59,
        lambda s, c: (1 - s) ** 59,
        lambda s, c: 1 - (1 - s) ** tries(s, c),
        lambda s, c: (1 - s) ** tries(s, c),
        lambda s, c: 1 - (1 - s) ** c,
        lambda s, c: 1 - (1 - s) ** (1 / c),
        lambda s, c: (1 - c) ** (1 - s),
        lambda s, c: 1 - (1 - c) ** s,
    ],
    "Share and certainty lie between 0 and 1, no percent.": _whole(
        lambda s, c: math.log(1 - c / 100) / math.log(1 - s / 100)
    ),
}

#: what is asked: share and certainty; the fourth is reached exactly
ASKED = [(0.05, 0.95), (0.1, 0.9), (0.01, 0.8), (0.5, 0.75), (0.3, 0.999)]


def fault_of_tries(got):
    """Finds the mistake that gives the student's numbers in all cases, shape (5,): a hint, or None."""
    if np.ptp(got) == 0 and got[0] == 1:
        return (
            "It is 1 each time. In a loop: does its condition end it at once? With logarithms: less than one try was "
            "rounded up, so which one stands above the line, which below?"
        )
    if np.ptp(got) == 0:
        return "It is the same number for every share and every certainty. Both arguments have to come in."
    for hint, formulas in _MISTAKES.items():
        if any(np.allclose(got, [formula(s, c) for s, c in ASKED], rtol=1e-6) for formula in formulas):
            return hint
    if set(got) <= {0, 1}:
        return "It says 0 or 1, or True and False. How many tries does it take?"
    if np.all(got < 1):
        return "These numbers are smaller than 1: a chance, or a logarithm. How many tries does it take?"
    wanted = np.array([tries(*both) for both in ASKED])
    off = got - wanted
    if np.abs(off).max() == 1:
        which = "more" if off.max() == 1 else "less"
        return f"One {which} than it takes: where does your counting begin, and where does it end?"
    if np.abs(off).max() < 1.1:
        return "Tries are whole. Which way must it be rounded, so that the certainty is reached?"
    return None
