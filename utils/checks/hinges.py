"""The broken lines and sums of units of exercise 01, and what typical mistakes make of them."""

import numpy as np

from utils.checks.feedback import digits


def decay(x):
    """The function of tasks 2 to 5: exp(-10 x) on [0, 1]; its |f''| is 100 exp(-10 x)."""
    return np.exp(-10 * x)


def furthest(got, wanted):
    """Gives the index of the largest error, and that error."""
    errors = np.abs(got - wanted)
    return errors.argmax(), errors.max()


def relu(z):
    """The larger of z and 0."""
    return np.maximum(z, 0)


def hidden_units(n):
    """Gives weights and biases, shape (n,), of units with kinks at 0, 1/n, 2/n, ..., looking right and left in turn."""
    k = np.arange(n)
    a = np.where(k % 2, -1, 1) * (1 + k / n)
    return a, -a * k / n


def best_fit(columns, y):
    """Gives the combination of columns, shape (B, n), that comes closest to y in the mean squared error."""
    return columns @ np.linalg.lstsq(columns, y, rcond=None)[0]


def rounded_fits(x, y, a, b, activation):
    """Gives what least squares make of numbers of 32 bits, shape (B,) each, by the ways in which they come about.

    Rounding then hides that columns depend on each other, and the result differs from `best_fit`, for no fault.
    """
    low = [array.astype("float32") for array in (x, a, b, y)]
    units, fewer = activation(np.outer(x, a) + b).astype("float32"), activation(np.outer(low[0], low[1]) + low[2])
    one = np.ones((len(x), 1), "float32")
    for matrix in (units, fewer):
        for columns in (np.hstack([matrix, one]), np.hstack([one, matrix])):
            for target in (y, low[3]):
                yield best_fit(columns, target)


def mistakes_of_fit(x, y, a, b, activation):
    """Gives hint -> the curve that this mistake gives, for `fit`."""
    one, z = np.ones((len(x), 1)), np.outer(x, a) + b
    units, outside = activation(z), activation(np.outer(x, a)) + b
    best = best_fit(np.hstack([units, one]), y)
    bias = "Is the output bias missing? It is one more column, of ones."
    return {
        "These are the values y themselves. What do a few straight pieces make of them?": y,
        "This is what is left of y when the net is taken away. Wanted is what the net gives.": y - best,
        bias: best_fit(units, y),
        "Is b used, and inside the activation? Without it there every unit has its kink at x = 0.": best_fit(
            np.hstack([activation(np.outer(x, a)), one]), y
        ),
        "Are b and the output bias used? Without b every unit has its kink at x = 0.": best_fit(
            activation(np.outer(x, a)), y
        ),
        "Is b subtracted? A unit is activation(a x + b).": best_fit(
            np.hstack([activation(np.outer(x, a) - b), one]), y
        ),
        f"Is b subtracted? A unit is activation(a x + b). {bias}": best_fit(activation(np.outer(x, a) - b), y),
        "Is b added after the activation? Inside it decides where the kink is.": best_fit(outside, y),
        "Are a and b exchanged? a multiplies x, b is added.": best_fit(
            np.hstack([activation(np.outer(x, b) + a), one]), y
        ),
        "Is the activation applied to the sum? It belongs to each hidden unit; the output has none.": [
            activation(best_fit(np.hstack([z, one]), y)),
            activation(best),
        ],
        "Is `y` used, or always f? `y` comes as an argument.": best_fit(np.hstack([units, one]), decay(x)),
        "Is the mean of y added? The output bias is fitted together with the weights: one more column, of ones.": [
            best_fit(units, y) + y.mean(),
            best_fit(units, y - y.mean()) + y.mean(),
        ],
        "Is `activation` applied? Without it every unit is a straight line, and so is their sum.": best_fit(
            np.column_stack([x, one]), y
        ),
        "Is `activation` used, or always relu?": best_fit(np.hstack([relu(z), one]), y),
        "Is `activation` used, or always a square? This is a parabola.": best_fit(np.vander(x, 3), y),
        "The output bias is a column of ones, not of x.": best_fit(np.hstack([units, x[:, None]]), y),
        "These units all have the weight 1. Which weights come closest to y?": units.sum(axis=1),
        "These units and the bias all have the weight 1. Which weights come closest to y?": units.sum(axis=1) + 1,
        "This is the mean of the units. Which weights come closest to y?": units.mean(axis=1),
    }


def hint_of_count(what, points):
    """Gives the hint for a triangle with another number of values than points; `what` is what was wrong, and a hint."""
    if f"Received: {3 * points}." in what[0]:
        return "Three curves came back, one for each ReLU. The triangle is their sum."
    if "Received: 3." in what[0]:
        return "Three numbers came back, weights perhaps. Wanted is the height of the triangle at each x."
    return what[1]


def fault_of_triangle(x, got, wanted, good):
    """Finds where to look at a triangle that is not the wanted one, and gives that place and a hint."""
    first, height, left = x[good.argmin()], got[np.isclose(x, 0.5)][0], x < -0.01
    bent = np.abs(np.diff(got, n=2)) > 1e-3  # at x[1:-1]
    if np.allclose(got, 1 - np.abs(2 * x - 1), atol=1e-3):
        return first, "This is the tip, and its two sides run on for ever. What cuts negative numbers off to zero?"
    if bent.mean() > 0.5:
        return first, "This is a curve. Between two kinks a sum of hinges is a straight line: which places have a kink?"
    if not good[left].all():
        if got[0] < -1e-3 and np.allclose(got[left], got[0] / x[0] * x[left], atol=1e-3):
            return first, "Left of 0 a straight line runs on. Which of your terms has no ReLU around it?"
        if np.ptp(got[left]) < 1e-3:
            return first, "It does not begin at 0. A hinge that opens to the right is 0 on its left: is a number added?"
        return first, (
            "Left of 0 it has to be 0. The kink of relu(a x + b) is at x = -b/a, and it opens to the left where a is "
            "negative: mind both signs."
        )
    if np.array_equal(got, np.trunc(wanted)):
        return first, "Whole numbers only: is something rounding? `np.vectorize` keeps the type of the first value."
    if got.any() and np.isin(got, [0, 1]).all():
        return first, "This jumps from 0 to 1. A sum of hinges has no jumps, it climbs: with which slope, from where?"
    inside = (x > 0.01) & (x < 0.46)
    bends = np.flatnonzero(np.abs(np.diff(got[inside], n=2)) > 1e-3)
    if 0 < len(bends) < 3:
        kink = x[inside][bends[0] + 1]
        return kink, f"There is a kink near x = {digits(kink)}. That of relu(a x + b) is at x = -b/a: mind the a."
    if len(bends):
        return first, "This is a curve. Between two kinks a sum of hinges is a straight line: which places have a kink?"
    if good[x <= 1].all():
        return 2, "A ReLU never ends: after the last kink the slope is the sum of all weights. What must it be?"
    if good[x <= 0.5].all():
        if not bent[np.isclose(x[1:-1], 0.5)].any():
            return 0.75, "There is no kink at x = 1/2, and the way down begins there. That of relu(x - t) is at t."
        return 0.75, "A weight is the change of slope at its hinge, not the slope after it. How much is that here?"
    if np.allclose(got, -wanted, atol=1e-3):
        return 0.5, "It is upside down. The first slope has to climb: which sign has the first weight?"
    if height and np.allclose(got, height * wanted, atol=1e-3):
        return 0.5, "The shape is right, the height is not. Which slope climbs from 0 to 1 within 1/2?"
    peak = x[got.argmax()]
    if np.isclose(got.max(), 1, atol=1e-3) and 0 < got.argmax() < len(x) - 1:
        hint = f"Its top is at x = {digits(peak)}, wanted at 1/2. Where are your kinks? That of relu(x - t) is at t."
        return first, hint
    slope = digits(np.median(np.diff(got[inside]) / np.diff(x[inside])))
    return (
        first,
        f"In the left half yours has the slope {slope}. Which one climbs from 0 to 1 between x = 0 and x = 1/2?",
    )
