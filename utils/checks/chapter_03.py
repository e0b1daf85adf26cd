"""The checks of exercise 03, losses."""

import numpy as np

from utils.checks import digits, right, task, wrong


def first_hint(got, mistakes, otherwise):
    """Finds the mistake that gives the same numbers as the student's.

    Args:
        got: the student's numbers, shape (N,).
        mistakes: hint -> the numbers that this mistake gives, a number or shape (N,).
        otherwise: the hint where no mistake fits.

    Returns:
        A hint.
    """
    return next((hint for hint, numbers in mistakes.items() if np.allclose(got, numbers, rtol=1e-4)), otherwise)


@task(
    hint="`np.mean((y - h.ravel()) ** 2)`: `ravel` makes (B,) of (B, 1) and leaves (B,) as it is. "
    "Subtract, square, then take the mean, in this order."
)
def mean_squared_error(answer):
    """Write `mean_squared_error(y, h)`: the mean of the squared residuals, one number."""
    y, h = np.array([1.0, 2.0, 4.0, 0.5]), np.array([1.0, 3.0, 1.0, 1.5])
    residuals = y - h
    got, wanted = answer.call(y, h, size=1)[0], np.mean(residuals**2)
    if not np.isclose(got, wanted, rtol=1e-4):
        mistakes = {
            "Is this the sum? Twice as many examples would make it twice as large, and its gradient too: a learning "
            "rate that suits ten examples would be far too large for a thousand.": np.sum(residuals**2),
            "Is this half the sum, as in the lecture? Here the mean is wanted, which is what Keras computes.": np.sum(
                residuals**2
            )
            / 2,
            "The factor 1/2 belongs to the lecture's sum; Keras leaves it out.": wanted / 2,
            "Are these the absolute residuals? Their minimum is at another place: at the median.": np.mean(
                np.abs(residuals)
            ),
            "Is a root taken? Then the derivative by h is another one.": np.sqrt(wanted),
            "Residuals of opposite sign cancel here. What has to come first, the square or the mean?": np.mean(
                residuals
            )
            ** 2,
        }
        hint = first_hint(got, mistakes, "Subtract, square, take the mean: which of the three steps differs?")
        return wrong(
            f"For y = {list_of(y)} and h = {list_of(h)} it gives {digits(got)}, wanted {digits(wanted)}.", hint
        )
    got = answer.call(y, h[:, None], size=1)[0]
    if not np.isclose(got, wanted, rtol=1e-4):
        hint = (
            "NumPy makes (B, B) of (B,) minus (B, 1): every wanted output minus every answer. Nothing complains, and "
            "training goes wrong in silence. What gives both the same shape?"
        )
        return wrong(
            f"With h of shape (4, 1), as a network gives it, it returns {digits(got)}, wanted {digits(wanted)}.", hint
        )
    return right(
        "The mean does not depend on how many examples there are, so a learning rate that suits a hundred of them "
        "suits a million. And the shapes (B,) and (B, 1) are no trap for you any more."
    )


def list_of(numbers):
    """Writes a short array as a list."""
    return f"[{', '.join(digits(number) for number in numbers)}]"


WAITS = np.array([6, 2, 25, 3, 1, 12, 4, 8, 2])  # minutes; mean 7, median 4


def cost(c, late=1.0):
    """The sum of absolute deviations from c, with `late` for each minute that the wait is longer than c."""
    return np.sum(np.maximum(c - WAITS, 0) + late * np.maximum(WAITS - c, 0))


@task(
    hint="The mean minimises squares, the median absolute values. For the third: the derivative is the number of waits "
    "below c minus four times the number of waits above c. Where does it change its sign? A loop over "
    "`np.linspace(0, 25, 251)` finds it too."
)
def constants(c_squared, c_absolute, c_late):
    """Set `c_squared`, `c_absolute` and `c_late` to the announcements with the smallest loss of each kind."""
    squared, absolute, late = c_squared.number(), c_absolute.number(), c_late.number()
    if not abs(squared - WAITS.mean()) < 0.051:
        loss, best = np.sum((WAITS - squared) ** 2), np.sum((WAITS - WAITS.mean()) ** 2)
        hints = {
            "That is the middle one of the waits. Does the derivative of the squares vanish there?": np.median(WAITS),
            "Is every wait counted? 2 occurs twice.": np.unique(WAITS).mean(),
            "That is the middle between the shortest and the longest.": (WAITS.min() + WAITS.max()) / 2,
        }
        hint = first_hint(squared, hints, "Set the derivative of the sum of (y - c)^2 by c to zero.")
        return wrong(
            f"c_squared = {digits(squared)} has the squared loss {digits(loss)}; the best has {digits(best)}.", hint
        )
    if not abs(absolute - np.median(WAITS)) < 0.051:
        best = cost(np.median(WAITS))
        what = f"c_absolute = {digits(absolute)} costs {digits(cost(absolute))}; the best costs {digits(best)}."
        hints = {
            "That is the mean, and the 25 pulls at it. How many waits lie above it, and how many below?": WAITS.mean(),
            "That is the fifth in the list as it stands. In order of length?": WAITS[4],
        }
        return wrong(what, first_hint(absolute, hints, "As many waits above c as below it: which c is that?"))
    if not abs(late - 12) < 0.051:
        what = f"c_late = {digits(late)} costs {digits(cost(late, 4))}; the best costs {digits(cost(12, 4))}."
        hints = {
            "Here the two costs are exchanged: a wait longer than announced is the dear one.": 2,
            "That is the answer for equal costs. To which side do dear long waits push it?": np.median(WAITS),
            "That costs nothing for long waits. Is it worth what the other eight then cost?": WAITS.max(),
        }
        return wrong(
            what, first_hint(late, hints, "Four times as many waits below c as above it: about which c is that?")
        )
    return right(
        "7, 4 and 12 minutes from the same nine waits. No loss is the right one: it says what a mistake costs you. "
        "The third is called the pinball loss, and asks for a quantile, here the one at 4/5."
    )


@task(
    hint="`-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))`. The minus stands before the sum, and the sum holds both "
    "terms: mind the brackets."
)
def cross_entropy(answer):
    """Write `cross_entropy(y, p)`: the lecture's sum over all events, one number."""
    cases = [
        (np.array([1, 0]), np.array([0.8, 0.4])),
        (np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.2, 0.4, 0.5, 0.05])),
    ]
    for y, p in cases:
        signal, background = np.sum(y * np.log(p)), np.sum((1 - y) * np.log(1 - p))
        got, wanted = answer.call(y, p, size=1)[0], -(signal + background)
        if np.isclose(got, wanted, rtol=1e-5):
            continue
        mistakes = {
            "Is the bracket missing? The minus belongs to both terms. As it stands, calling background a signal is "
            "rewarded.": -signal + background,
            "Is the minus missing? Logarithms of probabilities are negative, and a loss has to fall when things get "
            "better.": -wanted,
            "Is this the mean? The lecture's loss is a sum, and the next task differentiates the sum.": wanted / len(y),
            "This sees the signal only. What happens to a net that says 1 everywhere?": -signal,
            "This sees the background only. What happens to a net that says 0 everywhere?": -background,
            "Which logarithm? `np.log10` has another base: wanted is the natural one.": wanted / np.log(10),
            "Which logarithm? `np.log2` has another base: wanted is the natural one.": wanted / np.log(2),
            "Are p and 1 - p exchanged? A signal event with p near 1 has to cost little.": -np.sum(
                y * np.log(1 - p) + (1 - y) * np.log(p)
            ),
        }
        hint = first_hint(got, mistakes, "What does one signal event with p = 0.8 cost in yours? It should be 0.223.")
        return wrong(
            f"For y = {list_of(y)} and p = {list_of(p)} it gives {digits(got)}, wanted {digits(wanted)}.", hint
        )
    return right(
        "-ln 0.8 - ln 0.6 = 0.734 for the two events of the lesson. Minus the logarithm of the probability of what was "
        "seen: to make it small is to make the seen events as probable as the net can."
    )


def sigmoid(z):
    """The probability that belongs to z."""
    return 1 / (1 + np.exp(-z))


@task(
    hint="Through the sigmoid the derivative of one event's loss by z is p - y. And z = w x + b, so dz/dw = x and "
    "dz/db = 1. Sum over the events: `np.sum((p - y) * x), np.sum(p - y)`."
)
def gradient(answer):
    """Write `gradient(w, b, x, y)`: the two derivatives of the cross-entropy of sigmoid(w x + b)."""
    x, y = np.array([-2.0, -0.5, 0.3, 1.0, 2.5]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    for w, b in ((1.0, 0.0), (-2.0, 0.7), (0.3, -1.5)):
        p = sigmoid(w * x + b)

        def total(miss, x=x):
            return np.array([np.sum(miss * x), np.sum(miss)])

        got, wanted = answer.call(w, b, x, y, size=2), total(p - y)
        if np.allclose(got, wanted, rtol=1e-3, atol=1e-4):
            continue
        mistakes = {
            "Is there a factor p (1 - p)? It belongs to the squared error. In the cross-entropy the derivative of the "
            "logarithm cancels it, and that is its strength.": total((p - y) * p * (1 - p)),
            "That is the gradient of the mean, the sum is wanted. How many events are there?": wanted / len(x),
            "The sign: downhill is against the gradient, but the gradient itself points uphill.": -wanted,
            "Is the derivative by b the first of yours? The order is w, b.": wanted[::-1],
            "How does z depend on w? An event at x = 0 can not feel it.": np.sum(p - y),
            "Is this the gradient of the squared error by p? The loss is the cross-entropy of sigmoid(w x + b).": total(
                w * x + b - y
            ),
            "That is the formula without the bracket: the background pushes the wrong way.": total(
                np.where(y == 1, p - 1, -p)
            ),
        }
        hint = first_hint(got, mistakes, "The chain rule: dL/dw = sum of dL/dz times dz/dw. What is each of the two?")
        what = f"At w = {digits(w)}, b = {digits(b)} it gives {list_of(got)}, wanted {list_of(wanted)}."
        return wrong(what, hint)
    return right(
        "The same as measured by small steps in w and b. Given minus wanted, times the input: each event pushes with "
        "the size of its mistake, never with less than that."
    )


def in_nature(x, ratio=1 / 9):
    """P(signal | x) for unit normal distributions around +1 and -1, with `ratio` signal events per background event."""
    return sigmoid(2 * x + np.log(ratio))


@task(
    hint='One unit is enough: `keras.layers.Dense(1, activation="sigmoid")`. Weights: '
    "`np.where(y_train == 1, 0.1 / 0.5, 0.9 / 0.5)`, given to `fit` as `sample_weight`. "
    "`keras.optimizers.Adam(learning_rate=0.05)`, 30 epochs."
)
def rare_signal(model):
    """Train `model` on `x_train`, `y_train` so that its output is P(signal | x) where one event in ten is a signal."""
    x = np.linspace(-2, 3, 101)
    got, wanted = model.at(x), in_nature(x)
    off = np.abs(got - wanted)
    middle = np.abs(x - 0.5).argmin()
    if off.max() < 0.1:
        return right(
            "At x = 0.5 the sample holds nearly three signal events for one of background, and yet your output is near "
            "0.2: right for nature. Weights moved the output, not the order of the events."
        )
    what = f"At x = 0.5 the output is {got[middle]:.2f}, wanted {wanted[middle]:.2f}."
    if got.min() < -0.05 or got.max() > 1.05:
        return wrong(what, "An output outside of [0, 1] is no probability. Is a sigmoid missing at the end?")
    if np.ptp(got) < 0.1:
        return wrong(what, "The output is nearly the same everywhere. Did the loss fall? More epochs, a larger rate?")
    worlds = {
        "This net tells the truth about the sample, half of which is signal. In nature one event in ten is: what "
        "weight must each signal event have, and each background event?": in_nature(x, 1),
        "Here signal counts nine times as much as background. Are the two weights exchanged?": in_nature(x, 9),
        "Does y of the sample go the wrong way? Large x means signal.": 1 - in_nature(x, 1),
        "The weights are too strong by far: did a factor come in twice?": in_nature(x, 1 / 81),
    }
    away = {hint: np.abs(got - world).max() for hint, world in worlds.items()}
    hint = min(away, key=away.get)
    if away[hint] > 0.2:
        hint = "Is it trained long enough, and is the ratio of the two weights 1 to 9?"
    return wrong(what, hint)
