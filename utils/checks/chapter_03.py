"""The checks of exercise 03, losses."""

import numpy as np

from utils.checks import digits, right, slips, task, wrong
from utils.checks.answer import NotAnswered, Stopped, Unusable
from utils.checks.mistakes import apart, first_hint, list_of, one_number
from utils.checks.narrowed import in_gradient, scaled
from utils.checks.rare import judge, sigmoid
from utils.checks.waits import QUESTIONS

PAIRS = (
    "NumPy makes (B, B) of (B,) minus (B, 1): every wanted output minus every answer. Nothing complains, and training "
    "goes wrong in silence. What gives both the same shape?"
)


def hint_elsewhere(answer, y, other, mistakes_of, general):
    """Looks for the mistake on other data, where each of them gives a number of its own.

    Args:
        answer: an `Answer`, a function of y and of what the net says.
        y, other: what it is called with, shape (B,) each.
        mistakes_of: gives hint -> the numbers of the mistakes on this data.
        general: the hint where none fits.
    """
    try:
        got = answer.call(y, other)
    except (NotAnswered, Stopped, Unusable):
        return general
    return first_hint(float(got.ravel()[0]), mistakes_of(y, other), general) if got.size == 1 else general


@task(
    hint=(
        "First bring y and h to the same shape, (B,). Then subtract, square, and take the mean, in this order.",
        "`np.mean((y - h.ravel()) ** 2)`: `ravel` makes (B,) of (B, 1) and leaves (B,) as it is.",
    )
)
def mean_squared_error(answer):
    """Write `mean_squared_error(y, h)`: the mean of the squared residuals, one number."""
    y, h = np.array([1.0, 2.0, 4.0, 0.5]), np.array([1.0, 3.0, 1.0, 1.5])
    several = "One number for each example, or for each pair of them: what makes one number for all?"
    errors = {"indices": "h comes as (B,) and as (B, 1). `h.ravel()` is (B,) for both."}
    more = (
        np.array([3.0, -1.0, 2.0, 0.0, 1.5]),
        np.array([1.0, 0.5, 2.75, 1.25, 0.75]),
    )  # in the first pair above one residual is 0
    for y_, h_ in ((y, h), more):
        got, wanted = one_number(answer, y_, h_, several=several, errors=errors), np.mean((y_ - h_) ** 2)
        if np.isclose(got, wanted, rtol=1e-4):
            continue
        general = "Subtract, square, take the mean: which of the three steps differs?"
        changes = {"All y and h doubled": ((2 * y, 2 * h), 4.0), "All examples twice": ((*np.tile([y, h], 2),), 1.0)}
        general = f"{scaled(answer, (y, h), changes)} {general}".strip()
        general = first_hint(got, slips.of_mean_squared_error(y_, h_, PAIRS), general)
        hint = hint_elsewhere(answer, *more, lambda y, h: slips.of_mean_squared_error(y, h, PAIRS), general)
        return wrong(
            f"For y = {list_of(y_)} and h = {list_of(h_)} it gives {digits(got)}, wanted {digits(wanted)}.", hint
        )
    wanted = np.mean((y - h) ** 2)
    got = one_number(answer, y, h[:, None], several=PAIRS, errors=errors)
    if not np.isclose(got, wanted, rtol=1e-4):
        what = f"With h of shape (4, 1), as a network gives it, it returns {digits(got)}, wanted {digits(wanted)}."
        return wrong(what, PAIRS)
    return right(
        "The mean does not depend on how many examples there are, so a learning rate that suits a hundred of them "
        "suits a million. And the shapes (B,) and (B, 1) are no trap for you any more."
    )


@task(
    hint=(
        "Move c up a little: which waits then cost more, which less, and by how much? The best c is where this changes "
        "its sign. For the squares the derivative of the sum does the same.",
        "The mean minimises squares, the median absolute values. For the third: the derivative is the number of waits "
        "below c minus four times the number of waits above c. Where does it change its sign? A loop over "
        "`np.linspace(0, 25, 251)` finds it too.",
    )
)
def constants(c_squared, c_absolute, c_late):
    """Set `c_squared`, `c_absolute` and `c_late` to the announcements with the smallest loss of each kind."""
    values = [answer.number() for answer in (c_squared, c_absolute, c_late)]
    for c, (name, best, loss, mistakes, general) in zip(values, QUESTIONS, strict=True):
        if abs(c - best) < 0.051:
            continue
        costs, least = apart(loss(c), loss(best))
        hint = first_hint(c, mistakes, general)
        if name == "c_squared" and 0.4 <= abs(c - best) <= 1 and hint == general:
            hint = "Near. Add up the nine waits once more, and divide by nine."
        if abs(c - best) < 0.4 and hint == general:
            hint = "Nearly. Is it the best of a coarse list? Take smaller steps, or a formula."
        return wrong(f"{name} = {digits(c)} has the loss {costs}; the best has {least}.", hint)
    return right(
        "7, 4 and 12 minutes from the same nine waits. No loss is the right one: it says what a mistake costs you. "
        "The third is called the pinball loss, and asks for a quantile, here the one at 4/5."
    )


def half_right(answer, p, general):
    """Finds out whether a cross-entropy is right for events of one class; `general` is the hint where it is not."""
    right = []
    for y, q in ((np.ones(len(p)), p), (np.zeros(len(p)), 1 - p)):
        try:
            right.append(np.isclose(np.sum(answer.call(y, p)), -np.sum(np.log(q)), rtol=1e-4))
        except (NotAnswered, Stopped, Unusable):
            right.append(False)
    if right == [True, False]:
        return "For signal it is right, for background it is not. What is left of the two terms where y is 0?"
    if right == [False, True]:
        return "For background it is right, for signal it is not. What is left of the two terms where y is 1?"
    return general


PER_EVENT = "A number for each event, or none: the lecture's loss is the sum over all of them."
LOG_OF_0 = "Is the logarithm of 0 taken? y is 0 or 1, p lies between: only p, and 1 - p, have a logarithm."
UNDERFLOW = (
    "Is the product of all probabilities taken first? For thousands of events it is smaller than any number that a "
    "computer has, so it is 0. Take the logarithms first, and add them."
)


def exchanged(answer, y, p, wanted):
    """Finds out whether a cross-entropy that breaks takes its two arguments in the other order."""
    try:
        swapped = np.allclose(answer.call(p, y), wanted, rtol=1e-4)
    except Exception:  # noqa: BLE001 - then it is something else; the first error is told
        swapped = False
    return "It is called with y first and p second. Are the two exchanged in yours?" if swapped else LOG_OF_0


@task(
    hint=(
        "Each event costs minus the logarithm of the probability that the net gives to its true class: p for signal, "
        "1 - p for background. y and 1 - y switch the right one on.",
        "`-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))`. The minus stands before the sum, and the sum holds both "
        "terms: mind the brackets.",
    )
)
def cross_entropy(answer):
    """Write `cross_entropy(y, p)`: the lecture's sum over all events, one number."""
    cases = [
        (np.array([1, 0]), np.array([0.8, 0.4])),
        (np.array([1, 0, 1, 0, 0]), np.array([0.9, 0.2, 0.4, 0.5, 0.05])),
    ]
    for y, p in cases:
        signal, background = np.sum(y * np.log(p)), np.sum((1 - y) * np.log(1 - p))
        try:
            got, wanted = one_number(answer, y, p, several=PER_EVENT, broken=LOG_OF_0), -(signal + background)
        except Unusable as unusable:
            if unusable.args[1] == LOG_OF_0:
                return wrong(unusable.args[0], exchanged(answer, y, p, -(signal + background)))
            raise
        if np.isclose(got, wanted, rtol=1e-5):
            continue
        general = "What does one signal event with p = 0.8 cost in yours? It should be 0.223."
        if abs(got / wanted - 1) < 0.1:
            general = "Nearly. Is something added to p, or is p clipped or rounded, before its logarithm is taken?"
        else:
            general = half_right(answer, p, general)
        general = first_hint(got, slips.of_cross_entropy(y, p), general)
        hint = hint_elsewhere(answer, *cases[1], slips.of_cross_entropy, general)
        return wrong(
            f"For y = {list_of(y)} and p = {list_of(p)} it gives {digits(got)}, wanted {digits(wanted)}.", hint
        )
    many, p = np.arange(3000) % 2, np.linspace(0.01, 0.99, 3000)
    got = one_number(answer, many, p, several=PER_EVENT, broken=UNDERFLOW)
    wanted = -np.sum(np.where(many == 1, np.log(p), np.log(1 - p)))
    if not np.isclose(got, wanted, rtol=1e-3):
        return wrong(f"For 3,000 events it gives {digits(got)}, wanted {digits(wanted)}.", UNDERFLOW)
    return right(
        "-ln 0.8 - ln 0.6 = 0.734 for the two events of the lesson. Minus the logarithm of the probability of what was "
        "seen: to make it small is to make the seen events as probable as the net can."
    )


def two_numbers(answer, w, b, x, y):
    """Calls the student's gradient, and says in its own words where it gives something else than two numbers."""
    try:
        got = answer.call(w, b, x, y)
    except Unusable as unusable:
        if "None" not in unusable.args[0]:
            raise
        hint = "Two derivatives are wanted. Which one is None, and what is dz/db in z = w x + b?"
        raise Unusable(unusable.args[0], hint) from unusable
    if got.size == 2:
        return got.ravel()
    hint = "Two derivatives, by w and by b: is each of them summed over the events, and are both returned?"
    if got.size == 1:
        hint = "There are two derivatives, by w and by b. `return` gives both, with a comma between them."
    elif got.size == len(x):
        hint = "One number for each event, as p - y is. Times dz/dw and dz/db, then summed, they make two."
    elif got.size == 2 * len(x):
        hint = "Two numbers for each event. The loss is a sum over the events, and so is its derivative."
    raise Unusable(f"It has to give 2 numbers. Received: {got.size}.", hint)


@task(
    hint=(
        "The chain rule: the loss depends on z, and z = w x + b on w and b. The derivative by z is the lesson's p - y; "
        "what are dz/dw and dz/db? Then the sum over the events.",
        "Through the sigmoid the derivative of one event's loss by z is p - y. And z = w x + b, so dz/dw = x and "
        "dz/db = 1. Sum over the events: `np.sum((p - y) * x), np.sum(p - y)`.",
    )
)
def gradient(answer):
    """Write `gradient(w, b, x, y)`: the two derivatives of the cross-entropy of sigmoid(w x + b)."""
    x, y = np.array([-2.0, -0.5, 0.3, 1.0, 2.5]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    for w, b in ((-2.0, 0.7), (1.0, 0.0), (0.3, -1.5)):
        miss = sigmoid(w * x + b) - y
        got, wanted = two_numbers(answer, w, b, x, y), np.array([np.sum(miss * x), np.sum(miss)])
        if np.allclose(got, wanted, rtol=1e-3, atol=1e-4):
            continue
        mistakes = slips.of_gradient(w, b, x, y)
        general = "The chain rule: dL/dw = sum of dL/dz times dz/dw. What is each of the two?"
        good = np.isclose(got, wanted, rtol=1e-3, atol=1e-4)
        general = in_gradient(answer, x, y, general)
        if good.any():
            one, other = ("w", "b") if good[0] else ("b", "w")
            general = f"The derivative by {one} is right. What differs in the other: dL/dz, or dz/d{other}?"
        hint = first_hint(got, mistakes, general)
        what = f"At w = {digits(w)}, b = {digits(b)} it gives {list_of(got)}, wanted {list_of(wanted)}."
        return wrong(what, hint)
    return right(
        "The same as measured by small steps in w and b. Given minus wanted, times the input: each event pushes b with "
        "the size of its mistake, and w with that times its x."
    )


@task(
    hint=(
        "Each event's loss is multiplied by a weight. How many signal and background events are in the sample, and how "
        "many of each would nature have? The ratio of these two numbers is the weight.",
        'One unit is enough: `keras.layers.Dense(1, activation="sigmoid")`. Weights: '
        "`np.where(y_train == 1, 0.1 / 0.5, 0.9 / 0.5)`, given to `fit` as `sample_weight`. "
        "`keras.optimizers.Adam(learning_rate=0.05)`, 30 epochs.",
    )
)
def rare_signal(model):
    """Train `model` on `x_train`, `y_train` so that its output is P(signal | x) where one event in ten is a signal."""
    return judge(model)
