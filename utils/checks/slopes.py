"""Losses whose gradients are known, and what typical mistakes make of a gradient by small steps."""

import numpy as np

X = np.array([[0.5, -1.0], [2.0, 0.3], [-1.5, 0.8], [0.1, 1.2]])  # of the notebook: features of four events
Y = np.array([1.0, 1.0, 0.0, 0.0])
TIMES, PULSE = np.linspace(-1, 1, 6), np.array([0.1, 0.7, 0.3, -0.4, 0.2, 0.9])


def loss(w):
    """The mean cross-entropy of one sigmoid unit with two weights and a bias, as in the notebook."""
    p = 1 / (1 + np.exp(-(X @ w[:2] + w[2])))
    return -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))


def loss_gradient(w):
    """The gradient of `loss` by its formula."""
    miss = 1 / (1 + np.exp(-(X @ w[:2] + w[2]))) - Y
    return np.array([*(miss @ X), miss.sum()]) / len(Y)


def curve(w):
    """The mean squared error of one hyperbolic tangent and a straight line: five weights."""
    return np.mean((w[0] * np.tanh(w[1] * TIMES + w[2]) + w[3] + w[4] * TIMES - PULSE) ** 2)


def curve_gradient(w):
    """The gradient of `curve` by its formula."""
    a = np.tanh(w[1] * TIMES + w[2])
    r = w[0] * a + w[3] + w[4] * TIMES - PULSE
    inside = w[0] * (1 - a**2)
    return 2 * np.array([a @ r, (inside * TIMES) @ r, inside @ r, r.sum(), TIMES @ r]) / len(r)


#: name, loss, its gradient, and where
LOSSES = [
    ("the unit", loss, loss_gradient, np.array([0.4, -0.7, 0.2])),
    ("another loss, with five weights", curve, curve_gradient, np.array([0.8, -1.1, 0.3, 0.5, -0.6])),
]


def by_steps(loss, w, ahead, back, width):
    """Gives a gradient from the losses `ahead` of w and `back` of it along each axis, divided by `width`."""
    unit = np.eye(len(w))
    return np.array([(loss(w + ahead * e) - loss(w - back * e)) / width for e in unit])


def mistaken_slopes(got, loss, gradient, w):
    """Finds the mistake behind a gradient by small steps.

    Args:
        got: what came back, shape (P,).
        loss, gradient: functions of w.
        w: where, shape (P,).

    Returns:
        A hint.
    """
    right, here, P = gradient(w), loss(w), len(w)
    first, last = np.eye(P)[[0, -1]] * right
    bend = (by_steps(loss, w, 1e-4, 0, 1e-4) - by_steps(loss, w, 0, 1e-4, 1e-4)) / 1e-4
    factor = (got @ right) / (right @ right)
    steps = np.outer(10.0 ** -np.arange(0, 7), [1, 2, 3, 5]).ravel()
    tiny = 10.0 ** -np.arange(8, 16)
    wide = [1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01]
    exact = {
        "It is 0 everywhere. A step of 1e-16 is lost beside a weight of 1: a float has 16 digits, or 7 of 32 bits. "
        "(Or are the slopes kept in an array of whole numbers?)": (0 * right),
        "Downhill is where the loss falls, but the slope itself is positive where it grows. Which value comes first?": (
            -right
        ),
        "Twice as steep as it is. From the left point to the right one it is two steps.": 2 * right,
        "Half as steep as it is. Is it one step from the one point to the other, or two?": right / 2,
        "These are losses. By how much does the loss change, and for how large a step?": [
            np.full(P, here),
            *(by_steps(loss, w, h, 0, 1) + here for h in steps[8:]),
        ],
        "All slopes are the same. Does `w + step` move all weights at once?": [
            np.full(P, right.sum()),
            np.full(P, right.sum() / 2),
            np.full(P, right.mean()),
        ],
        "Does a weight that was moved stay moved while the next one is tried? Take a fresh copy of `w` each time.": [
            np.cumsum(right),
            np.cumsum(right) / 2,
            np.cumsum(right[::-1])[::-1],
        ],
        "Only the first slope is filled in. Does `return` stand inside the loop?": first,
        "Only the last slope is filled in. Is the array of the results made anew in each turn of the loop?": last,
        "The last slope is 0, and all others are right. Where does the loop end?": right * (np.arange(P) < P - 1),
        "The first slope is 0, and all others are right. Where does the loop begin?": right * (np.arange(P) > 0),
        "Is the sign of each slope lost? `abs` has no place here.": np.abs(right),
        "Is the gradient divided by its length? Its size counts too.": right / np.linalg.norm(right),
        "That is the curvature, the change of the slope. For the slope two values are enough.": [bend, bend / 2],
        "Is it divided by the loss itself? That is the slope of its logarithm.": right / here,
        "Is the step measured in units of the weight? What is it divided by then?": [right * w, right * np.abs(w)],
        "That is the weights with something taken away from them. Wanted is the slope alone.": [
            w - right,
            w,
            w + right,
        ],
        "Are the weights used as they are? That is the slope at another place, at whole numbers.": [
            gradient(0 * w),
            gradient(np.trunc(w)),
            gradient(np.rint(w)),
        ],
        "The square, or the logarithm, of a slope is no slope.": [right**2, np.log(np.abs(right))],
        "The slopes are in the reverse order.": right[::-1],
        "Is it the loss that was given, or always the one of the notebook? It comes as an argument.": (
            [np.resize([*LOSSES[0][2](w), 0, 0], P)]
        ),
    }
    off = np.abs(got - right).max()
    if got.any() and any(
        np.allclose(got, by_steps(loss, w, *way), rtol=0, atol=1e-2 * off)
        for h in steps
        for way in [(h, 0, h), (0, h, h)]
    ):
        return (
            "One side only: where the loss bends, that is off by half the step times the curvature. And to both sides?"
        )
    if any(np.allclose(got, by_steps(loss, w, h, h, h), rtol=0, atol=1e-3 * off) for h in (1.0, 0.5, 0.1)):
        return "From the left point to the right one it is two steps, and here they are so wide that the loss bends."
    if any(np.allclose(got, by_steps(loss, w, h, h, 2 * h), rtol=0, atol=1e-2 * off) for h in wide):
        return "To both sides, and that is right. But the step is so wide that the loss bends on the way."
    ways = [way for h in tiny for way in [(h, 0, h), (0, h, h), (h, h, 2 * h)]]
    if any(np.allclose(got, by_steps(loss, w, *way), rtol=1e-6, atol=0) for way in ways):
        return (
            "The step is so small that the two losses agree in nearly all of their 16 digits. What is left is rounding."
        )
    for hint, results in exact.items():
        for result in results if isinstance(results, list) else [results]:
            if np.abs(got - result).max() <= 1e-4 * np.abs(result).max():
                return hint
    if abs(factor - 1) > 0.01 and np.abs(got - factor * right).max() <= 1e-3 * np.abs(factor * right).max():
        if abs(factor) < 0.02:
            return (
                "The difference of two losses is as small as your step. What makes a slope of it? (`/ 2 * h` "
                "multiplies by h: brackets.)"
            )
        if abs(factor) > 50:
            return "Far too steep, everywhere by the same factor. Is it divided by the step once, or more often?"
        return f"Each slope is {factor:.3g} times what it should be. Where can such a factor come from?"
    if np.ptp(got) < 1e-3 * np.abs(got).max() and np.abs(got).min() > 20 * here:
        return "Are two losses added, and then divided by the step? Wanted is their difference."
    if off < 0.05 * np.abs(right).max():
        return "Nearly. With a step too wide the loss bends on the way, with one too small only rounding is left."
    return "Take one weight, and draw the loss along it: two points, and the slope of the line through them."
