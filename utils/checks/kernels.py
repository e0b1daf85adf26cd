"""Kernels for the start of a training: their mean, their width, their chance, and what mistakes make of them."""

import numpy as np

from utils.checks import digits
from utils.checks.asked import ask

SIZES = [(300, 120), (50, 800)]  # (fan_in, fan_out): so many numbers that the width is known to half a percent
CLOSE = 0.02  # relative; more than five standard deviations


def variance(rule, fan_in, fan_out):
    """The variance of one weight by the rule "he" or "glorot"."""
    return 2 / fan_in if rule == "he" else 2 / (fan_in + fan_out)


def mistaken_widths(rule, fan_in, fan_out):
    """Gives hint -> the standard deviation that this mistake gives; or a list of such."""
    both, right = fan_in + fan_out, variance(rule, fan_in, fan_out)
    other = "glorot" if rule == "he" else "he"
    out = "The sum in a unit runs over its inputs. So which of the two numbers makes it large?"
    he = {
        out: [np.sqrt(2 / fan_out), np.sqrt(1 / fan_out)],
        "Is that the mean of the two fans? He's rule has one of them.": np.sqrt(4 / both),
        "That is Glorot's rule. He's looks at one fan only, since a ReLU lets half of the signal through.": np.sqrt(
            2 / both
        ),
        "A ReLU halves the mean square of what passes through it. Which factor makes up for that?": np.sqrt(1 / fan_in),
    }
    glorot = {
        "That is He's rule. Glorot's looks at the way forward and at the way back.": np.sqrt(2 / fan_in),
        "That is the way forward only. What does the gradient sum over, on its way back?": np.sqrt(1 / fan_in),
        "That is the way back only. What does a unit sum over, on the way forward?": [
            np.sqrt(2 / fan_out),
            np.sqrt(1 / fan_out),
        ],
        "The mean of the two fans stands in the rule: half of their sum.": np.sqrt(1 / both),
    }
    return (he if rule == "he" else glorot) | {
        "That is the variance. `rng.normal` wants the standard deviation, which is its root.": [right, right / 2],
        "Uniform from -a to a has the width a divided by the root of 3. Which a is it then?": np.sqrt(right / 3),
        "The root of 3 belongs to a uniform distribution: it is its limit, not its width.": np.sqrt(3 * right),
        "A normal distribution that is cut off at two widths is narrower than it says, by 0.88.": 0.8796
        * np.sqrt(right),
        "Is a bracket missing below the line? fan_in and fan_out are added first.": [
            np.sqrt(2 / fan_in + fan_out),
            2 / fan_in + fan_out,
        ],
        "The root is taken of one part of the fraction only, or a factor 2 is too many.": 2 * np.sqrt(right / 2),
        "The root is taken of one part of the fraction only.": [
            np.sqrt(2) * right / 2,
        ],
        "That is the standard normal distribution, whatever the fans are. How wide is a sum of 300 of them?": 1.0,
        "Is that a fixed small number? The width has to follow from the fans.": [0.05, 0.01, 0.1, 0.001],
        "That is PyTorch's default for a `Linear` layer, a sixth of the variance that ReLUs want.": np.sqrt(
            1 / (3 * fan_in)
        ),
        "Multiplied, or divided? More inputs: larger weights, or smaller ones?": [
            np.sqrt(1 / right),
            1 / right,
            np.sqrt(2 * fan_in),
            np.sqrt(fan_in),
        ],
        "The product of the fans, or their sum?": [np.sqrt(2 / (fan_in * fan_out)), 2 / (fan_in * fan_out)],
        "A factor 2 is too many, or missing, in the variance.": [np.sqrt(2 * right), np.sqrt(right / 2)],
        f"Is that the width of {other}?": np.sqrt(variance(other, fan_in, fan_out)),
    }


def fault(answer, rule):
    """Finds what is wrong with the function that makes kernels.

    Args:
        answer: an `Answer`, a function of fan_in, fan_out, rng.
        rule: "he" or "glorot".

    Returns:
        What is wrong and a hint, as for `wrong`; or None.
    """
    for fan_in, fan_out in SIZES:
        shape = fan_in, fan_out

        def draw(rng, shape=shape):
            return ask(
                answer,
                *shape,
                rng,
                shape=shape,
                shapes={
                    shape[::-1]: "Rows and columns are exchanged: a kernel in Keras is (inputs, units).",
                    (shape[0] * shape[1],): "The numbers are in one row. `size=(fan_in, fan_out)` makes a matrix.",
                    (shape[0],): "That is one unit. A column for each of `fan_out` units.",
                    (shape[0], 1): "That is one unit. A column for each of `fan_out` units.",
                    (shape[1],): "That is one weight for each unit. A row for each of `fan_in` inputs.",
                    (): "One number came back, the width perhaps. Wanted is a whole kernel of random numbers.",
                    (2, *shape): "Two kernels came back. Wanted is one.",
                },
                errors={
                    r"no attribute": "`rng` is a generator of NumPy: `rng.normal(0, width, size=...)` and "
                    "`rng.uniform(-a, a, size=...)`.",
                    r"[Zz]ero": "Is something divided by 0, or rounded down to it with `//`?",
                },
            )

        rng = np.random.default_rng(8)
        first, second = draw(rng), draw(rng)
        again = draw(np.random.default_rng(8))
        found = (
            alike(first) or off_centre(first, rule, shape) or width(first, rule, shape) or chance(first, second, again)
        )
        if found:
            return f"{answer.name}({fan_in}, {fan_out}, rng): {found[0]}", found[1]
    return None


def alike(kernel):
    """Units or inputs that are all the same."""
    if not kernel.any():
        hint = "From 0 all units of a layer learn the same for ever, and through a kernel of zeros no gradient passes."
        return "all weights are 0.", hint
    if np.ptp(kernel) == 0:
        hint = "Units that begin alike get the same gradient, and stay alike. What makes them different?"
        return f"all weights are {digits(kernel[0, 0])}.", hint
    if np.ptp(kernel, axis=1).max() == 0:
        return "all units have the same weights.", "They get the same gradient, and stay alike. What is `size`?"
    if np.ptp(kernel, axis=0).max() == 0:
        return "a unit has the same weight for each input.", "Each weight is drawn on its own. What is `size`?"
    if np.count_nonzero(kernel) < kernel.size / 2:
        return (
            f"{np.mean(kernel == 0):.0%} of the weights are 0.",
            "Is something rounded, made an integer, or on the diagonal only?",
        )
    return None


def off_centre(kernel, rule, shape):
    """A mean that is not 0."""
    spread = kernel.std() / np.sqrt(kernel.size)
    if abs(kernel.mean()) < 6 * spread:
        return None
    if kernel.min() >= 0:
        hint = "`rng.random` lies between 0 and 1. Weights of both signs are wanted, with the mean 0."
        return "no weight is negative.", hint
    return f"the mean is {digits(kernel.mean())}.", "Weights of both signs are wanted, with the mean 0."


def width(kernel, rule, shape):
    """A standard deviation that is not the one of the rule."""
    got, wanted = kernel.std(), np.sqrt(variance(rule, *shape))
    if abs(got / wanted - 1) < CLOSE:
        return None
    what = f"the standard deviation is {digits(got)}, wanted {digits(wanted)}."
    best, hint = CLOSE, "Write down the variance first, then its root. Which numbers go in?"
    for words, widths in mistaken_widths(rule, *shape).items():
        for mistake in widths if isinstance(widths, list) else [widths]:
            if abs(got / mistake - 1) < best:
                best, hint = abs(got / mistake - 1), words
    return what, hint


def chance(first, second, again):
    """Chance that does not come from `rng`."""
    if np.array_equal(first, second):
        hint = "Is a generator made, or seeded, inside? Then all layers of a net begin with the same weights."
        return "called twice with one generator, it gives the same weights.", hint
    if not np.array_equal(first, again):
        hint = "Is all chance taken from `rng`? A training that can not be repeated can not be understood either."
        return "with a generator of the same seed it gives other weights.", hint
    return None
