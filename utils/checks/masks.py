"""What a student's dropout does: to the units that stay, to which of them go, and from one call to the next."""

from math import erf

import numpy as np

from utils.checks.feedback import digits

SIGMAS = 7  # further off than this by chance: less than once in 10^11 right answers


def fault(a, outputs, rate):
    """Finds what is wrong with a dropout.

    Args:
        a: activations, shape (B, H), none of them 0.
        outputs: what the dropout made of `a` in several calls with one generator, shape (calls, B, H).
        rate: the probability of being removed.

    Returns:
        What is wrong and a hint, as for `wrong`; or None.
    """
    first, stays = outputs[0], outputs[0] != 0
    return (
        _brackets(a, first, rate)
        or _one_coin(outputs != 0)
        or _all_or_nothing(a, first, stays)
        or _who_goes(stays, (first / a)[0, 0], rate)
        or _factor((first / a)[stays][0], rate)
        or _chance(outputs != 0)
    )


def _brackets(a, output, rate):
    """Not `a * stays / 1 - rate`."""
    share = (output + rate) / a
    if np.isclose(share, np.rint(share), atol=1e-4).all() and np.isin(np.rint(share), (0, 1)).all():
        hint = "`/ 1 - rate` divides by 1 and takes the rate away. Which brackets are missing?"
        return f"What goes becomes {digits(-rate)}, and what stays is smaller by {rate}.", hint
    return None


def _one_coin(stays):
    """Not one coin for the whole array; `stays` has the shape (calls, B, H)."""
    some, every = stays.any(axis=(1, 2)), stays.all(axis=(1, 2))
    if np.array_equal(some, every) and 0 < every.sum() < len(stays):
        hint = "What is the shape of your mask? Each unit of each example has its own coin."
        return f"A call removes all {stays[0].size} numbers, or none.", hint
    return None


def _all_or_nothing(a, output, stays):
    """Those that stay are multiplied by one number, the same for all."""
    if not stays.any():
        hint = "Compare random numbers between 0 and 1 with the rate. Which of them, and so which units, stay?"
        return f"All {a.size} numbers that come out are 0.", hint
    values, factors = output[stays], (output / a)[stays]
    if np.allclose(factors, factors[0], rtol=1e-4):
        return None
    if np.allclose(values, values[0], rtol=1e-4):
        what = f"Every number that comes out is {'' if stays.all() else '0 or '}{digits(values[0])}, whatever `a` is."
        return what, "That is the mask. What does it do to the activations?"
    what = f"is multiplied by numbers from {digits(factors.min())} to {digits(factors.max())}."
    if stays.all():
        hint = "Dropout is all or nothing: a unit goes, or it stays. Here each is changed a little, by noise."
        return f"Nothing is removed; it {what}", hint
    hint = "One factor for all that stay, known before the coins are tossed. What is yours divided by?"
    return f"What stays {what}", hint


def _who_goes(stays, factor, rate):
    """A coin for each unit of each example."""
    examples, units = stays.shape
    gone, wanted = stays.size - stays.sum(), rate * stays.size
    if gone == 0:
        hint = "Is the mask multiplied with `a`, and what is returned in the end?"
        if np.isclose(factor, 1 - rate, rtol=1e-4):
            hint = (
                "All units times 1 - rate: so the first papers treat new examples, after a training without the "
                "division. During training units have to go."
            )
        return f"With rate {rate} nothing is removed.", hint
    if (stays == stays[:1]).all():
        hint = "What is the shape of your mask? Each example tosses its own coins, so that each trains another net."
        return f"All {examples} examples lose the same {units - stays[0].sum()} units.", hint
    if (stays == stays[:, :1]).all():
        hint = "What is the shape of your mask? Each unit of an example has its own coin."
        return f"An example loses all its {units} units, or none.", hint
    possible = SIGMAS * np.sqrt(rate * (1 - rate) * stays.size)
    if abs(gone - wanted) < possible:
        return None
    what = f"With rate {rate} it removes {gone} of {stays.size}, wanted are about {wanted:.0f}."
    if abs(stays.size - gone - wanted) < possible:
        return what, "The rate is the probability to go. Some books name the probability to stay: which one is yours?"
    if abs(stays.size - 2 * gone) < 2 * possible:
        return (
            what,
            "That is half of them: a fair coin? How probable is it that a number between 0 and 1 lies below the rate?",
        )
    below = (1 + erf(rate / np.sqrt(2))) / 2  # of normal numbers
    if abs(gone - below * stays.size) < possible or abs(gone - (1 - below) * stays.size) < possible:
        return what, "Are the random numbers normal ones? `rng.random` gives numbers between 0 and 1, all as probable."
    return what, "How probable is it that a random number between 0 and 1 lies below the rate?"


def _factor(factor, rate):
    """What stays is divided by 1 - rate."""
    wanted = 1 / (1 - rate)
    if np.isclose(factor, wanted, rtol=1e-4):
        return None
    hints = {
        1.0: f"In the mean over many masks a unit now gives {digits(1 - rate)} of what it gave. After training nothing "
        "is removed, and the next layer would get more than it has learned with. Which factor makes up for it?",
        1 - rate: f"In the mean over many masks a unit now gives {digits((1 - rate) ** 2)} of what it gave: smaller "
        "twice. Multiply, or divide?",
        rate: "That is the rate. Which share stays, and by which factor does it have to grow?",
        1 / rate: "Divided by the rate, by the share that goes. And which share stays?",
    }
    what = f"With rate {rate} what stays is multiplied by {digits(factor)}, wanted {digits(wanted)}."
    close = [hint for value, hint in hints.items() if np.isclose(factor, value, rtol=1e-4)]
    if not close and abs(factor / wanted - 1) < 0.05:
        close = [
            "Is it divided by the share that happened to stay? The factor is known before the coins are tossed: then "
            "the mean over many masks is exact."
        ]
    return what, (close or ["The mean over many masks has to be `a` again: stays with probability 1 - rate, times ?"])[
        0
    ]


def _chance(stays):
    """Other coins in each call, and each on its own; `stays` has the shape (calls, B, H)."""
    calls, examples, units = stays.shape
    if (stays == stays[0]).all():
        hint = "Is a generator made, or seeded, inside? Who always loses the same units trains a smaller net."
        return f"{calls} calls with one generator remove the same units each time.", hint
    what = None
    if np.ptp(stays.sum(axis=2)) == 0:
        what = f"Every example loses exactly {units - stays[0, 0].sum()} of {units} units."
    elif np.ptp(stays.sum(axis=1)) == 0:
        what = f"Every unit goes in exactly {examples - stays[0, :, 0].sum()} of {examples} examples."
    elif np.ptp(stays.sum(axis=(1, 2))) == 0:
        what = f"Every call removes exactly {stays[0].size - stays[0].sum()} of {stays[0].size}."
    hint = (
        "So it is with a permutation, or with `choice` without replacement: where one unit goes, another one is safer. "
        "In dropout each unit has a coin of its own, and how many go differs from call to call."
    )
    return what and (what, hint)
