"""The checks of exercise 01, universal approximation."""

import numpy as np

from utils.checks import chart, digits, right, task, wrong
from utils.checks.answer import Stopped

#: hints of tasks 4 and 5 that stand in two places each
DEPENDENT = (
    "That is a discovery: how many columns of squares are independent? Solving equations needs all of them to be, "
    "`np.linalg.lstsq` does not."
)
KINKS = (
    "And where are the kinks? Keras starts every bias at 0, so all of them are at x = 0, the edge of the data. "
    "Inputs on both sides of 0 help."
)


def decay(x):
    """The function of tasks 2 to 5: exp(-10 x) on [0, 1]; its |f''| is 100 exp(-10 x)."""
    return np.exp(-10 * x)


def furthest(got, wanted):
    """Gives the index of the largest error, and that error."""
    errors = np.abs(got - wanted)
    return errors.argmax(), errors.max()


@task(
    hint="Walk from left to right and write down the slope: 0, then 2 from x = 0 on, then -2 from x = 1/2 on, then 0 "
    "from x = 1 on. At each of these places a hinge starts; its weight is the new slope minus the old one. "
    "The first hinge is `2 * relu(x)`."
)
def triangle(answer):
    """Write the function `triangle(x)`: 0 outside [0, 1], 1 at x = 1/2, straight lines between."""
    x = np.linspace(-1, 3, 81)
    got, wanted = answer.at(x), np.maximum(0, 1 - np.abs(2 * x - 1))
    good = np.abs(got - wanted) < 1e-3
    if good.all():
        return right(
            "A triangle is a bump with a place and a height. A row of them, each with its own height, is any broken "
            "line: that is the picture behind the theorem."
        )
    first, height = x[good.argmin()], got[np.isclose(x, 0.5)][0]
    if not good[x < -0.01].all():
        place, hint = first, "Nothing may start left of 0. The kink of relu(a x + b) is at x = -b/a: mind the sign."
    elif got.any() and (got == np.rint(got)).all():
        place, hint = (
            first,
            "Whole numbers only: is something rounding? `np.vectorize` keeps the type of the first value.",
        )
    elif good[x <= 1].all():
        place, hint = 2, "A ReLU never ends: after the last kink the slope is the sum of all weights. What must it be?"
    elif good[x <= 0.5].all():
        place, hint = (
            0.75,
            "A weight is the change of slope at its hinge, not the slope after it. How much is that here?",
        )
    elif height and np.allclose(got, height * wanted, atol=1e-3):
        place, hint = 0.5, "The shape is right, the height is not. Which slope climbs from 0 to 1 within 1/2?"
    else:
        place, hint = first, "Begin with the left half: which slope climbs from 0 to 1 between x = 0 and x = 1/2?"
    near = np.abs(x - place).argmin()
    what = f"At x = {digits(x[near])} yours gives {digits(got[near])}, wanted {digits(wanted[near])}."
    return wrong(what, hint, chart(x, wanted, got))


@task(
    hint="The largest |f''| is 100, at x = 0, and h = 1/n. The bound 100 / (8 n^2) is at most 0.001 from "
    "n = sqrt(100 / 0.008) on. Round up."
)
def predicted(n_predicted):
    """Set `n_predicted` to the number of hinges that the bound asks for: a whole number, from a formula."""
    n = n_predicted.number()
    if n == 112:
        return right(
            "112 hinges, known before anything is drawn. The bound has a square in it: an error 100 times smaller "
            "costs 10 times as many hinges."
        )
    hints = {
        (111,): "With 111 the bound is 0.00101, a little too large. To which side does one have to round?",
        (113,): "Did you count the knots? n hinges have n + 1 knots and n steps.",
        (12,): "Is 1 the largest value of f? The bound asks how much f bends: for its largest second derivative.",
        (35, 36): "Is 10 the largest slope? The bound asks how much f bends: for its largest second derivative.",
        (223, 224, 316, 317): "Is the 8 of the bound still there?",
        (12_500,): "The bound falls with the square of h. Is a root missing?",
    }
    general = "Where on [0, 1] does f bend most, and how large is |f''| there? Put h = 1/n into the bound."
    hint = next((hint for mistaken, hint in hints.items() if n in mistaken), general)
    if 0 < n < 1:
        hint = "Is this the step h? How many such steps fit into [0, 1]?"
    elif 111 < n < 112:
        hint = "A number of hinges is whole. Which whole number is large enough?"
    bound = f" The bound for it is {digits(100 / 8 / n / n)}." if n >= 1 else ""
    return wrong(f"Received: n = {n:g}.{bound} The smallest n with at most 0.001 is wanted.", hint)


@task(
    hint="For one n: `t = np.linspace(0, 1, n + 1)`, then `np.abs(f(x) - np.interp(x, t, f(t))).max()`. "
    "Let n grow from 1 until that is at most 0.001."
)
def measured(n_measured):
    """Set `n_measured` to the smallest number of hinges whose largest error on `x` is at most 0.001."""
    n = n_measured.number()
    if n == 110:
        return right(
            "Predicted 112, measured 110: the bound is a promise, and here it is nearly exact. It is not quite "
            "reached, because |f''| is 100 at x = 0 only, and smaller in the middle of the first step."
        )
    hints = {
        1: "Was the error looked for at the knots only? There it is 0 for every n. Look between them, on all of `x`.",
        29: "Here the mean error reaches 0.001. The theorem speaks of the largest one.",
        46: "Here the root of the mean squared error reaches 0.001. The theorem speaks of the largest error.",
        109: "Nearly. Does your n begin with 1, but the index in your list with 0? Or is your grid coarser than `x`?",
        111: "Nearly. Did you count knots? Or stop one n after the first that was good enough?",
        112: "That is the prediction, a bound. A smaller number of hinges may be enough: measure.",
    }
    what = f"Received: n = {digits(n)}."
    if n < 1 or n != round(n) or n > 10_000:
        return wrong(what, "A whole number is wanted, and one near the prediction. Where does the loop stop?")
    x, t = np.linspace(0, 1, 10_001), np.linspace(0, 1, int(n) + 1)
    _, error = furthest(np.interp(x, t, decay(t)), decay(x))
    verdict = "too large" if error > 1e-3 else "small enough, but so it is with fewer hinges"
    hint = hints.get(n, "Is every n tried, one after the other, and is it the largest error that is compared?")
    return wrong(f"{what} Its largest error is {digits(error)}: {verdict}.", hint)


@task(
    hint="A step of length h has the error h^2/8 |f''|. If that is to be the same in every step, then h grows like "
    "1/sqrt(|f''|), here like exp(5 x): the step at x = 0.2 is e times as long as the one at 0. "
    "One way: `-np.log(1 - k * (1 - np.exp(-5))) / 5` for k = 0, 0.1, 0.2, ..., 1."
)
def knots(answer):
    """Set `knots` to 11 numbers from 0 to 1: the places of 10 hinges, and the end of the last piece."""
    t = np.sort(answer.numbers())
    if t.size != 11:
        hint = (
            "Is the last knot, 1, missing?" if t.size == 10 and t[0] == 0 else "The budget is the game: move the knots."
        )
        return wrong(f"11 knots are needed, for 10 hinges and the end. Received: {t.size}.", hint)
    if abs(t[0]) > 1e-9 or abs(t[-1] - 1) > 1e-9:
        what = f"The knots go from 0 to 1. Received: from {digits(t[0])} to {digits(t[-1])}."
        return wrong(what, "Keep a knot at each end, and move those in between.")
    x, uniform = np.linspace(0, 1, 10_001), 0.0779
    wanted, got = decay(x), np.interp(x, t, decay(t))
    worst, error = furthest(got, wanted)
    if error < 0.015:
        return right(
            f"The largest error is {digits(error)}, {digits(uniform / error)} times smaller than with uniform knots, "
            "with the same 10 hinges. A net that is trained moves its kinks too: that is its strength."
        )
    end = np.searchsorted(t, x[worst])
    piece = f"between the knots {digits(t[end - 1])} and {digits(t[end])}"
    if np.allclose(np.diff(t), 0.1):
        hint = "These knots are uniform. Where does the curve bend, and where is it nearly straight?"
    elif end > 5:
        hint = "The left is crowded, and a long piece on the right is the worst now. Give it a knot from the left."
    elif error > uniform:
        hint = "Uniform knots do better (0.0779). A straight line needs no knots: where does the curve bend most?"
    else:
        hint = f"Take a knot from where it is missed least, and put it {piece}. Do so again, with the new worst piece."
    picture = chart(x[::100], wanted[::100], got[::100], marks=t)
    return wrong(f"The largest error is {digits(error)}, {piece}; wanted below 0.015.", hint, picture)


def hidden_units(n):
    """Gives weights and biases, shape (n,), of units with kinks at 0, 1/n, 2/n, ..., looking right and left in turn."""
    k = np.arange(n)
    a = np.where(k % 2, -1, 1) * (1 + k / n)
    return a, -a * k / n


def relu(z):
    """The larger of z and 0."""
    return np.maximum(z, 0)


def best_fit(columns, y):
    """Gives the combination of columns, shape (B, n), that comes closest to y in the mean squared error."""
    return columns @ np.linalg.lstsq(columns, y, rcond=None)[0]


@task(
    hint="`columns = activation(np.outer(x, a) + b)` has one row per point and one column per unit. "
    "`np.column_stack([columns, np.ones(len(x))])` adds the output bias. "
    "`np.linalg.lstsq(columns, y, rcond=None)[0]` gives the best weights, also where columns depend on each other. "
    "Return `columns @ weights`."
)
def fit(answer):
    """Write the function `fit(x, y, a, b, activation)`: the values at x of the best net with these hidden units."""
    x, one, errors = np.linspace(0, 1, 201), np.ones((201, 1)), []
    y = decay(x)
    for n, activation in [(3, relu), (10, relu), (3, np.square), (10, np.square), (40, np.square)]:
        a, b = hidden_units(n)
        units, no_b = activation(np.outer(x, a) + b), activation(np.outer(x, a))
        wanted = best_fit(np.hstack([units, one]), y)
        try:
            got = answer.call(x, y, a, b, activation, size=len(x))
        except Stopped as stopped:
            if activation is relu or stopped.name != "LinAlgError":
                raise
            return wrong("With ReLUs it is right. With squares it stops: LinAlgError.", DEPENDENT)
        errors.append(digits(furthest(got, y)[1]))
        if furthest(got, wanted)[1] < 1e-3:
            continue
        mistakes = {
            "These are the values y themselves. What do a few straight pieces make of them?": y,
            "Is the output bias missing? It is one more column, of ones.": best_fit(units, y),
            "Is b used? Without it every unit has its kink at x = 0.": best_fit(np.hstack([no_b, one]), y),
            "Are b and the output bias used? Without b every unit has its kink at x = 0.": best_fit(no_b, y),
            "Is `activation` used, or always relu?": best_fit(np.hstack([relu(np.outer(x, a) + b), one]), y),
        }
        general = "Does each column hold one unit, activation(a[i] x + b[i])? Did `np.linalg.lstsq` choose the weights?"
        general = general if activation is relu else f"With ReLUs it is right. {DEPENDENT}"
        hint = next((hint for hint, curve in mistakes.items() if furthest(got, curve)[1] < 1e-3), general)
        off = digits(furthest(got, wanted)[1])
        what = f"With {n} units ({activation.__name__}) your curve is up to {off} away from that of the best net."
        return wrong(what, hint, chart(x, wanted, got))
    return right(
        f"The largest error with 3, 10 and 40 squares: {', '.join(errors[2:])}. A sum of parabolas is a parabola, "
        "however wide the net is. That is why the theorem asks for an activation that is not a polynomial."
    )


@task(
    hint="These layers are enough: `keras.Input((1,))`, `keras.layers.Rescaling(2.0, offset=-1.0)`, "
    '`keras.layers.Dense(32, activation="relu")`, `keras.layers.Dense(1)`. Compile with '
    '`keras.optimizers.Adam(learning_rate=0.01)` and `loss="mse"`; fit for 100 epochs or more with `verbose=0`.'
)
def net(model):
    """Build a Keras model, compile it, fit it to `x_train` and `y_train`, and keep it in the variable `model`."""
    x = np.linspace(0, 1, 501)
    got, wanted = model.at(x), decay(x)
    worst, error = furthest(got, wanted)
    if error < 0.1:
        return right(
            "The largest error is below 0.1, also between the training points. Nobody told the net where to put its "
            "kinks: gradient descent moved them. But ten kinks placed by a formula reach 0.006: that a good net exists "
            "does not mean that training finds it."
        )
    if np.ptp(got) < 1e-3:
        hint = "The same number everywhere. Was it trained? Has the output an activation? Was the rate too large?"
    elif furthest(got, np.polyval(np.polyfit(x, got, 1), x))[1] < 0.02 * np.ptp(got):
        hint = f"It is a straight line. Has the hidden layer an activation, and was `fit` called? {KINKS}"
    elif error > 0.5:
        hint = "That is about as far off as no training at all. Did the loss fall?"
    else:
        hint = f"It bends, but not sharply enough. More epochs, more units, a learning rate of 0.01? {KINKS}"
    return wrong(f"The largest error is {digits(error)}, at x = {digits(x[worst])}; wanted below 0.1.", hint)
